import { expect, it } from "vitest";
import { type KeyEntry, type KeyHistory, newEntry } from "../../src/coop/key-history.ts";
import { multikey, type SigningKey } from "../../src/coop/proof.ts";
import { signRecord } from "../../src/coop/record.ts";
import { loadIdentity } from "../../src/directory/identity.ts";
import { confirmKey, heldKeys, holding, pinKeys, silence } from "../../src/directory/pin-keys.ts";
import { meetHosts } from "../../src/directory/settle-hosts.ts";
import { type KeyRing, loadKeyRing } from "../../src/replication/keys.ts";
import * as hosts from "../../src/store/hosts.ts";
import * as records from "../../src/store/records.ts";
import type { Db } from "../../src/store/schema.ts";
import { eachEngine, freshStore } from "../helpers/database.ts";
import { testKey } from "../helpers/keys.ts";

const origin = "https://b.example";
const host = "b.example";
const actor = `${origin}/actor`;
const now = Date.parse("2026-11-22T08:00:00.000Z");
const day = 24 * 60 * 60 * 1000;

function keyOf(number: number, name = `ed25519-${number}`): SigningKey & { value: string } {
  const { privateKey, publicKey } = testKey(origin, number);
  return { method: `${actor}#${name}`, privateKey, value: multikey(publicKey) };
}

function entry(number: number, by?: number, ends: Partial<KeyEntry> = {}): KeyEntry {
  const { method, value } = keyOf(number);
  const from = now - 100 * day + number;
  return { ...newEntry(method, value, from, by === undefined ? undefined : keyOf(by)), ...ends };
}

const at = (time: number) => new Date(time).toISOString();

/** A record of the origin, signed with a key of it. */
function notice(name: string, key: SigningKey, issued: number) {
  const document = {
    id: `${origin}/${name}`,
    type: "Notice",
    attributedTo: actor,
    issued: at(issued),
  };
  return signRecord(document, key);
}

/** A ring whose node shows what it is told to; nothing means that it's away. */
async function ringOf(db: Db, time = { now }) {
  const node = await loadIdentity(db, "https://a.example", now);
  await meetHosts(db, node, [origin], now);
  const shown: { history?: KeyHistory } = {};
  const send = () => {
    if (shown.history === undefined) return Promise.reject(new Error("it is away"));
    return Promise.resolve(
      Response.json({ id: actor, assertionMethod: [], keyHistory: shown.history }),
    );
  };
  const ring = await loadKeyRing({ db, node, send, now: () => time.now });
  const ask = () => ring.ask(origin, new AbortController().signal);
  return { ring, shown, ask, time };
}

const counts = (ring: KeyRing, number: number, issued = now) =>
  ring.keyOf(keyOf(number).method, issued) !== undefined;

eachEngine("the keys of another node", (engine) => {
  it("are pinned at first sight, and followed along their chain", async () => {
    await using store = await freshStore(engine);
    const { ring, shown, ask } = await ringOf(store.db);
    shown.history = [entry(1)];
    await ring.learn(origin, new AbortController().signal);
    expect([counts(ring, 1), counts(ring, 2)]).toEqual([true, false]);

    shown.history = [entry(1, undefined, { until: at(now - day) }), entry(2, 1)];
    expect(await ask()).toEqual({ changed: true, held: false });
    expect([counts(ring, 1), counts(ring, 1, now - day), counts(ring, 2)]).toEqual([
      false,
      true,
      true,
    ]);
    expect(await ask()).toEqual({ changed: false, held: false });
    // The same from the database.
    const { ring: other } = await ringOf(store.db);
    expect([counts(other, 1), counts(other, 1, now - day), counts(other, 2)]).toEqual([
      false,
      true,
      true,
    ]);
  });

  it("verify nothing once they are dropped, and what they signed is deleted without a floor", async () => {
    await using store = await freshStore(engine);
    const { db } = store;
    const { ring, shown, ask } = await ringOf(db);
    shown.history = [entry(1)];
    await ask();
    const old = [1, 2, 3].map((number) => notice(`${number}`, keyOf(1), now - day));
    const fresh = notice("2", keyOf(2), now);
    await db.transaction().execute((tx) => records.put(tx, [...old], now));
    await db.transaction().execute((tx) => records.put(tx, [fresh], now));

    shown.history = [entry(1, undefined, { dropped: at(now) }), entry(2, 1)];
    expect((await ask()).changed).toBe(true);
    expect(counts(ring, 1, now - day)).toBe(false);
    // Killed before it was done: what is left to do is known at the next start.
    const { ring: later } = await ringOf(db);
    expect(await later.purge(origin)).toBe(true);
    expect(await later.purge(origin)).toBe(false);
    const held = await db.selectFrom("record").select("id").where("origin", "=", host).execute();
    expect(held.map(({ id }) => id)).toEqual([fresh.id]);
    expect(await db.selectFrom("floor").selectAll().execute()).toEqual([]);
  });

  it("are held for seven days if no earlier one endorses them, and must stay the same", async () => {
    await using store = await freshStore(engine);
    const { db } = store;
    const { ring, shown, ask, time } = await ringOf(db);
    shown.history = [entry(1)];
    await ask();
    const sign = notice("1", keyOf(1), now);
    await db.transaction().execute((tx) => records.put(tx, [sign], now));

    // The usual case: data lost, and a new key by the old name.
    const lost = { ...entry(5), id: keyOf(1).method };
    shown.history = [entry(6)];
    expect(await ask()).toEqual({ changed: false, held: true });
    time.now += holding / 2;
    shown.history = [lost];
    expect((await ask()).held).toBe(true);
    time.now += holding - 1;
    expect((await ask()).held).toBe(true);
    expect(await heldKeys(db)).toEqual([
      { host, multikey: lost.publicKeyMultibase, since: now + holding / 2, waits: false },
    ]);
    expect(ring.keyOf(lost.id, now)?.export({ format: "jwk" })).toEqual(
      testKey(origin, 1).publicKey.export({ format: "jwk" }),
    );
    time.now += 1;
    expect(await ask()).toEqual({ changed: true, held: false });
    expect(ring.keyOf(lost.id, now)?.export({ format: "jwk" })).toEqual(
      testKey(origin, 5).publicKey.export({ format: "jwk" }),
    );
    expect((await hosts.get(db, host))?.rekeyed).toBe(time.now);
    await ring.purge(origin);
    expect(await records.get(db, sign.id)).toBeUndefined();
    expect(await heldKeys(db)).toEqual([]);
  });

  it("are those in use where another had the same name, whichever was known first", async () => {
    await using store = await freshStore(engine);
    const { db } = store;
    const { ring, shown, ask, time } = await ringOf(db);
    const sign = (issued: number) =>
      db.transaction().execute((tx) => records.put(tx, [notice("1", keyOf(1), issued)], issued));
    const named = (number: number, by = number) => ({ ...entry(number), id: keyOf(by).method });
    const next = (number: number, endorser: KeyEntry, by: number) => {
      const { method, value } = keyOf(number);
      const from = Date.parse(endorser.from) + 1000;
      return newEntry(method, value, from, { ...keyOf(by), method: endorser.id });
    };
    shown.history = [entry(1)];
    await ask();
    await sign(now);
    // All data was lost; a week later the new key counts, and it is followed as any other.
    const lost = named(5, 1);
    shown.history = [lost];
    await ask();
    time.now += holding;
    expect(await ask()).toEqual({ changed: true, held: false });
    shown.history = [lost, next(6, lost, 5)];
    expect(await ask()).toEqual({ changed: true, held: false });
    expect(counts(ring, 6)).toBe(true);
    // The first key turns up again, in a backup: the same the other way round.
    await sign(time.now);
    shown.history = [entry(1)];
    expect((await ask()).held).toBe(true);
    time.now += holding;
    expect(await ask()).toEqual({ changed: true, held: false });
    shown.history = [entry(1), next(7, entry(1), 1)];
    expect(await ask()).toEqual({ changed: true, held: false });
    expect([counts(ring, 6), counts(ring, 7)]).toEqual([false, true]);
  });

  it("are let go when the node shows the key again that is pinned", async () => {
    await using store = await freshStore(engine);
    const { shown, ask } = await ringOf(store.db);
    shown.history = [entry(1)];
    await ask();
    shown.history = [entry(5)];
    expect((await ask()).held).toBe(true);
    shown.history = [entry(1)];
    await ask();
    expect(await heldKeys(store.db)).toEqual([]);
  });

  it("wait for a confirmation when the node had been silent for long", async () => {
    await using store = await freshStore(engine);
    const { db } = store;
    const { ring, shown, ask, time } = await ringOf(db);
    shown.history = [entry(1)];
    await ask();
    const sign = notice("1", keyOf(1), now);
    await db.transaction().execute((tx) => records.put(tx, [sign], now));
    time.now += silence + 1;
    shown.history = [entry(5)];
    await ask();
    time.now += 10 * holding;
    expect((await ask()).held).toBe(true);
    expect(await heldKeys(db)).toMatchObject([{ host, waits: true }]);
    expect(counts(ring, 5)).toBe(false);

    await confirmKey(db, host, time.now);
    await ring.reload(origin);
    expect([counts(ring, 5), counts(ring, 1)]).toEqual([true, false]);
    await expect(confirmKey(db, host, time.now)).rejects.toMatchObject({ code: "not-found" });
  });

  it("are believed of others only as long as the node itself can't be asked", async () => {
    await using store = await freshStore(engine);
    const { ring, shown, ask } = await ringOf(store.db);
    await ring.believe(origin, [entry(4)]);
    expect(counts(ring, 4)).toBe(true);
    // Three others were wrong, or lied: what the node shows counts at once.
    shown.history = [entry(1)];
    expect(await ask()).toEqual({ changed: true, held: false });
    expect([counts(ring, 4), counts(ring, 1)]).toEqual([false, true]);
    await ring.believe(origin, [entry(4)]);
    expect(counts(ring, 4)).toBe(false);
  });

  it("are taken from nobody else than their node, nor by two that pin at the same moment twice", async () => {
    await using store = await freshStore(engine);
    const { ring } = await ringOf(store.db);
    await Promise.all([1, 2, 3].map(() => pinKeys(store.db, origin, [entry(1)], "node", now)));
    expect(await store.db.selectFrom("pin").selectAll().execute()).toHaveLength(1);
    await ring.reload("https://a.example");
    expect(ring.keyOf("https://a.example/actor#other", now)).toBeUndefined();
    expect(ring.keyOf("https://a.example/actor#ed25519", now)).toBeDefined();
  });
});
