import { sql } from "kysely";
import { forUpdate } from "./dialect.ts";
import type { Db, Tx } from "./schema.ts";
import type { CoopTable } from "./tables/coops.ts";

export type HostedCoop = CoopTable;

/** A co-op that this node hosts, by the last part of its URL. */
export async function get(db: Db, id: string): Promise<HostedCoop | undefined> {
  return db.selectFrom("coop").selectAll().where("id", "=", id).executeTakeFirst();
}

/** Co-ops by their ids, which nobody else may change until the transaction ends. */
export async function lock(tx: Tx, ids: string[]): Promise<Map<string, HostedCoop>> {
  if (ids.length === 0) return new Map();
  const query = tx.selectFrom("coop").selectAll().where("id", "in", ids).orderBy("id");
  const rows = await forUpdate(tx, query).execute();
  return new Map(rows.map((row) => [row.id, row]));
}

/** A co-op with an actor, by the name before the @. */
export async function byHandle(db: Db, handle: string): Promise<HostedCoop | undefined> {
  return db.selectFrom("coop").selectAll().where("handle", "=", handle).executeTakeFirst();
}

/** Co-ops by their handles. */
export async function byHandles(db: Db, handles: string[]): Promise<Map<string, HostedCoop>> {
  const rows = await among(db, "handle", handles);
  return new Map(rows.map((row) => [row.handle ?? "", row]));
}

/** Co-ops by their ids. */
export async function byIds(db: Db, ids: string[]): Promise<Map<string, HostedCoop>> {
  const rows = await among(db, "id", ids);
  return new Map(rows.map((row) => [row.id, row]));
}

async function among(db: Db, column: "id" | "handle", values: string[]): Promise<HostedCoop[]> {
  const found: HostedCoop[] = [];
  for (let at = 0; at < values.length; at += 500) {
    const some = values.slice(at, at + 500);
    found.push(...(await db.selectFrom("coop").selectAll().where(column, "in", some).execute()));
  }
  return found;
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

/** What an import has to know of a co-op that it made. */
export type ImportedCoop = Pick<
  CoopTable,
  "id" | "sourceKey" | "sourceDigest" | "content" | "deleted"
>;

/** The co-ops that came from a register, in order of their ids. */
export async function ofSource(
  db: Db,
  source: string,
  after: string,
  limit: number,
): Promise<ImportedCoop[]> {
  return db
    .selectFrom("coop")
    .select(["id", "sourceKey", "sourceDigest", "content", "deleted"])
    .where("source", "=", source)
    .where("id", ">", after)
    .orderBy("id")
    .limit(limit)
    .execute();
}

/** Writes a co-op that is locked: all that may change of it, and the next edition. */
export async function revise(tx: Tx, coop: HostedCoop): Promise<HostedCoop> {
  const { id, handle, content, updated, deleted, draft, drafted, draftedBy, formerly } = coop;
  return tx
    .updateTable("coop")
    .set((eb) => ({
      handle,
      content,
      updated,
      deleted,
      draft,
      drafted,
      draftedBy,
      formerly,
      edition: eb("edition", "+", 1),
    }))
    .where("id", "=", id)
    .returningAll()
    .executeTakeFirstOrThrow();
}

/**
 * Writes co-ops, whether they are new or not. Of those that are there already,
 * what is being written about them stays.
 */
export async function put(tx: Tx, coops: HostedCoop[]): Promise<void> {
  for (let at = 0; at < coops.length; at += 500) {
    await tx
      .insertInto("coop")
      .values(coops.slice(at, at + 500))
      .onConflict((conflict) =>
        conflict.column("id").doUpdateSet((eb) => ({
          handle: eb.ref("excluded.handle"),
          source: eb.ref("excluded.source"),
          sourceKey: eb.ref("excluded.sourceKey"),
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

/** Writes which accounts a co-op had before. */
export async function sayFormer(tx: Tx, id: string, formerly: string | null): Promise<void> {
  await tx.updateTable("coop").set({ formerly }).where("id", "=", id).execute();
}

/** Forgets a co-op of which nothing was ever published. */
export async function remove(tx: Tx, id: string): Promise<void> {
  await tx.deleteFrom("coop").where("id", "=", id).execute();
}

/** Notes which content the followers were last told of. */
export async function announce(db: Db, id: string, updated: number | null): Promise<void> {
  await db.updateTable("coop").set({ announced: updated }).where("id", "=", id).execute();
}

/** Co-ops that speak for themselves or will, drafts among them, in order of `place`. */
export async function own(
  db: Db,
  after: string,
  limit: number,
): Promise<{ id: string; place: string }[]> {
  // Those without a handle come last: no handle has a tilde.
  const place = sql<string>`coalesce(handle, '~' || id)`;
  return db
    .selectFrom("coop")
    .select(["id", place.as("place")])
    .where((eb) => eb.or([eb("handle", "is not", null), eb("draft", "is not", null)]))
    .where("deleted", "is", null)
    .where(place, ">", after)
    .orderBy(place)
    .limit(limit)
    .execute();
}

/**
 * Co-ops with an actor, in order of their handles. One that has never been
 * published has a handle, but nothing else that anybody may see.
 */
export async function followable(db: Db, after: string, limit: number): Promise<HostedCoop[]> {
  return db
    .selectFrom("coop")
    .selectAll()
    .where("handle", "is not", null)
    .where("content", "is not", null)
    .where("deleted", "is", null)
    .where("handle", ">", after)
    .orderBy("handle")
    .limit(limit)
    .execute();
}

/** How many co-ops are or were published here, and how many have an actor. Drafts are none of them. */
export async function count(db: Db): Promise<{ hosted: number; followable: number }> {
  const row = await db
    .selectFrom("coop")
    .select((eb) => [
      eb.fn.count<number>("id").as("hosted"),
      eb.fn.count<number>("content").as("followable"),
    ])
    .where("deleted", "is", null)
    .where((eb) => eb.or([eb("content", "is not", null), eb("source", "is not", null)]))
    .executeTakeFirstOrThrow();
  return { hosted: Number(row.hosted), followable: Number(row.followable) };
}
