import type { InboxContext } from "@fedify/fedify";
import { type Activity, Link } from "@fedify/fedify/vocab";
import type { Identity } from "../directory/identity.ts";
import type { Note } from "../directory/reply.ts";
import * as coops from "../store/coops.ts";
import * as replies from "../store/replies.ts";
import type { Db } from "../store/schema.ts";
import { coopAt } from "./addressed.ts";
import { deliverable } from "./deliverable.ts";
import type { FederationData } from "./federation.ts";
import { handleOf } from "./relations.ts";
import { idLength } from "./size.ts";

/** What is remembered of somebody who writes to a co-op: no picture, and no name but the handle. */
type Correspondent = Pick<Note, "author" | "host" | "handle" | "profile" | "inbox">;

/** How long what is known of them is taken for true, in milliseconds. */
const fresh = 86_400_000;

/**
 * Who has sent an activity. They are fetched once a day at most, and not at all if
 * they are co-ops of this node.
 *
 * @returns Undefined for whoever can't be answered.
 * @throws When their server can't be reached just now: then this is tried again.
 */
export async function correspondent(
  context: InboxContext<FederationData>,
  activity: Activity,
): Promise<Correspondent | undefined> {
  const { db, node, insecure, clock } = context.data;
  const { actorId } = activity;
  if (actorId === null || actorId.href.length > idLength) return undefined;
  const known = await replies.lastBy(db, actorId.href, clock() - fresh);
  if (known !== undefined) {
    const { author, host, handle, profile, inbox } = known;
    return { author, host, handle, profile, inbox };
  }
  if (actorId.origin === node.origin) return neighbour(db, node, actorId.href);
  const actor = await activity.getActor(context);
  if (actor?.id?.href !== actorId.href || actor.inboxId === null) return undefined;
  if (!deliverable(actor.inboxId, insecure)) return undefined;
  return {
    author: actorId.href,
    host: actorId.host,
    // Without what isn't seen, or turns the text around it.
    handle: handleOf(actor).replace(/[\p{C}\s]/gu, ""),
    profile: pageOf(actor.url, actorId),
    inbox: actor.inboxId.href,
  };
}

/** Another co-op of this node: what it is called needn't be fetched. */
async function neighbour(
  db: Db,
  node: Identity,
  author: string,
): Promise<Correspondent | undefined> {
  const id = await coopAt({ db, node }, author);
  const handle = id === undefined ? undefined : (await coops.get(db, id))?.handle;
  if (handle == null) return undefined;
  return {
    author,
    host: node.host,
    handle: `@${handle}@${node.host}`,
    profile: author,
    inbox: `${author}/inbox`,
  };
}

/** The page for people at one of these addresses, if it is on the same host; else the id. */
export function pageOf(url: URL | Link | null, id: URL): string {
  const page = url instanceof Link ? url.href : url;
  if (page === null || page.host !== id.host || page.href.length > idLength) return id.href;
  return /^https?:$/.test(page.protocol) ? page.href : id.href;
}
