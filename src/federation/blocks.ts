import type { InboxContext } from "@fedify/fedify";
import type { Block, Flag } from "@fedify/fedify/vocab";
import { textOfHtml } from "../coop/html-text.ts";
import { takeBlock } from "../directory/block.ts";
import { blocking } from "../directory/blocked.ts";
import { flagSize, takeFlag } from "../directory/take-flag.ts";
import { coopAt } from "./addressed.ts";
import type { FederationData } from "./federation.ts";
import { idLength } from "./size.ts";

type Context = InboxContext<FederationData>;

/** Somebody doesn't want to hear a co-op of this node any more. */
export async function onBlock(context: Context, block: Block): Promise<void> {
  const { db, clock } = context.data;
  const { id, actorId, objectId } = block;
  if (id === null || actorId === null || objectId === null) return;
  if (id.href.length > idLength || actorId.href.length > idLength) return;
  const coop = await coopAt(context.data, objectId.href);
  if (coop === undefined) return;
  await takeBlock(db, { coop, actor: actorId.href, activity: id.href }, clock());
}

/** A server reports something of this node to whoever runs it. */
export async function onFlag(context: Context, flag: Flag): Promise<void> {
  const { db, node, clock } = context.data;
  const { id, actorId, objectIds } = flag;
  if (id === null || actorId === null || id.host !== actorId.host) return;
  if (id.href.length > idLength || actorId.href.length > idLength) return;
  if ((await blocking(db, actorId.href)) !== undefined) return;
  const objects = objectIds
    .map(({ href }) => href)
    .filter((url) => url.startsWith(`${node.origin}/`) && url.length <= idLength)
    .slice(0, flagSize.objects);
  if (objects.length === 0) return;
  const coops: string[] = [];
  for (const url of objects) {
    const [, actor = url] = /^(.*?\/coops\/[0-9a-z]+)/.exec(url) ?? [];
    const coop = await coopAt(context.data, actor);
    if (coop !== undefined) coops.push(coop);
  }
  await takeFlag(db, {
    id: id.href,
    actor: actorId.href,
    host: actorId.host,
    coop: coops[0] ?? null,
    objects: JSON.stringify(objects),
    content: textOfHtml(String(flag.content ?? ""), flagSize.content),
    received: clock(),
  });
}
