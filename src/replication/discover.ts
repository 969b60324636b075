import { getLogger } from "@logtape/logtape";
import { type Job, repeat } from "../jobs.ts";
import type { Peer } from "../store/peers.ts";
import { type Candidate, chooseUpstreams } from "./choose.ts";
import { askDescription } from "./describe.ts";
import { isConfigured, isGuest } from "./peer-kinds.ts";
import { forgetGuests } from "./guests.ts";
import { askPeers, toldMost } from "./peers-list.ts";
import type { Puller } from "./pull.ts";

/** How many hubs a node reads from, or wakes, configured ones among them. */
export const upstreamsOf = { hub: 8, leaf: 3 } as const;

/** How often to look, in milliseconds. */
export interface DiscoveryPace {
  /** Between looks; after three of them without an answer a hub is given up, and once in 144 one is exchanged. */
  discover: number;
  /** While no peer answers; doubled up to `discover`. */
  retry: number;
}

/** What is remembered between looks, and lost with the process. */
interface Memory {
  /** By the node that told of them: the hubs that it knows. */
  told: Map<string, string[]>;
  /** When each was asked for others, epoch ms. */
  asked: Map<string, number>;
  /** Who wasn't what was said of it, and until when it isn't tried again. */
  avoided: Map<string, number>;
}

/**
 * Looks for hubs: asks the peers whom they know, and chooses among those and
 * what beacons say. What a peer says is only a hint: a hub is chosen when it
 * has answered itself.
 *
 * @param onTurn Called after each look: whether any peer answered, so that
 *   there is nobody else to be found for now.
 */
export function discoverHubs(
  puller: Puller,
  role: "hub" | "leaf",
  stop: AbortSignal,
  pace: DiscoveryPace,
  onTurn: (answered: boolean) => Promise<void> | void,
): Job {
  const memory: Memory = { told: new Map(), asked: new Map(), avoided: new Map() };
  const pauses = { every: pace.discover, retry: pace.retry, retryMost: pace.discover };
  const turn = async (signal: AbortSignal) => {
    const failure = await askAround(puller, role, memory, pace, signal);
    await forgetGuests(puller);
    await chooseAnew(puller, role, memory, pace, signal);
    if (signal.aborted) return false;
    await onTurn(failure === undefined);
    if (failure !== undefined) throw failure;
    return false;
  };
  return repeat("looking for hubs", stop, pauses, turn, puller);
}

/** Whether a peer can serve as a hub: it is one, and hasn't been silent for long. */
function isUsable(peer: Peer, now: number, patience: number): boolean {
  if (peer.role !== "hub") return false;
  return peer.fault === null || now - Math.max(peer.seen ?? 0, peer.chosen ?? 0) < patience;
}

/** @returns Why nobody could be asked, if that was so. */
async function askAround(
  puller: Puller,
  role: "hub" | "leaf",
  { told, asked }: Memory,
  pace: DiscoveryPace,
  stop: AbortSignal,
): Promise<unknown> {
  const { replica, clock } = puller;
  const upstreams = (await replica.peers.all()).filter((peer) => !isGuest(peer));
  for (const url of told.keys()) {
    if (!upstreams.some((peer) => peer.url === url)) told.delete(url);
  }
  const now = clock.now();
  const few = upstreams.filter((peer) => isUsable(peer, now, 3 * pace.discover)).length;
  const rest = few < upstreamsOf[role] ? 0 : 144 * pace.discover;
  const results = await Promise.allSettled(
    upstreams.map(async (peer) => {
      const signal = AbortSignal.any([stop, clock.timeout(20_000)]);
      // Of a hub that it follows a hub hears whether it answers; a leaf has to ask.
      const part =
        role === "leaf" || peer.role === null ? await greet(puller, peer, signal) : peer.role;
      if (part !== "hub" || now - (asked.get(peer.url) ?? 0) < rest) return;
      asked.set(peer.url, now);
      told.set(peer.url, await hubsKnownTo(puller, peer.url, signal));
    }),
  );
  const failed = results.find((result) => result.status === "rejected");
  return results.every((result) => result.status === "rejected") ? failed?.reason : undefined;
}

/** Asks a peer who it is, and notes whether it answers. */
async function greet({ replica, send, clock }: Puller, peer: Peer, signal: AbortSignal) {
  try {
    const { role, actor } = await askDescription(send, peer.url, signal);
    const facts = { role, actor, seen: clock.now(), fault: null, faulted: null };
    await replica.peers.update(peer.url, facts);
    return role;
  } catch (error) {
    const { message } = error as Error;
    await replica.peers.update(peer.url, { fault: message, faulted: clock.now() });
    throw error;
  }
}

async function hubsKnownTo({ send }: Puller, url: string, signal: AbortSignal): Promise<string[]> {
  try {
    const others = await askPeers(send, url, { role: "hub", limit: toldMost }, signal);
    return others.filter(({ role }) => role === "hub").map((other) => other.url);
  } catch (error) {
    const { message } = error as Error;
    getLogger(["fragaria", "replication"]).info("{url} tells of no hubs: {message}", {
      url,
      message,
    });
    return [];
  }
}

async function chooseAnew(
  puller: Puller,
  role: "hub" | "leaf",
  { told, avoided }: Memory,
  pace: DiscoveryPace,
  stop: AbortSignal,
): Promise<void> {
  const { replica, clock, random } = puller;
  const now = clock.now();
  for (const [url, until] of avoided) if (until <= now) avoided.delete(url);
  const peers = await replica.peers.all();
  const known = new Map(peers.map((peer) => [peer.url, peer]));
  const candidates = new Map(
    peers.map((peer): [string, Candidate] => {
      const configured = isConfigured(peer);
      const usable = isUsable(peer, now, 3 * pace.discover);
      return [peer.url, { url: peer.url, configured, chosen: peer.chosen, usable }];
    }),
  );
  const holds = await replica.policy();
  const hubs = (await replica.nodes(now - 144 * 7 * pace.discover)).filter(
    ({ role: part }) => part === "hub",
  );
  for (const url of [...hubs.map((node) => node.url), ...[...told.values()].flat()]) {
    const { host } = new URL(url);
    if (candidates.has(url) || host === replica.host) continue;
    // A leaf holds nobody's records, and so has no opinion on hosts.
    if (role === "hub" && !holds(host)) continue;
    candidates.set(url, { url, configured: false, chosen: null, usable: true });
  }
  let chosen: string[];
  for (;;) {
    const open = [...candidates.values()].filter(({ url }) => !avoided.has(url));
    const settled = 144 * pace.discover;
    chosen = chooseUpstreams(open, { most: upstreamsOf[role], now, random, settled });
    const fresh = chosen.filter((url) => candidates.get(url)?.chosen === null);
    const fine = await Promise.all(fresh.map((url) => isHub(puller, url, stop)));
    if (stop.aborted) return;
    const bad = fresh.filter((_, at) => fine[at] !== true);
    if (bad.length === 0) break;
    for (const url of bad) avoided.set(url, now + 144 * pace.discover);
  }
  for (const url of chosen) {
    const peer = known.get(url);
    if (peer?.chosen != null) continue;
    getLogger(["fragaria", "replication"]).info("Chose {url} as a hub", { url });
    if (peer === undefined) await replica.peers.add({ url, chosen: now, role: "hub", seen: now });
    // Until now only its own records were read.
    else await replica.peers.update(url, { chosen: now, epoch: null, seq: 0, caughtUp: null });
  }
  for (const { url, chosen: since, woke } of peers) {
    if (since === null || chosen.includes(url)) continue;
    if (woke === null) await replica.peers.remove(url);
    else await replica.peers.update(url, { chosen: null });
  }
}

async function isHub({ send, clock }: Puller, url: string, stop: AbortSignal): Promise<boolean> {
  try {
    const signal = AbortSignal.any([stop, clock.timeout(10_000)]);
    return (await askDescription(send, url, signal)).role === "hub";
  } catch {
    return false; // it may come back: it is tried again in a day
  }
}
