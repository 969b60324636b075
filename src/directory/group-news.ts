import { documentOf } from "../coop/document.ts";
import type { Listing } from "../coop/listing.ts";
import { readListing } from "../coop/listing-record.ts";
import { regionLabel } from "../coop/regions.ts";
import * as changes from "../store/changes.ts";
import * as feeds from "../store/feeds.ts";
import * as followers from "../store/followers.ts";
import * as records from "../store/records.ts";
import type { Db, Tx } from "../store/schema.ts";
import { newsworthy, reader } from "./gather.ts";
import { feedChange } from "./news-changes.ts";
import { newId } from "./publish.ts";

/** What the identifiers of feed actors begin with. */
export const feedFolder = "feeds/";

/** How news are grouped; milliseconds. */
export interface Grouping {
  /** Between two posts of a feed, at least. */
  between: number;
  /** How long the first of several news waits for the others. */
  patience: number;
}

/** Co-ops that a post names. */
const namedMost = 20;

/** Items that are read at once. */
const portion = 2000;

/**
 * Writes the posts that are due: for each feed that somebody follows at most
 * one, of all that has come since its last one. What came before anybody
 * followed it is no news for them.
 *
 * @returns When the next one is due as far as is known, epoch ms; Infinity
 *   while there is nothing to tell.
 */
export async function groupNews(db: Db, grouping: Grouping, now: number): Promise<number> {
  await feeds.prune(db, now - newsworthy);
  const followed = await followers.oldest(db, feedFolder);
  if (followed.size === 0) return Infinity;
  const last = await feeds.lastPosts(db);
  const waiting = new Map<string, { first: number; until: number }>();
  for await (const { feeds: names, seq, gathered } of itemsSince(db, followed, last)) {
    for (const name of names.trim().split(" ")) {
      const since = followed.get(feedFolder + name);
      if (since === undefined || gathered < since) continue;
      if (seq <= (last.get(name)?.until ?? 0)) continue;
      waiting.set(name, { first: waiting.get(name)?.first ?? gathered, until: seq });
    }
  }
  let next = Infinity;
  for (const [name, { first, until }] of waiting) {
    const before = last.get(name);
    const due = Math.max(first + grouping.patience, (before?.published ?? 0) + grouping.between);
    if (due > now) {
      next = Math.min(next, due);
      continue;
    }
    const since = followed.get(feedFolder + name) ?? now;
    const asked = { feed: name, after: before?.until ?? 0, since, until };
    await db.transaction().execute((tx) => writePost(tx, asked, now));
  }
  return next;
}

/** All items that some feed may not have told yet. */
async function* itemsSince(
  db: Db,
  followed: Map<string, number>,
  last: Map<string, { until: number }>,
): AsyncGenerator<feeds.FeedItem> {
  const told = [...followed.keys()].map((each) => last.get(nameOf(each))?.until ?? 0);
  let at: Pick<feeds.FeedItem, "seq" | "subject"> = { seq: Math.min(...told), subject: "" };
  for (;;) {
    const items = await feeds.itemsAfter(db, at, portion);
    yield* items;
    at = items.at(-1) ?? at;
    if (items.length < portion) return;
  }
}

function nameOf(identifier: string): string {
  return identifier.slice(feedFolder.length);
}

async function writePost(tx: Tx, asked: feeds.Pending, now: number): Promise<void> {
  await feeds.lock(tx, reader);
  const written = (await feeds.lastPosts(tx, asked.feed)).get(asked.feed)?.until ?? 0;
  // Another process of this node was faster.
  if (written > asked.after) return;
  const { count, first } = await feeds.pending(tx, asked, namedMost);
  const held = await records.byIds(
    tx,
    first.map(({ subject }) => subject),
  );
  const id = newId();
  const entries = first.flatMap(({ subject, origin }, place) => {
    const record = held.get(subject);
    const listing = record && readListing(documentOf(record.body));
    if (listing === undefined) return [];
    const { name } = listing;
    return [{ post: id, subject, origin, place, name, whereabouts: whereaboutsOf(listing) }];
  });
  if (entries.length === 0) return;
  const { feed, until } = asked;
  const told = { edited: null, deleted: null, announced: null, announcedEdit: null };
  const post = { id, feed, until, more: count - first.length, published: now, ...told };
  await feeds.addPost(tx, post, entries);
  await changes.append(tx, [feedChange(id)]);
}

/** Where a co-op is: `Rimouski, Quebec, Canada`, as far as it says so. */
function whereaboutsOf({ location }: Listing): string {
  if (location === undefined) return "";
  const { addressLocality, addressCountry } = location.address;
  const region = location.region?.[0];
  const parts = [
    addressLocality,
    region && regionLabel(region),
    regionLabel(`iso3166-1:${addressCountry}`) ?? addressCountry,
  ];
  return [...new Set(parts.filter((part) => part !== undefined && part !== ""))].join(", ");
}
