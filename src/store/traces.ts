import Database from "better-sqlite3";
import { sql } from "kysely";
import { AppError } from "../errors.ts";
import { engineOf } from "./dialect.ts";
import type { Db } from "./schema.ts";

/**
 * Takes away what is left of rows that were deleted or overwritten. In the file
 * itself SQLite has zeros in their place already (`secure_delete`), but its
 * write-ahead log keeps the pages as they were until it is written over. On
 * PostgreSQL this is up to the operator: its vacuum, its own log, its backups.
 *
 * @throws {AppError} `unavailable` while somebody else reads or writes: try again.
 */
export async function wipeTraces(db: Db): Promise<void> {
  if (engineOf(db) === "postgres") return;
  const { rows } = await sql<{ name: string; file: string }>`pragma database_list`.execute(db);
  truncateLog(rows.find(({ name }) => name === "main")?.file ?? "");
}

/**
 * Folds the write-ahead log of a SQLite file into it and empties it. By a
 * connection of its own, that waits for nobody unless it may: nothing else may
 * stand still for this.
 *
 * @param file Nothing happens to a database in memory, which has none.
 * @param wait How long others may read or write meanwhile, in milliseconds.
 * @throws {AppError} `unavailable` while somebody else reads or writes.
 */
export function truncateLog(file: string, wait = 0): void {
  if (file === "" || file === ":memory:") return;
  const database = new Database(file, { timeout: wait });
  try {
    const [result] = database.pragma("wal_checkpoint(truncate)") as { busy: number }[];
    if (result?.busy === 0) return;
    throw new AppError("unavailable", `the log of ${file} can't be emptied: it is being read`);
  } finally {
    database.close();
  }
}
