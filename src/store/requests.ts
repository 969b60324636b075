import type { Db, Tx } from "./schema.ts";
import type { RequestTable } from "./tables/people.ts";

export type PersonsRequest = RequestTable;

export async function add(db: Db, request: PersonsRequest): Promise<void> {
  await db.insertInto("request").values(request).execute();
}

export async function get(db: Db, id: string): Promise<PersonsRequest | undefined> {
  return db.selectFrom("request").selectAll().where("id", "=", id).executeTakeFirst();
}

/** Those that nobody has decided yet, the oldest first. */
export async function open(db: Db, limit: number): Promise<PersonsRequest[]> {
  return db
    .selectFrom("request")
    .selectAll()
    .where("decided", "is", null)
    .orderBy("created")
    .orderBy("id")
    .limit(limit)
    .execute();
}

/** Those that were decided, the latest first. */
export async function decided(db: Db, limit: number): Promise<PersonsRequest[]> {
  return db
    .selectFrom("request")
    .selectAll()
    .where("decided", "is not", null)
    .orderBy("decided", "desc")
    .orderBy("id")
    .limit(limit)
    .execute();
}

/** How many are open, how many came since a moment, and how many open ones are about a co-op. */
export async function count(
  db: Db,
  { since, coop }: { since: number; coop: string | null },
): Promise<{ open: number; lately: number; about: number }> {
  const row = await db
    .selectFrom("request")
    .select((eb) => [
      eb.fn.count<number>("id").filterWhere("decided", "is", null).as("open"),
      eb.fn.count<number>("id").filterWhere("created", ">", since).as("lately"),
      eb.fn
        .count<number>("id")
        .filterWhere("decided", "is", null)
        .filterWhere("coop", "=", coop)
        .as("about"),
    ])
    .executeTakeFirstOrThrow();
  return { open: Number(row.open), lately: Number(row.lately), about: Number(row.about) };
}

/**
 * Decides a request that is still open: of two at the same moment one gets it,
 * on both engines. Undefined when it was decided before, or isn't there.
 */
export async function decide(
  tx: Tx,
  id: string,
  decision: Required<Pick<PersonsRequest, "decided" | "decision" | "decidedBy" | "note">>,
): Promise<PersonsRequest | undefined> {
  return tx
    .updateTable("request")
    .set(decision)
    .where("id", "=", id)
    .where("decided", "is", null)
    .returningAll()
    .executeTakeFirst();
}

/** Forgets those decided before a moment, and those never decided that came before another. */
export async function prune(db: Db, before: { decided: number; created: number }): Promise<void> {
  await db
    .deleteFrom("request")
    .where((eb) =>
      eb.or([
        eb("decided", "<", before.decided),
        eb.and([eb("decided", "is", null), eb("created", "<", before.created)]),
      ]),
    )
    .execute();
}
