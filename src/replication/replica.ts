import type { KeyObject } from "node:crypto";
import { setImmediate, setTimeout as sleep } from "node:timers/promises";
import type { Exclusions } from "../coop/exclusions.ts";
import type { Version } from "../coop/version.ts";
import type { Identity } from "../directory/identity.ts";
import { receive, type Received } from "../directory/receive.ts";
import { takeNews } from "../directory/take-news.ts";
import { type Holds, keepStandings } from "../directory/standing.ts";
import * as changes from "../store/changes.ts";
import * as news from "../store/news.ts";
import * as nodes from "../store/nodes.ts";
import * as peers from "../store/peers.ts";
import * as records from "../store/records.ts";
import type { Db } from "../store/schema.ts";
import * as settings from "../store/settings.ts";
import type { NewsLine } from "./feed.ts";
import type { Strangers } from "./strangers.ts";

/** Sends a request to another node: `fetch`, or a network that is simulated. */
export type Send = (url: string, init: RequestInit) => Promise<Response>;

/** Tells the time and lets it pass, in milliseconds: that of the machine, or a simulated one. */
export interface Clock {
  now(): number;
  /**
   * Resolves after that time, or at once when the signal aborts. Never rejects.
   * With 0 it lets whatever else is waiting go first.
   */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Aborts after that time. */
  timeout(ms: number): AbortSignal;
}

/**
 * The clock of the machine.
 *
 * @param now What tells the time; sleeping is always real.
 */
export function machineClock(now: () => number = Date.now): Clock {
  return {
    now,
    sleep: (ms, signal) =>
      ms === 0
        ? setImmediate()
        : sleep(ms, undefined, { ref: false, ...(signal && { signal }) }).catch(() => undefined),
    timeout: (ms) => AbortSignal.timeout(ms),
  };
}

/** What is known of the nodes that are read. */
interface PeerBook {
  get(url: string): Promise<peers.Peer | undefined>;
  all(): Promise<peers.Peer[]>;
  update(url: string, facts: Partial<peers.Peer>): Promise<void>;
  /** Makes further nodes peers; those that are peers already stay as they are. */
  add(peer: Partial<peers.Peer> & Pick<peers.Peer, "url">): Promise<void>;
  remove(url: string): Promise<void>;
}

/** A key as it is pinned here: its URL, and the key in multibase. */
export interface PinnedKey {
  id: string;
  publicKeyMultibase: string;
}

/**
 * A set of records, as replication knows it: whatever it does, it does through
 * this, and doesn't care whether a database is behind it.
 */
export interface Replica {
  /** Whose own records these are among others. */
  readonly host: string;
  epoch(): Promise<string>;
  /** The seq of the last change. */
  head(): Promise<number>;
  /** Records behind a cursor, each at its latest seq; those of one host if it is given. */
  after(seq: number, limit: number, only?: { origin?: string }): Promise<records.LoggedRecord[]>;
  /** Posts that feeds may pass on. Without this, there are none. */
  readonly news?: {
    /** What is known of them behind a cursor, in order; those of one host if it is given. */
    after(seq: number, limit: number, only?: { origin?: string }): Promise<news.LoggedNews[]>;
    /** Takes note of what a peer says of them, which is to be checked. */
    take(said: NewsLine[], peer: string): Promise<void>;
  };
  /** The versions held of these ids. */
  versions(ids: string[]): Promise<Map<string, Version>>;
  /** The records with these digests, as far as they are held, in no order. */
  byDigest(digests: string[]): Promise<{ digest: string; body: Uint8Array }[]>;
  /** Changes to records behind a cursor, each at its latest seq, without their bytes. */
  references(seq: number, limit: number): Promise<records.Reference[]>;
  /** Those of these digests that are of records held. */
  heldOf(digests: string[]): Promise<Set<string>>;
  /** Says of hosts whether their records are held here. */
  policy(): Promise<Holds>;
  /** What is left out here, as others are told. */
  exclusions(): Promise<Exclusions>;
  /** Verifies records and takes in those that are new: the exact bytes of each. */
  receive(bodies: Uint8Array[], holds: Holds): Promise<Received[]>;
  /** Makes sure that an origin's keys are known. Throws `unavailable` when they can't be had. */
  learn(origin: string, signal: AbortSignal): Promise<void>;
  /**
   * Whether the keys of an origin are known. If not, they are asked for in the
   * background, and so are its records after that. Without this, all are.
   *
   * @param upstream The peer that spoke of it.
   */
  acquainted?(origin: string, upstream: string): boolean;
  /** Whether all of those have been asked once that were met so far. Without this, they have. */
  settled?(): boolean;
  readonly peers: PeerBook;
  /**
   * Other nodes whose records may be held here and that gave a sign of life
   * after that moment.
   */
  nodes(since: number): Promise<nodes.LiveNode[]>;
  /** The keys that are pinned of these origins, and that count today. */
  pinned(origins: string[]): Promise<Map<string, PinnedKey[]>>;
  /** How far this node has got with filling itself; undefined before it began. */
  readonly filling: {
    read(): Promise<settings.Filling | undefined>;
    write(filling: settings.Filling): Promise<void>;
  };
}

/** What a node's replica is made of. */
export interface ReplicaSource {
  db: Db;
  node: Identity;
  keys: {
    keyOf(method: string, issued: number): KeyObject | undefined;
    learn(origin: string, signal: AbortSignal): Promise<void>;
  };
  /** Who is told of nodes whose keys aren't known. */
  strangers?: Strangers;
  /** Lets http origins in: nodes on loopback only. */
  insecure: boolean;
  now: () => number;
  /** A leaf holds its own records only. A hub if it isn't given. */
  role?: "hub" | "leaf";
}

/** The records of a node's database. */
export function databaseReplica(source: ReplicaSource): Replica {
  const { db, node, keys, strangers, insecure, now, role = "hub" } = source;
  const standings = keepStandings(db, node, role);
  return {
    host: node.host,
    // Asked for each time: it may be renewed while the node runs, and by another process.
    epoch: () => settings.epoch(db),
    head: () => changes.head(db),
    after(seq, limit, only) {
      // What this node published at a former address is its own, too: that it has moved.
      const own = only?.origin === node.host && node.former.length > 0;
      const origin = own ? [node.host, ...node.former.map(({ host }) => host)] : only?.origin;
      return records.after(db, seq, limit, origin === undefined ? {} : { origin });
    },
    news: {
      after: (seq, limit, only) => news.after(db, seq, limit, only),
      take: (said, peer) => takeNews(db, node, said, { peer, insecure, now: now() }),
    },
    versions: (ids) => records.versions(db, ids),
    byDigest: (digests) => records.byDigest(db, digests),
    references: (seq, limit) => records.references(db, seq, limit),
    heldOf: (digests) => records.heldOf(db, digests),
    policy: async () => (await standings.policy()).holds,
    exclusions: async () => (await standings.policy()).exclusions(),
    async receive(bodies, holds) {
      const received = await receive(db, bodies, {
        node,
        now: now(),
        insecure,
        keyOf: (method, issued) => keys.keyOf(method, issued),
        holds,
      });
      strangers?.notice(bodies, received, holds);
      return received;
    },
    acquainted: (origin, upstream) => strangers?.known(origin, upstream) ?? true,
    settled: () => strangers?.settled() ?? true,
    learn: (origin, signal) => keys.learn(origin, signal),
    peers: {
      get: (url) => peers.get(db, url),
      all: () => peers.all(db),
      update: (url, facts) => peers.update(db, url, facts),
      add: (peer) => peers.add(db, [peer]),
      remove: (url) => peers.remove(db, url),
    },
    nodes: (since) => nodes.live(db, since),
    pinned: (origins) => nodes.pinned(db, origins),
    filling: {
      read: () => settings.filling(db),
      write: (filling) => settings.setFilling(db, filling),
    },
  };
}
