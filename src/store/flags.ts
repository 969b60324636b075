import type { Db } from "./schema.ts";
import type { FlagTable } from "./tables/conversation.ts";

/** What another server has reported to whoever runs this one. */
export type Flag = FlagTable;

/** Keeps one. Safe to repeat. */
export async function add(db: Db, flag: Flag): Promise<void> {
  await db
    .insertInto("flag")
    .values(flag)
    .onConflict((conflict) => conflict.column("id").doNothing())
    .execute();
}

/** The latest, those first that nobody has seen to. */
export async function latest(db: Db, limit: number): Promise<Flag[]> {
  const open = await db
    .selectFrom("flag")
    .selectAll()
    .where("settled", "is", null)
    .orderBy("received", "desc")
    .limit(limit)
    .execute();
  const rest = await db
    .selectFrom("flag")
    .selectAll()
    .where("settled", "is not", null)
    .orderBy("received", "desc")
    .limit(limit)
    .execute();
  return [...open, ...rest].slice(0, limit);
}

export async function count(db: Db): Promise<number> {
  const row = await db
    .selectFrom("flag")
    .select((eb) => eb.fn.countAll<number>().as("n"))
    .executeTakeFirstOrThrow();
  return Number(row.n);
}

/** Notes that somebody has seen to it. Says whether it was there. */
export async function settle(db: Db, id: string, now: number): Promise<boolean> {
  const row = await db
    .updateTable("flag")
    .set({ settled: now })
    .where("id", "=", id)
    .returning("id")
    .executeTakeFirst();
  return row !== undefined;
}

/** Forgets those that came before a moment, and those about a co-op that is gone. */
export async function prune(db: Db, before: number): Promise<void> {
  await db.deleteFrom("flag").where("received", "<", before).execute();
}

export async function removeCoop(db: Db, coop: string): Promise<void> {
  await db.deleteFrom("flag").where("coop", "=", coop).execute();
}
