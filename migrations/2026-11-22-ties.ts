import { type Kysely, PostgresAdapter, sql } from "kysely";

/** What others say of co-ops here, what these say of others, and who has answered what. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const postgres = db.getExecutor().adapter instanceof PostgresAdapter;
  const key = postgres ? sql`text collate "C"` : sql`text`;

  await db.schema
    .createTable("naming")
    .addColumn("attestation", key, (c) => c.primaryKey())
    .addColumn("coop", key, (c) => c.notNull())
    .addColumn("subject", key, (c) => c.notNull())
    .addColumn("relationship", "text", (c) => c.notNull())
    .addColumn("name", "text")
    .addColumn("inbox", "text")
    .addColumn("offer", key)
    .addColumn("offered", "bigint")
    .addColumn("refused", "bigint")
    .addColumn("account", key)
    .addColumn("answer", "text")
    .execute();
  await db.schema.createIndex("naming_coop").on("naming").column("coop").execute();
  await db.schema.createIndex("naming_subject").on("naming").column("subject").execute();
  await db.schema.createIndex("naming_offer").on("naming").column("offer").execute();

  await db.schema
    .createTable("offer")
    .addColumn("activity", key, (c) => c.primaryKey())
    .addColumn("coop", key, (c) => c.notNull())
    .addColumn("relationship", "text", (c) => c.notNull())
    .addColumn("object", key, (c) => c.notNull())
    .addColumn("name", "text")
    .addColumn("inbox", "text")
    .addColumn("made", "bigint", (c) => c.notNull())
    .addColumn("due", "bigint")
    .addColumn("tries", "integer", (c) => c.notNull())
    .addColumn("sent", "bigint")
    .addColumn("accepted", "bigint")
    .addColumn("accept", key)
    .addColumn("result", "text")
    .addColumn("rejected", "bigint")
    .execute();
  await db.schema
    .createIndex("offer_coop")
    .on("offer")
    .columns(["coop", "relationship", "object"])
    .unique()
    .execute();
  await db.schema.createIndex("offer_accept").on("offer").column("accept").execute();
  await db.schema.createIndex("offer_due").on("offer").column("due").execute();
}
