import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { bounds, type SignedRecord } from "../../src/coop/record.ts";
import { digestOf } from "../../src/coop/version.ts";
import { MessageWriter } from "../../src/replication/ranges-message.ts";
import { type Clock, machineClock } from "../../src/replication/replica.ts";
import type { LoggedRecord } from "../../src/store/records.ts";
import { temporaryFolder } from "../helpers/programs.ts";
import {
  type Answers,
  databaseDisk,
  describedAs,
  linesOf,
  memoryDisk,
  smallNetwork,
} from "../helpers/small-network.ts";

vi.setConfig({ testTimeout: 120_000 });

const start = Date.UTC(2026, 10, 22);
const day = 86_400_000;
const origins = ["https://a.example", "https://b.example", "https://c.example"];
const hostile = "https://evil.example";
const everyone = [...origins, hostile];

const member = fc.nat({ max: origins.length - 1 });
const source = fc.nat({ max: everyone.length - 1 });
const seed = fc.nat({ max: 1_000_000 });

/** What may happen, in any order. */
const step = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant("write" as const),
      at: member,
      name: fc.nat({ max: 1 }),
      type: fc.constantFrom("coop:Listing", "Tombstone", "coop:Listing", "coop:Novelty"),
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({ do: fc.constant("pull" as const), at: member, from: source, seed }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant("repair" as const), at: member, from: source, seed }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant("pass" as const),
      ms: fc.constantFrom(1, 3_600_000, 3 * day, 90 * day, 300 * day),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("expire" as const), at: member }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("restart" as const), at: member }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("back up" as const), at: member }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("put back" as const), at: member }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant("cut" as const),
      side: fc.array(fc.boolean(), { minLength: 3, maxLength: 3 }),
    }),
  },
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

type Version = Pick<SignedRecord, "id" | "issued" | "tombstone" | "digest">;
/** What a node holds, by id: the model of it. */
type Held = Map<string, Version>;

/** The order of versions, as FEDERATION.md has it: written so that it compares as text. */
function rank({ issued, tombstone, digest }: Version): string {
  return `${String(issued).padStart(15, "0")} ${tombstone ? 1 : 0} ${digest}`;
}

/** The obvious way for two sets to become one: of each record the newest version that counts. */
function merge(mine: Held, theirs: Iterable<Version>, now: number): Held {
  const merged = new Map(mine);
  for (const version of theirs) {
    if (version.issued <= now - bounds.validity) continue;
    const held = merged.get(version.id);
    if (held === undefined || rank(version) > rank(held)) merged.set(version.id, version);
  }
  return merged;
}

/** What counts of it: a day before they expire, versions are left to each. */
function counting(held: Held, now: number): [string, string][] {
  return [...held.values()]
    .filter(({ issued }) => issued > now - 399 * day)
    .map(({ id, digest }): [string, string] => [id, digest])
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
}

function versionsOf(rows: Map<string, LoggedRecord>): Held {
  return new Map(
    [...rows].map(([id, row]) => [id, { ...row, tombstone: Number(row.tombstone) === 1 }]),
  );
}

/**
 * A peer that has seen everything and plays every trick with it: withholds,
 * brings back the old, reorders, alters, truncates, floods, makes up.
 */
function enemy(seen: SignedRecord[], chance: () => number): Answers {
  const any = (bodies: Uint8Array[]) =>
    bodies
      .map((body) => ({ body, order: chance() }))
      .toSorted((a, b) => a.order - b.order)
      .slice(0, Math.floor(chance() * 2 * pageMost))
      .map(({ body }) => mangle(Buffer.from(body)));
  const mangle = (body: Buffer): Buffer => {
    const trick = chance();
    if (trick < 0.6) return body;
    if (trick < 0.7) return body.subarray(0, Math.floor(chance() * body.length));
    if (trick < 0.8) return Buffer.from(body.toString().replace("coop0", "coop1"));
    if (trick < 0.9) return Buffer.from(body.toString().replace('"issued":"20', '"issued":"21'));
    const altered = Buffer.from(body);
    altered[Math.floor(chance() * body.length)] = 0x30 + Math.floor(chance() * 70);
    return altered.includes(0x0a) ? body : altered;
  };
  return (method, url, body) => {
    const bodies = seen.map((record) => record.body);
    switch (`${method} ${url.pathname}`) {
      case "GET /.well-known/coop-directory":
        return describedAs(hostile, "evil", 1_000_000);
      case "GET /dir/v1/changes": {
        const after = Number(url.searchParams.get("after")?.split(".")[1] ?? 0);
        const lines = any(bodies).slice(0, pageMost - 1);
        const refs = url.searchParams.get("view") === "ref";
        const page = lines.map((line, at) => {
          const seq = after + at + 1;
          const digest = digestOf(line);
          if (!refs)
            return Buffer.from(`{"seq":${seq},"digest":"${digest}","record":${line.toString()}}`);
          const { id = "x", issued = 0 } = seen.find((each) => each.digest === digest) ?? {};
          // It says of what is old that it is new.
          const later = issued + Math.floor(chance() * 2) * 3_600_000;
          return Buffer.from(JSON.stringify({ seq, id, kind: "listing", issued: later, digest }));
        });
        return linesOf(page, { "dir-next": `evil.${after + page.length}` });
      }
      case "POST /dir/v1/records": {
        const { digests } = JSON.parse(body) as { digests: string[] };
        const asked = seen.filter(({ digest }) => digests.includes(digest));
        return linesOf(any(chance() < 0.7 ? asked.map((record) => record.body) : bodies));
      }
      case "GET /dir/v1/excluded": {
        const hosts = origins.filter(() => chance() < 0.2).map((origin) => new URL(origin).host);
        return Response.json({
          hosts: hosts.map((host) => ({ host, reason: "evil" })),
          domains: [],
        });
      }
      case "POST /dir/v1/reconcile": {
        if (chance() < 0.3) return new Response(Buffer.from([0x61, 0, 1, 2, 3]));
        const out = new MessageWriter();
        const ids = seen.slice(0, 20).map(({ digest }) => Buffer.from(digest, "hex"));
        out.list({ key: Infinity, id: new Uint8Array() }, Buffer.concat(ids));
        return new Response(out.bytes);
      }
      default:
        return new Response(null, { status: 404 });
    }
  };
}

const pageMost = 3;

function mulberry(state: { seed: number }): () => number {
  return () => {
    state.seed = (state.seed + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state.seed ^ (state.seed >>> 15), 1 | state.seed);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/**
 * Runs the steps on nodes, and beside it on the model; then lets all reach one
 * another, by feed or by repair alone.
 */
async function play(
  steps: Step[],
  heal: "pull" | "repair",
  diskOf: Parameters<typeof smallNetwork>[1],
): Promise<void> {
  let now = start;
  const never = new AbortController().signal;
  const clock: Clock = {
    ...machineClock(() => now),
    sleep: () => Promise.resolve(),
    timeout: () => never,
  };
  const written: SignedRecord[] = [];
  const luck = { seed: 1 };
  const strangers = { [hostile]: enemy(written, mulberry(luck)) };
  const common = { clock, origins };
  await using network = await smallNetwork(common, diskOf, strangers);
  const { members } = network;
  for (const { disk } of members) await disk.replica.peers.add({ url: hostile, role: "hub" });
  let cut: (from: string, to: string) => boolean = () => false;
  const model = new Map<string, Held>(origins.map((origin) => [origin, new Map()]));
  const backups = new Map<string, Held>();
  const modelOf = (origin: string) => model.get(origin) ?? new Map<string, Version>();
  const heldBy = async (at: number) => versionsOf((await members[at]?.held()) ?? new Map());

  /** Whatever the enemy did: all that is held was published, and nothing is older than this. */
  const unharmed = async (at: number, least: Held): Promise<Held> => {
    const held = await heldBy(at);
    for (const version of held.values()) {
      expect(written.map(({ digest }) => digest)).toContain(version.digest);
    }
    for (const [id, version] of least) {
      if (version.issued <= now - bounds.validity) continue;
      const after = held.get(id);
      expect(after && rank(after) >= rank(version), id).toBe(true);
    }
    return held;
  };

  for (const each of steps) {
    if (each.do === "pass") {
      now += each.ms;
      continue;
    }
    if (each.do === "cut") {
      const side = (origin: string) => each.side[origins.indexOf(origin)] ?? false;
      cut = (from, to) => to !== hostile && side(from) !== side(to);
      network.cut(cut);
      continue;
    }
    const at = members[each.at];
    const origin = origins[each.at];
    if (at === undefined || origin === undefined) throw new Error("there is no such node");
    const before = modelOf(origin);
    if (each.do === "write") {
      now += 1;
      const record = await at.write(each.name, each.type);
      written.push(record);
      model.set(origin, merge(before, [record], now));
    } else if (each.do === "back up") {
      await at.disk.backUp();
      backups.set(origin, before);
    } else if (each.do === "put back") {
      if (!(await at.disk.putBack())) continue;
      at.restart();
      await at.reclaim().catch(() => undefined); // some can't be reached
      const back = origins
        .filter((other) => other !== origin && !cut(origin, other))
        .flatMap((other) => [...modelOf(other).values()])
        .filter(({ id }) => id.startsWith(`${origin}/`));
      // The enemy is asked as well, and may hand back what nobody else has.
      const least = merge(backups.get(origin) ?? new Map(), back, now);
      model.set(origin, await unharmed(each.at, least));
    } else if (each.do === "expire") {
      await at.disk.expire();
      continue;
    } else if (each.do === "restart") {
      at.restart();
    } else {
      const from = everyone[each.from] ?? hostile;
      if (from === origin) continue;
      luck.seed = each.seed;
      const done = each.do === "pull" ? at.pull(from) : at.repair(from);
      const failed = await done.then(
        () => false,
        () => true,
      );
      if (from === hostile) {
        model.set(origin, await unharmed(each.at, before));
        continue;
      }
      expect(failed).toBe(cut(origin, from));
      const both = failed ? before : merge(before, modelOf(from).values(), now);
      if (each.do === "repair") {
        // It is answered from a copy that may be some minutes old, so some of it may be left for later.
        const held = await heldBy(each.at);
        for (const [id, { digest }] of held) {
          expect([before.get(id)?.digest, both.get(id)?.digest]).toContain(digest);
        }
        expect(held.size).toBeGreaterThanOrEqual(counting(before, now).length);
        model.set(origin, held);
        continue;
      }
      model.set(origin, both);
    }
    expect(counting(await heldBy(each.at), now)).toEqual(counting(modelOf(origin), now));
  }

  network.cut(() => false);
  // Every copy from which repairs are answered is renewed by then.
  now += 3_600_000;
  const newest = origins.reduce<Held>(
    (all, origin) => merge(all, modelOf(origin).values(), now),
    new Map(),
  );
  for (let round = 0; round < 2; round += 1) {
    for (const at of members) {
      for (const from of origins) {
        if (from !== at.origin) await (heal === "repair" ? at.repair(from) : at.pull(from));
      }
    }
    now += 3_600_000;
  }
  for (const index of members.keys()) {
    expect(counting(await heldBy(index), now)).toEqual(counting(newest, now));
  }
}

describe("whatever happens between nodes, they agree in the end, and nothing comes back", () => {
  const steps = fc.array(step, { minLength: 5, maxLength: 50 });

  const heal = fc.constantFrom("pull" as const, "repair" as const);

  it("in memory, in any order of very many things", async () => {
    await fc.assert(
      fc.asyncProperty(steps, heal, (each, how) => play(each, how, memoryDisk)),
      { numRuns: 40 },
    );
  });

  it("in databases", async () => {
    using folder = temporaryFolder();
    let runs = 0;
    const disk = () => databaseDisk(`${folder.path}/${(runs += 1)}`);
    await fc.assert(
      fc.asyncProperty(steps, heal, (each, how) => play(each, how, disk())),
      { numRuns: 4 },
    );
  });
});
