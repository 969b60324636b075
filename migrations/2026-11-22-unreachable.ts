import { type Kysely, PostgresAdapter, sql } from "kysely";

/** What followers were last told, and which of them can't be told anything any more. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const postgres = db.getExecutor().adapter instanceof PostgresAdapter;
  const key = postgres ? sql`text collate "C"` : sql`text`;

  await db.schema.alterTable("post").addColumn("announcedEdit", "bigint").execute();
  await db.schema.alterTable("post").addColumn("announcedPin", "bigint").execute();

  await db.schema
    .createTable("unreachable")
    .addColumn("host", key, (c) => c.primaryKey())
    .addColumn("since", "bigint", (c) => c.notNull())
    .addColumn("asked", "bigint", (c) => c.notNull())
    .execute();

  await db.schema
    .createTable("retired_class")
    .addColumn("coop", key, (c) => c.notNull())
    .addColumn("key", key, (c) => c.notNull())
    .addColumn("retired", "bigint", (c) => c.notNull())
    .addColumn("announced", "bigint")
    .addPrimaryKeyConstraint("retired_class_pk", ["coop", "key"])
    .execute();
}
