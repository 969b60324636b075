import { isDeepStrictEqual } from "node:util";
import type { KvKey, KvStore, KvStoreListEntry, KvStoreSetOptions } from "@fedify/fedify";
import type { ExpressionBuilder } from "kysely";
import { milliseconds } from "../temporal.ts";
import type { Db, Schema } from "./schema.ts";

const page = 100;
const day = 24 * 60 * 60 * 1000;

/** Where Fedify remembers which signatures a host takes. */
const signatureSpec = encode(["_fedify", "httpMessageSignaturesSpec"]);

/**
 * What Fedify caches for ever, one row for each host or key that ever wrote to
 * us: forgotten after 30 days, it is simply fetched or tried anew.
 */
const forgettable = [signatureSpec, encode(["_fedify", "publicKey"])];

/**
 * Fedify's key-value store over the table `kv`. Values are JSON; a value that
 * has outlived its ttl is absent, whether or not prune() has been by.
 * @param clock epoch ms
 */
export function kvStore(db: Db, clock: () => number = Date.now): Required<KvStore> {
  return {
    get: <T = unknown>(key: KvKey) => get(db, key, clock()) as Promise<T | undefined>,
    set: (key, value, options) => set(db, key, value, clock(), options),
    delete: (key) => remove(db, key),
    list: (prefix) => list(db, prefix, clock),
    cas: (key, expected, next, options) => cas(db, key, expected, next, clock(), options),
  };
}

/**
 * Deletes what expired before `now` (epoch ms), in statements short enough
 * not to hold up other writers.
 * @returns how many rows went
 */
export async function prune(db: Db, now: number): Promise<number> {
  let total = 0;
  for (;;) {
    const expired = db.selectFrom("kv").select("key").where("expires", "<=", now).limit(1000);
    const result = await db.deleteFrom("kv").where("key", "in", expired).executeTakeFirst();
    const deleted = Number(result.numDeletedRows);
    total += deleted;
    if (deleted < 1000) return total;
  }
}

async function get(db: Db, key: KvKey, now: number): Promise<unknown> {
  const row = await db
    .selectFrom("kv")
    .select("value")
    .where("key", "=", encode(key))
    .where(alive(now))
    .executeTakeFirst();
  return row && JSON.parse(row.value);
}

async function set(
  db: Db,
  key: KvKey,
  value: unknown,
  now: number,
  options?: KvStoreSetOptions,
): Promise<void> {
  if (value === undefined) return await remove(db, key);
  // Fedify remembers the signature of whichever attempt came last, and one 503
  // is enough to make that RFC 9421, which some servers answer with 202 and
  // throw away. Not remembering it costs its takers a second request.
  if (value === "rfc9421" && isBelow(key, signatureSpec)) return;
  const row = { value: JSON.stringify(value), expires: expiry(key, now, options) };
  await db
    .insertInto("kv")
    .values({ key: encode(key), ...row })
    .onConflict((conflict) => conflict.column("key").doUpdateSet(row))
    .execute();
}

async function remove(db: Db, key: KvKey): Promise<void> {
  await db.deleteFrom("kv").where("key", "=", encode(key)).execute();
}

/**
 * Compares by value, then writes only where the very text that was compared
 * still stands: of several that expect the same, one succeeds.
 */
async function cas(
  db: Db,
  key: KvKey,
  expected: unknown,
  next: unknown,
  now: number,
  options?: KvStoreSetOptions,
): Promise<boolean> {
  const id = encode(key);
  const row = await db
    .selectFrom("kv")
    .select("value")
    .where("key", "=", id)
    .where(alive(now))
    .executeTakeFirst();
  if (!isDeepStrictEqual(row && JSON.parse(row.value), asJson(expected))) return false;

  if (next === undefined) {
    if (row === undefined) return true;
    const { numDeletedRows } = await db
      .deleteFrom("kv")
      .where("key", "=", id)
      .where("value", "=", row.value)
      .where(alive(now))
      .executeTakeFirst();
    return numDeletedRows > 0n;
  }
  const fresh = { value: JSON.stringify(next), expires: expiry(key, now, options) };
  if (row === undefined) {
    const inserted = await db
      .insertInto("kv")
      .values({ key: id, ...fresh })
      .onConflict((conflict) =>
        conflict.column("key").doUpdateSet(fresh).where("kv.expires", "<=", now),
      )
      .returning("key")
      .executeTakeFirst();
    return inserted !== undefined;
  }
  const { numUpdatedRows } = await db
    .updateTable("kv")
    .set(fresh)
    .where("key", "=", id)
    .where("value", "=", row.value)
    .where(alive(now))
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** The entry at the prefix itself, then those below it, a page at a time. */
async function* list(
  db: Db,
  prefix: KvKey | undefined,
  clock: () => number,
): AsyncGenerator<KvStoreListEntry> {
  let after = "";
  let end = "\\"; // Every key begins with [, whose successor this is.
  if (prefix) {
    const value = await get(db, prefix, clock());
    if (value !== undefined) yield { key: prefix, value };
    // ["a"] has below it all that begins with ["a", and so comes before ["a"-
    const stem = encode(prefix).slice(0, -1);
    after = `${stem},`;
    end = `${stem}-`;
  }
  for (;;) {
    const rows = await db
      .selectFrom("kv")
      .select(["key", "value"])
      .where("key", ">", after)
      .where("key", "<", end)
      .where(alive(clock()))
      .orderBy("key")
      .limit(page)
      .execute();
    for (const row of rows) yield { key: JSON.parse(row.key), value: JSON.parse(row.value) };
    const last = rows[page - 1];
    if (last === undefined) return;
    after = last.key;
  }
}

function alive(now: number) {
  return (eb: ExpressionBuilder<Schema, "kv">) =>
    eb.or([eb("kv.expires", "is", null), eb("kv.expires", ">", now)]);
}

function expiry(key: KvKey, now: number, options?: KvStoreSetOptions): number | null {
  if (options?.ttl) return now + milliseconds(options.ttl);
  return forgettable.some((prefix) => isBelow(key, prefix)) ? now + 30 * day : null;
}

/** The key as stored: JSON, which keeps control characters out of the database. */
function encode(key: KvKey): string {
  return JSON.stringify(key);
}

function isBelow(key: KvKey, prefix: string): boolean {
  return encode(key).startsWith(`${prefix.slice(0, -1)},`);
}

function asJson(value: unknown): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
}
