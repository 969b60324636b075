import { type Kysely, PostgresAdapter, sql } from "kysely";

/** What others say to co-ops and of their posts, and whom nobody here wants to hear. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const postgres = db.getExecutor().adapter instanceof PostgresAdapter;
  const key = postgres ? sql`text collate "C"` : sql`text`;

  await db.schema
    .createTable("reply")
    .addColumn("key", key, (c) => c.primaryKey())
    .addColumn("id", key, (c) => c.notNull())
    .addColumn("coop", key, (c) => c.notNull())
    .addColumn("post", key)
    .addColumn("kind", "text", (c) => c.notNull())
    .addColumn("audience", "text", (c) => c.notNull())
    .addColumn("author", key, (c) => c.notNull())
    .addColumn("host", key, (c) => c.notNull())
    .addColumn("handle", "text", (c) => c.notNull())
    .addColumn("profile", "text", (c) => c.notNull())
    .addColumn("inbox", "text", (c) => c.notNull())
    .addColumn("url", "text", (c) => c.notNull())
    .addColumn("content", "text", (c) => c.notNull())
    .addColumn("warning", "text")
    .addColumn("language", "text")
    .addColumn("attachments", "integer", (c) => c.notNull())
    .addColumn("published", "bigint", (c) => c.notNull())
    .addColumn("edited", "bigint")
    .addColumn("received", "bigint", (c) => c.notNull())
    .addColumn("hidden", "bigint")
    .addColumn("approved", "bigint")
    .addColumn("reported", "bigint")
    .addColumn("report", "text")
    .addColumn("flagged", "bigint")
    .addUniqueConstraint("reply_id", ["id", "coop"])
    .execute();
  await db.schema.createIndex("reply_post").on("reply").columns(["post", "published"]).execute();
  await db.schema.createIndex("reply_coop").on("reply").columns(["coop", "received"]).execute();
  await db.schema.createIndex("reply_author").on("reply").columns(["author", "received"]).execute();
  await db.schema.createIndex("reply_host").on("reply").column("host").execute();

  await db.schema
    .createTable("reaction")
    .addColumn("post", key, (c) => c.notNull())
    .addColumn("kind", key, (c) => c.notNull())
    .addColumn("actor", key, (c) => c.notNull())
    .addColumn("host", key, (c) => c.notNull())
    .addColumn("activity", key, (c) => c.notNull())
    .addColumn("seen", "bigint", (c) => c.notNull())
    .addPrimaryKeyConstraint("reaction_pk", ["post", "kind", "actor"])
    .execute();
  await db.schema.createIndex("reaction_activity").on("reaction").column("activity").execute();
  await db.schema.createIndex("reaction_actor").on("reaction").columns(["actor", "seen"]).execute();
  await db.schema.createIndex("reaction_host").on("reaction").column("host").execute();

  await db.schema
    .createTable("answer")
    .addColumn("id", key, (c) => c.primaryKey())
    .addColumn("coop", key, (c) => c.notNull())
    .addColumn("post", key)
    .addColumn("parent", key, (c) => c.notNull())
    .addColumn("audience", "text", (c) => c.notNull())
    .addColumn("author", key, (c) => c.notNull())
    .addColumn("handle", "text", (c) => c.notNull())
    .addColumn("inbox", "text", (c) => c.notNull())
    .addColumn("content", "text", (c) => c.notNull())
    .addColumn("published", "bigint", (c) => c.notNull())
    .addColumn("announced", "bigint")
    .addColumn("deleted", "bigint")
    .execute();
  await db.schema.createIndex("answer_parent").on("answer").column("parent").execute();
  await db.schema.createIndex("answer_coop").on("answer").column("coop").execute();
  await db.schema.createIndex("answer_post").on("answer").column("post").execute();

  await db.schema
    .createTable("block")
    .addColumn("coop", key, (c) => c.notNull())
    .addColumn("subject", key, (c) => c.notNull())
    .addColumn("kind", "text", (c) => c.notNull())
    .addColumn("since", "bigint", (c) => c.notNull())
    .addColumn("account", key)
    .addColumn("why", "text")
    .addPrimaryKeyConstraint("block_pk", ["coop", "subject"])
    .execute();
  await db.schema.createIndex("block_subject").on("block").column("subject").execute();

  await db.schema
    .createTable("blocked_by")
    .addColumn("coop", key, (c) => c.notNull())
    .addColumn("actor", key, (c) => c.notNull())
    .addColumn("activity", key, (c) => c.notNull())
    .addColumn("since", "bigint", (c) => c.notNull())
    .addPrimaryKeyConstraint("blocked_by_pk", ["coop", "actor"])
    .execute();
  await db.schema.createIndex("blocked_by_actor").on("blocked_by").column("actor").execute();
  await db.schema.createIndex("blocked_by_activity").on("blocked_by").column("activity").execute();

  await db.schema
    .createTable("flag")
    .addColumn("id", key, (c) => c.primaryKey())
    .addColumn("actor", key, (c) => c.notNull())
    .addColumn("host", key, (c) => c.notNull())
    .addColumn("coop", key)
    .addColumn("objects", "text", (c) => c.notNull())
    .addColumn("content", "text", (c) => c.notNull())
    .addColumn("received", "bigint", (c) => c.notNull())
    .addColumn("settled", "bigint")
    .execute();
  await db.schema.createIndex("flag_received").on("flag").column("received").execute();

  await db.schema
    .createTable("allowance")
    .addColumn("subject", key, (c) => c.primaryKey())
    .addColumn("day", "integer", (c) => c.notNull())
    .addColumn("used", "integer", (c) => c.notNull())
    .execute();
}
