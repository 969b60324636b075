import type { Db, Tx } from "./schema.ts";
import type { ChangeTable } from "./tables/records.ts";

/**
 * The log of changes: the one thing that feeds, followers, the index and
 * whatever else is derived are read from. Compacted: a subject has one row, at
 * its latest seq, so that every old cursor stays valid.
 */
export type Change = ChangeTable;

/** What is written to the log. */
export type NewChange = Omit<ChangeTable, "seq">;

/** The seq of the last change; 0 when there is none. */
export async function head(db: Db): Promise<number> {
  const row = await db
    .selectFrom("counter")
    .select("value")
    .where("name", "=", "seq")
    .executeTakeFirstOrThrow();
  return row.value;
}

/**
 * Appends changes; call it last in a transaction, once. Numbers come from the
 * counter row, which stays locked until the commit: so they are visible in
 * order, and no reader's cursor can step over one (a database sequence gives
 * no such promise).
 *
 * @returns The seq of the last one written.
 */
export async function append(tx: Tx, changes: NewChange[]): Promise<number> {
  const latest = [...new Map(changes.map((change) => [change.subject, change])).values()];
  if (latest.length === 0) return head(tx);
  const { value } = await tx
    .updateTable("counter")
    .set((eb) => ({ value: eb("value", "+", latest.length) }))
    .where("name", "=", "seq")
    .returning("value")
    .executeTakeFirstOrThrow();
  const first = value - latest.length + 1;
  const rows = latest.map((change, index) => ({ ...change, seq: first + index }));
  for (let at = 0; at < rows.length; at += 1000) {
    const batch = rows.slice(at, at + 1000);
    const subjects = batch.map(({ subject }) => subject);
    await tx.deleteFrom("change").where("subject", "in", subjects).execute();
    await tx.insertInto("change").values(batch).execute();
  }
  return value;
}

/** The changes behind a cursor, in order. */
export async function after(
  db: Db,
  seq: number,
  limit: number,
  only: { kind?: string; origin?: string } = {},
): Promise<Change[]> {
  let query = db.selectFrom("change").selectAll().where("seq", ">", seq);
  if (only.kind !== undefined) query = query.where("kind", "=", only.kind);
  if (only.origin !== undefined) query = query.where("origin", "=", only.origin);
  return query.orderBy("seq").limit(limit).execute();
}

/** Where a reader of the log has got to; 0 at first. */
export async function cursor(db: Db, reader: string): Promise<number> {
  const row = await db
    .selectFrom("cursor")
    .select("seq")
    .where("name", "=", reader)
    .executeTakeFirst();
  return row?.seq ?? 0;
}

/** Notes that a reader has dealt with everything up to and including this seq. */
export async function advance(db: Db, reader: string, seq: number): Promise<void> {
  await db
    .insertInto("cursor")
    .values({ name: reader, seq })
    .onConflict((conflict) => conflict.column("name").doUpdateSet({ seq }))
    .execute();
}

/**
 * Takes out of the log some of what it says of records that aren't held any
 * more, the first ones.
 *
 * @param until Up to this seq.
 * @returns How many rows: none when all are gone.
 */
export async function pruneDropped(tx: Tx, until: number, most: number): Promise<number> {
  const rows = await tx
    .selectFrom("change")
    .select("seq")
    .where("kind", "=", "dropped")
    .where("seq", "<=", until)
    .orderBy("seq")
    .limit(most)
    .execute();
  if (rows.length > 0) {
    await tx
      .deleteFrom("change")
      .where(
        "seq",
        "in",
        rows.map(({ seq }) => seq),
      )
      .execute();
  }
  return rows.length;
}
