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

/** A picture's file, as it is packed into a backup. */
export interface PackedPicture {
  id: string;
  bytes: Uint8Array;
}

/** The table that only backups have: the files that stand beside the database. */
const packed = sql.table("packed_picture");

/** Puts the files of pictures into a copy of the database. */
export async function pack(db: Db, files: AsyncIterable<PackedPicture>): Promise<void> {
  await sql`create table ${packed} (id text primary key, bytes blob not null)`.execute(db);
  for await (const { id, bytes } of files) {
    await sql`insert into ${packed} values (${id}, ${bytes})`.execute(db);
  }
}

/** The files that were packed into a backup, one after the other. */
export async function* unpack(db: Db): AsyncGenerator<PackedPicture> {
  if (!(await isPacked(db))) return;
  for (let after = ""; ;) {
    const { rows } = await sql<PackedPicture>`
      select id, bytes from ${packed} where id > ${after} order by id limit 1`.execute(db);
    const [row] = rows;
    if (row === undefined) return;
    yield row;
    after = row.id;
  }
}

/** Takes them out of a database that is to be used. */
export async function discardPacked(db: Db): Promise<void> {
  if (!(await isPacked(db))) return;
  await sql`drop table ${packed}`.execute(db);
  await sql`vacuum`.execute(db);
}

async function isPacked(db: Db): Promise<boolean> {
  const { rows } = await sql`
    select 1 from sqlite_schema where type = 'table' and name = 'packed_picture'`.execute(db);
  return rows.length > 0;
}
