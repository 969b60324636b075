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
}
