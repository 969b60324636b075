import type { Db, Tx } from "./schema.ts";
import type { RetiredClassTable } from "./tables/coops.ts";

export type RetiredClass = RetiredClassTable;

/** Notes that some classes of a co-op can't be followed any more. */
export async function add(tx: Tx, coop: string, keys: string[], now: number): Promise<void> {
  if (keys.length === 0) return;
  const rows = keys.map((key) => ({ coop, key, retired: now, announced: null }));
  await tx.insertInto("retired_class").values(rows).execute();
}

/** Forgets those that can be followed again. */
export async function remove(tx: Tx, coop: string, keys: string[]): Promise<void> {
  if (keys.length === 0) return;
  await tx.deleteFrom("retired_class").where("coop", "=", coop).where("key", "in", keys).execute();
}

/** Forgets all of a co-op. */
export async function removeAll(tx: Tx, coop: string): Promise<void> {
  await tx.deleteFrom("retired_class").where("coop", "=", coop).execute();
}

/** The classes of a co-op that could be followed, and no longer can. */
export async function of(db: Db, coop: string): Promise<RetiredClass[]> {
  return db
    .selectFrom("retired_class")
    .selectAll()
    .where("coop", "=", coop)
    .orderBy("key")
    .execute();
}

/** Notes when the followers of a class were told. */
export async function announce(
  db: Db,
  { coop, key, retired }: RetiredClass,
  now: number,
): Promise<void> {
  await db
    .updateTable("retired_class")
    .set({ announced: now })
    .where("coop", "=", coop)
    .where("key", "=", key)
    .where("retired", "=", retired)
    .execute();
}
