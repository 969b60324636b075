import { type Kysely, PostgresAdapter, sql } from "kysely";

/** What is new in the directory, and what followers of feeds are told of it. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const postgres = db.getExecutor().adapter instanceof PostgresAdapter;
  const key = postgres ? sql`text collate "C"` : sql`text`;

  await db.schema.alterTable("record").addColumn("added", "bigint").execute();

  await db.schema
    .createTable("feed_item")
    .addColumn("subject", key, (c) => c.primaryKey())
    .addColumn("origin", key, (c) => c.notNull())
    .addColumn("seq", "bigint", (c) => c.notNull())
    .addColumn("gathered", "bigint", (c) => c.notNull())
    .addColumn("imported", "integer", (c) => c.notNull())
    .addColumn("feeds", "text", (c) => c.notNull())
    .execute();
  await db.schema.createIndex("feed_item_seq").on("feed_item").column("seq").execute();
  await db.schema
    .createIndex("feed_item_origin")
    .on("feed_item")
    .columns(["origin", "gathered"])
    .execute();

  await db.schema
    .createTable("feed_post")
    .addColumn("id", key, (c) => c.primaryKey())
    .addColumn("feed", key, (c) => c.notNull())
    .addColumn("until", "bigint", (c) => c.notNull())
    .addColumn("more", "bigint", (c) => c.notNull())
    .addColumn("published", "bigint", (c) => c.notNull())
    .addColumn("edited", "bigint")
    .addColumn("deleted", "bigint")
    .addColumn("announced", "bigint")
    .addColumn("announcedEdit", "bigint")
    .execute();
  await db.schema
    .createIndex("feed_post_feed")
    .on("feed_post")
    .columns(["feed", "published"])
    .execute();

  await db.schema
    .createTable("feed_entry")
    .addColumn("post", key, (c) => c.notNull())
    .addColumn("subject", key, (c) => c.notNull())
    .addColumn("origin", key, (c) => c.notNull())
    .addColumn("place", "integer", (c) => c.notNull())
    .addColumn("name", "text", (c) => c.notNull())
    .addColumn("whereabouts", "text", (c) => c.notNull())
    .addPrimaryKeyConstraint("feed_entry_pk", ["post", "subject"])
    .execute();
  await db.schema.createIndex("feed_entry_subject").on("feed_entry").column("subject").execute();
  await db.schema.createIndex("feed_entry_origin").on("feed_entry").column("origin").execute();

  await db.schema
    .createTable("news")
    .addColumn("id", key, (c) => c.primaryKey())
    .addColumn("listing", key, (c) => c.notNull())
    .addColumn("origin", key, (c) => c.notNull())
    .addColumn("published", "bigint", (c) => c.notNull())
    .addColumn("introduction", "integer", (c) => c.notNull())
    .addColumn("seen", "bigint", (c) => c.notNull())
    .addColumn("checked", "bigint")
    .addColumn("due", "bigint")
    .addColumn("tries", "integer", (c) => c.notNull())
    .addColumn("deleted", "bigint")
    .addColumn("boosted", "bigint")
    .execute();
  await db.schema
    .createIndex("news_listing")
    .on("news")
    .columns(["listing", "published"])
    .execute();
  await db.schema.createIndex("news_published").on("news").column("published").execute();

  await db.schema
    .createTable("feed_boost")
    .addColumn("feed", key, (c) => c.notNull())
    .addColumn("news", key, (c) => c.notNull())
    .addColumn("listing", key, (c) => c.notNull())
    .addColumn("origin", key, (c) => c.notNull())
    .addColumn("boosted", "bigint", (c) => c.notNull())
    .addColumn("announced", "bigint")
    .addColumn("ended", "bigint")
    .addColumn("announcedEnd", "bigint")
    .addPrimaryKeyConstraint("feed_boost_pk", ["news", "feed"])
    .execute();
  await db.schema.createIndex("feed_boost_listing").on("feed_boost").column("listing").execute();
  await db.schema.createIndex("feed_boost_origin").on("feed_boost").column("origin").execute();
}
