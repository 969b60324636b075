import type { Kysely } from "kysely";

/** What is said of one thing arrives in the order in which it was said, also when it is said again. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable("queue").addColumn("since", "bigint").execute();
}
