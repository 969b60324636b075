import type { Db, Tx } from "./schema.ts";
import type { DepartureTable } from "./tables/coops.ts";

export type Departure = DepartureTable;

/** Where the actor of a co-op or a class has moved, if it has. */
export async function get(db: Db, identifier: string): Promise<Departure | undefined> {
  return db
    .selectFrom("departure")
    .selectAll()
    .where("identifier", "=", identifier)
    .where("origin", "=", "")
    .executeTakeFirst();
}

/** The moves of a co-op and its classes, the co-op's first. */
export async function of(db: Db, coop: string): Promise<Departure[]> {
  return db
    .selectFrom("departure")
    .selectAll()
    .where("origin", "=", "")
    .where((eb) =>
      eb.or([
        eb("identifier", "=", `coops/${coop}`),
        eb("identifier", "like", `coops/${coop}/classes/%`),
      ]),
    )
    .orderBy("identifier")
    .execute();
}

/** Those who have left a former address of the node with followers who weren't told yet. */
export async function untold(db: Db, origin: string, limit: number): Promise<Departure[]> {
  return db
    .selectFrom("departure")
    .selectAll()
    .where("origin", "=", origin)
    .where("announced", "is", null)
    .orderBy("identifier")
    .limit(limit)
    .execute();
}

/** Writes where actors have moved, and that nobody was told yet. */
export async function put(tx: Tx, departures: Departure[]): Promise<void> {
  for (let at = 0; at < departures.length; at += 500) {
    await tx
      .insertInto("departure")
      .values(departures.slice(at, at + 500))
      .onConflict((conflict) =>
        conflict.columns(["identifier", "origin"]).doUpdateSet((eb) => ({
          target: eb.ref("excluded.target"),
          moved: eb.ref("excluded.moved"),
          announced: null,
        })),
      )
      .execute();
  }
}

/** Forgets the moves of a co-op and its classes; of one that is gone also those of its node. */
export async function remove(tx: Tx, coop: string, { gone = false } = {}): Promise<void> {
  const query = tx
    .deleteFrom("departure")
    .where((eb) =>
      eb.or([
        eb("identifier", "=", `coops/${coop}`),
        eb("identifier", "like", `coops/${coop}/classes/%`),
      ]),
    );
  await (gone ? query : query.where("origin", "=", "")).execute();
}

/** Notes when the followers were told. */
export async function announce(
  db: Db,
  { identifier, origin, moved }: Departure,
  now: number,
): Promise<void> {
  await db
    .updateTable("departure")
    .set({ announced: now })
    .where("identifier", "=", identifier)
    .where("origin", "=", origin)
    .where("moved", "=", moved)
    .execute();
}
