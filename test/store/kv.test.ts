import { randomUUID } from "node:crypto";
import type { KvKey, KvStoreListEntry } from "@fedify/fedify";
import { expect, test } from "vitest";
import { kvStore, prune } from "../../src/store/kv.ts";
import { eachEngine, freshStore } from "../helpers/database.ts";

const second = Temporal.Duration.from({ seconds: 1 });

async function keys(entries: AsyncIterable<KvStoreListEntry>): Promise<KvKey[]> {
  const all = (await Array.fromAsync(entries)).map((entry) => entry.key);
  return all.toSorted((a, b) => (a.join() < b.join() ? -1 : 1));
}

eachEngine("the key-value store", (engine) => {
  test("gives back what was set, until it is deleted", async () => {
    await using store = await freshStore(engine);
    const kv = kvStore(store.db);
    const value = { b: [1, null, "é\u0000🍓"], a: { c: true } };
    expect(await kv.get(["a"])).toBeUndefined();
    await kv.set(["a"], value);
    await kv.set(["a", "b"], false);
    expect(await kv.get(["a"])).toEqual(value);
    expect(await kv.get(["a", "b"])).toBe(false);
    await kv.set(["a"], 2);
    expect(await kv.get(["a"])).toBe(2);
    await kv.delete(["a"]);
    await kv.delete(["a"]);
    expect(await kv.get(["a"])).toBeUndefined();
    await kv.set(["a", "b"], undefined);
    expect(await kv.get(["a", "b"])).toBeUndefined();
  });

  test("forgets a value when its ttl is over; a new value has its own", async () => {
    await using store = await freshStore(engine);
    let now = 1000;
    const kv = kvStore(store.db, () => now);
    await kv.set(["a"], 1, { ttl: second });
    await kv.set(["b"], 1, { ttl: second });
    await kv.set(["b"], 2);
    now = 1999;
    expect(await kv.get(["a"])).toBe(1);
    now = 2000;
    expect(await kv.get(["a"])).toBeUndefined();
    expect(await kv.get(["b"])).toBe(2);
    expect(await keys(kv.list())).toEqual([["b"]]);
  });

  test("lists what is at and below a prefix, and nothing beside it", async () => {
    await using store = await freshStore(engine);
    const kv = kvStore(store.db);
    const all: KvKey[] = [["a"], ["a", "b"], ["a", "b", "c"], ["a", "bc"], ["a-"], ["aa"], ["B"]];
    for (const key of all) await kv.set(key, key.length);
    expect(await keys(kv.list(["a"]))).toEqual([["a"], ["a", "b"], ["a", "b", "c"], ["a", "bc"]]);
    expect(await keys(kv.list(["a", "b"]))).toEqual([
      ["a", "b"],
      ["a", "b", "c"],
    ]);
    expect(await keys(kv.list(["z"]))).toEqual([]);
    expect((await keys(kv.list())).length).toBe(all.length);
  });

  test("lists more than a page", async () => {
    await using store = await freshStore(engine);
    const kv = kvStore(store.db);
    for (let i = 0; i < 205; i++) await kv.set(["n", String(i)], i);
    const values = (await Array.fromAsync(kv.list(["n"]))).map((entry) => Number(entry.value));
    expect(values.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 205 }, (_, i) => i));
  });

  test("swaps only what is as expected", async () => {
    await using store = await freshStore(engine);
    let now = 1000;
    const kv = kvStore(store.db, () => now);
    expect(await kv.cas(["a"], { x: 1 }, 2)).toBe(false);
    expect(await kv.cas(["a"], undefined, { x: 1, y: 2 }, { ttl: second })).toBe(true);
    expect(await kv.cas(["a"], undefined, 3)).toBe(false);
    expect(await kv.cas(["a"], { x: 1 }, 3)).toBe(false);
    // By value: the order of members doesn't matter.
    expect(await kv.cas(["a"], { y: 2, x: 1 }, 3, { ttl: second })).toBe(true);
    expect(await kv.get(["a"])).toBe(3);
    now = 2000;
    expect(await kv.cas(["a"], 3, 4)).toBe(false);
    expect(await kv.cas(["a"], undefined, 5)).toBe(true);
    expect(await kv.cas(["a"], 5, undefined)).toBe(true);
    expect(await kv.get(["a"])).toBeUndefined();
    expect(await kv.cas(["a"], undefined, undefined)).toBe(true);
  });

  test("lets one of many racing swaps win", async () => {
    await using store = await freshStore(engine);
    const kv = kvStore(store.db);
    const race = async (expected: unknown) => {
      const swaps = Array.from({ length: 20 }, () => kv.cas(["a"], expected, randomUUID()));
      return (await Promise.all(swaps)).filter((won) => won).length;
    };
    expect(await race(undefined)).toBe(1);
    expect(await race(await kv.get(["a"]))).toBe(1);
  });

  test("never learns that a host takes RFC 9421, only that it takes the older draft", async () => {
    await using store = await freshStore(engine);
    const kv = kvStore(store.db);
    const key: KvKey = ["_fedify", "httpMessageSignaturesSpec", "https://snac.example"];
    const draft = "draft-cavage-http-signatures-12";
    await kv.set(key, "rfc9421");
    expect(await kv.get(key)).toBeUndefined();
    await kv.set(key, draft);
    await kv.set(key, "rfc9421");
    expect(await kv.get(key)).toBe(draft);
    await kv.set(["other"], "rfc9421");
    expect(await kv.get(["other"])).toBe("rfc9421");
  });

  test("prunes what has expired, and in time what Fedify caches without a ttl", async () => {
    await using store = await freshStore(engine);
    let now = 1000;
    const kv = kvStore(store.db, () => now);
    await kv.set(["_fedify", "publicKey", "https://a.example/#key"], {});
    await kv.set(["kept"], 1);
    const rows = Array.from({ length: 1005 }, (_, i) => ({
      key: `["${i}"]`,
      value: "1",
      expires: 5,
    }));
    await store.db.insertInto("kv").values(rows).execute();
    expect(await prune(store.db, now)).toBe(1005);
    now += 31 * 24 * 60 * 60 * 1000;
    expect(await prune(store.db, now)).toBe(1);
    expect(await keys(kv.list())).toEqual([["kept"]]);
  });
});
