import type { ExpressionBuilder } from "kysely";
import type { Gone } from "./feeds.ts";
import type { Db, Schema, Tx } from "./schema.ts";
import type { FeedBoostTable, NewsTable } from "./tables/feeds.ts";

export type News = NewsTable;
export type Boost = FeedBoostTable;

export async function get(db: Db, id: string): Promise<News | undefined> {
  return db.selectFrom("news").selectAll().where("id", "=", id).executeTakeFirst();
}

/** Adds news. Says whether they are new here. */
export async function add(tx: Tx, news: News): Promise<boolean> {
  const row = await tx
    .insertInto("news")
    .values(news)
    .onConflict((conflict) => conflict.column("id").doNothing())
    .returning("id")
    .executeTakeFirst();
  return row !== undefined;
}

export async function update(db: Db, id: string, facts: Partial<News>): Promise<void> {
  await db.updateTable("news").set(facts).where("id", "=", id).execute();
}

export async function remove(db: Db, id: string): Promise<void> {
  await db.deleteFrom("news").where("id", "=", id).execute();
}

/** News as they stand in the log of changes. */
export type LoggedNews = News & { seq: number };

/** News behind a cursor that were found to be so, in order; those of some hosts if they are given. */
export async function after(
  db: Db,
  seq: number,
  limit: number,
  only: { origin?: string | string[] } = {},
): Promise<LoggedNews[]> {
  let query = db
    .selectFrom("change")
    .innerJoin("news", "news.id", "change.subject")
    .selectAll("news")
    .select("change.seq")
    .where("change.kind", "=", "news")
    .where("change.seq", ">", seq)
    .where("news.checked", "is not", null);
  if (only.origin !== undefined) query = query.where("change.origin", "in", [only.origin].flat());
  return query.orderBy("change.seq").limit(limit).execute();
}

/** Those about which their hosts are to be asked by now. */
export async function due(db: Db, now: number, limit: number): Promise<News[]> {
  return db
    .selectFrom("news")
    .selectAll()
    .where("due", "<=", now)
    .orderBy("due")
    .orderBy("id")
    .limit(limit)
    .execute();
}

/** How many news of a co-op were published since then: those that were checked, or those to be. */
export async function countOf(
  db: Db,
  listing: string,
  since: number,
  which: "checked" | "unchecked",
): Promise<number> {
  const row = await db
    .selectFrom("news")
    .select((eb) => eb.fn.countAll<number>().as("n"))
    .where("listing", "=", listing)
    .where("published", ">=", since)
    .where("checked", which === "checked" ? "is not" : "is", null)
    .executeTakeFirstOrThrow();
  return Number(row.n);
}

/** Those that no feed was given yet, the oldest first. */
export async function unboosted(db: Db, limit: number): Promise<News[]> {
  return db
    .selectFrom("news")
    .selectAll()
    .where("checked", "is not", null)
    .where("boosted", "is", null)
    .where("deleted", "is", null)
    .orderBy("published")
    .orderBy("id")
    .limit(limit)
    .execute();
}

/** Forgets what was published before then. What feeds have passed on stays known. */
export async function prune(db: Db, before: number): Promise<void> {
  await db.deleteFrom("news").where("published", "<", before).execute();
}

/** Notes that feeds pass something on. */
export async function boost(tx: Tx, boosts: Boost[]): Promise<void> {
  if (boosts.length === 0) return;
  await tx
    .insertInto("feed_boost")
    .values(boosts)
    .onConflict((conflict) => conflict.columns(["news", "feed"]).doNothing())
    .execute();
}

/** The feeds that have passed something on. */
export async function boostsOf(db: Db, id: string): Promise<Boost[]> {
  return db.selectFrom("feed_boost").selectAll().where("news", "=", id).orderBy("feed").execute();
}

/** Notes what the followers of a feed were told. */
export async function announceBoost(
  db: Db,
  { feed, news }: Boost,
  told: Partial<Pick<Boost, "announced" | "announcedEnd">>,
): Promise<void> {
  await db
    .updateTable("feed_boost")
    .set(told)
    .where("feed", "=", feed)
    .where("news", "=", news)
    .execute();
}

/**
 * Ends what feeds have passed on: of some posts, or of listings that aren't
 * shown any more.
 *
 * @returns The URLs of the posts whose boosts ended by that.
 */
export async function end(
  tx: Tx,
  { ids = [], subjects = [], origins = [] }: Partial<Gone> & { ids?: string[] },
  now: number,
): Promise<string[]> {
  if (ids.length + subjects.length + origins.length === 0) return [];
  const rows = await tx
    .updateTable("feed_boost")
    .set({ ended: now })
    .where("ended", "is", null)
    .where((eb: ExpressionBuilder<Schema, "feed_boost">) =>
      eb.or([
        ...(ids.length === 0 ? [] : [eb("news", "in", ids)]),
        ...(subjects.length === 0 ? [] : [eb("listing", "in", subjects)]),
        ...(origins.length === 0 ? [] : [eb("origin", "in", origins)]),
      ]),
    )
    .returning("news")
    .execute();
  return [...new Set(rows.map(({ news }) => news))];
}
