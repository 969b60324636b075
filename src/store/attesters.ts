import type { Db, Tx } from "./schema.ts";
import type { AttesterTable } from "./tables/hosts.ts";

/** A host whose word counts here: whom it vouches for is listed. */
export type Attester = AttesterTable;

/** Those whose word counts, in order of their names. */
export async function all(db: Db): Promise<Attester[]> {
  return db
    .selectFrom("attester")
    .selectAll()
    .where("removed", "is", null)
    .orderBy("host")
    .execute();
}

/** The hosts that are believed about others: those, and this node's own. */
export async function believed(db: Db): Promise<Set<string>> {
  const own = await db
    .selectFrom("setting")
    .select("value")
    .where("name", "=", "origin")
    .executeTakeFirst();
  const hosts = (await all(db)).map(({ host }) => host);
  return new Set([...hosts, ...(own === undefined ? [] : [new URL(own.value).host])]);
}

/** Makes hosts attesters that never were; those that were removed stay so. Returns the new ones. */
export async function addFirst(tx: Tx, hosts: string[], since: number): Promise<string[]> {
  if (hosts.length === 0) return [];
  const added = await tx
    .insertInto("attester")
    .values(hosts.map((host) => ({ host, since, account: null, removed: null })))
    .onConflict((conflict) => conflict.column("host").doNothing())
    .returning("host")
    .execute();
  return added.map(({ host }) => host);
}

/** Makes a host an attester, also one that was removed. */
export async function add(tx: Tx, attester: Omit<Attester, "removed">): Promise<void> {
  const row = { ...attester, removed: null };
  await tx
    .insertInto("attester")
    .values(row)
    .onConflict((conflict) =>
      conflict.column("host").doUpdateSet(row).where("attester.removed", "is not", null),
    )
    .execute();
}

/**
 * Ends that a host's word counts, and remembers it.
 *
 * @returns False when it didn't count.
 */
export async function remove(
  tx: Tx,
  host: string,
  account: string | null,
  removed: number,
): Promise<boolean> {
  const rows = await tx
    .updateTable("attester")
    .set({ removed, account })
    .where("host", "=", host)
    .where("removed", "is", null)
    .returning("host")
    .execute();
  return rows.length > 0;
}
