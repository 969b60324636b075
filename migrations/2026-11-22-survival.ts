import type { Kysely } from "kysely";

/** When this node's own records were last read back from each peer. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable("peer").addColumn("reclaimed", "bigint").execute();
}
