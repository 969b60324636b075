import { type Kysely, PostgresAdapter, sql } from "kysely";

/** What is known of other nodes: their keys, their liveness, and whether they are trusted. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const postgres = db.getExecutor().adapter instanceof PostgresAdapter;
  const bytes = postgres ? sql`bytea` : sql`blob`;
  const key = postgres ? sql`text collate "C"` : sql`text`;

  await db.schema
    .createTable("host")
    .addColumn("host", key, (c) => c.primaryKey())
    .addColumn("origin", key, (c) => c.notNull())
    .addColumn("domain", key, (c) => c.notNull())
    .addColumn("seen", "bigint", (c) => c.notNull())
    .addColumn("role", "text")
    .addColumn("beacon", "bigint")
    .addColumn("count", "bigint")
    .addColumn("summary", "text")
    .addColumn("liveness", "text")
    .addColumn("agreed", "bigint")
    .addColumn("held", "bigint")
    .addColumn("differs", "bigint")
    .addColumn("sought", "bigint")
    .addColumn("soughtOf", key)
    .addColumn("found", "bigint")
    .addColumn("leftOut", "bigint")
    .addColumn("equivocated", "bigint")
    .addColumn("decision", "text")
    .addColumn("decided", "bigint")
    .addColumn("decidedBy", "text")
    .addColumn("why", "text")
    .addColumn("listed", "bigint")
    .addColumn("vouched", "bigint")
    .addColumn("vouchedBy", key)
    .addColumn("excluded", "bigint")
    .addColumn("exclusion", "text")
    .addColumn("exceeded", "bigint")
    .addColumn("asks", "bigint")
    .addColumn("asked", "bigint")
    .addColumn("fault", "text")
    .addColumn("rekeyed", "bigint")
    .execute();

  await db.schema.createIndex("host_domain").on("host").column("domain").execute();
  await db.schema.createIndex("host_left_out").on("host").column("leftOut").execute();

  await db.schema
    .createTable("attester")
    .addColumn("host", key, (c) => c.primaryKey())
    .addColumn("since", "bigint", (c) => c.notNull())
    .addColumn("account", "text")
    .addColumn("removed", "bigint")
    .execute();

  await db.schema
    .createTable("vouch")
    .addColumn("id", key, (c) => c.primaryKey())
    .addColumn("attester", key, (c) => c.notNull())
    .addColumn("host", key, (c) => c.notNull())
    .addColumn("since", "bigint", (c) => c.notNull())
    .execute();
  await db.schema.createIndex("vouch_host").on("vouch").column("host").execute();
  await db.schema.createIndex("vouch_attester").on("vouch").column("attester").execute();

  // The least that a version of a record must be that isn't held itself any more.
  await db.schema
    .createTable("floor")
    .addColumn("id", key, (c) => c.primaryKey())
    .addColumn("origin", key, (c) => c.notNull())
    .addColumn("issued", "bigint", (c) => c.notNull())
    .addColumn("tombstone", "integer", (c) => c.notNull())
    .addColumn("digest", key, (c) => c.notNull())
    .execute();
  await db.schema.createIndex("floor_origin").on("floor").column("origin").execute();

  // How many listings of each host were shown at most on each of the last days; of all under "".
  await db.schema
    .createTable("census")
    .addColumn("host", key, (c) => c.notNull())
    .addColumn("day", "bigint", (c) => c.notNull())
    .addColumn("listings", "bigint", (c) => c.notNull())
    .addPrimaryKeyConstraint("census_key", ["host", "day"])
    .execute();

  await db.schema
    .createTable("alarm")
    .addColumn("host", key, (c) => c.primaryKey())
    .addColumn("raised", "bigint", (c) => c.notNull())
    .addColumn("before", "bigint", (c) => c.notNull())
    .addColumn("after", "bigint", (c) => c.notNull())
    .execute();

  await db.schema
    .createTable("evidence")
    .addColumn("host", key, (c) => c.primaryKey())
    .addColumn("first", bytes, (c) => c.notNull())
    .addColumn("second", bytes, (c) => c.notNull())
    .addColumn("seen", "bigint", (c) => c.notNull())
    .execute();

  // Another node's keys can be asked for again at any time, so what was pinned before needn't
  // be kept. A node that lost its key has a new one by the old name.
  await db.schema.dropTable("pin").execute();
  await db.schema
    .createTable("pin")
    .addColumn("method", key, (c) => c.notNull())
    .addColumn("multikey", key, (c) => c.notNull())
    .addColumn("origin", key, (c) => c.notNull())
    .addColumn("entry", "text", (c) => c.notNull())
    .addColumn("seen", "bigint", (c) => c.notNull())
    .addColumn("reported", "bigint")
    .addColumn("retired", "bigint")
    .addColumn("dropped", "bigint")
    .addColumn("swept", "bigint")
    .addColumn("held", "bigint")
    .addColumn("asked", "bigint")
    .addPrimaryKeyConstraint("pin_key", ["method", "multikey"])
    .execute();
  await db.schema.createIndex("pin_origin").on("pin").column("origin").execute();
  // To find what has expired without looking at everything.
  await db.schema.createIndex("record_issued").on("record").column("issued").execute();
  for (const name of ["retired", "dropped", "swept"]) {
    await db.schema.alterTable("key").addColumn(name, "bigint").execute();
  }

  for (const name of ["chosen", "woke", "repaired", "lacked"]) {
    await db.schema.alterTable("peer").addColumn(name, "bigint").execute();
  }
}
