import type { KeyObject } from "node:crypto";
import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import { excludedBy, type Exclusions } from "../../src/coop/exclusions.ts";
import { signRecord, type SignedRecord } from "../../src/coop/record.ts";
import { supersedes } from "../../src/coop/version.ts";
import { loadIdentity } from "../../src/directory/identity.ts";
import { adopt } from "../../src/replication/adopt.ts";
import { eachId, end, MessageWriter, readMessage } from "../../src/replication/ranges-message.ts";
import {
  type AskRanges,
  options,
  repairDesk,
  type RepairDesk,
  type Repairer,
  repairWholly,
  repairWith,
} from "../../src/replication/reconcile.ts";
import { Refusals } from "../../src/replication/refusals.ts";
import { machineClock, type Send } from "../../src/replication/replica.ts";
import type { Sealed } from "../../src/replication/sealed.ts";
import { SealedCopy } from "../../src/replication/sealed-copy.ts";
import * as changes from "../../src/store/changes.ts";
import type { Peer } from "../../src/store/peers.ts";
import * as records from "../../src/store/records.ts";
import { eachEngine, freshStore } from "../helpers/database.ts";
import { testKey } from "../helpers/keys.ts";
import { memoryReplica, shelf } from "../helpers/memory-replica.ts";
import { replicaOf } from "../helpers/replica.ts";

const now = Date.UTC(2026, 10, 22, 12);
const day = 86_400_000;
let time = now;
const clock = machineClock(() => time);
beforeEach(() => {
  time = now;
});
const stop = new AbortController().signal;

/** The first two have the same first four bytes of their hashes. */
const hosts = ["h49975.example", "h86586.example", "c.example", "d.example"];
const keys = new Map<string, KeyObject>(
  hosts.map((host, at) => {
    const { method, publicKey } = testKey(`https://${host}`, at + 1);
    return [method, publicKey];
  }),
);

const made = new Map<string, SignedRecord>();

function version(host: string, name: number, issued: number, type = "coop:Notice"): SignedRecord {
  const id = `https://${host}/notices/${name}`;
  const known = made.get(`${id} ${issued} ${type}`);
  if (known !== undefined) return known;
  const document = {
    id,
    type,
    attributedTo: `https://${host}/actor`,
    issued: new Date(issued).toISOString(),
  };
  const record = signRecord(document, testKey(`https://${host}`, hosts.indexOf(host) + 1));
  made.set(`${id} ${issued} ${type}`, record);
  return record;
}

const shared = shelf();
const none: Exclusions = { hosts: [], domains: [] };

/** A node in memory that others can repair with. */
function memoryNode(host: string, held: SignedRecord[], excluded: string[] = []) {
  const exclusions = {
    ...none,
    hosts: excluded.map((each) => ({ host: each, reason: "denied" })),
  };
  const leavesOut = excludedBy(exclusions);
  const replica = {
    ...memoryReplica({
      host,
      shelf: shared,
      clock,
      keys: { keyOf: (method) => keys.get(method), learn: () => Promise.resolve() },
      holds: (each) => !leavesOut(each),
      epoch: "memory",
    }),
    exclusions: () => Promise.resolve(exclusions),
  };
  replica.put(held.filter(({ origin }) => !leavesOut(origin)));
  return { host, url: `https://${host}`, replica, copy: new SealedCopy(replica, clock) };
}
type MemoryNode = ReturnType<typeof memoryNode>;

/** Nodes that reach one another without sockets. */
function network(...nodes: MemoryNode[]) {
  const sent: string[] = [];
  const send: Send = async (url, init) => {
    const { origin, pathname } = new URL(url);
    const { replica } = nodes.find((node) => node.url === origin) as MemoryNode;
    sent.push(pathname);
    if (pathname === "/.well-known/coop-directory") {
      return Response.json({
        protocol: "DIR/1",
        software: { name: "test", version: "0" },
        actor: `${origin}/actor`,
        role: "hub",
        changes: `${origin}/dir/v1/changes`,
        epoch: await replica.epoch(),
        seq: await replica.head(),
        records: `${origin}/dir/v1/records`,
        limits: { page: 1, records: 1, wait: 1, record: 1 },
      });
    }
    if (pathname === "/dir/v1/excluded") return Response.json(await replica.exclusions());
    const { digests } = JSON.parse(init.body as string) as { digests: string[] };
    const held = await replica.byDigest(digests);
    return new Response(Buffer.concat(held.flatMap(({ body }) => [body, Buffer.from("\n")])));
  };
  const desks = new Map<string, RepairDesk>(
    nodes.map(({ url, replica, copy }) => [url, repairDesk(replica, copy, send, clock)]),
  );
  const repairer = (node: MemoryNode, askRanges?: AskRanges): Repairer => ({
    replica: node.replica,
    copy: node.copy,
    send,
    clock,
    random: () => 0,
    refusals: new Refusals(),
    askRanges:
      askRanges ??
      ((peer, message, origin) =>
        (desks.get(peer) as RepairDesk).answer(node.url, message, origin)),
  });
  return { send, sent, desks, repairer };
}

const byId = (list: SignedRecord[]) => new Map(list.map(({ id, digest }) => [id, digest]));

/** The newest version of each, the obvious way. */
function newest(list: SignedRecord[]): SignedRecord[] {
  const found = new Map<string, SignedRecord>();
  for (const record of list)
    if (supersedes(record, found.get(record.id))) found.set(record.id, record);
  return [...found.values()];
}

const versions = fc.array(
  fc.record({
    host: fc.constantFrom(...hosts),
    name: fc.nat(40),
    age: fc.nat(2),
    type: fc.constantFrom("coop:Notice", "Tombstone"),
  }),
  { maxLength: 120, size: "max" },
);
const left = fc.subarray(hosts, { maxLength: 2 });

describe("repair", () => {
  it("makes two nodes agree on every host that neither leaves out, and takes nothing of the others", async () => {
    await fc.assert(
      fc.asyncProperty(versions, versions, left, left, async (first, second, here, there) => {
        time = now;
        const [ours = [], theirs = []] = [first, second].map((list) =>
          list.map(({ host, name, age, type }) => version(host, name, now - age * day, type)),
        );
        const a = memoryNode("a.example", ours, here);
        const b = memoryNode("b.example", theirs, there);
        const { repairer } = network(a, b);
        const compared = ({ origin }: SignedRecord) =>
          !here.includes(origin) && !there.includes(origin);
        const found = await repairWith(repairer(a), b.url, stop);
        await repairWith(repairer(b), a.url, stop);
        const expected = byId(newest([...ours, ...theirs].filter(compared)));
        expect(byId(a.replica.all().filter(compared))).toEqual(expected);
        expect(byId(b.replica.all().filter(compared))).toEqual(expected);
        expect(a.replica.all().filter(({ origin }) => here.includes(origin))).toEqual([]);
        expect(found).toMatchObject({ refused: [], whole: true });
        // Once copies are renewed there is nothing more to be found.
        time += 11 * 60_000;
        expect(await repairWith(repairer(a), b.url, stop)).toMatchObject({ lacked: 0, extra: 0 });
      }),
      { numRuns: 30, verbose: true },
    );
  });

  it("of one host brings nothing of another, though it shares the prefix of the key", async () => {
    const theirs = hosts.flatMap((host) => [1, 2, 3].map((name) => version(host, name, now)));
    const a = memoryNode("a.example", []);
    const b = memoryNode("b.example", theirs);
    const { repairer, sent } = network(a, b);
    const found = await repairWith(repairer(a), b.url, stop, "h86586.example");
    expect(found).toMatchObject({ lacked: 3, admitted: 3 });
    expect(new Set(a.replica.all().map(({ origin }) => origin))).toEqual(
      new Set(["h86586.example"]),
    );
    expect(sent).not.toContain("/dir/v1/excluded");
  });

  it("compares nothing that is about to expire, so that nodes whose clocks differ agree", async () => {
    const midnight = Date.UTC(2026, 10, 22);
    const late = version("c.example", 1, midnight - 399 * day);
    const valid = version("c.example", 2, midnight - 399 * day + 1);
    const a = memoryNode("a.example", []);
    const b = memoryNode("b.example", [late, valid]);
    const { repairer } = network(a, b);
    expect(await repairWith(repairer(a), b.url, stop)).toMatchObject({ lacked: 1, admitted: 1 });
    expect(a.replica.all().map(({ id }) => id)).toEqual([valid.id]);
  });

  it("doesn’t fetch again for hours what it has refused, but soon what may have become right", async () => {
    const document = { type: "coop:Notice", issued: new Date(now).toISOString() };
    const by = (host: string, seed: number) =>
      signRecord(
        { ...document, id: `https://${host}/notices/1`, attributedTo: `https://${host}/actor` },
        testKey(`https://${host}`, seed),
      );
    const forged = by("c.example", 99);
    const strange = by("strange.example", 1);
    const a = memoryNode("a.example", []);
    const { repairer, sent } = network(a, memoryNode("b.example", [forged, strange]));
    const who = repairer(a);
    const lacked = async () => (await repairWith(who, "https://b.example", stop)).lacked;
    expect([await lacked(), await lacked()]).toEqual([2, 1]);
    const fetched = () => sent.filter((path) => path === "/dir/v1/records").length;
    keys.set(
      testKey("https://strange.example").method,
      testKey("https://strange.example").publicKey,
    );
    expect([await lacked(), await lacked(), fetched()]).toEqual([1, 0, 3]);
    expect(a.replica.all()).toEqual([expect.objectContaining({ digest: strange.digest })]);
    time += day;
    expect(await lacked()).toBe(1);
    keys.delete(testKey("https://strange.example").method);
  });

  it("asks for nothing that came another way meanwhile, and notes on the peer what it found", async () => {
    const record = version("c.example", 1, now);
    const other = version("c.example", 2, now);
    const a = memoryNode("a.example", []);
    const b = memoryNode("b.example", [record, other]);
    await a.replica.peers.add({ url: b.url });
    const { repairer, desks } = network(a, b);
    const meanwhile = repairer(a, async (peer, message) => {
      const answer = await (desks.get(peer) as RepairDesk).answer(a.url, message);
      a.replica.put([other]);
      return answer;
    });
    expect(await repairWith(meanwhile, b.url, stop)).toMatchObject({
      lacked: 2,
      admitted: 1,
      stale: 0,
    });
    expect(await a.replica.peers.get(b.url)).toMatchObject({ repaired: now, lacked: 1 });
  });

  it("gives up on a peer that answers garbage, and ends with one that never comes to an end", async () => {
    const a = memoryNode(
      "a.example",
      [1, 2, 3].map((name) => version("c.example", name, now)),
    );
    const { repairer } = network(a, memoryNode("b.example", []));
    const garbage = repairer(a, () => Promise.resolve({ message: Uint8Array.of(0x61, 1, 2, 3) }));
    await expect(repairWith(garbage, "https://b.example", stop)).rejects.toThrow(/Negentropy/);
    // Whatever is asked about, the answer is one more bound within it.
    let asked = 0;
    const endless = repairer(a, (_peer, message) => {
      asked += 1;
      const [before, range] = [undefined, ...readMessage(message)].slice(-2);
      const out = new MessageWriter();
      if (before !== undefined) out.skip(before.end);
      out.fingerprint({ key: asked, id: new Uint8Array(0) }, new Uint8Array(16));
      out.fingerprint(range?.end ?? end, new Uint8Array(16));
      return Promise.resolve({ message: out.bytes });
    });
    const found = repairWith(endless, "https://b.example", stop);
    expect(await found).toMatchObject({ rounds: 40, whole: false });
    expect(a.replica.all()).toHaveLength(3);
  });
});

describe("who begins to follow a hub by a comparison", () => {
  it("reads its feed from what was compared, not from what came to it since", async () => {
    const [old, young] = [version("c.example", 1, now), version("c.example", 2, now)];
    const a = memoryNode("a.example", []);
    const b = memoryNode("b.example", [old]);
    await a.replica.peers.add({ url: b.url });
    const { repairer } = network(a, b);
    // Somebody else has asked, so there is a copy, which is good for some minutes.
    await b.copy.recent();
    const compared = await b.replica.head();
    b.replica.put([young]);
    const peer = (await a.replica.peers.get(b.url)) as Peer;
    const who = repairer(a);
    await adopt(who, ({ url }) => repairWholly(who, url, stop), peer, stop);
    expect(a.replica.all()).toEqual([expect.objectContaining({ digest: old.digest })]);
    expect(await a.replica.peers.get(b.url)).toMatchObject({ seq: compared, caughtUp: now });
    expect(await b.replica.head()).toBeGreaterThan(compared);
  });

  it("doesn’t when not all was compared, or it isn’t said up to where", async () => {
    const a = memoryNode("a.example", []);
    const b = memoryNode("b.example", []);
    await a.replica.peers.add({ url: b.url });
    const peer = (await a.replica.peers.get(b.url)) as Peer;
    const who = network(a, b).repairer(a);
    const upTo = { epoch: "memory", seq: 7 };
    for (const outcome of [
      { brought: 9, whole: false, upTo },
      { brought: 9, whole: true, upTo: undefined },
    ]) {
      const begun = adopt(who, () => Promise.resolve(outcome), peer, stop);
      await expect(begun).rejects.toMatchObject({ code: "unavailable" });
    }
    expect(await a.replica.peers.get(b.url)).toMatchObject({ epoch: null, seq: 0, caughtUp: null });
  });
});

describe("the desk that answers repairs", () => {
  it("answers each node 120 messages in ten minutes, and says when to come again", async () => {
    const b = memoryNode("b.example", []);
    const { desks } = network(b, memoryNode("a.example", []), memoryNode("c.example", []));
    const desk = desks.get(b.url) as RepairDesk;
    const message = Uint8Array.of(0x61);
    for (let count = 0; count < 120; count += 1) await desk.answer("https://a.example", message);
    await expect(desk.answer("https://a.example", message)).rejects.toMatchObject({
      code: "rate-limited",
      retryAfter: 600,
    });
    expect(await desk.answer("https://c.example", message)).toMatchObject({ message });
  });

  it("answers nobody who can’t be asked what it leaves out, and asks again the next time", async () => {
    const b = memoryNode("b.example", []);
    let away = true;
    const { send } = network(b, memoryNode("a.example", []));
    const desk = repairDesk(
      b.replica,
      b.copy,
      (url, init) => (away ? Promise.resolve(new Response("", { status: 500 })) : send(url, init)),
      clock,
    );
    const message = Uint8Array.of(0x61);
    await expect(desk.answer("https://a.example", message)).rejects.toMatchObject({
      code: "unavailable",
    });
    away = false;
    expect(await desk.answer("https://a.example", message)).toMatchObject({ message });
  });
});

eachEngine("a sealed copy", (engine) => {
  it("follows the log: newer versions, records that are dropped, a log that begins anew", async () => {
    await using store = await freshStore(engine);
    const { db } = store;
    const node = await loadIdentity(db, "https://here.example", now);
    let time = now;
    const copy = new SealedCopy(
      await replicaOf(db, node),
      machineClock(() => time),
    );
    const put = (...news: SignedRecord[]) =>
      db.transaction().execute((tx) => records.put(tx, news, time));
    const digestsIn = async (made: Promise<Sealed>) => {
      const set = await made;
      return [...eachId(set.ids(0, set.count))];
    };
    const recent = async () => (await copy.recent()).sealed;
    const held = async () =>
      (await db.selectFrom("record").select("digest").execute()).map(({ digest }) => digest);
    const check = async () =>
      expect((await digestsIn(copy.fresh())).toSorted()).toEqual((await held()).toSorted());

    await check();
    const names = Array.from({ length: 30 }, (_, at) => at);
    await put(...names.map((name) => version("c.example", name, now - day)));
    await check();
    await put(...names.slice(0, 10).map((name) => version("c.example", name, now)));
    await check();
    const { id } = version("c.example", 20, now);
    await db.deleteFrom("record").where("id", "=", id).execute();
    await db
      .transaction()
      .execute((tx) => changes.append(tx, [{ kind: "dropped", subject: id, origin: "c.example" }]));
    await check();
    expect(await held()).toHaveLength(29);

    // One that is a minute old is good enough for others, and is renewed meanwhile.
    await put(version("c.example", 40, now));
    time += 30_000;
    expect(await digestsIn(recent())).toHaveLength(29);
    time += 601_000;
    expect(await digestsIn(recent())).toHaveLength(30);

    // Another day: what expires is left out.
    time += 400 * day;
    expect(await digestsIn(copy.fresh())).toEqual([]);
  });
});

it("has frames of 256 KB", () => {
  expect(options.frame).toBe(262_144);
});
