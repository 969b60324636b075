import { expect, it } from "vitest";
import { readListing } from "../../src/coop/listing-record.ts";
import type { JsonObject } from "../../src/coop/canonical-json.ts";
import { bounds, signRecord } from "../../src/coop/record.ts";
import { dropExpired } from "../../src/directory/expire.ts";
import { loadIdentity } from "../../src/directory/identity.ts";
import { coopUrl } from "../../src/directory/ids.ts";
import { addCoop } from "../../src/directory/publish.ts";
import { dueAt, signDue } from "../../src/directory/sign-again.ts";
import { withdraw } from "../../src/directory/withdraw.ts";
import * as changes from "../../src/store/changes.ts";
import * as records from "../../src/store/records.ts";
import type { Db } from "../../src/store/schema.ts";
import { eachEngine, freshStore } from "../helpers/database.ts";
import { testKey } from "../helpers/keys.ts";
import { bakery } from "../helpers/nodes.ts";

const now = Date.parse("2026-11-22T08:00:00.000Z");
const day = 24 * 60 * 60 * 1000;

/** A record of another node. */
function foreign(id: string, issued: number) {
  const origin = "https://other.example";
  const document = {
    id: `${origin}/${id}`,
    type: "Notice",
    attributedTo: `${origin}/actor`,
    issued: new Date(issued).toISOString(),
  };
  return signRecord(document, testKey(origin));
}

const held = async (db: Db) =>
  new Set((await db.selectFrom("record").select("id").execute()).map(({ id }) => id));

eachEngine("records in the course of time", (engine) => {
  it("are signed again before they expire, spread over two months, with nothing else changed", async () => {
    await using store = await freshStore(engine);
    const { db } = store;
    const node = await loadIdentity(db, "https://a.example", now);
    for (let number = 0; number < 40; number += 1) {
      await addCoop(db, node, `bakery${number}`, bakery(), now);
    }
    const rows = await db.selectFrom("record").selectAll().execute();
    const due = rows.map(dueAt).toSorted((a, b) => a - b);
    expect(due[0]).toBeGreaterThanOrEqual(now + 270 * day);
    expect(due.at(-1)).toBeLessThan(now + 330 * day);
    expect((due.at(-1) ?? 0) - (due[0] ?? 0)).toBeGreaterThan(30 * day);
    const coops = await db.selectFrom("coop").selectAll().orderBy("id").execute();

    expect(await signDue(db, node, () => now + 270 * day - 1)).toBe(0);
    let signed = 0;
    for (let at = 270; at <= 330; at += 10) {
      const before = await changes.head(db);
      const some = await signDue(db, node, () => now + at * day);
      expect(some).toBe(rows.filter((row) => dueAt(row) <= now + at * day).length - signed);
      expect(await changes.head(db)).toBe(before + some);
      signed += some;
    }
    expect(signed).toBe(40);
    expect(await signDue(db, node, () => now + 331 * day)).toBe(0);
    expect(await db.selectFrom("coop").selectAll().orderBy("id").execute()).toEqual(coops);
    const after = await records.byIds(
      db,
      rows.map(({ id }) => id),
    );
    for (const { id, body, issued } of rows) {
      const renewed = after.get(id);
      const [old, fresh] = [body, renewed?.body ?? new Uint8Array()].map(
        (each) => JSON.parse(new TextDecoder().decode(each)) as JsonObject,
      );
      expect(renewed?.issued).toBeGreaterThan(issued);
      expect(fresh?.["about"]).toEqual(old?.["about"]);
      expect(readListing(fresh ?? {})?.updated).toBe(new Date(now).toISOString());
    }
  });

  it("are dropped when they have expired: those of others, and what was withdrawn here", async () => {
    await using store = await freshStore(engine);
    const { db } = store;
    const node = await loadIdentity(db, "https://a.example", now);
    const { id: kept } = await addCoop(db, node, "bakery", bakery(), now);
    const { id: gone } = await addCoop(db, node, "dairy", bakery(), now);
    await withdraw(db, node, gone, now + 1);
    const theirs = Array.from({ length: 250 }, (_, at) => foreign(`${at}`, now));
    const young = foreign("young", now + day);
    await db.transaction().execute((tx) => records.put(tx, [...theirs, young], now));

    const listing = (id: string) => `${coopUrl(node, id)}/listing`;
    expect(await dropExpired(db, node, now + bounds.validity - 1)).toBe(0);
    expect(await dropExpired(db, node, now + bounds.validity)).toBe(250);
    expect(await held(db)).toEqual(new Set([listing(kept), listing(gone), young.id]));
    expect(await dropExpired(db, node, now + bounds.validity + 1)).toBe(1);
    // Our own listing stays, however long the node was away: it is signed again.
    expect(await held(db)).toEqual(new Set([listing(kept), young.id]));
    expect(await signDue(db, node, () => now + 500 * day)).toBe(1);

    const dropped = await changes.after(db, 0, 1000, { kind: "dropped" });
    expect(dropped).toHaveLength(251);
    // No feed has them any more.
    expect(await records.after(db, 0, 1000)).toHaveLength(2);
  });

  it("are not dropped when a newer version comes at the same moment", async () => {
    await using store = await freshStore(engine);
    const { db } = store;
    const [old, fresh] = [foreign("1", now), foreign("1", now + 10 * day)];
    await db.transaction().execute((tx) => records.put(tx, [old], now));
    const seen = await records.issuedUntil(db, now, 10);
    await db.transaction().execute((tx) => records.put(tx, [fresh], now));
    expect(await db.transaction().execute((tx) => records.removeVersions(tx, seen))).toEqual([]);
    expect(await held(db)).toEqual(new Set([fresh.id]));
  });
});
