import { type Kysely, PostgresAdapter, sql } from "kysely";

/** Co-ops that come from other accounts and go to others, and what links back to them. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const postgres = db.getExecutor().adapter instanceof PostgresAdapter;
  const key = postgres ? sql`text collate "C"` : sql`text`;

  await db.schema.alterTable("coop").addColumn("formerly", "text").execute();

  await db.schema
    .createTable("departure")
    .addColumn("identifier", key, (c) => c.notNull())
    .addColumn("origin", key, (c) => c.notNull())
    .addColumn("target", key, (c) => c.notNull())
    .addColumn("moved", "bigint", (c) => c.notNull())
    .addColumn("announced", "bigint")
    .addPrimaryKeyConstraint("departure_pk", ["identifier", "origin"])
    .execute();

  await db.schema
    .createTable("backlink")
    .addColumn("coop", key, (c) => c.notNull())
    .addColumn("kind", "text", (c) => c.notNull())
    .addColumn("url", key, (c) => c.notNull())
    .addColumn("handle", "text")
    .addColumn("due", "bigint", (c) => c.notNull())
    .addColumn("checked", "bigint")
    .addColumn("verified", "bigint")
    .addColumn("fault", "text")
    .addPrimaryKeyConstraint("backlink_pk", ["coop", "kind"])
    .execute();
  await db.schema.createIndex("backlink_due").on("backlink").column("due").execute();
}
