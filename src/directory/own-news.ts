import { documentOf } from "../coop/document.ts";
import { listingId, readListing } from "../coop/listing-record.ts";
import * as changes from "../store/changes.ts";
import * as news from "../store/news.ts";
import * as posts from "../store/posts.ts";
import * as records from "../store/records.ts";
import type { Db, Tx } from "../store/schema.ts";
import { newsworthy } from "./gather.ts";
import type { Identity } from "./identity.ts";
import { boostChange, newsChange } from "./news-changes.ts";
import { coopUrl } from "./ids.ts";

/** The name of this reader's cursor on the change log. */
const reader = "own-news";

/** For how long a post can be passed on after it was published; milliseconds. */
export const newsSpan = 7 * 86_400_000;

/** How many posts of a co-op feeds pass on within that. */
export const newsMost = 3;

/**
 * Reads the log of changes for posts of this node's co-ops that feeds may pass
 * on, here and elsewhere: those that are marked for it, and the one by which a
 * new co-op introduces itself. At most three a week of each co-op.
 *
 * @returns Whether the log may go on.
 */
export async function noteOwnNews(db: Db, node: Identity, now: number): Promise<boolean> {
  const after = await changes.cursor(db, reader);
  const head = await changes.head(db);
  const rows = await changes.after(db, after, 100, { kind: "post" });
  for (const { subject, seq } of rows) {
    await db.transaction().execute((tx) => note(tx, node, subject, seq, now));
  }
  if (rows.length === 100) return true;
  if (after < head) await changes.advance(db, reader, head);
  return false;
}

async function note(tx: Tx, node: Identity, post: string, seq: number, now: number): Promise<void> {
  await changes.advance(tx, reader, seq);
  const row = await posts.get(tx, post);
  if (row === undefined || row.due !== null) return;
  const coop = coopUrl(node, row.coop);
  const id = `${coop}/posts/${post}`;
  const known = await news.get(tx, id);
  const listing = await listingOf(tx, listingId(coop));
  const isGone = row.deleted !== null || (row.listed === null && known?.introduction !== 1);
  if (known !== undefined || isGone) {
    // Also of what is no news any more: what was passed on long ago is called back.
    const ended = isGone ? await news.end(tx, { ids: [id] }, now) : [];
    const boosts = ended.map(boostChange);
    if (known !== undefined && known.deleted === null && isGone) {
      await news.update(tx, id, { deleted: now });
      await changes.append(tx, [...boosts, newsChange(known)]);
      return;
    }
    if (boosts.length > 0) await changes.append(tx, boosts);
    if (known !== undefined || row.deleted !== null) return;
  }
  if (listing === undefined || row.published < now - newsSpan) return;
  const introduction = row.pinned !== null && listing.isNew;
  if (row.listed === null && !introduction) return;
  const { record, origin } = listing;
  if ((await news.countOf(tx, record, now - newsSpan, "checked")) >= newsMost) return;
  const found: news.News = {
    id,
    listing: record,
    origin,
    published: row.published,
    introduction: introduction ? 1 : 0,
    seen: now,
    checked: now,
    due: null,
    tries: 0,
    deleted: null,
    boosted: null,
  };
  await news.add(tx, found);
  await changes.append(tx, [newsChange(found)]);

  /** The listing that the co-op has published itself, unless it is a worked example. */
  async function listingOf(db: Db, at: string) {
    const held = await records.get(db, at);
    if (held === undefined || held.tombstone === 1) return undefined;
    const read = readListing(documentOf(held.body));
    if (read === undefined || read.example === true) return undefined;
    const isNew = held.added !== null && held.added >= now - newsworthy;
    return { record: held.id, origin: held.origin, isNew };
  }
}
