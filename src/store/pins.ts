import { forUpdate } from "./dialect.ts";
import type { Db, Tx } from "./schema.ts";
import type { PinTable } from "./tables/records.ts";

/** A public key of another node, as it was first seen. */
export type Pin = PinTable;

/** All of them. There may be some for each of thousands of origins. */
export async function all(db: Db): Promise<Pin[]> {
  return db.selectFrom("pin").selectAll().execute();
}

/** Those of one origin, in the order in which they were first seen. */
export async function of(db: Db, origin: string): Promise<Pin[]> {
  return ofOrigin(db, origin).execute();
}

/** The same, which nobody else may change until the transaction ends. */
export async function lock(tx: Tx, origin: string): Promise<Pin[]> {
  return forUpdate(tx, ofOrigin(tx, origin)).execute();
}

function ofOrigin(db: Db, origin: string) {
  return db
    .selectFrom("pin")
    .selectAll()
    .where("origin", "=", origin)
    .orderBy("seen")
    .orderBy("method")
    .orderBy("multikey");
}

/** Those that no earlier key endorses, and of which nothing is taken in yet. */
export async function held(db: Db): Promise<Pin[]> {
  return db.selectFrom("pin").selectAll().where("held", "is not", null).execute();
}

/** Those whose word came from other nodes, as their own couldn't be asked. */
export async function reported(db: Db): Promise<Pin[]> {
  return db.selectFrom("pin").selectAll().where("reported", "is not", null).execute();
}

/** The origins of dropped keys of which not all that they signed has been deleted. */
export async function unswept(db: Db): Promise<string[]> {
  const rows = await db
    .selectFrom("pin")
    .select("origin")
    .distinct()
    .where("dropped", "is not", null)
    .where("swept", "is", null)
    .execute();
  return rows.map(({ origin }) => origin);
}

/** Notes that nothing is left here that this origin's dropped keys had signed. */
export async function sweep(db: Db, origin: string, now: number): Promise<void> {
  await db
    .updateTable("pin")
    .set({ swept: now })
    .where("origin", "=", origin)
    .where("dropped", "<=", now)
    .where("swept", "is", null)
    .execute();
}

/** Notes that the node of an origin is being asked whether its keys are still the same. */
export async function noteAsked(db: Db, origin: string, now: number): Promise<void> {
  await db.updateTable("pin").set({ asked: now }).where("origin", "=", origin).execute();
}

/** Writes what is known of keys, whether they were known before or not. */
export async function put(tx: Tx, pins: Pin[]): Promise<void> {
  if (pins.length === 0) return;
  await tx
    .insertInto("pin")
    .values(pins)
    .onConflict((conflict) =>
      conflict.columns(["method", "multikey"]).doUpdateSet((eb) => ({
        entry: eb.ref("excluded.entry"),
        reported: eb.ref("excluded.reported"),
        retired: eb.ref("excluded.retired"),
        dropped: eb.ref("excluded.dropped"),
        swept: eb.ref("excluded.swept"),
        held: eb.ref("excluded.held"),
        asked: eb.ref("excluded.asked"),
      })),
    )
    .execute();
}

/** Forgets those that are held of an origin. */
export async function removeHeld(tx: Tx, origin: string): Promise<void> {
  await tx.deleteFrom("pin").where("origin", "=", origin).where("held", "is not", null).execute();
}
