import type { JsonObject } from "../coop/canonical-json.ts";
import { type Feed, feedName, feedTitle } from "../coop/feeds.ts";
import { coopOf } from "../coop/listing-record.ts";
import type { Identity } from "../directory/identity.ts";
import * as feeds from "../store/feeds.ts";
import type { Db } from "../store/schema.ts";
import { feedsBegan, feedUrl, introduction } from "./feed-actors.ts";
import { activityDocument } from "./send.ts";
import { objectSize, smallEnough } from "./size.ts";
import { escapeHtml, toHtml } from "./text.ts";
import { noteContext, PUBLIC } from "./vocabulary.ts";

/** The last part of the URL of what a feed says of itself, which is pinned. */
export const INTRODUCTION = "introduction";

/** Posts on a page of an outbox. */
const outboxPage = 20;

/** A post of a feed by the last part of its URL; undefined if there is none, or none any more. */
export async function feedNote(
  db: Db,
  node: Identity,
  feed: Feed,
  id: string,
): Promise<JsonObject | undefined> {
  if (id === INTRODUCTION) return pinnedNote(node, feed);
  const post = await feeds.getPost(db, id);
  if (post === undefined || post.deleted !== null) return undefined;
  if (post.feed !== feedName(feed)) return undefined;
  return noteOf(db, node, feed, post);
}

/** The one thing that somebody who finds a feed is sure to see. */
export function pinnedNote(node: Identity, feed: Feed): JsonObject {
  const { html } = toHtml(introduction(node, feed), node.origin);
  return note(node, feed, {
    id: INTRODUCTION,
    html,
    published: feedsBegan(node),
    edited: null,
  });
}

/** A feed's posts as activities, the newest first, before a moment. */
export async function feedOutbox(
  db: Db,
  node: Identity,
  feed: Feed,
  before?: number,
): Promise<{ items: JsonObject[]; next: number | undefined }> {
  const asked = before === undefined ? {} : { before };
  const posts = await feeds.postsOf(db, feedName(feed), { ...asked, limit: outboxPage });
  const items: JsonObject[] = [];
  for (const post of posts) {
    items.push(feedCreate(node, feed, await noteOf(db, node, feed, post)));
  }
  return { items, next: posts.length === outboxPage ? posts.at(-1)?.published : undefined };
}

/** The activity that a post of a feed was published with. */
export function feedCreate(node: Identity, feed: Feed, document: JsonObject): JsonObject {
  const actor = feedUrl(node, feed);
  const create = activityDocument("Create", {
    id: `${document["id"] as string}/activity`,
    actor,
    object: document,
    to: [PUBLIC],
    cc: [`${actor}/followers`],
  });
  return { ...create, published: document["published"] ?? null };
}

async function noteOf(
  db: Db,
  node: Identity,
  feed: Feed,
  post: feeds.FeedPost,
): Promise<JsonObject> {
  const entries = await feeds.entriesOf(db, post.id);
  const { id, published, edited } = post;
  const named = (most: number) => () => {
    const more = post.more + Math.max(0, entries.length - most);
    const html = grouped(node, feed, entries.slice(0, most), more);
    return note(node, feed, { id, html, published, edited });
  };
  return smallEnough(objectSize, named(Infinity), named(8), named(3));
}

/** Names with where they are, a line each. Names are whatever others have written. */
function grouped(node: Identity, feed: Feed, entries: feeds.FeedEntry[], more: number): string {
  const lines = entries.map(({ subject, name, whereabouts }) => {
    const link = `<a href="${escapeHtml(coopOf(subject))}" rel="nofollow noopener noreferrer">${escapeHtml(name)}</a>`;
    return whereabouts === "" ? link : `${link}, ${escapeHtml(whereabouts)}`;
  });
  const here = escapeHtml(feedUrl(node, feed));
  const rest =
    more === 0
      ? ""
      : `<p><a href="${here}" rel="nofollow noopener noreferrer">And ${more} more</a></p>`;
  const heading = `New in the directory: ${escapeHtml(feedTitle(feed))}`;
  return `<p>${heading}</p><p>${lines.join("<br>")}</p>${rest}`;
}

function note(
  node: Identity,
  feed: Feed,
  post: { id: string; html: string; published: number; edited: number | null },
): JsonObject {
  const author = feedUrl(node, feed);
  const { html, published, edited } = post;
  const id = `${author}/posts/${post.id}`;
  return {
    "@context": noteContext,
    id,
    type: "Note",
    attributedTo: author,
    content: html,
    contentMap: { en: html },
    url: id,
    published: new Date(published).toISOString(),
    ...(edited === null ? {} : { updated: new Date(edited).toISOString() }),
    to: [PUBLIC],
    cc: [`${author}/followers`],
    tag: [],
    sensitive: false,
  };
}
