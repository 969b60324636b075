import { promises as fs } from "node:fs";
import path from "node:path";
import { getLogger } from "@logtape/logtape";
import { FileMigrationProvider, Migrator } from "kysely/migration";
import { AppError } from "../errors.ts";
import type { Db } from "./schema.ts";

const logger = getLogger(["fragaria", "store"]);

/**
 * Brings the tables up to this version of the program, all or nothing, also
 * when several processes start at once. A newer program's database is left
 * alone, for this one would misread it.
 * @param folder where the migrations are; another one only in tests
 * @returns the names of the migrations that were applied
 * @throws AppError `bad-config` for a database that is newer, `store` when a migration fails
 */
export async function migrate(
  db: Db,
  folder: string = path.join(import.meta.dirname, "../../migrations"),
): Promise<string[]> {
  const provider = new FileMigrationProvider({ fs, path, migrationFolder: folder });
  const unknown = await unknownMigrations(db, Object.keys(await provider.getMigrations()));
  if (unknown.length > 0) {
    throw new AppError(
      "bad-config",
      `The database was written by a newer version of Fragaria (it has ${unknown.join(", ")}): ` +
        "install that version or restore an older backup.",
    );
  }
  const { error, results = [] } = await new Migrator({ db, provider }).migrateToLatest();
  if (error !== undefined) {
    const failed = results.find((result) => result.status === "Error")?.migrationName;
    throw new AppError(
      "store",
      failed === undefined
        ? "The database can't be brought up to date."
        : `The database can't be brought up to date: the migration ${failed} failed, and nothing was changed.`,
      { cause: error },
    );
  }
  const applied = results.map((result) => result.migrationName);
  if (applied.length > 0) logger.info("Applied migrations: {applied}", { applied });
  return applied;
}

async function unknownMigrations(db: Db, known: string[]): Promise<string[]> {
  const tables = await db.introspection.getTables({ withInternalKyselyTables: true });
  if (!tables.some((table) => table.name === "kysely_migration")) return [];
  const rows = await db
    .withTables<{ kysely_migration: { name: string } }>()
    .selectFrom("kysely_migration")
    .select("name")
    .orderBy("name")
    .execute();
  return rows.map((row) => row.name).filter((name) => !known.includes(name));
}
