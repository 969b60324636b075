import type { CoopTable, Db, Tx } from "./schema.ts";

export type HostedCoop = CoopTable;

/** A co-op that this node hosts, by the last part of its URL. */
export async function get(db: Db, id: string): Promise<HostedCoop | undefined> {
  return db.selectFrom("coop").selectAll().where("id", "=", id).executeTakeFirst();
}

/** A co-op with an actor, by the name before the @. */
export async function byHandle(db: Db, handle: string): Promise<HostedCoop | undefined> {
  return db.selectFrom("coop").selectAll().where("handle", "=", handle).executeTakeFirst();
}

/** Those that an import made, by their key in the source. */
export async function bySourceKeys(
  db: Db,
  source: string,
  keys: string[],
): Promise<Map<string, HostedCoop>> {
  const rows = await db
    .selectFrom("coop")
    .selectAll()
    .where("source", "=", source)
    .where("sourceKey", "in", keys)
    .execute();
  return new Map(rows.map((row) => [row.sourceKey ?? "", row]));
}

/** Writes co-ops, whether they are new or not. */
export async function put(tx: Tx, coops: HostedCoop[]): Promise<void> {
  for (let at = 0; at < coops.length; at += 500) {
    await tx
      .insertInto("coop")
      .values(coops.slice(at, at + 500))
      .onConflict((conflict) =>
        conflict.column("id").doUpdateSet((eb) => ({
          handle: eb.ref("excluded.handle"),
          sourceDigest: eb.ref("excluded.sourceDigest"),
          content: eb.ref("excluded.content"),
          updated: eb.ref("excluded.updated"),
          announced: eb.ref("excluded.announced"),
          deleted: eb.ref("excluded.deleted"),
        })),
      )
      .execute();
  }
}

/** Notes which content the followers were last told of. */
export async function announce(db: Db, id: string, updated: number | null): Promise<void> {
  await db.updateTable("coop").set({ announced: updated }).where("id", "=", id).execute();
}

/** Co-ops with an actor, in order of their handles. */
export async function followable(db: Db, after: string, limit: number): Promise<HostedCoop[]> {
  return db
    .selectFrom("coop")
    .selectAll()
    .where("handle", "is not", null)
    .where("deleted", "is", null)
    .where("handle", ">", after)
    .orderBy("handle")
    .limit(limit)
    .execute();
}

/** How many co-ops have an actor here. */
export async function count(db: Db): Promise<{ hosted: number; followable: number }> {
  const row = await db
    .selectFrom("coop")
    .select((eb) => [
      eb.fn.count<number>("id").as("hosted"),
      eb.fn.count<number>("handle").as("followable"),
    ])
    .where("deleted", "is", null)
    .executeTakeFirstOrThrow();
  return { hosted: Number(row.hosted), followable: Number(row.followable) };
}
