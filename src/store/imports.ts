import type { Db } from "./schema.ts";
import type { ImportTable } from "./tables/records.ts";

/** The import of one edition of a register: under way, finished, or broken off. */
export type Import = ImportTable;

/** Notes that an import begins, or begins again after it broke off. */
export async function begin(db: Db, row: Import): Promise<void> {
  await db
    .insertInto("import")
    .values(row)
    .onConflict((conflict) => conflict.column("id").doUpdateSet(row))
    .execute();
}

/** Notes how far an import has come, or how it ended. */
export async function update(db: Db, id: string, changes: Partial<Import>): Promise<void> {
  await db.updateTable("import").set(changes).where("id", "=", id).execute();
}

export async function get(db: Db, id: string): Promise<Import | undefined> {
  return db.selectFrom("import").selectAll().where("id", "=", id).executeTakeFirst();
}

/** The latest imports, the last one first; of one register, or of all. */
export async function latest(
  db: Db,
  limit: number,
  only: { source?: string } = {},
): Promise<Import[]> {
  let query = db.selectFrom("import").selectAll();
  if (only.source !== undefined) query = query.where("source", "=", only.source);
  return query.orderBy("started", "desc").orderBy("id").limit(limit).execute();
}

/** Every edition of a register that was imported or begun. */
export async function editions(db: Db, source: string): Promise<string[]> {
  const rows = await db
    .selectFrom("import")
    .select("edition")
    .distinct()
    .where("source", "=", source)
    .execute();
  return rows.map(({ edition }) => edition);
}
