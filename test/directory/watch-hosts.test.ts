import { expect, it } from "vitest";
import { type Beacon, beaconId, beaconRecord } from "../../src/coop/beacon.ts";
import { fingerprintOf } from "../../src/coop/fingerprint.ts";
import { signRecord, type SignedRecord } from "../../src/coop/record.ts";
import { configurePeers } from "../../src/directory/configure-peers.ts";
import { dropExcluded } from "../../src/directory/exclude.ts";
import { type Identity, loadIdentity } from "../../src/directory/identity.ts";
import { addCoop } from "../../src/directory/publish.ts";
import { receive } from "../../src/directory/receive.ts";
import { watchHosts } from "../../src/directory/watch-hosts.ts";
import * as changes from "../../src/store/changes.ts";
import * as evidence from "../../src/store/evidence.ts";
import * as hosts from "../../src/store/hosts.ts";
import * as records from "../../src/store/records.ts";
import type { Engine } from "../../src/store/dialect.ts";
import type { Db } from "../../src/store/schema.ts";
import { eachEngine, freshStore } from "../helpers/database.ts";
import { testKey } from "../helpers/keys.ts";
import { bakery } from "../helpers/nodes.ts";

const now = Date.UTC(2026, 10, 22, 8);
const day = 86_400_000;
const origin = "https://far.example";
const host = "far.example";
const key = testKey(origin);

/** A beacon of a host that publishes nothing. */
function beaconAt(issued: number, rest: Partial<Beacon> = {}, of = origin): SignedRecord {
  const beacon = { count: 0, fingerprint: fingerprintOf([]), asOf: issued, ...rest };
  return signRecord(beaconRecord(of, beacon, issued), { ...key, method: `${of}/actor#ed25519` });
}

/** A node that holds what anyone hands it. */
async function opened(engine: Engine) {
  const store = await freshStore(engine);
  const node = await loadIdentity(store.db, "https://coops.example", now);
  return {
    ...store,
    node,
    take: (offered: SignedRecord[], at = now) => take(store.db, node, offered, at),
    about: (of = host) => hosts.get(store.db, of),
    told: (since: number) => changes.after(store.db, since, 100, { kind: "host" }),
    [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
  };
}

async function take(db: Db, node: Identity, offered: SignedRecord[], at: number) {
  const bodies = offered.map(({ body }) => body);
  const keyOf = () => key.publicKey;
  const received = await receive(db, bodies, {
    node,
    now: at,
    insecure: false,
    keyOf,
    holds: () => true,
  });
  return received.map(({ outcome }) => outcome);
}

/** A listing of the host, as its own node has signed it. */
async function foreignListing(at: number): Promise<SignedRecord> {
  await using store = await freshStore("sqlite");
  const node = { ...(await loadIdentity(store.db, origin, at)), signing: key };
  await addCoop(store.db, node, "bakery", bakery(), at);
  const [row] = await records.after(store.db, 0, 1);
  if (row === undefined) throw new Error("nothing was published");
  const { tombstone, body } = row;
  return { ...row, tombstone: tombstone === 1, document: {}, body: new Uint8Array(body) };
}

eachEngine("what is known of hosts", (engine) => {
  it("follows their newest beacons", async () => {
    await using at = await opened(engine);
    const said = { role: "hub", count: 3, fingerprint: "ab".repeat(16), asks: 9000 } as const;
    expect(await at.take([beaconAt(now - day, said)])).toEqual(["admitted"]);
    expect(await at.about()).toMatchObject({
      origin,
      role: "hub",
      beacon: now - day,
      count: 3,
      summary: said.fingerprint,
      asks: 9000,
      liveness: "live",
      equivocated: null,
    });
    // Older ones change nothing, whenever they come.
    expect(await at.take([beaconAt(now - 2 * day)])).toEqual(["stale"]);
    expect(await at.about()).toMatchObject({ beacon: now - day, count: 3 });
    expect(await at.take([beaconAt(now - 1), beaconAt(now - 2)])).toEqual(["admitted", "stale"]);
    expect(await at.about()).toMatchObject({ beacon: now - 1, count: 0, asks: null, role: null });
  });

  it("hides a host after thirty days, drops it after ninety, and has it back with one beacon", async () => {
    await using at = await opened(engine);
    // Whoever isn't shown can't be missed.
    await configurePeers(at.db, at.node, [origin], now);
    const listing = await foreignListing(now - day);
    await at.take([listing, beaconAt(now)]);
    const look = async (days: number) => {
      const since = await changes.head(at.db);
      await watchHosts(at.db, at.node, now + days * day + 1);
      const { liveness, leftOut, exclusion } = (await at.about())!;
      return { liveness, leftOut, exclusion, told: (await at.told(since)).map((c) => c.subject) };
    };
    const shown = { leftOut: null, exclusion: null, told: [] };
    expect(await look(6)).toEqual({ ...shown, liveness: "live" });
    expect(await look(7)).toEqual({ ...shown, liveness: "stale" });
    const hidden = { liveness: "hidden", leftOut: 1, exclusion: null };
    expect(await look(30)).toEqual({ ...hidden, told: [host] });
    expect(await look(60)).toEqual({ ...hidden, told: [] });
    const dropped = { liveness: "dropped", leftOut: 1, exclusion: "silent", told: [host] };
    expect(await look(90)).toEqual(dropped);
    await dropExcluded(at.db, at.node, now + 91 * day);
    expect(await records.get(at.db, listing.id)).toBeUndefined();
    expect(await look(120)).toEqual({ ...dropped, told: [] });

    const back = now + 120 * day;
    expect(await at.take([listing], back)).toEqual(["refused"]);
    expect(await at.take([beaconAt(back - 1)], back)).toEqual(["admitted"]);
    expect(await at.about()).toMatchObject({ liveness: "live", leftOut: null, excluded: null });
    expect(await at.take([listing], back)).toEqual(["admitted"]);
  });

  it("takes the newest record for a sign of life where there never was a beacon", async () => {
    await using at = await opened(engine);
    await at.take([await foreignListing(now)]);
    await watchHosts(at.db, at.node, now + day);
    expect(await at.about()).toMatchObject({ liveness: "live", beacon: null });
    await watchHosts(at.db, at.node, now + 31 * day);
    expect(await at.about()).toMatchObject({ liveness: "hidden" });
    await watchHosts(at.db, at.node, now + 91 * day);
    await dropExcluded(at.db, at.node, now + 91 * day);
    // Nothing is left by which it could seem alive, or unheard of.
    await watchHosts(at.db, at.node, now + 92 * day);
    expect(await at.about()).toMatchObject({ liveness: "dropped", exclusion: "silent" });
  });

  it("keeps two beacons that contradict one another, the first two of each host", async () => {
    await using at = await opened(engine);
    const first = beaconAt(now - 9);
    const a = beaconAt(now - 8, { previous: first.digest });
    const b = beaconAt(now - 7, { previous: first.digest, count: 5 });
    await at.take([first, a]);
    expect((await at.about())?.equivocated).toBeNull();
    // The same again is no contradiction.
    await at.take([a, a]);
    expect((await at.about())?.equivocated).toBeNull();
    await at.take([b], now + 1);
    expect((await at.about())?.equivocated).toBe(now + 1);
    const kept = await evidence.get(at.db, host);
    const bodies = [kept?.first, kept?.second].map((body) => Buffer.from(body ?? []).toString());
    expect(bodies).toEqual([a, b].map(({ body }) => Buffer.from(body).toString()));
    // The newer of the two counts, as ever; a third changes nothing.
    expect((await at.about())?.count).toBe(5);
    await at.take([beaconAt(now - 6, { previous: first.digest, count: 6 })], now + 2);
    expect((await at.about())?.equivocated).toBe(now + 1);
  });

  it("sees a contradiction whichever of the two comes first, or both at once", async () => {
    const previous = "ab".repeat(32);
    const pair = [beaconAt(now - 8, { previous }), beaconAt(now - 7, { previous, count: 5 })];
    for (const order of [[[1], [0]], [[1, 0]], [[0, 1]]]) {
      await using at = await opened(engine);
      for (const some of order) await at.take(some.map((which) => pair[which]!));
      expect((await at.about())?.equivocated, JSON.stringify(order)).toBe(now);
    }
  });

  it("accuses nobody who goes on from what was last known, or begins anew", async () => {
    await using at = await opened(engine);
    const first = beaconAt(now - 9);
    const second = beaconAt(now - 8, { previous: first.digest });
    const third = beaconAt(now - 7, { previous: second.digest });
    const anew = beaconAt(now - 6);
    for (const each of [first, second, third, anew]) await at.take([each]);
    await at.take([beaconAt(now - 5, { previous: anew.digest })]);
    await at.take([second, first, third]);
    expect((await at.about())?.equivocated).toBeNull();
  });

  it("learns nothing from this node’s own beacons, nor from what only looks like one", async () => {
    await using at = await opened(engine);
    await at.take([beaconAt(now, {}, at.node.origin)]);
    expect(await at.about(at.node.host)).toBeUndefined();
    const { proof: _, ...document } = beaconAt(now).document;
    const elsewhere = signRecord({ ...document, id: `${beaconId(origin)}s` }, key);
    const mute = signRecord({ ...document, about: { type: "coop:Node" } }, key);
    await at.take([elsewhere, mute]);
    expect(await at.about()).toMatchObject({ beacon: null, count: null, liveness: null });
  });
});
