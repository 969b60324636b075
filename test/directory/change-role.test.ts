import { sql } from "kysely";
import { expect, it } from "vitest";
import { changeRole } from "../../src/directory/change-role.ts";
import { loadIdentity } from "../../src/directory/identity.ts";
import { addCoop } from "../../src/directory/publish.ts";
import * as floors from "../../src/store/floors.ts";
import * as peers from "../../src/store/peers.ts";
import * as records from "../../src/store/records.ts";
import type { Db } from "../../src/store/schema.ts";
import * as settings from "../../src/store/settings.ts";
import { eachEngine, freshStore } from "../helpers/database.ts";
import { bakery } from "../helpers/nodes.ts";

const never = new AbortController().signal;

/** As of two hosts, one before ours in the alphabet and one behind it. */
async function fill(db: Db, count: number): Promise<void> {
  const all = Array.from({ length: count }, (_, at) => {
    const origin = at % 2 === 0 ? "a.example" : "z.example";
    const body = new TextEncoder().encode(`${at}`.padStart(2000, "x"));
    const digest = String(at).padStart(64, "0");
    const id = `https://${origin}/coops/${at}/listing`;
    return { id, origin, kind: "listing", issued: 1, tombstone: false, digest, body, document: {} };
  });
  await db.transaction().execute((tx) => records.put(tx, all, 1));
  await db
    .transaction()
    .execute((tx) =>
      floors.raise(tx, [
        { id: "https://z.example/1", origin: "z.example", issued: 1, tombstone: 0, digest: "0" },
      ]),
    );
}

eachEngine("a change of role", (engine) => {
  it("leaves a leaf nothing but its own, and lets it fill itself anew when it is a hub again", async () => {
    await using store = await freshStore(engine);
    const { db } = store;
    const node = await loadIdentity(db, "https://m.example", 1);
    await changeRole(db, node, "hub", 1, never);
    await addCoop(db, node, "bakery", bakery(), Date.now());
    await fill(db, 1200);
    await peers.configure(db, ["https://a.example"]);
    await peers.update(db, "https://a.example", { epoch: "e", seq: 7, caughtUp: 1 });
    const done = { step: "complete", since: 1, began: 1, source: null } as const;
    await settings.setFilling(db, { ...done, read: 1, total: 1, checked: [] });
    const epoch = await settings.epoch(db);

    // Killed after the first portion: the next start goes on.
    let asked = 0;
    const killed = {
      get aborted() {
        return (asked += 1) > 1;
      },
    } as AbortSignal;
    await changeRole(db, node, "leaf", 2, killed);
    const half = await records.count(db);
    expect(half).toBeGreaterThan(1);
    expect(half).toBeLessThan(1201);
    expect(await settings.role(db)).toBe("hub");
    expect(await settings.epoch(db)).toBe(epoch);
    const size = () => sql<{ page_count: number }>`pragma page_count`.execute(db);
    const before = engine === "sqlite" ? (await size()).rows[0]?.page_count : undefined;

    await changeRole(db, node, "leaf", 2, never);
    const left = await db.selectFrom("record").select("origin").execute();
    expect(left).toEqual([{ origin: "m.example" }]);
    const log = await db.selectFrom("change").select("origin").execute();
    expect(new Set(log.map(({ origin }) => origin || "m.example"))).toEqual(new Set(["m.example"]));
    expect(await db.selectFrom("floor").selectAll().execute()).toEqual([]);
    if (before !== undefined) {
      expect((await size()).rows[0]?.page_count).toBeLessThan(before / 3);
    }
    // What went left no trace in the log, so this is another log.
    expect(await settings.epoch(db)).not.toBe(epoch);
    expect(await settings.role(db)).toBe("leaf");

    const leaf = await settings.epoch(db);
    await changeRole(db, node, "leaf", 3, never);
    expect(await settings.epoch(db)).toBe(leaf);
    await changeRole(db, node, "hub", 4, never);
    expect(await peers.get(db, "https://a.example")).toMatchObject({ epoch: null, caughtUp: null });
    expect(await settings.filling(db)).toBeUndefined();
    expect(await settings.epoch(db)).toBe(leaf);
  });
});
