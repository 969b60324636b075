import type { Db, Tx } from "./schema.ts";
import type { KeyTable } from "./tables/records.ts";

export type Key = KeyTable;

/** This node's private keys, in the order in which they were made. */
export async function all(db: Db): Promise<Key[]> {
  return db.selectFrom("key").selectAll().orderBy("created").orderBy("name").execute();
}

/** Keeps a key. One of that name that is there stays. */
export async function add(db: Db, key: Key): Promise<void> {
  await db
    .insertInto("key")
    .values(key)
    .onConflict((conflict) => conflict.column("name").doNothing())
    .execute();
}

/**
 * Ends the present use of a key: it is retired, or dropped for good.
 *
 * @returns False when somebody else was first.
 */
export async function end(
  tx: Tx,
  name: string,
  what: "retired" | "dropped",
  now: number,
): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable("key")
    .set({ [what]: now })
    .where("name", "=", name)
    .where(what, "is", null)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** Notes that nothing is left that a dropped key had signed. */
export async function sweep(db: Db, name: string, now: number): Promise<void> {
  await db.updateTable("key").set({ swept: now }).where("name", "=", name).execute();
}
