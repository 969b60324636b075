import type { Kysely } from "kysely";

/** So that what feeds told long ago is found. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.createIndex("feed_post_published").on("feed_post").column("published").execute();
}
