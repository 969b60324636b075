import type { KeyObject } from "node:crypto";
import fc from "fast-check";
import { expect, it } from "vitest";
import { signRecord, type SignedRecord } from "../../src/coop/record.ts";
import { loadIdentity } from "../../src/directory/identity.ts";
import { databaseReplica, type Replica } from "../../src/replication/replica.ts";
import * as hosts from "../../src/store/hosts.ts";
import * as peers from "../../src/store/peers.ts";
import { freshStore } from "../helpers/database.ts";
import { testKey } from "../helpers/keys.ts";
import { memoryReplica, shelf } from "../helpers/memory-replica.ts";

const now = Date.UTC(2026, 10, 22);
const day = 86_400_000;
const origins = ["https://a.example", "https://b.example", "https://c.example"];
const keys = new Map<string, KeyObject>(
  // The keys of c.example aren't known.
  origins.slice(0, 2).map((origin, at) => {
    const { method, publicKey } = testKey(origin, at + 1);
    return [method, publicKey];
  }),
);

function version(origin: string, name: number, issued: number, type: string): SignedRecord {
  const document = {
    "@context": "https://www.w3.org/ns/activitystreams",
    id: `${origin}/coops/${name}/listing`,
    type,
    attributedTo: `${origin}/actor`,
    issued: new Date(issued).toISOString(),
  };
  return signRecord(document, testKey(origin, origins.indexOf(origin) + 1));
}

function known(origin: string) {
  const { host } = new URL(origin);
  return { origin, host, domain: host };
}

/** All that may be offered: versions and tombstones, too late and too early ones, forged ones. */
const pool: Uint8Array[] = origins.flatMap((origin) =>
  [1, 2].flatMap((name) =>
    [now - 401 * day, now - day, now - day + 1, now, now + 3_600_000].flatMap((issued) =>
      ["coop:Listing", "Tombstone"].flatMap((type) => {
        const { body } = version(origin, name, issued, type);
        const forged = Buffer.from(body.toString().replaceAll("coops/", "coop5/"));
        return name === 1 && issued === now ? [body, Buffer.from(body), forged] : [body];
      }),
    ),
  ),
);

const step = fc.record({
  offered: fc.array(fc.nat({ max: pool.length - 1 }), { minLength: 2, maxLength: 12 }),
  all: fc.boolean(),
  cursor: fc.oneof(fc.constant(0), fc.nat({ max: 20 })),
  limit: fc.integer({ min: 1, max: 20 }),
  origin: fc.option(fc.constantFrom("a.example", "b.example"), { nil: undefined }),
});

it("in memory answers as the one of a database does", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 8, size: "max" }), async (steps) => {
      await using store = await freshStore("sqlite");
      const node = await loadIdentity(store.db, "https://here.example", now);
      // Known already: getting to know a host is in the log of a database, too.
      await hosts.note(store.db, origins.map(known), now);
      const ring = { keyOf: (method: string) => keys.get(method), learn: () => Promise.resolve() };
      const clock = { now: () => now };
      const ours = databaseReplica({ ...clock, db: store.db, node, keys: ring, insecure: true });
      const shared = shelf();
      const source = { host: node.host, shelf: shared, clock, keys: ring, epoch: "e" };
      const memory = memoryReplica({ ...source, holds: () => true });
      // Another one, so that the judgement is known already.
      const other = memoryReplica({ ...source, holds: () => true });
      for (const { offered, all, cursor, limit, origin } of steps) {
        const bodies = offered.map((at) => pool[at] as Uint8Array);
        const holds = (host: string) => all || host === "a.example";
        const took = await answersOf(ours, bodies, holds);
        expect(await answersOf(memory, bodies, holds)).toEqual(took);
        expect(await answersOf(other, bodies, holds)).toEqual(took);
        const only = origin === undefined ? {} : { origin };
        const page = await pageOf(ours, cursor, limit, only);
        expect(await pageOf(memory, cursor, limit, only)).toEqual(page);
        const ids = page.map(({ id }) => id);
        expect(await memory.versions([...ids, "x"])).toEqual(await ours.versions([...ids, "x"]));
        const digests = memory.all().map(({ digest }) => digest);
        const gone = bodies.length === 0 ? [] : ["0".repeat(64), ...shared.versions.map(digestOf)];
        expect(await bodiesOf(memory, [...digests, ...gone])).toEqual(
          await bodiesOf(ours, [...digests, ...gone]),
        );
        expect(await memory.head()).toBe(await ours.head());
      }
    }),
    { numRuns: 10 },
  );
});

it("in memory knows as much of peers as the one of a database", async () => {
  await using store = await freshStore("sqlite");
  const node = await loadIdentity(store.db, "https://here.example", now);
  const ring = { keyOf: () => undefined, learn: () => Promise.resolve() };
  const clock = { now: () => now };
  const ours = databaseReplica({ ...clock, db: store.db, node, keys: ring, insecure: true });
  const source = { host: node.host, shelf: shelf(), clock, keys: ring, epoch: "e" };
  const memory = memoryReplica({ ...source, holds: () => true });
  await peers.configure(store.db, origins);
  for (const url of origins) await memory.peers.add({ url });
  for (const replica of [ours, memory]) {
    await replica.peers.update("https://b.example", { seq: 7, role: "hub", seen: now });
    await replica.peers.update("https://nobody.example", { seq: 7 });
    await replica.peers.add({ url: "https://d.example", woke: now });
    await replica.peers.add({ url: "https://a.example", woke: now });
    await replica.peers.remove("https://c.example");
  }
  expect(await memory.peers.all()).toEqual(await ours.peers.all());
  expect(await memory.nodes(now - 1)).toEqual(await ours.nodes(now - 1));
  expect(await memory.peers.get("https://nobody.example")).toBeUndefined();
  // What was handed out is the reader's own.
  const read = await memory.peers.get("https://a.example");
  await memory.peers.update("https://a.example", { seq: 1 });
  expect(read?.seq).toBe(0);
});

async function answersOf(replica: Replica, bodies: Uint8Array[], holds: (h: string) => boolean) {
  const received = await replica.receive(bodies, holds);
  return received.map((each) => (each.outcome === "refused" ? each.reason : each));
}

async function pageOf(replica: Replica, ...[seq, limit, only]: Parameters<Replica["after"]>) {
  const rows = await replica.after(seq, limit, only);
  // When a record was first held is a matter of the database: no node asks for it.
  return rows.map(({ added: _added, ...row }) => ({
    ...row,
    seq: Number(row.seq),
    body: textOf(row.body),
  }));
}

async function bodiesOf(replica: Replica, digests: string[]): Promise<string[]> {
  return (await replica.byDigest(digests)).map(({ body }) => textOf(body)).toSorted();
}

function digestOf({ digest }: SignedRecord): string {
  return digest;
}

function textOf(body: Uint8Array): string {
  return Buffer.from(body).toString();
}
