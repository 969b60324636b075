import { sql } from "kysely";
import type { Db } from "./schema.ts";

/**
 * Writes the whole SQLite database, as it is at this moment, to a file, while
 * others go on writing to it (https://sqlite.org/lang_vacuum.html#vacuuminto).
 *
 * @param file A file that isn't there, or is empty.
 */
export async function copyTo(db: Db, file: string): Promise<void> {
  await sql`vacuum into ${file}`.execute(db);
}

/** What SQLite finds wrong with its file; nothing when it is whole. */
export async function damage(db: Db): Promise<string[]> {
  const { rows } = await sql<{ integrity_check: string }>`pragma integrity_check(5)`.execute(db);
  return rows.map((row) => row.integrity_check).filter((line) => line !== "ok");
}

/** The origin that a database belongs to; undefined when it isn't one of ours. */
export async function ownerOf(db: Db): Promise<string | undefined> {
  const tables = new Set((await db.introspection.getTables()).map(({ name }) => name));
  if (!["setting", "key", "record", "coop"].every((name) => tables.has(name))) {
    return undefined;
  }
  const keys = await db.selectFrom("key").select("name").execute();
  const origin = await db
    .selectFrom("setting")
    .select("value")
    .where("name", "=", "origin")
    .executeTakeFirst();
  return keys.length >= 2 ? origin?.value : undefined;
}

/**
 * Folds the write-ahead log into the file, so that the file is the whole
 * database.
 *
 * @throws SQLITE_BUSY when anybody else has it open.
 */
export async function fold(db: Db): Promise<void> {
  await sql`pragma journal_mode = delete`.execute(db);
}
