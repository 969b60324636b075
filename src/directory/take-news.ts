import { coopOf } from "../coop/listing-record.ts";
import * as changes from "../store/changes.ts";
import * as hosts from "../store/hosts.ts";
import * as news from "../store/news.ts";
import * as records from "../store/records.ts";
import type { Db, Tx } from "../store/schema.ts";
import type { Identity } from "./identity.ts";
import { boostChange, newsChange } from "./news-changes.ts";
import { newsMost, newsSpan } from "./own-news.ts";

/** What is said of a post by a node that may not be its own. */
export interface SaidNews {
  /** The URL of the post. */
  id: string;
  /** The id of its co-op's listing. */
  listing: string;
  published: number;
  deleted?: number | undefined;
}

/** How far the clock of another node may be ahead; milliseconds. */
const ahead = 600_000;

/** How many posts of a co-op may wait to be checked: whoever invents some can't fill the database. */
const uncheckedMost = 10;

/** Between two tries to check something, doubled after each; and how many there are. */
const retry = 600_000;
const triesMost = 5;

/**
 * Takes note of posts that others say feeds may pass on: of co-ops whose listing
 * is held and shown, on the host of that listing, not older than a week. Nothing
 * of it is believed before the host of the post was asked, but that one of its
 * own is gone, if it says so itself.
 */
export async function takeNews(
  db: Db,
  node: Identity,
  said: SaidNews[],
  from: { peer: string; insecure: boolean; now: number },
): Promise<void> {
  for (const each of said) {
    const origin = hostOf(each, from.insecure);
    if (origin === undefined || origin === node.host) continue;
    const isOwn = from.peer === origin;
    await db.transaction().execute((tx) => take(tx, each, { origin, isOwn, now: from.now }));
  }
}

/** The one host of a post and its listing; undefined if there isn't one, or none that is asked. */
function hostOf({ id, listing }: SaidNews, insecure: boolean): string | undefined {
  const [post, record] = [URL.parse(id), URL.parse(listing)];
  if (post === null || record === null || post.origin !== record.origin) return undefined;
  if (post.protocol !== "https:" && !(insecure && post.protocol === "http:")) return undefined;
  return post.host;
}

async function take(
  tx: Tx,
  said: SaidNews,
  { origin, isOwn, now }: { origin: string; isOwn: boolean; now: number },
): Promise<void> {
  const { id, listing, published } = said;
  const known = await news.get(tx, id);
  if (known !== undefined) {
    if (said.deleted === undefined || known.deleted !== null || known.checked === null) return;
    if (isOwn) await end(tx, known, now);
    else if (known.due === null) await news.update(tx, id, { due: now, tries: 0 });
    return;
  }
  if (said.deleted !== undefined) return;
  if (published < now - newsSpan || published > now + ahead) return;
  const record = await records.get(tx, listing);
  if (record?.kind !== "listing" || record.tombstone === 1) return;
  if ((await hosts.hidden(tx, [origin])).size > 0) return;
  if ((await news.countOf(tx, listing, now - newsSpan, "checked")) >= newsMost) return;
  if ((await news.countOf(tx, listing, now - newsSpan, "unchecked")) >= uncheckedMost) return;
  await news.add(tx, {
    id,
    listing,
    origin,
    published,
    introduction: 0,
    seen: now,
    checked: null,
    due: now,
    tries: 0,
    deleted: null,
    boosted: null,
  });
}

async function end(tx: Tx, known: news.News, now: number): Promise<void> {
  await news.update(tx, known.id, { deleted: now, due: null });
  const ended = await news.end(tx, { ids: [known.id] }, now);
  await changes.append(tx, [...ended.map(boostChange), newsChange(known)]);
}

/**
 * What the host of a post has there: that post of that co-op, nothing (any
 * more), something else; or no answer.
 */
export type Found = "there" | "gone" | "else" | "silent";

/** Asks for a post. */
export type AskPost = (post: { id: string; author: string; published: number }) => Promise<Found>;

/**
 * Asks the hosts of posts whether what is said of them is so. What is, goes on
 * to other nodes from here, and to feeds; what isn't, goes no further.
 *
 * @returns How many were asked about.
 */
export async function checkNews(db: Db, ask: AskPost, now: number, limit: number): Promise<number> {
  const rows = await news.due(db, now, limit);
  for (const row of rows) {
    const { id, published } = row;
    const found = await ask({ id, author: coopOf(row.listing), published: Number(published) });
    await db.transaction().execute((tx) => settle(tx, row, found, now));
  }
  return rows.length;
}

async function settle(tx: Tx, row: news.News, found: Found, now: number): Promise<void> {
  const { id, listing } = row;
  if (found === "silent" && row.tries + 1 < triesMost) {
    const due = now + retry * 2 ** row.tries;
    return await news.update(tx, id, { tries: row.tries + 1, due });
  }
  if (row.checked !== null) {
    // Somebody said that it is gone.
    if (found === "gone") await end(tx, row, now);
    else await news.update(tx, id, { due: null });
    return;
  }
  const room = (await news.countOf(tx, listing, now - newsSpan, "checked")) < newsMost;
  if (found !== "there" || !room) return await news.remove(tx, id);
  await news.update(tx, id, { checked: now, due: null, tries: 0 });
  await changes.append(tx, [newsChange(row)]);
}
