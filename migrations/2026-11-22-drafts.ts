import { type Kysely, PostgresAdapter, sql } from "kysely";

/** What is being written about a co-op, and what was published of it before. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const postgres = db.getExecutor().adapter instanceof PostgresAdapter;
  const key = postgres ? sql`text collate "C"` : sql`text`;

  await db.schema.alterTable("coop").addColumn("draft", "text").execute();
  await db.schema.alterTable("coop").addColumn("drafted", "bigint").execute();
  await db.schema.alterTable("coop").addColumn("draftedBy", key).execute();
  await db.schema
    .alterTable("coop")
    .addColumn("edition", "bigint", (c) => c.notNull().defaultTo(0))
    .execute();

  await db.schema.alterTable("post").addColumn("announced", "bigint").execute();

  await db.schema
    .createTable("revision")
    .addColumn("coop", key, (c) => c.notNull())
    .addColumn("number", "integer", (c) => c.notNull())
    .addColumn("kind", "text", (c) => c.notNull())
    .addColumn("content", "text")
    .addColumn("account", key)
    .addColumn("made", "bigint", (c) => c.notNull())
    .addPrimaryKeyConstraint("revision_pk", ["coop", "number"])
    .execute();
}
