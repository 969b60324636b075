import { getLogger } from "@logtape/logtape";
import { type Job, repeat } from "../jobs.ts";
import type { Peer } from "../store/peers.ts";
import { adopt, type Repair } from "./adopt.ts";
import type { RecalledDescription } from "./describe.ts";
import { isGuest } from "./peer-kinds.ts";
import { pull, type Puller } from "./pull.ts";

/** Keeps the directory up to date with the peers. */
export interface Following {
  /** Begins with those that have become peers, and ends with those that aren't any more. */
  refresh(): Promise<void>;
  /** Reads a peer's feed now. Says whether the origin is one that is followed. */
  wake(origin: string): boolean;
  done: Promise<unknown>;
}

/** How often to ask peers, in milliseconds. */
export interface PullPace {
  /** A leaf wakes us when it has something; this is for when the wake-up was lost. */
  leaf: number;
  /** After a failure; doubled up to five minutes. */
  retry: number;
}

/** Whom to follow, and how to begin with one. */
export interface Followed {
  wanted?: (peer: Peer) => Promise<boolean> | boolean;
  repair?: Repair | undefined;
}

/**
 * Follows the peers until stopped: hubs by asking again at once, with a request
 * that waits for news; leaves, and nodes that have woken us, when they do so
 * again, and now and then. Nobody is followed before the first refresh().
 *
 * @param how.wanted Who of the peers is to be followed at present.
 * @param how.repair Compares with a hub of whose records most are here.
 */
export function followPeers(
  puller: Puller,
  stop: AbortSignal,
  pace: PullPace,
  { wanted = () => true, repair }: Followed = {},
): Following {
  const { peers } = puller.replica;
  const jobs = new Map<string, { job: Job; end: AbortController }>();
  const ended: Promise<unknown>[] = [];

  const begin = (url: string) => {
    const recalled: RecalledDescription = {};
    const turn = async (signal: AbortSignal) => {
      const peer = await peers.get(url);
      if (peer === undefined) return false;
      try {
        return await follow(puller, peer, { repair, recalled }, signal);
      } catch (error) {
        const { message } = error as Error;
        recalled.said = undefined;
        if (!signal.aborted) {
          await peers.update(url, { fault: message, faulted: puller.clock.now() });
        }
        throw error;
      }
    };
    const end = new AbortController();
    const either = AbortSignal.any([stop, end.signal]);
    const pauses = { every: pace.leaf, retry: pace.retry, retryMost: 300_000 };
    const job = repeat(`following ${url}`, either, pauses, turn, puller);
    jobs.set(url, { job, end });
    ended.push(job.done);
  };

  return {
    async refresh() {
      if (stop.aborted) return;
      const now = new Set<string>();
      for (const peer of await peers.all()) if (await wanted(peer)) now.add(peer.url);
      for (const [url, { end }] of jobs) {
        if (now.has(url)) continue;
        end.abort();
        jobs.delete(url);
      }
      for (const url of now) if (!jobs.has(url)) begin(url);
    },
    wake(origin) {
      const followed = jobs.get(origin);
      followed?.job.wake();
      return followed !== undefined;
    },
    done: new Promise<void>((resolve) => {
      if (stop.aborted) resolve();
      stop.addEventListener("abort", () => resolve(), { once: true });
    }).then(() => Promise.all(ended)),
  };
}

/** The shortest time from one question that brought nothing new to the next, ms. */
const quickest = 1000;

/** One page of a peer's feed. Says whether to ask again at once. */
async function follow(
  puller: Puller,
  peer: Peer,
  { repair, recalled }: { repair: Repair | undefined; recalled: RecalledDescription },
  signal: AbortSignal,
): Promise<boolean> {
  const guest = isGuest(peer);
  const hub = peer.role === "hub" && !guest;
  // Who has filled itself lacks little of what any other hub has.
  const full = hub && (await puller.replica.filling.read())?.step === "complete";
  if (full && repair !== undefined && peer.epoch === null) {
    try {
      await adopt(puller, repair, peer, signal);
      return true;
    } catch (error) {
      if (signal.aborted) throw error;
      // Then the whole feed is read, as references.
      const { message } = error as Error;
      const log = getLogger(["fragaria", "replication"]);
      log.info("{host} can't be compared with: {message}", { host: peer.host, message });
    }
  }
  const how = { own: guest, refs: full, recalled };
  const began = puller.clock.now();
  const { more, admitted } = await pull(puller, peer, hub ? 25 : 0, signal, how);
  // A feed that goes on for ever and brings nothing must not keep us busy.
  if (more && admitted === 0) await puller.clock.sleep(100, signal);
  if (admitted > 0) {
    const log = getLogger(["fragaria", "replication"]);
    log.info("{admitted} records from {host}", { admitted, host: peer.host });
  }
  // Whoever answers at once, and with nothing new, isn't asked the faster for it.
  const rest = began + quickest - puller.clock.now();
  if (admitted === 0 && rest > 0) await puller.clock.sleep(rest, signal);
  const { role } = (await puller.replica.peers.get(peer.url)) ?? peer;
  return more || (role === "hub" && !guest);
}
