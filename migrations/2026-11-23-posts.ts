import { type Kysely, sql } from "kysely";

/** What posts can have besides a text, and those that wait for their time. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable("post").addColumn("warning", "text").execute();
  await db.schema.alterTable("post").addColumn("due", "bigint").execute();
  await db.schema.alterTable("post").addColumn("zone", "text").execute();
  await db.schema.alterTable("post").addColumn("listed", "bigint").execute();
  await db.schema.alterTable("post").addColumn("classes", "text").execute();
  await db.schema.alterTable("post").addColumn("mentions", "text").execute();
  await db.schema
    .createIndex("post_due")
    .on("post")
    .column("due")
    .where(sql.ref("due"), "is not", null)
    .execute();
}
