import type { Kysely } from "kysely";

/** Which classes have announced a post, so that others can be named later. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable("post").addColumn("announcedBy", "text").execute();
}
