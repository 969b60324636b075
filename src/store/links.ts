import type { Db, Tx } from "./schema.ts";
import type { LinkTable } from "./tables/people.ts";

export type Link = LinkTable;

export async function add(db: Db, link: Link): Promise<void> {
  await db.insertInto("link").values(link).execute();
}

export async function get(db: Db, tokenHash: string): Promise<Link | undefined> {
  return db.selectFrom("link").selectAll().where("tokenHash", "=", tokenHash).executeTakeFirst();
}

/**
 * Takes a link that is still good, so that nobody can take it again: of two at
 * the same moment one gets it, on both engines.
 */
export async function take(tx: Tx, tokenHash: string, now: number): Promise<Link | undefined> {
  return tx
    .updateTable("link")
    .set({ used: now })
    .where("tokenHash", "=", tokenHash)
    .where("used", "is", null)
    .where("expires", ">", now)
    .returningAll()
    .executeTakeFirst();
}

/** Those of a kind that are still good, the latest first. */
export async function open(db: Db, kind: Link["kind"], now: number): Promise<Link[]> {
  return db
    .selectFrom("link")
    .selectAll()
    .where("kind", "=", kind)
    .where("used", "is", null)
    .where("expires", ">", now)
    .orderBy("created", "desc")
    .orderBy("tokenHash")
    .execute();
}

/** Makes unused links void: all of a kind, or those of the kind for one account. */
export async function revoke(db: Db, kind: Link["kind"], account: string | null): Promise<void> {
  let unused = db.deleteFrom("link").where("kind", "=", kind).where("used", "is", null);
  if (account !== null) unused = unused.where("account", "=", account);
  await unused.execute();
}

/** Forgets the links of a kind that are about a co-op, used or not. */
export async function removeOf(tx: Tx, kind: Link["kind"], coop: string): Promise<void> {
  await tx.deleteFrom("link").where("kind", "=", kind).where("coop", "=", coop).execute();
}

/** Makes void what an account has made, all of it or for one co-op, as far as it is unused. */
export async function revokeMadeBy(db: Db, account: string, coop?: string): Promise<void> {
  let unused = db.deleteFrom("link").where("createdBy", "=", account).where("used", "is", null);
  if (coop !== undefined) unused = unused.where("coop", "=", coop);
  await unused.execute();
}

/** Forgets links that ended before this moment. */
export async function prune(db: Db, before: number): Promise<void> {
  await db.deleteFrom("link").where("expires", "<", before).execute();
}
