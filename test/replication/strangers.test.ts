import { expect, it } from "vitest";
import { beaconRecord } from "../../src/coop/beacon.ts";
import type { Json } from "../../src/coop/canonical-json.ts";
import { type KeyHistory, newEntry } from "../../src/coop/key-history.ts";
import { multikey, type SigningKey } from "../../src/coop/proof.ts";
import { signRecord, type SignedRecord } from "../../src/coop/record.ts";
import { loadIdentity } from "../../src/directory/identity.ts";
import { type Filling, fillUp } from "../../src/replication/fill.ts";
import { loadKeyRing } from "../../src/replication/keys.ts";
import type { Puller } from "../../src/replication/pull.ts";
import { databaseReplica, machineClock } from "../../src/replication/replica.ts";
import { meetStrangers } from "../../src/replication/strangers.ts";
import * as peers from "../../src/store/peers.ts";
import { freshStore } from "../helpers/database.ts";
import { testKey } from "../helpers/keys.ts";
import { until } from "../helpers/nodes.ts";

const now = Date.parse("2026-11-22T08:00:00.000Z");
const origin = "https://x.example";
const actor = `${origin}/actor`;
const hubs = ["https://one.example", "https://two.example", "https://three.example"];

function keyOf(number: number): SigningKey & { value: string } {
  const { privateKey, publicKey } = testKey(origin, number);
  return { method: `${actor}#ed25519-${number}`, privateKey, value: multikey(publicKey) };
}

const first = newEntry(keyOf(1).method, keyOf(1).value, now - 2000);
const second = newEntry(keyOf(2).method, keyOf(2).value, now - 1000, keyOf(1));
const rotated = [{ ...first, until: new Date(now - 1000).toISOString() }, second];

function notice(name: string, key: SigningKey): SignedRecord {
  const issued = new Date(now).toISOString();
  return signRecord({ id: `${origin}/${name}`, type: "Notice", attributedTo: actor, issued }, key);
}

/** A network of hubs that have these records of x.example, which itself may be away. */
function network(shelf: SignedRecord[]) {
  const world: {
    shown?: KeyHistory;
    /** What x.example waits for before it answers. */
    gate?: Promise<void>;
    pinned: Record<string, { id: string; publicKeyMultibase: string }[]>;
    asked: string[];
  } = { pinned: {}, asked: [] };
  const answer = (address: string, init: RequestInit): Response | undefined => {
    const url = new URL(address);
    if (url.origin === origin) {
      if (url.pathname !== "/actor" || world.shown === undefined) return undefined;
      return Response.json({ id: actor, assertionMethod: [], keyHistory: world.shown });
    }
    if (!hubs.includes(url.origin)) return undefined;
    const at = (path: string) => `${url.origin}${path}`;
    switch (url.pathname) {
      case "/.well-known/coop-directory":
        return Response.json({
          protocol: "DIR/1",
          software: { name: "test", version: "1" },
          actor: at("/actor"),
          role: "hub",
          changes: at("/dir/v1/changes"),
          epoch: "e",
          seq: shelf.length,
          records: at("/dir/v1/records"),
          limits: { page: 2000, records: 1000, wait: 0, record: 16384 },
        });
      case "/actor": {
        const key = multikey(testKey(url.origin).publicKey);
        const keyHistory = [newEntry(at("/actor#key"), key, now)];
        return Response.json({ id: at("/actor"), assertionMethod: [], keyHistory });
      }
      case "/dir/v1/changes": {
        const lines = shelf.map(({ id, kind, issued, digest }, index) =>
          JSON.stringify({ seq: index + 1, id, kind, issued, digest }),
        );
        return new Response(lines.join("\n"), { headers: { "dir-next": `e.${shelf.length}` } });
      }
      case "/dir/v1/records": {
        const { digests } = JSON.parse(init.body as string) as { digests: string[] };
        const wanted = shelf.filter(({ digest }) => digests.includes(digest));
        return new Response(wanted.map(({ body }) => Buffer.from(body).toString()).join("\n"));
      }
      case "/dir/v1/peers":
        return new Response(
          JSON.stringify({ origin, role: "hub", seen: now, keys: world.pinned[url.origin] ?? [] }),
        );
      default:
        return undefined;
    }
  };
  const send = async (address: string, init: RequestInit) => {
    world.asked.push(address);
    if (address.startsWith(origin)) await world.gate;
    const response = answer(address, init);
    if (response === undefined) throw new Error("away");
    return response;
  };
  return { world, send };
}

async function newcomer(shelf: SignedRecord[]) {
  const { world, send } = network(shelf);
  const store = await freshStore("sqlite");
  const { db } = store;
  const node = await loadIdentity(db, "https://a.example", now);
  await peers.configure(db, hubs);
  const time = { now };
  const clock = () => time.now;
  const keys = await loadKeyRing({ db, node, send, now: clock });
  const strangers = meetStrangers({ node, keys, pause: 600_000, now: clock });
  const replica = databaseReplica({ db, node, keys, strangers, insecure: false, now: clock });
  const puller: Puller = { replica, send, clock: machineClock(clock), random: () => 0.5 };
  const stop = new AbortController();
  const done = strangers.start(puller, stop.signal);
  const filling: Promise<void>[] = [];
  const held = async () => (await db.selectFrom("record").select("id").execute()).length;
  const actorAsked = () => world.asked.filter((url) => url === actor).length;
  const steps: string[] = [];
  const fill = () => {
    const upTo = { epoch: "e", seq: 0 };
    const repair = () => Promise.resolve({ brought: 0, whole: true, upTo });
    const pace = { discover: 50, retry: 50 };
    const noted = ({ step }: Filling) => void steps.push(step);
    filling.push(fillUp(puller, repair, stop.signal, pace, () => true, noted).done);
    return steps;
  };
  return {
    world,
    fill,
    replica,
    strangers,
    keys,
    time,
    held,
    actorAsked,
    async [Symbol.asyncDispose]() {
      stop.abort();
      await Promise.all([done, ...filling]);
      await store[Symbol.asyncDispose]();
    },
  };
}

it("asks an unknown node for its keys, and then fetches its records", async () => {
  const shelf = [1, 2, 3].map((number) => notice(`${number}`, keyOf(1)));
  await using here = await newcomer(shelf);
  here.world.shown = [first];
  expect(here.strangers.known(origin, hubs[0])).toBe(false);
  await until(here.held, (count) => count === 3);
  expect(here.strangers.known(origin)).toBe(true);
  expect(here.actorAsked()).toBe(1);
});

it("asks a node that doesn't answer again only after growing pauses", async () => {
  await using here = await newcomer([]);
  here.strangers.known(origin);
  await until(here.actorAsked, (count) => count === 1);
  for (let again = 0; again < 5; again += 1) here.strangers.known(origin);
  here.time.now += 599_999;
  here.strangers.known(origin);
  // Another one is dealt with after it, so that has been looked at.
  here.strangers.known("https://y.example");
  await until(() => here.world.asked.includes("https://y.example/actor"));
  expect(here.actorAsked()).toBe(1);
  here.time.now += 1;
  here.strangers.known(origin);
  await until(here.actorAsked, (count) => count === 2);
  // It has been away for ten minutes, then for twenty: the pause is as long.
  here.time.now += 600_000;
  here.strangers.known(origin);
  await until(here.actorAsked, (count) => count === 3);
  here.time.now += 600_001;
  here.strangers.known(origin);
  here.strangers.known("https://z.example");
  await until(() => here.world.asked.includes("https://z.example/actor"));
  expect(here.actorAsked()).toBe(3);
});

it("follows a node that is away by its beacon, if the key that is known endorses the new one", async () => {
  const shelf = [notice("1", keyOf(2))];
  await using here = await newcomer(shelf);
  here.world.shown = [first];
  await here.keys.learn(origin, new AbortController().signal);
  delete here.world.shown;
  const said = { count: 0, fingerprint: "0".repeat(32), asOf: now, keys: rotated as Json[] };
  const beacon = signRecord(beaconRecord(origin, said, now), keyOf(2));
  const forged = signRecord(
    beaconRecord(
      origin,
      { ...said, keys: [first, newEntry(keyOf(3).method, keyOf(3).value, now)] as Json[] },
      now,
    ),
    keyOf(3),
  );
  const holds = await here.replica.policy();
  const [refused] = await here.replica.receive([forged.body], holds);
  expect(refused).toMatchObject({ outcome: "refused", reason: "unknown-key" });
  await until(here.actorAsked, (count) => count === 2);
  expect(here.keys.keyOf(keyOf(3).method, now)).toBeUndefined();

  here.time.now += 600_000;
  await here.replica.receive([beacon.body], holds);
  await until(here.held, (count) => count === 1);
  expect(here.keys.keyOf(keyOf(2).method, now)).toBeDefined();
  expect(here.keys.keyOf(keyOf(3).method, now)).toBeUndefined();
});

it("believes what a node shows before what a beacon says in its name", async () => {
  await using here = await newcomer([]);
  here.world.shown = [first];
  await here.keys.learn(origin, new AbortController().signal);
  // Whoever has stolen the key can sign this, but not show it.
  const said = { count: 0, fingerprint: "0".repeat(32), asOf: now, keys: rotated as Json[] };
  const stolen = signRecord(beaconRecord(origin, said, now), keyOf(1));
  await here.replica.receive([stolen.body], await here.replica.policy());
  await until(here.actorAsked, (count) => count === 2);
  here.strangers.known("https://y.example");
  await until(() => here.world.asked.includes("https://y.example/actor"));
  expect(here.keys.keyOf(keyOf(2).method, now)).toBeUndefined();
});

it("believes three upstreams of different domains of a node that is away, and no fewer", async () => {
  const shelf = [notice("1", keyOf(1))];
  const key = { id: first.id, publicKeyMultibase: first.publicKeyMultibase };
  const other = { id: first.id, publicKeyMultibase: second.publicKeyMultibase };
  await using here = await newcomer(shelf);
  here.world.pinned = { [hubs[0]!]: [key], [hubs[1]!]: [key], [hubs[2]!]: [other] };
  here.strangers.known(origin);
  const peersAsked = () => here.world.asked.filter((url) => url.includes("/dir/v1/peers")).length;
  await until(peersAsked, (count) => count === 3);
  // Another one after it, so that what they said has been weighed.
  here.strangers.known("https://y.example");
  await until(peersAsked, (count) => count === 6);
  expect(here.keys.knows(origin)).toBe(false);
  here.world.pinned[hubs[2]!] = [key];
  here.time.now += 600_000;
  here.strangers.known(origin);
  await until(here.held, (count) => count === 1);
});

it("lets a fresh hub wait for the keys of those that it has met before it calls itself complete", async () => {
  await using here = await newcomer([1, 2, 3].map((number) => notice(`${number}`, keyOf(1))));
  const gate = Promise.withResolvers<void>();
  here.world.gate = gate.promise;
  here.world.shown = [first];
  const steps = here.fill();
  await until(() => steps.at(-1) === "checking");
  await until(here.actorAsked, (count) => count === 1);
  expect(here.strangers.settled()).toBe(false);
  gate.resolve();
  await until(() => steps.at(-1) === "complete");
  expect(await here.held()).toBe(3);
  expect(here.strangers.settled()).toBe(true);
});

it("doesn’t let it wait for more than ten minutes before it compares, and as long after that", async () => {
  await using here = await newcomer([notice("1", keyOf(1))]);
  const gate = Promise.withResolvers<void>();
  here.world.gate = gate.promise;
  const steps = here.fill();
  await until(here.actorAsked, (count) => count === 1);
  await until(() => steps.at(-1) === "checking");
  const waited = () => {
    here.time.now += 60_000;
    return steps.at(-1) === "complete";
  };
  await until(waited);
  expect(here.time.now - now).toBeGreaterThanOrEqual(1_200_000);
  expect(here.strangers.settled()).toBe(false);
  gate.resolve();
});
