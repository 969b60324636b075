import { type Kysely, PostgresAdapter, sql } from "kysely";

/** Who may do what by page: accounts, their sessions and roles, and one-time links. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const postgres = db.getExecutor().adapter instanceof PostgresAdapter;
  const key = postgres ? sql`text collate "C"` : sql`text`;

  await db.schema
    .createTable("account")
    .addColumn("id", key, (c) => c.primaryKey())
    .addColumn("name", key, (c) => c.notNull().unique())
    .addColumn("displayName", "text")
    .addColumn("email", "text")
    .addColumn("passwordHash", "text")
    .addColumn("nodeRole", "text")
    .addColumn("created", "bigint", (c) => c.notNull())
    .addColumn("disabled", "bigint")
    .execute();

  await db.schema
    .createTable("session")
    .addColumn("tokenHash", key, (c) => c.primaryKey())
    .addColumn("account", key, (c) => c.notNull())
    .addColumn("created", "bigint", (c) => c.notNull())
    .addColumn("seen", "bigint", (c) => c.notNull())
    .addColumn("expires", "bigint", (c) => c.notNull())
    .addColumn("agent", "text")
    .execute();
  await db.schema.createIndex("session_account").on("session").column("account").execute();
  await db.schema.createIndex("session_expires").on("session").column("expires").execute();

  await db.schema
    .createTable("role")
    .addColumn("account", key, (c) => c.notNull())
    .addColumn("coop", key, (c) => c.notNull())
    .addColumn("role", "text", (c) => c.notNull())
    .addColumn("since", "bigint", (c) => c.notNull())
    .addPrimaryKeyConstraint("role_pk", ["account", "coop"])
    .execute();
  await db.schema.createIndex("role_coop").on("role").column("coop").execute();

  await db.schema
    .createTable("link")
    .addColumn("tokenHash", key, (c) => c.primaryKey())
    .addColumn("kind", "text", (c) => c.notNull())
    .addColumn("account", key)
    .addColumn("coop", key)
    .addColumn("role", "text")
    .addColumn("note", "text")
    .addColumn("createdBy", key)
    .addColumn("created", "bigint", (c) => c.notNull())
    .addColumn("expires", "bigint", (c) => c.notNull())
    .addColumn("used", "bigint")
    .execute();
  await db.schema.createIndex("link_coop").on("link").column("coop").execute();
  await db.schema.createIndex("link_expires").on("link").column("expires").execute();
}
