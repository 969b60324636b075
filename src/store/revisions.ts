import type { Db, Tx } from "./schema.ts";
import type { RevisionTable } from "./tables/coops.ts";

export type Revision = RevisionTable;

/** So many are kept of each co-op. */
const kept = 200;

/**
 * Adds to a co-op's history. The co-op's row must be locked, so that no two
 * get the same number.
 *
 * @returns Its number.
 */
export async function append(tx: Tx, revision: Omit<Revision, "number">): Promise<number> {
  const { coop } = revision;
  const number = ((await last(tx, coop))?.number ?? 0) + 1;
  await tx
    .insertInto("revision")
    .values({ ...revision, number })
    .execute();
  await tx
    .deleteFrom("revision")
    .where("coop", "=", coop)
    .where("number", "<=", number - kept)
    .execute();
  return number;
}

/** One step of a co-op's history. */
export async function get(db: Db, coop: string, number: number): Promise<Revision | undefined> {
  return db
    .selectFrom("revision")
    .selectAll()
    .where("coop", "=", coop)
    .where("number", "=", number)
    .executeTakeFirst();
}

/** The latest step of a co-op's history, or the latest of a kind. */
export async function last(
  db: Db,
  coop: string,
  kind?: Revision["kind"],
): Promise<Revision | undefined> {
  let query = db.selectFrom("revision").selectAll().where("coop", "=", coop);
  if (kind !== undefined) query = query.where("kind", "=", kind);
  return query.orderBy("number", "desc").limit(1).executeTakeFirst();
}

/** A co-op's history, the latest first. */
export async function of(db: Db, coop: string): Promise<Revision[]> {
  return db
    .selectFrom("revision")
    .selectAll()
    .where("coop", "=", coop)
    .orderBy("number", "desc")
    .execute();
}

/** Forgets a co-op's history. */
export async function erase(tx: Tx, coop: string): Promise<void> {
  await tx.deleteFrom("revision").where("coop", "=", coop).execute();
}
