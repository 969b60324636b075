import { type Kysely, PostgresAdapter, sql } from "kysely";

/** The editions of registers that were imported, or are about to be. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const postgres = db.getExecutor().adapter instanceof PostgresAdapter;
  const key = postgres ? sql`text collate "C"` : sql`text`;

  await db.schema
    .createTable("import")
    .addColumn("id", key, (c) => c.primaryKey())
    .addColumn("source", key, (c) => c.notNull())
    .addColumn("title", "text", (c) => c.notNull())
    .addColumn("edition", key, (c) => c.notNull())
    .addColumn("file", "text", (c) => c.notNull())
    .addColumn("digest", key, (c) => c.notNull())
    .addColumn("account", key)
    .addColumn("started", "bigint", (c) => c.notNull())
    .addColumn("rows", "bigint", (c) => c.notNull())
    .addColumn("done", "bigint", (c) => c.notNull())
    .addColumn("added", "bigint", (c) => c.notNull())
    .addColumn("changed", "bigint", (c) => c.notNull())
    .addColumn("unchanged", "bigint", (c) => c.notNull())
    .addColumn("leftAlone", "bigint", (c) => c.notNull())
    .addColumn("refused", "bigint", (c) => c.notNull())
    .addColumn("doubtful", "bigint", (c) => c.notNull())
    .addColumn("closed", "bigint", (c) => c.notNull())
    .addColumn("finished", "bigint")
    .addColumn("fault", "text")
    .execute();
  await db.schema
    .createIndex("import_source")
    .on("import")
    .columns(["source", "started"])
    .execute();
}
