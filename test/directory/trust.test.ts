import { createPublicKey, type KeyObject } from "node:crypto";
import { describe, expect, it } from "vitest";
import { attestationRecord, retractionRecord } from "../../src/coop/attestation.ts";
import { beaconRecord } from "../../src/coop/beacon.ts";
import type { JsonObject } from "../../src/coop/canonical-json.ts";
import { bounds, type SignedRecord, signRecord } from "../../src/coop/record.ts";
import { configurePeers } from "../../src/directory/configure-peers.ts";
import { allowHost, denyHost, undoDecision } from "../../src/directory/decide-host.ts";
import { dropExpired } from "../../src/directory/expire.ts";
import { dropExcluded } from "../../src/directory/exclude.ts";
import { type Identity, loadIdentity } from "../../src/directory/identity.ts";
import { type Received, receive } from "../../src/directory/receive.ts";
import { settleAll } from "../../src/directory/settle-hosts.ts";
import { keepStandings } from "../../src/directory/standing.ts";
import { addAttester, removeAttester } from "../../src/directory/trust-attester.ts";
import { takeBack, vouchFor } from "../../src/directory/vouch.ts";
import { acknowledge, watchSize } from "../../src/directory/watch-size.ts";
import { watchHosts } from "../../src/directory/watch-hosts.ts";
import { openIndex } from "../../src/index/sqlite-index.ts";
import * as attesters from "../../src/store/attesters.ts";
import * as census from "../../src/store/census.ts";
import * as hosts from "../../src/store/hosts.ts";
import type { Db } from "../../src/store/schema.ts";
import { eachEngine, freshStore } from "../helpers/database.ts";
import { testKey } from "../helpers/keys.ts";

const now = Date.UTC(2026, 10, 21);
const day = 24 * 60 * 60 * 1000;

/** A record by a host, issued so many milliseconds after the beginning. */
function listing(host: string, name: number | string, issued = 0, withdrawn = false): SignedRecord {
  const origin = `https://${host}`;
  const id = `${origin}/coops/${name}`;
  return signed(host, {
    "@context": "https://www.w3.org/ns/activitystreams",
    id: `${id}/listing`,
    type: withdrawn ? "Tombstone" : ["Document", "coop:Listing"],
    attributedTo: `${origin}/actor`,
    issued: new Date(now + issued).toISOString(),
    ...(!withdrawn && {
      about: {
        id,
        type: ["Organization", "schema:Cooperative"],
        updated: new Date(now).toISOString(),
        name: `${name} of ${host}`,
        provenance: { kind: "claimed" },
        license: "CC0-1.0",
        listed: true,
        discoverable: true,
        indexable: true,
      },
    }),
  });
}

function vouch(by: string, host: string, issued = 0): SignedRecord {
  const claim = { relationship: "verified", subject: `https://${host}/actor` } as const;
  return signed(by, attestationRecord(`https://${by}/actor`, idOf(by, host), claim, now + issued));
}

function takenBack(by: string, host: string, issued: number): SignedRecord {
  return signed(by, retractionRecord(`https://${by}/actor`, idOf(by, host), now + issued));
}

const idOf = (by: string, host: string) => `https://${by}/attestations/${host}`;

function beacon(host: string, issued: number): SignedRecord {
  const said = { count: 0, fingerprint: "0".repeat(32), asOf: now };
  return signed(host, beaconRecord(`https://${host}`, said, now + issued));
}

function signed(host: string, document: JsonObject): SignedRecord {
  return signRecord(document, testKey(`https://${host}`, 1));
}

const keyOf = (method: string): KeyObject =>
  createPublicKey(testKey(new URL(method).origin, 1).privateKey);

/** A node in a database, and what can be asked of it. */
async function nodeOf(db: Db) {
  const node: Identity = await loadIdentity(db, "https://here.example", now);
  const standings = keepStandings(db, node, "hub");
  const index = await openIndex(db, ":memory:");
  return {
    node,
    standings,
    index,
    /** As from a feed. Returns what became of each. */
    take: async (records: SignedRecord[], at = now): Promise<Received["outcome"][]> => {
      const { holds } = await standings.policy();
      const bodies = records.map(({ body }) => body);
      const reception = { node, now: at, insecure: false, keyOf, holds };
      return (await receive(db, bodies, reception)).map(({ outcome }) => outcome);
    },
    /** What is found, by host. */
    shown: async (): Promise<Record<string, number>> => {
      await index.catchUp();
      const listings = Object.fromEntries(await index.listings());
      await using fresh = await openIndex(db, ":memory:");
      await fresh.catchUp();
      expect(listings).toEqual(Object.fromEntries(await fresh.listings()));
      return listings;
    },
    standing: async (host: string): Promise<string | undefined> => {
      const row = await hosts.get(db, host);
      return row && (row.exclusion ?? (row.listed === null ? "held" : "listed"));
    },
    /** What is held of a host. */
    held: async (host: string): Promise<number> => {
      const rows = await db.selectFrom("record").select("id").where("origin", "=", host).execute();
      return rows.length;
    },
  };
}

const many = (host: string, count: number) =>
  Array.from({ length: count }, (_, at) => listing(host, at));

eachEngine("other nodes", (engine) => {
  it("are held until somebody answers for them, and as long as somebody does", async () => {
    await using store = await freshStore(engine);
    const { db } = store;
    const { node, take, shown, standing } = await nodeOf(db);
    await configurePeers(db, node, ["https://seed.example"], now);
    await take([listing("seed.example", 1), listing("far.example", 1), listing("far.example", 2)]);
    expect(await standing("far.example")).toBe("held");
    expect(await shown()).toEqual({ "seed.example": 1 });

    // Nobody's word counts but that of attesters, and not about themselves.
    await take([vouch("far.example", "far.example"), vouch("other.example", "far.example")]);
    expect(await shown()).toEqual({ "seed.example": 1 });
    await take([vouch("seed.example", "far.example")]);
    expect(await standing("far.example")).toBe("listed");
    expect(await shown()).toEqual({ "seed.example": 1, "far.example": 2 });
    // One level only.
    await take([vouch("far.example", "farther.example"), listing("farther.example", 1)]);
    expect(await standing("farther.example")).toBe("held");

    await take([takenBack("seed.example", "far.example", 1)]);
    expect(await shown()).toEqual({ "seed.example": 1 });
    await addAttester(db, node, "other.example", null, now);
    expect(await shown()).toEqual({ "seed.example": 1, "far.example": 2 });
    await take([listing("other.example", 1), vouch("other.example", "other.example")]);
    expect(await standing("other.example")).toBe("held");
    await removeAttester(db, node, "https://other.example/", null, now);
    expect(await shown()).toEqual({ "seed.example": 1 });

    expect(await vouchFor(db, node, "far.example", now)).toBe(true);
    expect(await vouchFor(db, node, "far.example", now)).toBe(false);
    expect(await shown()).toEqual({ "seed.example": 1, "far.example": 2 });
    await takeBack(db, node, "far.example", now);
    expect(await shown()).toEqual({ "seed.example": 1 });
    await allowHost(db, node, "far.example", null, now);
    expect(await shown()).toEqual({ "seed.example": 1, "far.example": 2 });
    await undoDecision(db, node, "far.example", null, now);
    expect(await shown()).toEqual({ "seed.example": 1 });
  });

  it("that were vouched for before a key without a chain aren't any more", async () => {
    await using store = await freshStore(engine);
    const { db } = store;
    const { node, take, standing } = await nodeOf(db);
    await configurePeers(db, node, ["https://seed.example"], now);
    await take([listing("far.example", 1), vouch("seed.example", "far.example")]);
    await hosts.update(db, "far.example", { rekeyed: now + 1 });
    await settleAll(db, node, now);
    expect(await standing("far.example")).toBe("held");
    await take([vouch("seed.example", "far.example", 2)]);
    expect(await standing("far.example")).toBe("held"); // the same said again
    await take([takenBack("seed.example", "far.example", 3)]);
    await take([vouch("seed.example", "far.example", 4)]);
    expect(await standing("far.example")).toBe("listed");
  });

  it("lose what was said of them when it expires", async () => {
    await using store = await freshStore(engine);
    const { db } = store;
    const { node, take, standing } = await nodeOf(db);
    await addAttester(db, node, "seed.example", null, now);
    await take([listing("far.example", 1, 2), vouch("seed.example", "far.example", 1)]);
    expect(await standing("far.example")).toBe("listed");
    const end = now + bounds.validity + 1;
    expect(await dropExpired(db, node, end)).toBe(1);
    expect(await db.selectFrom("vouch").selectAll().execute()).toEqual([]);
    await settleAll(db, node, end);
    expect(await standing("far.example")).toBe("held");
  });

  it("in PEERS are attesters from the first time on, until they are removed", async () => {
    await using store = await freshStore(engine);
    const { db } = store;
    const { node } = await nodeOf(db);
    const names = async () => (await attesters.all(db)).map(({ host }) => host);
    await configurePeers(db, node, ["https://a.example", "https://b.example"], now);
    expect(await names()).toEqual(["a.example", "b.example"]);
    await removeAttester(db, node, "a.example", null, now);
    await configurePeers(db, node, ["https://c.example"], now);
    await configurePeers(db, node, ["https://a.example", "https://c.example"], now);
    expect(await names()).toEqual(["b.example", "c.example"]);
    await addAttester(db, node, "a.example", null, now);
    expect(await names()).toEqual(["a.example", "b.example", "c.example"]);
  });

  it("that are denied leave nothing but floors, and nothing older comes back", async () => {
    await using store = await freshStore(engine);
    const { db } = store;
    const { node, take, shown, held, standings } = await nodeOf(db);
    await configurePeers(db, node, ["https://seed.example"], now);
    const records = [...many("seed.example", 603), listing("seed.example", "gone", 5, true)];
    await take(records);
    expect(await shown()).toEqual({ "seed.example": 603 });
    const other = keepStandings(db, node, "hub");
    expect((await other.policy()).holds("seed.example")).toBe(true);

    await denyHost(db, node, "seed.example", "spam", null, now);
    expect(await shown()).toEqual({});
    expect((await other.policy()).holds("seed.example")).toBe(false);
    expect((await standings.policy()).exclusions().hosts).toEqual([
      { host: "seed.example", reason: "denied" },
    ]);
    expect(await dropExcluded(db, node, now)).toBe(604);
    expect(await held("seed.example")).toBe(0);
    expect(await take([listing("seed.example", 0, 99)])).toEqual(["refused"]);
    expect(await shown()).toEqual({});

    await undoDecision(db, node, "seed.example", null, now);
    const again = [
      listing("seed.example", 0, -1), // older than what was dropped
      listing("seed.example", 1), // the same
      listing("seed.example", 2, 1), // newer
      listing("seed.example", "gone", 4), // what was withdrawn
      listing("seed.example", "gone2", 4), // never seen
    ];
    expect(await take(again)).toEqual(["stale", "admitted", "admitted", "stale", "admitted"]);
    expect(await shown()).toEqual({ "seed.example": 3 });
    const floors = await db.selectFrom("floor").select("id").execute();
    expect(floors).toHaveLength(602);
  });

  it("that nobody answers for have quotas, and are left out as a whole beyond them", async () => {
    await using store = await freshStore(engine);
    const { db } = store;
    const { node, take, shown, standing, held } = await nodeOf(db);
    expect(await take(many("a.example", 50))).toHaveLength(50);
    expect(await take([beacon("a.example", 0)])).toEqual(["admitted"]);
    expect(await standing("a.example")).toBe("held");
    expect(await take([listing("a.example", 3, 9), listing("a.example", 50)])).toEqual([
      "refused",
      "refused",
    ]);
    expect(await standing("a.example")).toBe("over-quota");
    await dropExcluded(db, node, now);
    expect(await held("a.example")).toBe(0);
    // It doesn't come back by having nothing here any more.
    await settleAll(db, node, now);
    expect(await take([listing("a.example", 1)])).toEqual(["refused"]);
    await vouchFor(db, node, "a.example", now);
    await take(many("a.example", 60));
    expect(await shown()).toEqual({ "a.example": 60 });

    for (const name of ["a", "b", "c", "d"]) await take(many(`${name}.many.example`, 45));
    expect(await standing("d.many.example")).toBe("held");
    await take(many("e.many.example", 21));
    expect(await standing("e.many.example")).toBe("over-quota");
    expect(await standing("a.many.example")).toBe("held");
  });

  it("of one domain cost next to nothing in a flood, and leave others alone", async () => {
    await using store = await freshStore(engine);
    const { db } = store;
    const { node, take, standings } = await nodeOf(db);
    const flood = Array.from({ length: 300 }, (_, at) => listing(`h${at}.flood.example`, 1));
    for (let at = 0; at < flood.length; at += 10) await take(flood.slice(at, at + 10));
    const known = await hosts.all(db);
    expect(known).toHaveLength(20);
    const policy = await standings.policy();
    for (let at = 300; at < 100_000; at++) expect(policy.holds(`h${at}.flood.example`)).toBe(false);
    expect(policy.exclusions().domains).toMatchObject([{ domain: "flood.example" }]);
    expect(await take([listing("honest.example", 1)])).toEqual(["admitted"]);
    // Somebody's word lets one of them in all the same.
    await vouchFor(db, node, "h77.flood.example", now);
    expect(await take([flood[77] as SignedRecord])).toEqual(["admitted"]);
  });

  it("that are silent come back with one beacon", async () => {
    await using store = await freshStore(engine);
    const { db } = store;
    const { node, take, shown, held, standing } = await nodeOf(db);
    await configurePeers(db, node, ["https://seed.example"], now);
    await take([listing("seed.example", 1), beacon("seed.example", 0)]);
    expect(await shown()).toEqual({ "seed.example": 1 });
    await watchHosts(db, node, now + 40 * day);
    expect(await shown()).toEqual({});
    expect(await held("seed.example")).toBe(2);
    await watchHosts(db, node, now + 91 * day);
    await dropExcluded(db, node, now + 91 * day);
    expect(await standing("seed.example")).toBe("silent");
    expect(await held("seed.example")).toBe(1);
    const later = now + 100 * day;
    expect(await take([listing("seed.example", 1)], later)).toEqual(["refused"]);
    expect(await take([beacon("seed.example", 100 * day)], later)).toEqual(["admitted"]);
    expect(await take([listing("seed.example", 1)], later)).toEqual(["admitted"]);
    expect(await shown()).toEqual({ "seed.example": 1 });
  });
});

describe("the size of the directory", () => {
  it("raises an alarm when much of it goes by the doing of others", async () => {
    await using store = await freshStore("sqlite");
    const { db } = store;
    const { node, take, index } = await nodeOf(db);
    await configurePeers(db, node, ["https://a.example", "https://b.example"], now);
    await take([...many("a.example", 30), ...many("b.example", 70)]);
    const look = async (time: number) => {
      await index.catchUp();
      return (await watchSize(db, node, index, time)).map(({ host, before, after }) => [
        host,
        before,
        after,
      ]);
    };
    expect(await look(now)).toEqual([]);
    const gone = (host: string, from: number, to: number) =>
      Array.from({ length: to - from }, (_, at) => listing(host, from + at, 1, true));
    await take(gone("b.example", 0, 20));
    expect(await look(now + 1000)).toEqual([]);
    await take(gone("b.example", 20, 21));
    expect(await look(now + 2000)).toEqual([["", 100, 79]]);
    // It is raised once, and stays.
    await take(gone("a.example", 0, 16));
    expect(await look(now + 3000)).toEqual([["a.example", 30, 14]]);
    expect(await look(now + 5 * day)).toEqual([]);
    expect((await census.alarms(db)).map(({ host, after }) => [host, after])).toEqual([
      ["", 63],
      ["a.example", 14],
    ]);
    expect(await acknowledge(db, "")).toBe(true);
    expect(await acknowledge(db, "a.example")).toBe(true);
    expect(await census.alarms(db)).toEqual([]);
    expect(await look(now + 5 * day + 1000)).toEqual([]);

    // What an administrator takes out is no surprise.
    await denyHost(db, node, "b.example", "spam", null, now + 5 * day);
    expect(await look(now + 5 * day + 2000)).toEqual([]);
  });
});
