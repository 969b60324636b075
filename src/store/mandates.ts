import type { Db, Tx } from "./schema.ts";
import type { MandateTable } from "./tables/people.ts";

export type RecordedMandate = MandateTable;

/** The mandate under which a co-op is published now. */
export async function live(db: Db, coop: string): Promise<RecordedMandate | undefined> {
  return db
    .selectFrom("mandate")
    .selectAll()
    .where("coop", "=", coop)
    .where("ended", "is", null)
    .executeTakeFirst();
}

/** All that was ever recorded for a co-op and not yet forgotten, the latest first. */
export async function of(db: Db, coop: string): Promise<RecordedMandate[]> {
  return db
    .selectFrom("mandate")
    .selectAll()
    .where("coop", "=", coop)
    .orderBy("recorded", "desc")
    .orderBy("id")
    .execute();
}

export async function add(tx: Tx, mandate: RecordedMandate): Promise<void> {
  await tx.insertInto("mandate").values(mandate).execute();
}

/** Ends the mandate that stands for a co-op. Says whether there was one. */
export async function end(tx: Tx, coop: string, now: number): Promise<boolean> {
  const row = await tx
    .updateTable("mandate")
    .set({ ended: now })
    .where("coop", "=", coop)
    .where("ended", "is", null)
    .returning("id")
    .executeTakeFirst();
  return row !== undefined;
}

/** Forgets those that ended before this moment, and with them who answered for them. */
export async function prune(db: Db, before: number): Promise<void> {
  await db.deleteFrom("mandate").where("ended", "<", before).execute();
}
