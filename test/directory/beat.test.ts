import { hash } from "node:crypto";
import { expect, it } from "vitest";
import { type Beacon, beaconId, readBeacon } from "../../src/coop/beacon.ts";
import type { JsonObject } from "../../src/coop/canonical-json.ts";
import { fingerprintOf } from "../../src/coop/fingerprint.ts";
import { quotas } from "../../src/coop/standing.ts";
import { digestOf } from "../../src/coop/version.ts";
import { beat } from "../../src/directory/beat.ts";
import { loadIdentity } from "../../src/directory/identity.ts";
import { addCoop, publish } from "../../src/directory/publish.ts";
import { receive } from "../../src/directory/receive.ts";
import { withdraw } from "../../src/directory/withdraw.ts";
import * as records from "../../src/store/records.ts";
import type { Db } from "../../src/store/schema.ts";
import { eachEngine, freshStore } from "../helpers/database.ts";
import { bakery } from "../helpers/nodes.ts";

const now = Date.UTC(2026, 10, 22, 8);
const [minute, hour, day] = [60_000, 3_600_000, 86_400_000];
const pace = { least: hour, most: day };
const origin = "https://coops.example";

interface Read {
  issued: number;
  digest: string;
  beacon: Beacon;
}

/** The present beacon, as anyone reads it. */
async function read(db: Db): Promise<Read> {
  const row = await records.get(db, beaconId(origin));
  if (row === undefined) throw new Error("no beacon");
  const text = Buffer.from(row.body).toString();
  const beacon = readBeacon(JSON.parse(text) as JsonObject);
  if (beacon === undefined) throw new Error(`not a beacon: ${text}`);
  return { issued: row.issued, digest: digestOf(row.body), beacon };
}

eachEngine("a node’s beacon", (engine) => {
  it("is signed at once, then daily, and within the day when something has changed", async () => {
    await using store = await freshStore(engine);
    const { db } = store;
    const node = await loadIdentity(db, origin, now);
    const at = (time: number) => beat(db, node, { role: "hub" }, time, pace);

    expect(await at(now)).toBe(true);
    const first = await read(db);
    expect(first.beacon).toMatchObject({
      role: "hub",
      count: 0,
      keys: [{ id: node.signing.method }],
    });
    expect(first.beacon.previous).toBeUndefined();

    // Nothing has changed, the beacon itself apart.
    expect(await at(now + day - 1)).toBe(false);
    expect(await at(now + day)).toBe(true);
    const second = await read(db);
    expect(second.beacon.previous).toBe(first.digest);
    expect(second.issued).toBe(now + day);

    const { id } = await addCoop(db, node, "bakery", bakery(), now + day + minute);
    expect(await at(now + day + hour - 1)).toBe(false);
    expect(await at(now + day + hour)).toBe(true);
    const third = await read(db);
    const logged = await records.after(db, 0, 9);
    const listing = logged.find(({ kind }) => kind === "listing");
    expect(third.beacon).toMatchObject({
      previous: second.digest,
      count: 1,
      fingerprint: fingerprintOf([listing?.digest ?? ""]),
      asOf: now + day + minute,
    });

    // A tombstone counts as what it stands for did.
    await publish(db, node, id, bakery({ name: "Another" }), now + day + hour + 1);
    await withdraw(db, node, id, now + day + hour + 2);
    expect(await at(now + day + 3 * hour)).toBe(true);
    const fourth = await read(db);
    expect(fourth.beacon).toMatchObject({ count: 1, asOf: now + day + hour + 2 });
    expect(fourth.beacon.fingerprint).not.toBe(third.beacon.fingerprint);
  });

  it("is signed at once when its node says something else of itself", async () => {
    await using store = await freshStore(engine);
    const { db } = store;
    const node = await loadIdentity(db, origin, now);
    await beat(db, node, { role: "hub" }, now, pace);
    expect(await beat(db, node, { role: "leaf" }, now + 1, pace)).toBe(true);
    expect(await beat(db, node, { role: "leaf" }, now + 2, pace)).toBe(false);
    const movedTo = "https://new.example";
    expect(await beat(db, node, { role: "leaf", movedTo }, now + 3, pace)).toBe(true);
    expect((await read(db)).beacon).toMatchObject({ role: "leaf", movedTo });
  });

  it("asks for more records than others grant unasked, before it has as many", async () => {
    await using store = await freshStore(engine);
    const { db } = store;
    const node = await loadIdentity(db, origin, now);
    const publishUpTo = async (from: number, to: number) => {
      const rows = Array.from({ length: to - from }, (_, at) => ({
        id: `${origin}/coops/${from + at}/listing`,
        origin: node.host,
        kind: "listing",
        issued: now,
        tombstone: 0,
        digest: hash("sha256", `${from + at}`),
        body: Buffer.of(),
        seen: now,
      }));
      await db.insertInto("record").values(rows).execute();
    };
    const said = { role: "hub" } as const;
    await publishUpTo(0, quotas.vouched / 2);
    await beat(db, node, said, now, pace);
    expect((await read(db)).beacon.asks).toBeUndefined();
    await publishUpTo(quotas.vouched / 2, quotas.vouched / 2 + 1);
    // Not at once: it is said together with the number of records.
    expect(await beat(db, node, said, now + hour, pace)).toBe(false);
    await beat(db, node, said, now + day, pace);
    expect((await read(db)).beacon.asks).toBe(quotas.vouched + 2);
    expect(await beat(db, node, said, now + day + hour, pace)).toBe(false);
  });

  it("begins a chain anew where it isn’t known what came before, and goes on from there", async () => {
    await using store = await freshStore(engine);
    const { db } = store;
    const node = await loadIdentity(db, origin, now);
    await beat(db, node, {}, now, pace);
    await beat(db, node, {}, now + day, pace, "begin");
    const begun = await read(db);
    expect(begun.beacon.previous).toBeUndefined();
    await beat(db, node, {}, now + 2 * day, pace);
    expect((await read(db)).beacon.previous).toBe(begun.digest);
  });

  it("goes on from what a peer hands back, when the database was put back", async () => {
    await using store = await freshStore(engine);
    await using put = await freshStore(engine);
    const { db } = store;
    const node = await loadIdentity(db, origin, now);
    await beat(db, node, {}, now, pace);
    const old = await records.get(db, beaconId(origin));
    await put.db.insertInto("record").values(old!).execute();
    await beat(db, node, {}, now + day, pace);
    const lost = await records.get(db, beaconId(origin));

    const back = new Uint8Array(lost!.body);
    const keyOf = () => node.publicKey;
    const rules = { node, now: now + day, insecure: false, keyOf, holds: () => true };
    expect(await receive(put.db, [back], rules)).toMatchObject([{ outcome: "admitted" }]);
    await beat(put.db, node, {}, now + 2 * day, pace);
    expect((await read(put.db)).beacon.previous).toBe(lost?.digest);
  });

  it("never comes twice after the same one, whoever else signs at that moment", async () => {
    await using store = await freshStore(engine);
    const { db } = store;
    const node = await loadIdentity(db, origin, now);
    await beat(db, node, {}, now, pace);
    const signed = await Promise.all(
      [1, 2, 3, 4].map((more) => beat(db, node, {}, now + day + more, pace)),
    );
    expect(signed.filter(Boolean)).toHaveLength(1);
  });
});
