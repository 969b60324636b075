import type { Db, Tx } from "./schema.ts";
import type { BacklinkTable } from "./tables/coops.ts";

export type Backlink = BacklinkTable;

/** What a co-op links to, and whether it links back. */
export async function of(db: Db, coop: string): Promise<Backlink[]> {
  return db.selectFrom("backlink").selectAll().where("coop", "=", coop).orderBy("kind").execute();
}

/** The account with this URL, if it is verified to be a co-op's of this node. */
export async function verified(db: Db, url: string): Promise<Backlink | undefined> {
  return db
    .selectFrom("backlink")
    .selectAll()
    .where("kind", "=", "account")
    .where("url", "=", url)
    .where("verified", "is not", null)
    .orderBy("coop")
    .limit(1)
    .executeTakeFirst();
}

/** Those that are to be looked at by now, who waits longest first. */
export async function due(db: Db, now: number, limit: number): Promise<Backlink[]> {
  return db
    .selectFrom("backlink")
    .selectAll()
    .where("due", "<=", now)
    .orderBy("due")
    .limit(limit)
    .execute();
}

/** Writes one; of another URL than before nothing is known. */
export async function put(
  db: Db,
  link: Pick<Backlink, "coop" | "kind" | "url" | "due">,
): Promise<void> {
  const fresh = { ...link, handle: null, checked: null, verified: null, fault: null };
  await db
    .insertInto("backlink")
    .values(fresh)
    .onConflict((conflict) => conflict.columns(["coop", "kind"]).doUpdateSet(fresh))
    .execute();
}

/** What was seen of one, unless its URL has changed meanwhile. */
export async function note(
  db: Db,
  { coop, kind, url }: Pick<Backlink, "coop" | "kind" | "url">,
  seen: Partial<Pick<Backlink, "handle" | "due" | "checked" | "verified" | "fault">>,
): Promise<void> {
  await db
    .updateTable("backlink")
    .set(seen)
    .where("coop", "=", coop)
    .where("kind", "=", kind)
    .where("url", "=", url)
    .execute();
}

/** Forgets what a co-op doesn't link to any more. */
export async function remove(db: Db, coop: string, kind: Backlink["kind"]): Promise<void> {
  await db.deleteFrom("backlink").where("coop", "=", coop).where("kind", "=", kind).execute();
}

/** Forgets all of a co-op. */
export async function removeAll(tx: Tx, coop: string): Promise<void> {
  await tx.deleteFrom("backlink").where("coop", "=", coop).execute();
}
