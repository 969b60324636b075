import { documentOf } from "../coop/document.ts";
import { feedsOf } from "../coop/feeds.ts";
import type { Listing } from "../coop/listing.ts";
import { readListing } from "../coop/listing-record.ts";
import type { DirectoryIndex } from "../index/directory-index.ts";
import * as changes from "../store/changes.ts";
import * as feeds from "../store/feeds.ts";
import * as hosts from "../store/hosts.ts";
import * as news from "../store/news.ts";
import * as records from "../store/records.ts";
import type { Db, Tx } from "../store/schema.ts";
import * as settings from "../store/settings.ts";
import { boostChange, feedChange } from "./news-changes.ts";

/** The name of this reader's cursor on the change log. */
export const reader = "gather";

/** For how long something is news; milliseconds. */
export const newsworthy = 30 * 86_400_000;

/** Changes that are read at once. */
const portion = 500;

/** Listings of a host that are looked at when somebody vouches for it. */
const mostOfNewcomer = 2000;

/** Listings of a host that become news within a day: a large import is news, too, but bounded. */
const mostOfHost = 10_000;

/** What a portion of the log brings. */
interface Gathered {
  items: feeds.FeedItem[];
  gone: feeds.Gone;
  /** Up to where the log has then been read. */
  seq: number;
}

/**
 * Reads the log of changes for what followers of feeds are told: the listings
 * that are new in the directory, and those that were news and aren't shown any
 * more. It has a cursor of its own, which moves in the transaction that writes
 * what was found: nothing is news twice, whoever is killed in between.
 *
 * A leaf has no feeds. For a hub that fills itself nothing is new.
 *
 * @returns Whether the log may go on.
 */
export async function gather(db: Db, index: DirectoryIndex, now: number): Promise<boolean> {
  const after = await changes.cursor(db, reader);
  const head = await changes.head(db);
  const isFilling = (await settings.filling(db))?.step === "loading";
  if (isFilling || (await settings.role(db)) !== "hub") {
    if (after < head) await changes.advance(db, reader, head);
    return false;
  }
  const rows = await records.news(db, after, portion);
  const seq = rows.length < portion ? head : (rows.at(-1)?.seq ?? head);
  if (seq <= after) return false;
  if (rows.length > 0 && index.seq < seq) await index.catchUp();
  const found = { ...(await judge(db, index, rows, now)), seq };
  await db.transaction().execute((tx) => note(tx, found, now));
  return rows.length === portion;
}

async function note(tx: Tx, { items, gone, seq }: Gathered, now: number): Promise<void> {
  await feeds.addItems(tx, items);
  const touched = await feeds.takeOut(tx, gone, now);
  const ended = await news.end(tx, gone, now);
  await changes.advance(tx, reader, seq);
  await changes.append(tx, [...touched.map(feedChange), ...ended.map(boostChange)]);
}

async function judge(
  db: Db,
  index: DirectoryIndex,
  rows: records.News[],
  now: number,
): Promise<Omit<Gathered, "seq">> {
  const gone: feeds.Gone = { subjects: [], origins: [] };
  const candidates: { seq: number; record: records.Record }[] = [];
  for (const { seq, kind, subject, record } of rows) {
    if (kind !== "host") {
      if (record === undefined || record.tombstone === 1) gone.subjects.push(subject);
      else if (record.kind === "listing") candidates.push({ seq, record });
      continue;
    }
    if ((await hosts.hidden(db, [subject])).has(subject)) gone.origins.push(subject);
    else candidates.push(...(await newcomers(db, subject, seq, now)));
  }
  const known = await feeds.known(
    db,
    candidates.map(({ record }) => record.id),
  );
  const counts = new Map<string, number>();
  const items = new Map<string, feeds.FeedItem>();
  for (const { seq, record } of candidates) {
    const { id, origin } = record;
    if (known.items.has(id) || known.named.has(id)) {
      // Withdrawn from the directory without a tombstone, or its host isn't shown.
      if ((await index.organisation(id)).length === 0) gone.subjects.push(id);
      continue;
    }
    const listing = freshListing(record, now);
    if (listing === undefined || items.has(id)) continue;
    const had = counts.get(origin) ?? (await feeds.countOf(db, origin, now - 86_400_000));
    if (had >= mostOfHost || !(await isFirst(db, index, record, listing, now))) continue;
    counts.set(origin, had + 1);
    items.set(id, {
      subject: id,
      origin,
      seq,
      gathered: now,
      imported: listing.provenance.kind === "imported" ? 1 : 0,
      feeds: feeds.listed(feedsOf(listing)),
    });
  }
  return { items: [...items.values()], gone };
}

/** What came of a host while nobody vouched for it yet is news once somebody does. */
async function newcomers(db: Db, host: string, seq: number, now: number) {
  const listed = (await hosts.get(db, host))?.listed;
  if (listed == null || listed < now - newsworthy) return [];
  const found = await records.addedSince(db, host, now - newsworthy, mostOfNewcomer);
  return found.map((record) => ({ seq, record }));
}

/**
 * The listing, if its record is new here and was written not long before it
 * came: what other nodes have had for long, or what comes back, isn't news.
 */
function freshListing(record: records.Record, now: number): Listing | undefined {
  const { added, kind, tombstone, body } = record;
  if (added === null || added < now - newsworthy) return undefined;
  if (kind !== "listing" || tombstone === 1) return undefined;
  const listing = readListing(documentOf(body));
  if (listing === undefined || listing.example === true || listing.status === "closed") {
    return undefined;
  }
  return Date.parse(listing.updated) < added - newsworthy ? undefined : listing;
}

/**
 * Whether a listing is what the directory shows of an organisation that it
 * didn't have before, or of which it had nothing but imported listings before
 * the co-op published its own.
 */
async function isFirst(
  db: Db,
  index: DirectoryIndex,
  { id }: records.Record,
  { provenance }: Listing,
  now: number,
): Promise<boolean> {
  const entries = await index.organisation(id);
  if (entries[0]?.record !== id) return false;
  const own = provenance.kind !== "imported";
  const others = entries
    .slice(1)
    .filter((each) => !own || each.listing.provenance.kind !== "imported")
    .map(({ record }) => record);
  if (others.length === 0) return true;
  const { items } = await feeds.known(db, others);
  const held = await records.byIds(db, others);
  return others.every((other) => {
    const record = held.get(other);
    return record !== undefined && !items.has(other) && freshListing(record, now) !== undefined;
  });
}
