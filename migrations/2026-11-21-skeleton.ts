import { type Kysely, PostgresAdapter, sql } from "kysely";

/**
 * The first tables. Portable types only: on both engines `bigint` holds
 * milliseconds and counters, and the bytes of a record are `blob` or `bytea`.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  const postgres = db.getExecutor().adapter instanceof PostgresAdapter;
  const bytes = postgres ? sql`bytea` : sql`blob`;
  // Keys are compared byte by byte on both engines, so that ranges agree.
  const key = postgres ? sql`text collate "C"` : sql`text`;

  await db.schema
    .createTable("counter")
    .addColumn("name", "text", (c) => c.primaryKey())
    .addColumn("value", "bigint", (c) => c.notNull())
    .execute();
  await sql`insert into counter (name, value) values ('seq', 0)`.execute(db);

  await db.schema
    .createTable("setting")
    .addColumn("name", "text", (c) => c.primaryKey())
    .addColumn("value", "text", (c) => c.notNull())
    .execute();

  await db.schema
    .createTable("record")
    .addColumn("id", key, (c) => c.primaryKey())
    .addColumn("origin", key, (c) => c.notNull())
    .addColumn("kind", "text", (c) => c.notNull())
    .addColumn("issued", "bigint", (c) => c.notNull())
    .addColumn("tombstone", "integer", (c) => c.notNull())
    .addColumn("digest", key, (c) => c.notNull())
    .addColumn("body", bytes, (c) => c.notNull())
    .addColumn("seen", "bigint", (c) => c.notNull())
    .execute();
  await db.schema.createIndex("record_digest").on("record").column("digest").execute();
  await db.schema.createIndex("record_origin").on("record").columns(["origin", "id"]).execute();

  await db.schema
    .createTable("change")
    .addColumn("seq", "bigint", (c) => c.primaryKey())
    .addColumn("kind", "text", (c) => c.notNull())
    .addColumn("subject", key, (c) => c.notNull().unique())
    .addColumn("origin", key, (c) => c.notNull())
    .execute();
  await db.schema.createIndex("change_origin").on("change").columns(["origin", "seq"]).execute();

  await db.schema
    .createTable("cursor")
    .addColumn("name", "text", (c) => c.primaryKey())
    .addColumn("seq", "bigint", (c) => c.notNull())
    .execute();

  await db.schema
    .createTable("coop")
    .addColumn("id", key, (c) => c.primaryKey())
    .addColumn("handle", key, (c) => c.unique())
    .addColumn("source", "text")
    .addColumn("sourceKey", "text")
    .addColumn("created", "bigint", (c) => c.notNull())
    .addColumn("sourceDigest", "text")
    .addColumn("content", "text")
    .addColumn("updated", "bigint")
    .addColumn("announced", "bigint")
    .addColumn("deleted", "bigint")
    .addUniqueConstraint("coop_source", ["source", "sourceKey"])
    .execute();

  await db.schema
    .createTable("post")
    .addColumn("id", key, (c) => c.primaryKey())
    .addColumn("coop", key, (c) => c.notNull())
    .addColumn("content", "text", (c) => c.notNull())
    .addColumn("published", "bigint", (c) => c.notNull())
    .addColumn("edited", "bigint")
    .addColumn("deleted", "bigint")
    .addColumn("pinned", "bigint")
    .execute();
  await db.schema.createIndex("post_coop").on("post").columns(["coop", "published"]).execute();

  await db.schema
    .createTable("follower")
    .addColumn("followed", key, (c) => c.notNull())
    .addColumn("actor", key, (c) => c.notNull())
    .addColumn("inbox", "text", (c) => c.notNull())
    .addColumn("sharedInbox", "text")
    .addColumn("activity", "text", (c) => c.notNull())
    .addColumn("since", "bigint", (c) => c.notNull())
    .addPrimaryKeyConstraint("follower_pk", ["followed", "actor"])
    .execute();
  await db.schema.createIndex("follower_actor").on("follower").column("actor").execute();

  await db.schema
    .createTable("following")
    .addColumn("follower", key, (c) => c.notNull())
    .addColumn("actor", key, (c) => c.notNull())
    .addColumn("activity", "text", (c) => c.notNull())
    .addColumn("requested", "bigint", (c) => c.notNull())
    .addColumn("accepted", "bigint")
    .addPrimaryKeyConstraint("following_pk", ["follower", "actor"])
    .execute();

  await db.schema
    .createTable("key")
    .addColumn("name", "text", (c) => c.primaryKey())
    .addColumn("privateKey", "text", (c) => c.notNull())
    .addColumn("publicKey", "text", (c) => c.notNull())
    .addColumn("created", "bigint", (c) => c.notNull())
    .execute();

  await db.schema
    .createTable("pin")
    .addColumn("method", key, (c) => c.primaryKey())
    .addColumn("origin", key, (c) => c.notNull())
    .addColumn("multikey", "text", (c) => c.notNull())
    .addColumn("seen", "bigint", (c) => c.notNull())
    .execute();

  await db.schema
    .createTable("peer")
    .addColumn("url", key, (c) => c.primaryKey())
    .addColumn("host", key, (c) => c.notNull())
    .addColumn("role", "text")
    .addColumn("actor", "text")
    .addColumn("epoch", "text")
    .addColumn("seq", "bigint", (c) => c.notNull().defaultTo(0))
    .addColumn("caughtUp", "bigint")
    .addColumn("seen", "bigint")
    .addColumn("fault", "text")
    .addColumn("faulted", "bigint")
    .execute();

  await db.schema
    .createTable("kv")
    .addColumn("key", key, (c) => c.primaryKey())
    .addColumn("value", "text", (c) => c.notNull())
    .addColumn("expires", "bigint")
    .execute();
  await db.schema.createIndex("kv_expires").on("kv").column("expires").execute();

  await db.schema
    .createTable("queue")
    .addColumn("id", postgres ? "bigserial" : "integer", (c) =>
      postgres ? c.primaryKey() : c.primaryKey().autoIncrement(),
    )
    .addColumn("lane", key, (c) => c.notNull())
    .addColumn("payload", "text", (c) => c.notNull())
    .addColumn("orderingKey", key)
    .addColumn("runAt", "bigint", (c) => c.notNull())
    .addColumn("lockedUntil", "bigint")
    .addColumn("attempts", "integer", (c) => c.notNull().defaultTo(0))
    .execute();
  await db.schema.createIndex("queue_ready").on("queue").columns(["lane", "runAt", "id"]).execute();
  await db.schema
    .createIndex("queue_ordering")
    .on("queue")
    .columns(["orderingKey", "id"])
    .execute();
}
