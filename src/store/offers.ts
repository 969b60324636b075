import type { Db, Tx } from "./schema.ts";
import type { OfferTable } from "./tables/coops.ts";

/** A relation that a co-op here has offered to an actor elsewhere. */
export type Offer = OfferTable;

/** All that a co-op has offered. */
export async function of(db: Db, coop: string): Promise<Offer[]> {
  return db.selectFrom("offer").selectAll().where("coop", "=", coop).execute();
}

export async function get(db: Db, activity: string): Promise<Offer | undefined> {
  return db.selectFrom("offer").selectAll().where("activity", "=", activity).executeTakeFirst();
}

/** By the id of the Accept. */
export async function byAccept(db: Db, accept: string): Promise<Offer | undefined> {
  return db.selectFrom("offer").selectAll().where("accept", "=", accept).executeTakeFirst();
}

/** Notes offers to be made; those that are there already stay as they are. */
export async function add(tx: Tx, offers: Offer[]): Promise<void> {
  if (offers.length === 0) return;
  await tx
    .insertInto("offer")
    .values(offers)
    .onConflict((conflict) => conflict.columns(["coop", "relationship", "object"]).doNothing())
    .execute();
}

/** Those that are to be tried by this moment, the oldest first. */
export async function due(db: Db, now: number, limit: number): Promise<Offer[]> {
  return db
    .selectFrom("offer")
    .selectAll()
    .where("due", "<=", now)
    .orderBy("due")
    .limit(limit)
    .execute();
}

export async function update(
  db: Db,
  activity: string,
  facts: Partial<Omit<Offer, "activity">>,
): Promise<void> {
  await db.updateTable("offer").set(facts).where("activity", "=", activity).execute();
}

export async function remove(db: Db, activity: string): Promise<void> {
  await db.deleteFrom("offer").where("activity", "=", activity).execute();
}
