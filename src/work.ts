import type { Federation } from "@fedify/fedify";
import type { Config } from "./config.ts";
import { beat, type Chain } from "./directory/beat.ts";
import { changeRole } from "./directory/change-role.ts";
import { compareHosts } from "./directory/compare-hosts.ts";
import { dropExcluded } from "./directory/exclude.ts";
import { dropExpired } from "./directory/expire.ts";
import type { ImportDesk } from "./directory/import-desk.ts";
import { linkMemory } from "./directory/link.ts";
import { mandateMemory } from "./directory/mandate.ts";
import { finishMove } from "./directory/move-node.ts";
import { pruneRequests } from "./directory/request.ts";
import { settleAll } from "./directory/settle-hosts.ts";
import { signAfresh, signDue } from "./directory/sign-again.ts";
import { watchHosts } from "./directory/watch-hosts.ts";
import { watchSize } from "./directory/watch-size.ts";
import type { Watch } from "./events.ts";
import { deliver } from "./federation/deliver.ts";
import type { FederationData } from "./federation/federation.ts";
import { tendRelations } from "./federation/offers.ts";
import { shakeHands } from "./federation/peers.ts";
import type { DirectoryIndex } from "./index/directory-index.ts";
import { type Job, repeat } from "./jobs.ts";
import type { Repair } from "./replication/adopt.ts";
import type { KeyRing } from "./replication/keys.ts";
import { beHub, beLeaf } from "./replication/part.ts";
import type { Puller } from "./replication/pull.ts";
import { type Repairer, repairPeers, repairWholly, repairWith } from "./replication/reconcile.ts";
import { keepBeating } from "./replication/recall.ts";
import { reclaimOwn } from "./replication/reclaim.ts";
import { type RepairHost, seekWithheld, type Watchlist } from "./replication/seek.ts";
import type { Acquaintances } from "./replication/strangers.ts";
import { settleKeys, takeOverKeys } from "./replication/take-over-keys.ts";
import { signedWake, wakeHub, wakeHubs } from "./replication/wake.ts";
import { prune } from "./store/kv.ts";
import * as hosts from "./store/hosts.ts";
import * as links from "./store/links.ts";
import * as mandates from "./store/mandates.ts";
import { forgetDeleted } from "./store/messages.ts";
import * as sessions from "./store/sessions.ts";
import { wipeTraces } from "./store/traces.ts";

/** How often things are done, in milliseconds. */
export interface Pace {
  /** Between looks at the change log. */
  watch: number;
  /** Between unasked looks at a leaf. */
  leaf: number;
  /** Between looks for other hubs. */
  discover: number;
  /** Before a failed peer is asked again; doubled after each further failure. */
  retry: number;
  /** Between repairs, each with one peer. */
  repair: number;
  /** Between looks at what time alone changes: liveness, expiry, what is due to be signed again. */
  sweep: number;
  /** Between two beacons when something has changed; a 24th of that between two when nothing has. */
  beat: number;
}

export const usualPace: Pace = {
  watch: 200,
  leaf: 600_000,
  discover: 600_000,
  retry: 2000,
  repair: 300_000,
  sweep: 3_600_000,
  beat: 3_600_000,
};

/** Shortens what lies between nodes; the log is looked at as often as ever. */
export function hasten({ watch, ...rest }: Pace, times: number): Pace {
  const { leaf, discover, retry, repair, sweep, beat } = rest;
  return {
    watch,
    leaf: leaf / times,
    discover: discover / times,
    retry: retry / times,
    repair: repair / times,
    sweep: sweep / times,
    beat: beat / times,
  };
}

/** Nothing waits longer than that to be sent; milliseconds. */
const week = 604_800_000;

/** What the background work of a node takes. */
export interface Work {
  config: Config;
  data: FederationData;
  federation: Federation<FederationData>;
  index: DirectoryIndex;
  watch: Watch;
  puller: Puller;
  repairer: Repairer;
  desk: ImportDesk;
  keys: KeyRing;
  acquaintances: Acquaintances;
  /** The head of the log before the keys were loaded. */
  head: number;
  pace: Pace;
  stop: AbortSignal;
  /** Who is to be told that a peer has woken us. */
  onWake(handler: (origin: string) => boolean): void;
  /** Called once the index has caught up. */
  onReady(): void;
}

/** What a hub held of others goes once it is a leaf. Becoming a hub is done with before it starts. */
function becomeLeaf({ config, data: { db, node, clock }, pace, stop }: Work): Job {
  const pauses = { every: pace.sweep, retry: pace.retry, retryMost: pace.sweep };
  return repeat("becoming a leaf", stop, pauses, async (signal) => {
    if (config.role === "leaf") await changeRole(db, node, "leaf", clock(), signal);
    return false;
  });
}

/**
 * Begins what a node does by itself: delivering, following, indexing, tidying.
 *
 * @returns What settles when each has ended after `stop`.
 */
export function work(parts: Work): Promise<unknown>[] {
  const { config, data, federation, index, watch, puller, desk, pace, stop } = parts;
  const { db, node, clock } = data;
  const bePart = config.role === "hub" ? beHub : beLeaf;
  const { repairer } = parts;
  const repair: Repair = ({ url }, signal) => repairWholly(repairer, url, signal);
  const wake = signedWake(node, puller.send);
  const running: Promise<unknown>[] = [
    deliver(federation, data, watch, stop).done,
    tendRelations(federation, data, index, watch, stop).done,
    shakeHands(federation, data, config.role, stop).done,
    wakeHubs(puller, wake, watch, stop).done,
    repairPeers(repairer, pace.repair, config.role === "leaf", stop, (hub, signal) =>
      wakeHub(puller, wake, hub, signal),
    ).done,
    becomeLeaf(parts).done,
    bePart({ puller, repair, pace, stop, onWake: (handler) => parts.onWake(handler) }),
  ];
  const renewing = { every: pace.sweep, retry: pace.retry, retryMost: pace.sweep };
  const renewal = repeat("signing again", stop, renewing, async (signal) => {
    await signAfresh(db, node, clock, signal);
    await signDue(db, node, clock, signal);
    await finishMove(db, node, clock, signal);
    await dropExpired(db, node, clock(), signal);
    return false;
  });
  const { keys, acquaintances, head } = parts;
  const settling = repeat("asking for keys again", stop, renewing, async (signal) => {
    await settleKeys(db, keys, puller, signal);
    return false;
  });
  running.push(
    renewal.done,
    settling.done,
    takeOverKeys({ db, node, keys }, watch, head, stop, {
      own: () => renewal.wake(),
      others: () => settling.wake(),
    }).done,
    acquaintances.start(puller, stop),
  );
  const beating = { least: pace.beat, most: 24 * pace.beat };
  const renewBeacon = (chain: Chain) =>
    beat(db, node, { role: config.role }, clock(), beating, chain);
  running.push(
    keepBeating(puller, renewBeacon, pace.beat, stop).done,
    repeat("watching hosts", stop, renewing, async () => {
      await watchHosts(db, node, clock());
      await settleAll(db, node, clock());
      return false;
    }).done,
  );
  // Soon after it was decided, and in portions.
  const dropping = { every: pace.sweep / 60, retry: pace.retry, retryMost: pace.sweep };
  running.push(
    repeat("dropping what is left out", stop, dropping, async () => {
      await dropExcluded(db, node, clock());
      return false;
    }).done,
  );
  if (config.role === "hub") {
    running.push(
      repeat("watching the size of the directory", stop, renewing, async () => {
        // While it is being built, nothing is gone that isn't counted yet.
        await index.catchUp();
        await watchSize(db, node, index, clock());
        return false;
      }).done,
    );
    const seekOf: RepairHost = (url, host, signal) => repairWith(repairer, url, signal, host);
    const list: Watchlist = {
      compare: () => compareHosts(db, clock()),
      note: (host, outcome) => hosts.update(db, host, outcome),
    };
    const seeking = { every: pace.repair, retry: pace.repair, retryMost: 10 * pace.repair };
    running.push(
      repeat("seeking what is withheld", stop, seeking, async (signal) => {
        await seekWithheld(puller, seekOf, list, pace.beat, signal);
        return false;
      }).done,
    );
  }
  const reclaiming = { every: 60_000, retry: pace.retry, retryMost: 300_000 };
  running.push(
    repeat("reading own records back", stop, reclaiming, async (signal) => {
      await reclaimOwn(puller, signal);
      return false;
    }).done,
  );
  const indexing = { every: 0, retry: 1000, retryMost: 60_000 };
  running.push(
    repeat("indexing", stop, indexing, async () => {
      const seq = await index.catchUp();
      parts.onReady();
      await watch.past(seq, 60_000, stop);
      return true;
    }).done,
  );
  const daily = { every: 24 * pace.sweep, retry: pace.retry, retryMost: 3_600_000 };
  running.push(
    repeat("wiping traces of what was deleted", stop, daily, async () => {
      await forgetDeleted(db, clock() - week);
      await wipeTraces(db);
      await index.wipe();
      return false;
    }).done,
  );
  const hourly = { every: 3_600_000, retry: 60_000, retryMost: 3_600_000 };
  running.push(
    repeat("pruning", stop, hourly, async () => {
      await sessions.prune(db, clock());
      await links.prune(db, clock() - linkMemory);
      await pruneRequests(db, clock());
      await mandates.prune(db, clock() - mandateMemory);
      await desk.sweep();
      return (await prune(db, clock())) < 0;
    }).done,
  );
  return running;
}
