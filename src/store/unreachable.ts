import type { Db } from "./schema.ts";
import type { UnreachableTable } from "./tables/followers.ts";

export type Unreachable = UnreachableTable;

/** Notes that a server has taken nothing for so long that it is left alone. Safe to repeat. */
export async function add(db: Db, host: string, now: number): Promise<void> {
  await db
    .insertInto("unreachable")
    .values({ host, since: now, asked: now })
    .onConflict((conflict) => conflict.column("host").doNothing())
    .execute();
}

/** Whether a server is left alone. */
export async function has(db: Db, host: string): Promise<boolean> {
  const query = db.selectFrom("unreachable").select("host").where("host", "=", host);
  return (await query.executeTakeFirst()) !== undefined;
}

/** The servers that are left alone. */
export async function all(db: Db): Promise<Unreachable[]> {
  return db.selectFrom("unreachable").selectAll().orderBy("host").execute();
}

/** Notes that a server was asked whether it is there again, and wasn't. */
export async function asked(db: Db, host: string, now: number): Promise<void> {
  await db.updateTable("unreachable").set({ asked: now }).where("host", "=", host).execute();
}

/** Forgets it, as the server is there again, or nobody follows from there any more. */
export async function remove(db: Db, host: string): Promise<void> {
  await db.deleteFrom("unreachable").where("host", "=", host).execute();
}
