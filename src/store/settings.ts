import { randomBytes } from "node:crypto";
import type { Db, KeyTable } from "./schema.ts";

/**
 * The epoch of this node's feed: renewed when the log of changes was lost or
 * put back, so that peers don't trust their cursors into it.
 */
export async function epoch(db: Db): Promise<string> {
  return once(db, "epoch", randomBytes(9).toString("base64url"));
}

/** Sets what isn't set yet, and returns what then is. */
async function once(db: Db, name: string, first: string): Promise<string> {
  await db
    .insertInto("setting")
    .values({ name, value: first })
    .onConflict((conflict) => conflict.column("name").doNothing())
    .execute();
  const { value } = await db
    .selectFrom("setting")
    .select("value")
    .where("name", "=", name)
    .executeTakeFirstOrThrow();
  return value;
}

/** This node's private keys, by name. */
export async function keys(db: Db): Promise<KeyTable[]> {
  return db.selectFrom("key").selectAll().execute();
}

/** Keeps a key. One that is there stays. */
export async function addKey(db: Db, key: KeyTable): Promise<void> {
  await db
    .insertInto("key")
    .values(key)
    .onConflict((conflict) => conflict.column("name").doNothing())
    .execute();
}

/** The origin that this database was made for: the first one that asked. */
export async function origin(db: Db, asked: string): Promise<string> {
  return once(db, "origin", asked);
}
