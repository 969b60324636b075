import type { Tx } from "./schema.ts";

/**
 * Deletes some of what is held of other hosts, with its rows in the log and the
 * floors: records, changes and floors leave no trace.
 *
 * @param host Whose records stay.
 * @param most Rows of each table.
 * @returns How many records and floors there were: none when all are gone.
 */
export async function drop(tx: Tx, host: string, most: number): Promise<number> {
  let count = 0;
  for (const table of ["record", "floor"] as const) {
    const ids = (
      await tx
        .selectFrom(table)
        .select("id")
        // Two ranges of the index on origin, where a comparison for inequality would read all.
        .where((eb) => eb.or([eb("origin", "<", host), eb("origin", ">", host)]))
        .limit(most)
        .execute()
    ).map(({ id }) => id);
    if (ids.length === 0) continue;
    await tx.deleteFrom(table).where("id", "in", ids).execute();
    await tx.deleteFrom("change").where("subject", "in", ids).execute();
    count += ids.length;
  }
  return count;
}
