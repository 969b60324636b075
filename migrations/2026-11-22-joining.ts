import { type Kysely, PostgresAdapter, sql } from "kysely";

/** Who may publish for whom, what people ask of the node, and whom a federation brings along. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const postgres = db.getExecutor().adapter instanceof PostgresAdapter;
  const key = postgres ? sql`text collate "C"` : sql`text`;

  await db.schema
    .createTable("mandate")
    .addColumn("id", key, (c) => c.primaryKey())
    .addColumn("coop", key, (c) => c.notNull())
    .addColumn("by", "text", (c) => c.notNull())
    .addColumn("url", "text")
    .addColumn("basis", "text", (c) => c.notNull())
    .addColumn("date", "text", (c) => c.notNull())
    .addColumn("person", "text", (c) => c.notNull())
    .addColumn("recorded", "bigint", (c) => c.notNull())
    .addColumn("recordedBy", key)
    .addColumn("ended", "bigint")
    .execute();
  await db.schema.createIndex("mandate_coop").on("mandate").column("coop").execute();
  // At most one stands for a co-op at a time.
  await sql`create unique index mandate_live on mandate (coop) where ended is null`.execute(db);

  await db.schema
    .createTable("request")
    .addColumn("id", key, (c) => c.primaryKey())
    .addColumn("kind", "text", (c) => c.notNull())
    .addColumn("coop", key)
    .addColumn("name", "text", (c) => c.notNull())
    .addColumn("email", "text")
    .addColumn("message", "text", (c) => c.notNull())
    .addColumn("content", "text")
    .addColumn("account", key)
    .addColumn("created", "bigint", (c) => c.notNull())
    .addColumn("decided", "bigint")
    .addColumn("decision", "text")
    .addColumn("decidedBy", key)
    .addColumn("note", "text")
    .execute();
  await db.schema
    .createIndex("request_created")
    .on("request")
    .columns(["decided", "created"])
    .execute();

  await db.schema
    .createTable("member")
    .addColumn("coop", key, (c) => c.primaryKey())
    .addColumn("handle", key, (c) => c.notNull())
    .addColumn("registration", key)
    .addColumn("email", "text")
    .addColumn("digest", "text", (c) => c.notNull())
    .addColumn("added", "bigint", (c) => c.notNull())
    .addColumn("addedBy", key)
    .addColumn("answered", "bigint")
    .execute();
  await db.schema.createIndex("member_handle").on("member").column("handle").execute();
  await db.schema.createIndex("member_registration").on("member").column("registration").execute();
}
