import { type Kysely, PostgresAdapter, sql } from "kysely";

/** Pictures that were uploaded: the files are in DATA_DIR/pictures, by their ids. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const postgres = db.getExecutor().adapter instanceof PostgresAdapter;
  const key = postgres ? sql`text collate "C"` : sql`text`;

  await db.schema.alterTable("post").addColumn("pictures", "text").execute();

  await db.schema
    .createTable("picture")
    .addColumn("id", key, (c) => c.primaryKey())
    .addColumn("coop", key, (c) => c.notNull())
    .addColumn("post", key)
    .addColumn("mediaType", "text", (c) => c.notNull())
    .addColumn("size", "integer", (c) => c.notNull())
    .addColumn("digest", "text", (c) => c.notNull())
    .addColumn("created", "bigint", (c) => c.notNull())
    .addColumn("erased", "bigint")
    .execute();
  await db.schema.createIndex("picture_coop").on("picture").columns(["coop", "id"]).execute();
  await db.schema
    .createIndex("picture_erased")
    .on("picture")
    .column("erased")
    .where(sql.ref("erased"), "is not", null)
    .execute();
}
