import { expect, it } from "vitest";
import type { KeyObject } from "node:crypto";
import { follow } from "../../src/coop/key-history.ts";
import { publicKeyOf } from "../../src/coop/proof.ts";
import { acceptRecord } from "../../src/coop/record.ts";
import {
  type Identity,
  loadIdentity,
  ownKeyOf,
  refreshIdentity,
} from "../../src/directory/identity.ts";
import { importRows } from "../../src/directory/import.ts";
import { addCoop, publish } from "../../src/directory/publish.ts";
import { dropKey, rotateKey } from "../../src/directory/rotate-key.ts";
import { methodOf, signAfresh } from "../../src/directory/sign-again.ts";
import { withdraw } from "../../src/directory/withdraw.ts";
import * as keys from "../../src/store/keys.ts";
import type { Db } from "../../src/store/schema.ts";
import { eachEngine, freshStore } from "../helpers/database.ts";
import { bakery } from "../helpers/nodes.ts";

const now = Date.parse("2026-11-22T08:00:00.000Z");
const minute = 60_000;

/** What the records of the node are signed with, by the names of the keys. */
async function signers(db: Db): Promise<string[]> {
  const rows = await db.selectFrom("record").select("body").orderBy("id").execute();
  return rows.map(({ body }) => new URL(methodOf(body)).hash.slice(1));
}

function ringOf(node: Identity) {
  return (method: string, issued: number): KeyObject | undefined => {
    const entry = ownKeyOf(node, method, issued);
    return entry && publicKeyOf(entry.publicKeyMultibase);
  };
}

eachEngine("the keys of a node", (engine) => {
  it("change one after the other, and what they signed before still counts", async () => {
    await using store = await freshStore(engine);
    const { db } = store;
    const node = await loadIdentity(db, "https://a.example", now);
    const secret = node.secret;
    const first = node.history;
    const { id } = await addCoop(db, node, "bakery", bakery(), now);

    expect(await rotateKey(db, node, now + minute)).toBe("ed25519-2");
    expect(node.signing.method).toBe("https://a.example/actor#ed25519-2");
    expect(node.secret).toBe(secret);
    expect(follow(first, node.history)).toMatchObject({ history: node.history, doubted: [] });
    expect(await signers(db)).toEqual(["ed25519"]);
    const [row] = await db.selectFrom("record").selectAll().execute();
    const rules = { now: now + minute, keyOf: ringOf(node) };
    expect(acceptRecord(row?.body ?? new Uint8Array(), rules)).toHaveProperty("record");

    await publish(db, node, id, bakery({ name: "Boulangerie du Port" }), now + 2 * minute);
    expect(await signers(db)).toEqual(["ed25519-2"]);
    // The same after a restart: endorsements are the same whenever they are made.
    expect(await loadIdentity(db, "https://a.example", now)).toMatchObject({
      history: node.history,
      keyName: "ed25519-2",
    });
  });

  it("are changed by one at a time", async () => {
    await using store = await freshStore(engine);
    const node = await loadIdentity(store.db, "https://a.example", now);
    const other = await loadIdentity(store.db, "https://a.example", now);
    await rotateKey(store.db, node, now);
    await expect(rotateKey(store.db, other, now)).rejects.toMatchObject({ code: "conflict" });
    await refreshIdentity(store.db, other);
    expect(other.history).toEqual(node.history);
    await expect(dropKey(store.db, node, "rsa", now)).rejects.toMatchObject({ code: "not-found" });
  });

  it("are dropped at once, and everything is signed again however often that breaks off", async () => {
    await using store = await freshStore(engine);
    const { db } = store;
    const node = await loadIdentity(db, "https://a.example", now);
    const stop = new AbortController();
    async function* rows() {
      const content = bakery({ provenance: { kind: "imported" } });
      for (let key = 0; key < 119; key += 1) yield { key: String(key), content };
    }
    await importRows(db, node, "test", rows(), () => now);
    const { id } = await addCoop(db, node, "bakery", bakery(), now);
    await withdraw(db, node, id, now + 1);
    const before = await db.selectFrom("coop").select(["id", "updated", "content"]).execute();

    expect(await dropKey(db, node, "ed25519", now + minute)).toBe("ed25519-2");
    const stale = await db.selectFrom("record").selectAll().executeTakeFirstOrThrow();
    const rules = { now: now + minute, keyOf: ringOf(node) };
    expect(acceptRecord(stale.body, rules)).toMatchObject({ refused: "unknown-key" });

    // Broken off after the first portion, as by a kill: the next call goes on.
    let asked = 0;
    const clock = () => {
      asked += 1;
      if (asked === 2) stop.abort();
      return now + minute;
    };
    expect(await signAfresh(db, node, clock, stop.signal)).toBe(100);
    expect(new Set(await signers(db))).toEqual(new Set(["ed25519", "ed25519-2"]));
    expect(await signAfresh(db, node, () => now + minute)).toBe(20);
    expect(new Set(await signers(db))).toEqual(new Set(["ed25519-2"]));
    for (const { body } of await db.selectFrom("record").select("body").execute()) {
      expect(acceptRecord(body, rules)).toHaveProperty("record");
    }
    expect(await db.selectFrom("coop").select(["id", "updated", "content"]).execute()).toEqual(
      before,
    );

    // Somebody may have signed with it before they heard: it looks until that can't be any more.
    expect((await keys.all(db)).find(({ name }) => name === "ed25519")?.swept).toBeNull();
    expect(await signAfresh(db, node, () => now + 3 * minute)).toBe(0);
    expect((await keys.all(db)).find(({ name }) => name === "ed25519")?.swept).toBe(
      now + 3 * minute,
    );
  });

  it("may be dropped when they are retired already", async () => {
    await using store = await freshStore(engine);
    const { db } = store;
    const node = await loadIdentity(db, "https://a.example", now);
    await addCoop(db, node, "bakery", bakery(), now);
    await rotateKey(db, node, now + minute);
    await addCoop(db, node, "dairy", bakery(), now + minute);
    expect(await dropKey(db, node, "ed25519", now + 2 * minute)).toBe("ed25519-2");
    expect(await signAfresh(db, node, () => now + 2 * minute)).toBe(1);
    expect(await signers(db)).toEqual(["ed25519-2", "ed25519-2"]);
    await expect(dropKey(db, node, "ed25519", now)).rejects.toMatchObject({ code: "conflict" });
  });
});
