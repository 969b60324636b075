import { sql } from "kysely";
import { forUpdate } from "./dialect.ts";
import type { Db, Tx } from "./schema.ts";
import type { FeedEntryTable, FeedItemTable, FeedPostTable } from "./tables/feeds.ts";

export type FeedItem = FeedItemTable;
export type FeedPost = FeedPostTable;
export type FeedEntry = FeedEntryTable;

/** Names of feeds as an item has them. */
export function listed(feeds: string[]): string {
  return ` ${feeds.join(" ")} `;
}

const inFeed = (feed: string) => sql<boolean>`feeds like ${`% ${feed} %`}`;

/** Adds items; one that is there already stays as it is. */
export async function addItems(tx: Tx, items: FeedItem[]): Promise<void> {
  if (items.length === 0) return;
  await tx
    .insertInto("feed_item")
    .values(items)
    .onConflict((conflict) => conflict.column("subject").doNothing())
    .execute();
}

/** Which of these listings are items, or are named in a post. */
export async function known(
  db: Db,
  subjects: string[],
): Promise<{ items: Set<string>; named: Set<string> }> {
  if (subjects.length === 0) return { items: new Set(), named: new Set() };
  const items = await db
    .selectFrom("feed_item")
    .select("subject")
    .where("subject", "in", subjects)
    .execute();
  const named = await db
    .selectFrom("feed_entry")
    .select("subject")
    .where("subject", "in", subjects)
    .execute();
  return {
    items: new Set(items.map(({ subject }) => subject)),
    named: new Set(named.map(({ subject }) => subject)),
  };
}

/** How many items a host has had since then. */
export async function countOf(db: Db, origin: string, since: number): Promise<number> {
  const row = await db
    .selectFrom("feed_item")
    .select((eb) => eb.fn.countAll<number>().as("n"))
    .where("origin", "=", origin)
    .where("gathered", ">=", since)
    .executeTakeFirstOrThrow();
  return Number(row.n);
}

/** Forgets what was gathered before then. */
export async function prune(db: Db, before: number): Promise<void> {
  await db.deleteFrom("feed_item").where("gathered", "<", before).execute();
}

/** Items behind one, or from the first on, in order; those of a change in order of their ids. */
export async function items(
  db: Db,
  behind: Pick<FeedItem, "seq" | "subject"> | undefined,
  limit: number,
): Promise<FeedItem[]> {
  const { seq, subject } = behind ?? { seq: 0, subject: "" };
  return db
    .selectFrom("feed_item")
    .selectAll()
    .where((eb) =>
      eb.or([eb("seq", ">", seq), eb.and([eb("seq", "=", seq), eb("subject", ">", subject)])]),
    )
    .orderBy("seq")
    .orderBy("subject")
    .limit(limit)
    .execute();
}

/** What decides which items a post is about. */
export interface Pending {
  feed: string;
  /** Items behind this seq, and not gathered before `since`. */
  after: number;
  since: number;
  /** Items up to this seq. */
  until: number;
}

/** How many items those are, and the first of them: own ones before imported ones. */
export async function pending(
  db: Db,
  { feed, after, since, until }: Pending,
  limit: number,
): Promise<{ count: number; first: FeedItem[] }> {
  const query = db
    .selectFrom("feed_item")
    .where("seq", ">", after)
    .where("seq", "<=", until)
    .where("gathered", ">=", since)
    .where(inFeed(feed));
  const { n } = await query
    .select((eb) => eb.fn.countAll<number>().as("n"))
    .executeTakeFirstOrThrow();
  const first = await query
    .selectAll()
    .orderBy("imported")
    .orderBy("seq")
    .orderBy("subject")
    .limit(limit)
    .execute();
  return { count: Number(n), first };
}

/** The newest items of a feed. */
export async function newest(db: Db, feed: string, limit: number): Promise<FeedItem[]> {
  return db
    .selectFrom("feed_item")
    .selectAll()
    .where(inFeed(feed))
    .orderBy("seq", "desc")
    .orderBy("subject")
    .limit(limit)
    .execute();
}

/** The last post that a feed wrote, whatever became of it. */
export async function lastPost(db: Db, feed: string): Promise<FeedPost | undefined> {
  return db
    .selectFrom("feed_post")
    .selectAll()
    .where("feed", "=", feed)
    .orderBy("published", "desc")
    .orderBy("until", "desc")
    .limit(1)
    .executeTakeFirst();
}

/** Waits for whoever else writes posts of feeds, and keeps them out until the transaction ends. */
export async function lock(tx: Tx, reader: string): Promise<void> {
  const query = tx.selectFrom("cursor").select("seq").where("name", "=", reader);
  await forUpdate(tx, query).execute();
}

export async function addPost(tx: Tx, post: FeedPost, entries: FeedEntry[]): Promise<void> {
  await tx.insertInto("feed_post").values(post).execute();
  await tx.insertInto("feed_entry").values(entries).execute();
}

export async function getPost(db: Db, id: string): Promise<FeedPost | undefined> {
  return db.selectFrom("feed_post").selectAll().where("id", "=", id).executeTakeFirst();
}

/** A feed's posts, the newest first. */
export async function postsOf(
  db: Db,
  feed: string,
  { before, limit }: { before?: number; limit: number },
): Promise<FeedPost[]> {
  let query = db
    .selectFrom("feed_post")
    .selectAll()
    .where("feed", "=", feed)
    .where("deleted", "is", null);
  if (before !== undefined) query = query.where("published", "<", before);
  return query.orderBy("published", "desc").orderBy("id").limit(limit).execute();
}

export async function countPosts(db: Db, feed: string): Promise<number> {
  const row = await db
    .selectFrom("feed_post")
    .select((eb) => eb.fn.countAll<number>().as("n"))
    .where("feed", "=", feed)
    .where("deleted", "is", null)
    .executeTakeFirstOrThrow();
  return Number(row.n);
}

/** What a post names, in its order. */
export async function entriesOf(db: Db, post: string): Promise<FeedEntry[]> {
  return db
    .selectFrom("feed_entry")
    .selectAll()
    .where("post", "=", post)
    .orderBy("place")
    .execute();
}

/** The first posts that were published before a moment and are there still. */
export async function olderThan(db: Db, published: number, limit: number): Promise<string[]> {
  const rows = await db
    .selectFrom("feed_post")
    .select("id")
    .where("published", "<", published)
    .where("deleted", "is", null)
    .orderBy("published")
    .limit(limit)
    .execute();
  return rows.map(({ id }) => id);
}

/** Takes posts back, and forgets the names in them. */
export async function takeBack(tx: Tx, ids: string[], now: number): Promise<void> {
  await tx.deleteFrom("feed_entry").where("post", "in", ids).execute();
  await tx.updateTable("feed_post").set({ deleted: now, more: 0 }).where("id", "in", ids).execute();
}

/** Forgets posts that were published before a moment and are gone since before another one. */
export async function forgetGone(
  db: Db,
  { published, deleted }: { published: number; deleted: number },
): Promise<void> {
  await db
    .deleteFrom("feed_post")
    .where("published", "<", published)
    .where("deleted", "<", deleted)
    .execute();
}

/** Notes what followers were told of a post. */
export async function announce(
  db: Db,
  id: string,
  told: Pick<FeedPost, "announced" | "announcedEdit">,
): Promise<void> {
  await db.updateTable("feed_post").set(told).where("id", "=", id).execute();
}

/** Forgets all that feeds have told, or would. */
export async function forget(tx: Tx): Promise<void> {
  for (const table of ["feed_item", "feed_entry", "feed_post", "feed_boost"] as const) {
    await tx.deleteFrom(table).execute();
  }
}

/** Listings that aren't shown any more: by their records, and by the hosts of those. */
export interface Gone {
  subjects: string[];
  origins: string[];
}

/**
 * Takes listings out of what is news, and out of the posts that name them.
 *
 * @returns The ids of those posts, which are changed, or gone where nothing is left of them.
 */
export async function takeOut(tx: Tx, { subjects, origins }: Gone, now: number): Promise<string[]> {
  const touched: string[] = [];
  for (const [column, values] of [
    ["subject", subjects],
    ["origin", origins],
  ] as const) {
    if (values.length === 0) continue;
    // The row stays, so that what is published again isn't news again.
    await tx.updateTable("feed_item").set({ feeds: "" }).where(column, "in", values).execute();
    const rows = await tx
      .deleteFrom("feed_entry")
      .where(column, "in", values)
      .returning("post")
      .execute();
    touched.push(...rows.map(({ post }) => post));
  }
  const posts = [...new Set(touched)].toSorted();
  for (let at = 0; at < posts.length; at += 500) {
    const some = posts.slice(at, at + 500);
    const left = tx.selectFrom("feed_entry").select("post").distinct().where("post", "in", some);
    await tx
      .updateTable("feed_post")
      .set({ edited: now })
      .where("id", "in", some)
      .where("id", "in", left)
      .execute();
    await tx
      .updateTable("feed_post")
      .set({ deleted: now, more: 0 })
      .where("id", "in", some)
      .where("id", "not in", left)
      .execute();
  }
  return posts;
}
