import type { KeyObject } from "node:crypto";
import { beaconKind } from "../../src/coop/beacon.ts";
import type { JsonObject } from "../../src/coop/canonical-json.ts";
import { multikey } from "../../src/coop/proof.ts";
import {
  acceptRecord,
  bounds,
  type Refusal,
  type RefusalReason,
  type SignedRecord,
} from "../../src/coop/record.ts";
import { digestOf, supersedes } from "../../src/coop/version.ts";
import type { Received } from "../../src/directory/receive.ts";
import type { Clock, Replica } from "../../src/replication/replica.ts";
import type { LiveNode } from "../../src/store/nodes.ts";
import { type Peer, unknownPeer } from "../../src/store/peers.ts";
import type { LoggedRecord, Reference } from "../../src/store/records.ts";

/**
 * What the replicas of one process share: the bytes of each version once, and
 * the judgement on them. Replicas hold numbers only.
 */
export interface Shelf {
  readonly versions: SignedRecord[];
  /** How often a proof was really verified, and how often the judgement was known. */
  readonly verified: { really: number; known: number };
}

interface Insides extends Shelf {
  readonly versionOf: Map<string, number>;
  readonly idOf: Map<string, number>;
  /** By the number of a version: of its id, and the key by which it was found genuine. */
  readonly ids: number[];
  readonly keys: (KeyObject | undefined)[];
  /** The numbers of ids that are beacons. */
  readonly beacons: number[];
  /** By the number of a version: what a beacon says. */
  readonly read: LiveNode[];
}

export function shelf(): Shelf {
  const insides: Insides = {
    versions: [],
    verified: { really: 0, known: 0 },
    versionOf: new Map(),
    idOf: new Map(),
    ids: [],
    keys: [],
    beacons: [],
    read: [],
  };
  return insides;
}

/** What a replica in memory is made of. */
export interface MemorySource {
  host: string;
  shelf: Shelf;
  clock: Pick<Clock, "now">;
  keys: {
    keyOf(method: string): KeyObject | undefined;
    learn(origin: string, signal: AbortSignal): Promise<void>;
  };
  /** Whether records of a host are held here. */
  holds(host: string): boolean;
  epoch: string;
  /** Told of what was stored. */
  stored?: (records: SignedRecord[]) => void;
}

export interface MemoryReplica extends Replica {
  /** The same as `head`, at once. */
  readonly seq: number;
  /** Stores records that nobody checks, as a node does its own. Returns those that were newer. */
  put(records: SignedRecord[]): Set<SignedRecord>;
  /** The version held of an id. */
  held(id: string): SignedRecord | undefined;
  /** All that is held, in no order. */
  all(): SignedRecord[];
}

/**
 * A set of records in memory that answers as `databaseReplica` does:
 * test/replication/replica.test.ts holds the two to one another. Records of its
 * own host come back as any others, without the co-op that they are about.
 */
export function memoryReplica(source: MemorySource): MemoryReplica {
  const { host, clock, keys, epoch } = source;
  const shared = source.shelf as Insides;
  const { versions, ids, idOf, versionOf } = shared;
  // By the number of an id: the version held, as its number and 1; its latest seq; when it came.
  const holding = numbers();
  const seqs = numbers();
  const seen = numbers();
  // By seq: the number of the id. An entry counts only while it is the id's latest.
  const log: number[] = [-1];
  const book = new Map<string, Peer>();
  let filling: Awaited<ReturnType<Replica["filling"]["read"]>>;

  const heldAs = (id: number): SignedRecord | undefined => versions[holding.get(id) - 1];

  const put = (news: SignedRecord[]) => {
    const stored = new Set<SignedRecord>();
    for (const record of news) {
      const version = place(shared, record);
      const id = ids[version] as number;
      if (!supersedes(record, heldAs(id))) continue;
      holding.set(id, version + 1);
      seqs.set(id, log.length);
      seen.set(id, clock.now());
      log.push(id);
      stored.add(record);
    }
    if (stored.size > 0) source.stored?.([...stored]);
    return stored;
  };

  const logged = (seq: number, id: number): LoggedRecord => {
    const record = versions[holding.get(id) - 1] as SignedRecord;
    return {
      id: record.id,
      origin: record.origin,
      kind: record.kind,
      issued: record.issued,
      tombstone: record.tombstone ? 1 : 0,
      digest: record.digest,
      body: record.body,
      seen: seen.get(id),
      added: null,
      seq,
    };
  };

  return {
    host,
    get seq() {
      return log.length - 1;
    },
    put,
    held: (id) => heldAs(idOf.get(id) ?? -1),
    all: () => holding.values().map((version) => versions[version - 1] as SignedRecord),

    epoch: () => Promise.resolve(epoch),
    head: () => Promise.resolve(log.length - 1),
    after(seq, limit, { origin } = {}) {
      const found: LoggedRecord[] = [];
      for (let at = seq + 1; at < log.length && found.length < limit; at += 1) {
        const id = log[at] as number;
        if (seqs.get(id) !== at) continue;
        if (origin !== undefined && heldAs(id)?.origin !== origin) continue;
        found.push(logged(at, id));
      }
      return Promise.resolve(found);
    },
    versions(asked) {
      const found = asked.flatMap((id) => {
        const record = heldAs(idOf.get(id) ?? -1);
        if (record === undefined) return [];
        const { issued, tombstone, digest } = record;
        return [[id, { issued, tombstone, digest }] as const];
      });
      return Promise.resolve(new Map(found));
    },
    byDigest(digests) {
      const asked = [...new Set(digests)].flatMap((digest) => versionOf.get(digest) ?? []);
      const found = asked.filter((version) => holding.get(ids[version] as number) === version + 1);
      return Promise.resolve(found.map((version) => versions[version] as SignedRecord));
    },
    references(seq, limit) {
      const found: Reference[] = [];
      for (let at = seq + 1; at < log.length && found.length < limit; at += 1) {
        const id = log[at] as number;
        if (seqs.get(id) !== at) continue;
        const record = heldAs(id) as SignedRecord;
        const { origin, issued, digest } = record;
        found.push({ seq: at, id: record.id, held: { origin, issued, digest } });
      }
      return Promise.resolve(found);
    },
    async heldOf(digests) {
      return new Set((await this.byDigest(digests)).map(({ digest }) => digest));
    },
    policy: () => Promise.resolve((each) => source.holds(each)),
    exclusions: () => Promise.resolve({ hosts: [], domains: [] }),
    receive(bodies, holds) {
      const newest = new Map<string, number>();
      const judged = bodies.map((body) => judge(shared, body, clock.now(), keys));
      judged.forEach((answer, at) => {
        if ("refused" in answer || !holds(answer.record.origin)) return;
        const rival = judged[newest.get(answer.record.id) ?? -1];
        const against = rival !== undefined && "record" in rival ? rival.record : undefined;
        if (supersedes(answer.record, against)) newest.set(answer.record.id, at);
      });
      const news = [...newest.values()].flatMap((at) => {
        const answer = judged[at];
        return answer !== undefined && "record" in answer ? [answer.record] : [];
      });
      const stored = put(news);
      return Promise.resolve(
        judged.map((answer, at): Received => {
          if ("refused" in answer) return refused(answer.refused, answer.why);
          const { record } = answer;
          const { id, origin } = record;
          if (!holds(origin)) return refused("origin-not-held", `${origin} is not held here`);
          const admitted = newest.get(id) === at && stored.has(record);
          return { outcome: admitted ? "admitted" : "stale", id };
        }),
      );
    },
    learn: (origin, signal) => keys.learn(origin, signal),
    peers: {
      get(url) {
        const peer = book.get(url);
        return Promise.resolve(peer && { ...peer });
      },
      all: () => Promise.resolve([...book.values()].map((peer) => ({ ...peer }))),
      update(url, facts) {
        const peer = book.get(url);
        if (peer !== undefined) Object.assign(peer, facts);
        return Promise.resolve();
      },
      add({ url, ...facts }) {
        if (!book.has(url)) book.set(url, { ...unknownPeer(url), ...facts });
        return Promise.resolve();
      },
      remove(url) {
        book.delete(url);
        return Promise.resolve();
      },
    },
    nodes(since) {
      const known = new Map<string, LiveNode>();
      for (const id of shared.beacons) {
        const version = holding.get(id) - 1;
        const beacon = versions[version];
        if (beacon === undefined || beacon.issued <= since || beacon.origin === host) continue;
        const node = (shared.read[version] ??= readBeaconOf(beacon));
        known.set(node.url, node);
      }
      for (const { url, role, seen: answered } of book.values()) {
        const before = known.get(url);
        const last = Math.max(answered ?? 0, before?.seen ?? 0);
        if (last <= since) continue;
        known.set(url, { url, role: roleOf(role ?? before?.role), seen: last });
      }
      return Promise.resolve([...known.values()]);
    },
    pinned(origins) {
      const found = new Map<string, { id: string; publicKeyMultibase: string }[]>();
      for (const origin of origins) {
        const id = `${origin}/actor#ed25519`;
        const key = keys.keyOf(id);
        if (key !== undefined) found.set(origin, [{ id, publicKeyMultibase: multikey(key) }]);
      }
      return Promise.resolve(found);
    },
    filling: {
      read: () => Promise.resolve(filling),
      write(now) {
        filling = now;
        return Promise.resolve();
      },
    },
  };
}

function refused(reason: RefusalReason | "origin-not-held", why: string): Received {
  return { outcome: "refused", reason, why };
}

function readBeaconOf({ id, document, issued }: SignedRecord): LiveNode {
  const about = document["about"] as JsonObject;
  return { url: new URL(id).origin, role: roleOf(about["role"]), seen: issued };
}

function roleOf(role: unknown): LiveNode["role"] {
  return role === "hub" || role === "leaf" ? role : null;
}

/** The number of a version, which gets its place on the shelf if it has none. */
function place(shared: Insides, record: SignedRecord): number {
  const { versions, versionOf, idOf, ids, keys, beacons } = shared;
  const known = versionOf.get(record.digest);
  if (known !== undefined) return known;
  const version = versions.length;
  versions.push(record);
  versionOf.set(record.digest, version);
  let id = idOf.get(record.id);
  if (id === undefined) {
    idOf.set(record.id, (id = idOf.size));
    if (record.kind === beaconKind) beacons.push(id);
  }
  ids.push(id);
  keys.push(undefined);
  return version;
}

/**
 * The real acceptance, once for each version: whoever offers the same bytes
 * again to a node that has pinned the same key gets the same answer, but for
 * the time.
 */
function judge(
  shared: Insides,
  body: Uint8Array,
  now: number,
  ring: MemorySource["keys"],
): { record: SignedRecord } | Refusal {
  const known = shared.versionOf.get(digestOf(body)) ?? -1;
  const record = shared.versions[known];
  const key = shared.keys[known];
  const timely =
    record !== undefined &&
    record.issued <= now + bounds.ahead &&
    record.issued > now - bounds.validity;
  if (timely && key !== undefined && ring.keyOf(methodOf(record)) === key) {
    shared.verified.known += 1;
    return { record };
  }
  shared.verified.really += 1;
  let by: KeyObject | undefined;
  const answer = acceptRecord(body, {
    now,
    insecure: true,
    keyOf: (method) => (by = ring.keyOf(method)),
  });
  if ("record" in answer) {
    const version = place(shared, answer.record);
    shared.keys[version] = by;
    return { record: shared.versions[version] as SignedRecord };
  }
  return answer;
}

/** The key that the origin's proof names: that of the last proof. */
function methodOf({ document }: SignedRecord): string {
  const proof = [document["proof"]].flat().at(-1) as { verificationMethod: string };
  return proof.verificationMethod;
}

/** Numbers by number, 0 where there is none. */
interface Numbers {
  get(at: number): number;
  set(at: number, value: number): void;
  /** Those that aren't 0. */
  values(): number[];
}

/** As a map while there are few, as with leaves; as an array when there are many. */
function numbers(): Numbers {
  const few = new Map<number, number>();
  let many: Float64Array | undefined;
  const hold = (at: number) => {
    if (many !== undefined && at < many.length) return many;
    const grown = new Float64Array(Math.max(1024, (at * 5) >> 2));
    if (many !== undefined) grown.set(many);
    for (const [each, value] of few) grown[each] = value;
    few.clear();
    return (many = grown);
  };
  return {
    get: (at) => (many === undefined ? few.get(at) : many[at]) ?? 0,
    set(at, value) {
      if (many === undefined && few.size < 200) few.set(at, value);
      else hold(Math.max(at, ...few.keys()))[at] = value;
    },
    values: () =>
      many === undefined ? [...few.values()] : [...many].filter((value) => value !== 0),
  };
}
