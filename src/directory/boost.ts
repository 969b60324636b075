import { documentOf } from "../coop/document.ts";
import { feedsOf } from "../coop/feeds.ts";
import { readListing } from "../coop/listing-record.ts";
import type { DirectoryIndex } from "../index/directory-index.ts";
import * as changes from "../store/changes.ts";
import * as followers from "../store/followers.ts";
import * as news from "../store/news.ts";
import * as records from "../store/records.ts";
import type { Db, Tx } from "../store/schema.ts";
import * as settings from "../store/settings.ts";
import { feedFolder } from "./group-news.ts";
import { boostChange } from "./news-changes.ts";
import { newsSpan } from "./own-news.ts";

/** News that are dealt with in one go. */
const portion = 100;

/**
 * Gives news to the feeds that somebody follows and that they belong to, as far
 * as their co-op's listing is shown. On a hub, as only hubs have feeds.
 *
 * @returns Whether there may be more.
 */
export async function boostNews(db: Db, index: DirectoryIndex, now: number): Promise<boolean> {
  await news.prune(db, now - newsSpan);
  if ((await settings.role(db)) !== "hub") return false;
  const rows = await news.unboosted(db, portion);
  if (rows.length === 0) return false;
  await index.catchUp();
  const followed = await followers.oldest(db, feedFolder);
  for (const row of rows) {
    const isShown = (await index.organisation(row.listing)).length > 0;
    const names = isShown ? await feedsWith(db, row.listing) : [];
    const chosen = names.filter((name) => followed.has(feedFolder + name));
    await db.transaction().execute((tx) => boost(tx, row, chosen, now));
  }
  return rows.length === portion;
}

async function feedsWith(db: Db, id: string): Promise<string[]> {
  const record = await records.get(db, id);
  const listing = record && readListing(documentOf(record.body));
  return listing === undefined || listing.provenance.kind === "imported" ? [] : feedsOf(listing);
}

async function boost(tx: Tx, row: news.News, names: string[], now: number): Promise<void> {
  const { id, listing, origin } = row;
  const none = { announced: null, ended: null, announcedEnd: null };
  await news.boost(
    tx,
    names.map((feed) => ({ feed, news: id, listing, origin, boosted: now, ...none })),
  );
  await news.update(tx, id, { boosted: now });
  if (names.length > 0) await changes.append(tx, [boostChange(id)]);
}
