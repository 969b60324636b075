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
import { newId } from "./ids.ts";

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

/** How long posts are kept, and, once they are gone, that they were: milliseconds. */
const feedMemory = { posts: 31_536_000_000, gone: 2_592_000_000 } as const;

/** Posts that are taken back in one go. */
const expiredMost = 200;

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
  await expirePosts(db, now);
  const followed = await followers.oldest(db, feedFolder);
  if (followed.size === 0) return Infinity;
  const waiting = new Map<string, feeds.FeedItem[]>();
  for await (const item of everyItem(db)) {
    for (const name of item.feeds.trim().split(" ")) {
      const since = followed.get(feedFolder + name);
      if (since === undefined || item.gathered < since) continue;
      const items = waiting.get(name);
      if (items === undefined) waiting.set(name, [item]);
      else items.push(item);
    }
  }
  let next = Infinity;
  for (const [name, items] of waiting) {
    const last = await feeds.lastPost(db, name);
    const after = last?.until ?? 0;
    const first = items.find(({ seq }) => seq > after);
    if (first === undefined) continue;
    const soonest = (last?.published ?? -Infinity) + grouping.between;
    const due = Math.max(first.gathered + grouping.patience, soonest);
    if (due > now) {
      next = Math.min(next, due);
      continue;
    }
    const since = followed.get(feedFolder + name) ?? now;
    const until = items.at(-1)?.seq ?? 0;
    const asked = { feed: name, after, since, until };
    await db.transaction().execute((tx) => writePost(tx, asked, now));
  }
  return next;
}

/** Takes back what feeds told long ago, here and at their followers. */
async function expirePosts(db: Db, now: number): Promise<void> {
  const published = now - feedMemory.posts;
  await feeds.forgetGone(db, { published, deleted: now - feedMemory.gone });
  const ids = await feeds.olderThan(db, published, expiredMost);
  if (ids.length > 0) await db.transaction().execute((tx) => takeBack(tx, ids, now));
}

async function takeBack(tx: Tx, ids: string[], now: number): Promise<void> {
  await feeds.takeBack(tx, ids, now);
  await changes.append(tx, ids.map(feedChange));
}

async function* everyItem(db: Db): AsyncGenerator<feeds.FeedItem> {
  let items: feeds.FeedItem[];
  let last: feeds.FeedItem | undefined;
  do {
    items = await feeds.items(db, last, portion);
    yield* items;
    last = items.at(-1);
  } while (items.length === portion);
}

async function writePost(tx: Tx, asked: feeds.Pending, now: number): Promise<void> {
  await feeds.lock(tx, reader);
  const written = (await feeds.lastPost(tx, asked.feed))?.until ?? 0;
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
export function whereaboutsOf({ location }: Listing): string {
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
