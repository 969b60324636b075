import type { JsonObject } from "../coop/canonical-json.ts";
import { readFeedName } from "../coop/feeds.ts";
import type { Identity } from "../directory/identity.ts";
import * as feeds from "../store/feeds.ts";
import type { Db } from "../store/schema.ts";
import { feedUrl, hasFeeds } from "./feed-actors.ts";
import { feedCreate, feedNote, feedOutbox, pinnedNote } from "./feed-posts.ts";
import { noteContext } from "./vocabulary.ts";

/** What a feed has beside its actor. */
const parts = /^\/feeds\/([a-z0-9.-]+)\/(outbox|featured|posts\/([0-9a-z]+)(\/activity)?)$/;

/**
 * Serves what a feed has posted: its outbox, what it has pinned, its posts. It
 * is read from JSON that is complete, so Fedify has no part in it.
 *
 * @returns Undefined when the request is for something else.
 */
export async function serveFeed(
  db: Db,
  node: Identity,
  request: Request,
): Promise<Response | undefined> {
  const { pathname, searchParams } = new URL(request.url);
  const [, name = "", part = "", post, activity] = parts.exec(pathname) ?? [];
  const feed = name === "" ? undefined : readFeedName(name);
  if (feed === undefined || request.method !== "GET" || !(await hasFeeds(db))) return undefined;
  const url = feedUrl(node, feed);
  if (post !== undefined) {
    const note = await feedNote(db, node, feed, post);
    if (note === undefined) return undefined;
    return answer(activity === undefined ? note : feedCreate(node, feed, note));
  }
  const id = `${url}/${part}`;
  if (part === "featured") {
    const { "@context": context = noteContext, ...pinned } = pinnedNote(node, feed);
    const type = "OrderedCollection";
    return answer({ "@context": context, id, type, totalItems: 1, orderedItems: [pinned] });
  }
  const cursor = searchParams.get("cursor");
  if (cursor === null) {
    return answer({
      "@context": noteContext,
      id,
      type: "OrderedCollection",
      totalItems: await feeds.countPosts(db, name),
      first: `${id}?cursor=`,
    });
  }
  const before = /^\d{1,15}$/.test(cursor) ? Number(cursor) : undefined;
  const { items, next } = await feedOutbox(db, node, feed, before);
  return answer({
    "@context": noteContext,
    id: `${id}?cursor=${before ?? ""}`,
    type: "OrderedCollectionPage",
    partOf: id,
    orderedItems: items.map(({ "@context": _context, ...item }) => item),
    ...(next !== undefined && { next: `${id}?cursor=${next}` }),
  });
}

function answer(document: JsonObject): Response {
  const headers = { "content-type": "application/activity+json", vary: "Accept" };
  return new Response(JSON.stringify(document), { headers });
}
