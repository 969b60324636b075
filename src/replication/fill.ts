import { getLogger } from "@logtape/logtape";
import { domainOf } from "../directory/domain.ts";
import { AppError } from "../errors.ts";
import { type Job, repeat } from "../jobs.ts";
import type { Peer } from "../store/peers.ts";
import type { Filling } from "../store/settings.ts";
import { adopt, type Repair } from "./adopt.ts";
import { askDescription, type Description } from "./describe.ts";
import { isGuest } from "./peer-kinds.ts";
import { pull, type Puller } from "./pull.ts";
import type { Replica } from "./replica.ts";

export type { Filling } from "../store/settings.ts";

/**
 * How far a hub has got with filling itself, for whoever asks: pages, /health,
 * other nodes. Undefined on a leaf, and on a hub that knows no other.
 */
export function progressOf({ filling }: Replica): Promise<Filling | undefined> {
  return filling.read();
}

/** With how many others a hub compares before it says that it is complete. */
const othersWanted = 2;

/** After so many failures in a row a source is left for another one. */
const triesMost = 3;

/** How long it waits, before it compares and after that, for the keys of nodes that it has met; ms. */
const settling = 600_000;

/** A hub that fills itself. */
export interface Filler {
  /** The peers are others than before, or were looked for in vain. */
  look(): void;
  done: Promise<void>;
}

/**
 * Fills a fresh hub: asks the hubs that it knows, loads everything from the one
 * that answers first, and then compares with two others of other registrable
 * domains. Only then it is complete, and follows its peers. Whatever breaks, it
 * goes on where it was: the feed's cursor is kept with the peer, the step in
 * the replica. A hub that nobody told of others is complete as it is, and says
 * nothing of it.
 *
 * @param discovered Whether hubs have been looked for once, so that there is
 *   nobody else to compare with.
 * @param onStep Called when it has come to another step.
 */
export function fillUp(
  puller: Puller,
  repair: Repair,
  stop: AbortSignal,
  pace: { discover: number; retry: number },
  discovered: () => boolean,
  onStep: (filling: Filling) => Promise<void> | void,
): Filler {
  const { replica, clock } = puller;
  const left = new Set<string>();
  let tries = 0;
  const to = async (filling: Filling, step: Filling["step"], facts: Partial<Filling> = {}) => {
    const next = { ...filling, ...facts, step, since: clock.now() };
    await replica.filling.write(next);
    getLogger(["fragaria", "replication"]).info("Filling the directory: {step}", { step });
    await onStep(next);
    return true;
  };
  const turn = async (signal: AbortSignal): Promise<boolean> => {
    const filling = await replica.filling.read();
    if (filling?.step === "complete") return false;
    const upstreams = (await replica.peers.all()).filter(
      (peer) => !isGuest(peer) && peer.role !== "leaf",
    );
    const isLooking = filling?.step === "looking";
    if (upstreams.length === 0 && !isLooking) return false;
    const now = clock.now();
    if (filling === undefined) {
      const first = { began: now, source: null, read: 0, total: null, checked: [] };
      return await to({ ...first, step: "looking", since: now }, "looking");
    }
    if (filling.step === "looking") {
      const source = await fastest(puller, upstreams, left, signal);
      if (source === undefined) {
        // All of them are leaves, and others were looked for: it is as full as it can be.
        return discovered() ? await to(filling, "complete") : false;
      }
      tries = 0;
      const { url, described } = source;
      const facts = { source: new URL(url).host, read: 0, total: described.held ?? null };
      return await to(filling, "loading", facts);
    }
    const source = upstreams.find(({ host }) => host === filling.source);
    if (filling.step === "loading") {
      if (source === undefined) return await to(filling, "looking", { source: null });
      try {
        const { more, read } = await pull(puller, source, 0, signal);
        tries = 0;
        const sofar = filling.read + read;
        if (!more) return await to({ ...filling, read: sofar }, "checking");
        if (sofar > mostOf(filling)) throw endless(source.url);
        await replica.filling.write({ ...filling, read: sofar });
        return true;
      } catch (error) {
        if (signal.aborted) throw error;
        tries += 1;
        const { message } = error as Error;
        await replica.peers.update(source.url, { fault: message, faulted: clock.now() });
        if (tries < triesMost && !isEndless(error)) throw error;
        // What came from it is kept; the next one is read from its beginning.
        left.add(source.url);
        return await to(filling, "looking", { source: null });
      }
    }
    if (!discovered()) return false;
    await settle(puller, signal);
    const checked = await check(puller, repair, filling, upstreams, signal);
    await settle(puller, signal);
    if (signal.aborted) return false;
    return await to(filling, "complete", { checked });
  };
  const retryMost = Math.min(pace.discover, 300_000);
  const pauses = { every: pace.discover, retry: pace.retry, retryMost };
  const job: Job = repeat("filling the directory", stop, pauses, turn, puller);
  return { look: () => job.wake(), done: job.done };
}

/** Whether what a feed brings has long been more than there can be. */
function mostOf({ total }: Filling): number {
  return 2 * (total ?? 10_000_000) + 100_000;
}

function endless(url: string): AppError {
  return new AppError("too-large", `${url} sends more than it says that it has`);
}

function isEndless(error: unknown): boolean {
  return error instanceof AppError && error.code === "too-large";
}

/**
 * The hub that answers first, of those that say that they are complete, as long
 * as it doesn't have much less than others. Those that have failed come last.
 *
 * @throws {AppError} `unavailable` when none answers.
 */
async function fastest(
  { replica, send, clock }: Puller,
  peers: Peer[],
  left: Set<string>,
  stop: AbortSignal,
): Promise<{ url: string; described: Description } | undefined> {
  const answers: { url: string; described: Description }[] = [];
  const signal = AbortSignal.any([stop, clock.timeout(10_000)]);
  const failures: unknown[] = [];
  await Promise.all(
    peers.map(async ({ url }) => {
      try {
        const described = await askDescription(send, url, signal);
        const { role, actor } = described;
        await replica.peers.update(url, { role, actor, seen: clock.now() });
        if (role === "hub") answers.push({ url, described });
      } catch (error) {
        failures.push(error);
      }
    }),
  );
  if (answers.length === 0 && failures.length > 0) throw failures[0];
  const most = Math.max(...answers.map(({ described }) => described.held ?? 0));
  const rank = ({ url, described }: (typeof answers)[0]) =>
    (left.has(url) ? 4 : 0) +
    (described.complete === false ? 2 : 0) +
    ((described.held ?? 0) * 2 < most ? 1 : 0);
  // They stand in the order in which they came.
  return answers.toSorted((a, b) => rank(a) - rank(b))[0];
}

/**
 * Waits until all nodes that were met have been asked for their keys, and those
 * that answered for their records: they were passed over until then.
 */
async function settle({ replica, clock }: Puller, stop: AbortSignal): Promise<void> {
  const end = clock.now() + settling;
  while (replica.settled?.() === false && clock.now() < end && !stop.aborted) {
    await clock.sleep(200, stop);
  }
}

/** Compares with others of other domains than the source's and one another's, until there are enough. */
async function check(
  puller: Puller,
  repair: Repair,
  { source, checked: before }: Filling,
  peers: Peer[],
  signal: AbortSignal,
): Promise<Filling["checked"]> {
  const checked = [...before];
  const used = new Set([source, ...before.map(({ host }) => host)].map((h) => domainOf(h ?? "")));
  for (const peer of peers) {
    if (checked.length >= othersWanted) break;
    const domain = domainOf(peer.host);
    if (peer.role !== "hub" || used.has(domain)) continue;
    try {
      const lacked = await adopt(puller, repair, peer, signal);
      used.add(domain);
      checked.push({ host: peer.host, at: puller.clock.now(), lacked });
    } catch (error) {
      if (signal.aborted) throw error;
      const { message } = error as Error;
      const log = getLogger(["fragaria", "replication"]);
      log.info("{host} can't be compared with: {message}", { host: peer.host, message });
    }
  }
  return checked;
}
