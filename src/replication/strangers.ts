import { getLogger } from "@logtape/logtape";
import { beaconKind } from "../coop/beacon.ts";
import { quotas } from "../coop/standing.ts";
import type { Holds } from "../directory/standing.ts";
import { domainOf } from "../directory/domain.ts";
import { newEntry } from "../coop/key-history.ts";
import type { Identity } from "../directory/identity.ts";
import type { Received } from "../directory/receive.ts";
import { type Job, repeat } from "../jobs.ts";
import { askDescription } from "./describe.ts";
import { isGuest } from "./peer-kinds.ts";
import type { KeyRing } from "./keys.ts";
import { askPeers } from "./peers-list.ts";
import { askPage, type Puller, summary, takeIn } from "./pull.ts";

/** Nodes at a time that are asked for their keys. */
const lanes = 8;

/** The longest that a node may take to answer, ms. */
const patience = 10_000;

/** Nodes of which it is remembered when they were asked. */
const rememberedMost = 10_000;

/** Nodes that may wait to be asked; further ones are met again some day. */
const waitingMost = 5000;

/** The longest pause before a node that doesn't answer is asked again, ms. */
const pauseMost = 24 * 60 * 60 * 1000;

/** How many upstreams, of different registrable domains, must name the key of a node that is away. */
const witnesses = 3;

/** A node whose keys are to be asked for, because a record names one that isn't known. */
interface Stranger {
  origin: string;
  /** Where such a record came from. */
  upstream: string | undefined;
  /** Its newest beacon that came along. */
  beacon: Uint8Array | undefined;
  /** Not before that time, epoch ms. */
  due: number;
}

/** Nodes that were met in feeds and repairs, and whose keys are to be asked for. */
export interface Strangers {
  /**
   * Says whether the keys of an origin are known. If not, they are asked for in
   * the background, and its records fetched after that; until then they are
   * passed over.
   *
   * @param upstream The peer that spoke of it.
   */
  known(origin: string, upstream?: string): boolean;
  /** Whether nobody that was met is waiting for the first time to be asked, or being asked. */
  settled(): boolean;
  /** Looks what records that were offered say of keys that aren't known. */
  notice(bodies: Uint8Array[], received: Received[], holds: Holds): void;
}

/** What the making of acquaintances takes. */
export interface Acquainting {
  /** Who we are: our own keys are asked of nobody. */
  node: Identity;
  keys: KeyRing;
  /** Milliseconds before a node that was asked is asked again, the first time. */
  pause: number;
  now: () => number;
}

/** The nodes that wait, and the work on them. */
export interface Acquaintances extends Strangers {
  /** Begins to ask them. */
  start(puller: Puller, stop: AbortSignal): Promise<unknown>;
}

/** Makes a list of strangers, which is empty at first. */
export function meetStrangers({ node, keys, pause, now }: Acquainting): Acquaintances {
  const waiting = new Map<string, Stranger>();
  let jobs: Job[] = [];
  let busy = 0;
  const meet = (origin: string, upstream?: string, beacon?: Uint8Array) => {
    if ([node, ...node.former].some((self) => self.origin === origin)) return;
    const before = waiting.get(origin);
    if (before === undefined && waiting.size >= waitingMost) return;
    waiting.set(origin, {
      origin,
      upstream: before?.upstream ?? upstream,
      beacon: beacon ?? before?.beacon,
      due: before?.due ?? 0,
    });
    for (const job of jobs) job.wake();
  };
  const next = () => {
    const found = [...waiting.values()].find(({ due }) => due <= now());
    if (found !== undefined) waiting.delete(found.origin);
    return found;
  };
  const asked = new Map<string, { first: number; last: number; failed: boolean }>();
  /** Until when it is too early to ask again; in growing pauses while it doesn't answer. */
  const restUntil = (origin: string) => {
    const before = asked.get(origin);
    if (before === undefined) return 0;
    const { first, last, failed } = before;
    return last + (failed ? Math.min(Math.max(pause, last - first), pauseMost) : pause);
  };
  /** By registrable domain: how many of those did not answer. */
  const failures = new Map<string, number>();
  const count = (origin: string, by: 1 | -1) => {
    const domain = domainOf(new URL(origin).host);
    const total = (failures.get(domain) ?? 0) + by;
    if (total > 0) failures.set(domain, total);
    else failures.delete(domain);
  };
  const forget = (origin: string) => {
    if (asked.get(origin)?.failed === true) count(origin, -1);
    asked.delete(origin);
  };
  const remember = (origin: string, failed: boolean) => {
    const { first = now() } = asked.get(origin) ?? {};
    forget(origin);
    asked.set(origin, { first: failed ? first : now(), last: now(), failed });
    if (failed) count(origin, 1);
    const [oldest] = asked.keys();
    if (asked.size > rememberedMost && oldest !== undefined) forget(oldest);
  };
  /** Whoever names ever more hosts below somebody's domain must not send us all to it. */
  const isFlooded = (origin: string) =>
    !asked.has(origin) && (failures.get(domainOf(new URL(origin).host)) ?? 0) >= quotas.domainHosts;
  const turn = async (puller: Puller, signal: AbortSignal) => {
    const stranger = next();
    if (stranger === undefined) return false;
    busy += 1;
    try {
      return await askOne(stranger, puller, signal);
    } finally {
      busy -= 1;
    }
  };
  const askOne = async (stranger: Stranger, puller: Puller, signal: AbortSignal) => {
    const { origin } = stranger;
    // There may be room no more for it, after others that were met before.
    if (!(await puller.replica.policy())(new URL(origin).host, beaconKind)) return true;
    if (isFlooded(origin)) return true;
    const rest = restUntil(origin);
    if (rest > now()) {
      // Who answered a moment ago is asked again soon, as there is something new to it.
      if (rest - now() <= pause) waiting.set(origin, { ...stranger, due: rest });
      return true;
    }
    const { changed, answered } = await acquaint(keys, puller, stranger, signal);
    remember(origin, !answered);
    // Names that nobody answers to are soon asked: not more than some a second.
    if (!answered) await puller.clock.sleep(Math.min(pause, 1000), signal);
    if (changed && !signal.aborted) {
      await keys.purge(origin);
      await fetchRecords(puller, origin, stranger.upstream, signal);
    }
    return true;
  };
  return {
    known(origin, upstream) {
      if (keys.knows(origin)) return true;
      meet(origin, upstream);
      return false;
    },
    settled: () => busy === 0 && ![...waiting.values()].some(({ due }) => due <= now()),
    notice(bodies, received, holds) {
      for (const [at, body] of bodies.entries()) {
        const outcome = received[at];
        const unknown = outcome?.outcome === "refused" && outcome.reason === "unknown-key";
        const beacon = Buffer.from(body).includes(beaconMark);
        if (!unknown && !(beacon && outcome?.outcome === "admitted")) continue;
        const origin = originOf(body);
        const kind = beacon ? beaconKind : undefined;
        if (origin === undefined || !holds(new URL(origin).host, kind)) continue;
        if (unknown || keys.differs(origin, body))
          meet(origin, undefined, beacon ? body : undefined);
      }
    },
    start(puller, stop) {
      const pace = { every: pause, retry: 1000, retryMost: 60_000 };
      jobs = Array.from({ length: lanes }, () =>
        repeat("asking for keys", stop, pace, (signal) => turn(puller, signal), puller),
      );
      return Promise.all(jobs.map(({ done }) => done));
    },
  };
}

const beaconMark = `"${beaconKind}"`;

function originOf(body: Uint8Array): string | undefined {
  try {
    const { id } = JSON.parse(new TextDecoder().decode(body)) as { id: string };
    return new URL(id).origin;
  } catch {
    return undefined; // no record at all
  }
}

/**
 * Asks a node for its keys: what it shows itself counts most. If it is away,
 * what its beacon says counts as far as its known keys endorse it, and of an
 * unknown node, what three upstreams say independently.
 *
 * @returns Whether it answered, and whether its records are worth fetching.
 */
async function acquaint(
  keys: KeyRing,
  puller: Puller,
  { origin, beacon }: Stranger,
  stop: AbortSignal,
): Promise<{ answered: boolean; changed: boolean }> {
  const known = keys.knows(origin);
  const signal = AbortSignal.any([stop, puller.clock.timeout(patience)]);
  try {
    const { changed } = await keys.ask(origin, signal);
    return { answered: true, changed };
  } catch (error) {
    const { message } = error as Error;
    getLogger(["fragaria", "replication"]).debug("{origin}: {message}", { origin, message });
  }
  const heard = async () => beacon !== undefined && (await keys.hear(origin, beacon)).changed;
  const changed =
    !stop.aborted && (await (known ? heard() : askOthers(keys, puller, origin, stop)));
  return { answered: false, changed };
}

/** Believes a key that three upstreams have pinned, whom nobody has in one hand. */
async function askOthers(
  keys: KeyRing,
  { replica, send, clock }: Puller,
  origin: string,
  stop: AbortSignal,
): Promise<boolean> {
  const { host } = new URL(origin);
  // Who has woken us is nobody that we chose, and anybody may do so under many names.
  const upstreams = (await replica.peers.all())
    .filter((peer) => peer.url !== origin && !isGuest(peer))
    .slice(0, 12);
  const said = new Map<string, { id: string; publicKeyMultibase: string; by: Set<string> }>();
  const signal = AbortSignal.any([stop, clock.timeout(patience)]);
  await Promise.all(
    upstreams.map(async ({ url, host: upstream }) => {
      // What one can't say, the others may.
      const told = await askPeers(send, url, { host, limit: 1 }, signal).catch(() => []);
      for (const { id, publicKeyMultibase } of told.find((each) => each.url === origin)?.keys ??
        []) {
        const key = `${id} ${publicKeyMultibase}`;
        const { by } = said.get(key) ?? { by: new Set<string>() };
        said.set(key, { id, publicKeyMultibase, by: by.add(domainOf(upstream)) });
      }
    }),
  );
  const believed = [...said.values()].filter(({ by }) => by.size >= witnesses);
  if (believed.length === 0) return false;
  const history = believed.map(({ id, publicKeyMultibase }) => {
    return newEntry(id, publicKeyMultibase, clock.now());
  });
  return (await keys.believe(origin, history)).changed;
}

/**
 * Reads all records of one origin: from the peer that spoke of it, else from
 * others, or from its own node. What is missing after that, repair finds.
 */
export async function fetchRecords(
  puller: Puller,
  origin: string,
  upstream: string | undefined,
  stop: AbortSignal,
): Promise<void> {
  const { replica, clock } = puller;
  const peers = (await replica.peers.all()).filter(({ fault }) => fault === null);
  const sources = new Set([
    ...(upstream ? [upstream] : []),
    ...peers.map(({ url }) => url),
    origin,
  ]);
  const signal = AbortSignal.any([stop, clock.timeout(300_000)]);
  for (const source of [...sources].slice(0, 4)) {
    try {
      const found = await fetchFrom(puller, source, new URL(origin).host, signal);
      if (found > 0) return;
    } catch (error) {
      if (signal.aborted) return;
      const { message } = error as Error;
      getLogger(["fragaria", "replication"]).debug("{source}: {message}", { source, message });
    }
  }
}

async function fetchFrom(
  puller: Puller,
  source: string,
  host: string,
  signal: AbortSignal,
): Promise<number> {
  const described = await askDescription(puller.send, source, signal);
  const holds = await puller.replica.policy();
  let found = 0;
  for (let seq = 0; ;) {
    const page = await askPage(puller.send, described, seq, { view: "ref", origin: host }, signal);
    const received = await takeIn(puller, described.records, page.lines, holds, signal);
    summary(source, received);
    found += page.lines.length;
    if (!page.more) return found;
    seq = page.next.seq;
  }
}
