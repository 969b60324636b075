import type { InboxContext } from "@fedify/fedify";
import { Activity, Announce, Block, EmojiReact, Like, type Undo } from "@fedify/fedify/vocab";
import { blocking } from "../directory/blocked.ts";
import { react } from "../directory/react.ts";
import * as blocks from "../store/blocks.ts";
import * as reactions from "../store/reactions.ts";
import { coopAt, saidAt } from "./addressed.ts";
import { asCame } from "./as-came.ts";
import type { FederationData } from "./federation.ts";
import { idLength } from "./size.ts";

type Context = InboxContext<FederationData>;

/** Somebody likes a post or an answer of this node. With which emoji isn't kept. */
export async function onLike(context: Context, like: Like | EmojiReact): Promise<void> {
  await keep(context, like, "like");
}

/** Somebody passes a post or an answer of this node on. */
export async function onAnnounce(context: Context, announce: Announce): Promise<void> {
  await keep(context, announce, "boost");
}

async function keep(
  context: Context,
  { id, actorId, objectId }: Activity,
  kind: reactions.Reaction["kind"],
): Promise<void> {
  const { db, clock } = context.data;
  if (id === null || actorId === null || objectId === null) return;
  if (id.host !== actorId.host || id.href.length > idLength) return;
  if (actorId.href.length > idLength) return;
  const said = await saidAt(context.data, objectId.href);
  if (said === undefined) return;
  if ((await blocking(db, actorId.href, { coop: said.coop })) !== undefined) return;
  const { href: actor, host } = actorId;
  await react(db, { post: said.id, kind, actor, host, activity: id.href, seen: clock() });
}

/**
 * A Like, an Announce or a Block is taken back, by its id or whole. Says whether it
 * was one that came whole; by its id it may be something else.
 */
export async function undoReaction(context: Context, undo: Undo): Promise<boolean> {
  const { db } = context.data;
  const { actorId, objectId } = undo;
  if (actorId === null) return false;
  const actor = actorId.href;
  if (objectId !== null) {
    await reactions.removeByActivity(db, objectId.href, actor);
    await blocks.removeBlockedBy(db, actor, { activity: objectId.href });
  }
  const undone = await undo.getObject(asCame);
  const about = undone instanceof Activity ? undone.objectId?.href : undefined;
  if (undone instanceof Like || undone instanceof EmojiReact || undone instanceof Announce) {
    const said = about === undefined ? undefined : await saidAt(context.data, about);
    const kind = undone instanceof Announce ? "boost" : "like";
    if (said !== undefined) await reactions.remove(db, { post: said.id, kind, actor });
    return true;
  }
  if (undone instanceof Block) {
    const coop = about === undefined ? undefined : await coopAt(context.data, about);
    if (coop !== undefined) await blocks.removeBlockedBy(db, actor, { coop });
    return true;
  }
  return false;
}
