import type { Federation } from "@fedify/fedify";
import type { Config } from "./config.ts";
import { beat, type Chain } from "./directory/beat.ts";
import { changeRole } from "./directory/change-role.ts";
import { compareHosts } from "./directory/compare-hosts.ts";
import { dropExcluded } from "./directory/exclude.ts";
import { dropExpired } from "./directory/expire.ts";
import { gatherNews } from "./directory/gather-news.ts";
import { erasePictures, sweepPictures } from "./directory/erase-pictures.ts";
import type { ImportDesk } from "./directory/import-desk.ts";
import type { PictureDesk } from "./directory/pictures/desk.ts";
import { linkMemory } from "./directory/link.ts";
import { mandateMemory } from "./directory/mandate.ts";
import { pruneConversation } from "./directory/forget-conversation.ts";
import { finishMove } from "./directory/move-node.ts";
import { pruneLog } from "./directory/prune-log.ts";
import { publishDue } from "./directory/publish-due.ts";
import { pruneRequests } from "./directory/request.ts";
import { settleAll } from "./directory/settle-hosts.ts";
import { checkNews } from "./directory/take-news.ts";
import { signAfresh, signDue } from "./directory/sign-again.ts";
import { watchHosts } from "./directory/watch-hosts.ts";
import { watchSize } from "./directory/watch-size.ts";
import type { Watch } from "./events.ts";
import { tendBacklinks } from "./federation/backlinks.ts";
import { tellOfMove } from "./federation/former-self.ts";
import { deliver } from "./federation/deliver.ts";
import type { FederationData } from "./federation/federation.ts";
import { tendRelations } from "./federation/offers.ts";
import { greetAfterAbsence } from "./federation/greet.ts";
import { shakeHands } from "./federation/peers.ts";
import { askUnreachable } from "./federation/unreachable.ts";
import type { DirectoryIndex } from "./index/directory-index.ts";
import { repeat } from "./jobs.ts";
import type { Repair } from "./replication/adopt.ts";
import { postAsker } from "./replication/ask-post.ts";
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
  /** Between tries to deliver to a server that doesn't answer, and how long it is tried. */
  probe: number;
  patience: number;
  /** How long the first news of a feed wait for others, and between two posts of a feed. */
  gather: number;
  group: number;
  /** Between repairs, each with one peer. */
  repair: number;
  /** Between looks at what time alone changes: liveness, expiry, what is due to be signed again. */
  sweep: number;
  /** Between two beacons when something has changed; 24 times that when nothing has. */
  beat: number;
}

export const usualPace: Pace = {
  watch: 200,
  leaf: 600_000,
  discover: 600_000,
  retry: 2000,
  probe: 1_800_000,
  patience: 604_800_000,
  gather: 300_000,
  group: 21_600_000,
  repair: 300_000,
  sweep: 3_600_000,
  beat: 3_600_000,
};

/** Shortens what lies between nodes; the log is looked at, and followers are told, as ever. */
export function hasten(pace: Pace, times: number): Pace {
  const { watch, probe, patience, gather, group, ...rest } = pace;
  const { leaf, discover, retry, repair, sweep, beat } = rest;
  return {
    watch,
    probe,
    patience,
    gather,
    group,
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
  pictures: PictureDesk;
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

/**
 * Begins what a node does by itself.
 *
 * @returns What settles when each has ended after `stop`.
 */
export function work(parts: Work): Promise<unknown>[] {
  return [
    ...exchanging(parts),
    ...vouchingForItself(parts),
    ...watchingOthers(parts),
    ...(parts.config.role === "hub" ? watchingTheWhole(parts) : []),
    ...tidying(parts),
  ];
}

/** What goes out and comes in: to followers, to other nodes, and into the index. */
function exchanging(parts: Work): Promise<unknown>[] {
  const { config, data, federation, index, watch, puller, repairer, pace, stop } = parts;
  const { db, node } = data;
  const leaf = config.role === "leaf";
  const repair: Repair = ({ url }, signal) => repairWholly(repairer, url, signal);
  const onWake: Work["onWake"] = (handler) => parts.onWake(handler);
  const wake = signedWake(node, puller.send);
  const wakeOne = (hub: string, signal: AbortSignal) => wakeHub(puller, wake, hub, signal);
  const indexing = { every: 0, retry: 1000, retryMost: 60_000 };
  const publishing = { every: Math.min(20_000, pace.sweep), retry: 1000, retryMost: 60_000 };
  const reclaiming = { every: 60_000, retry: pace.retry, retryMost: 300_000 };
  return [
    deliver(federation, data, watch, stop).done,
    gatherNews({ db, node, index, clock: data.clock, watch, stop, pace }).done,
    tendRelations(federation, data, index, watch, stop).done,
    repeat("publishing what is due", stop, publishing, async () => {
      return (await publishDue(db, data.clock())) > 0;
    }).done,
    tendBacklinks(data, watch, stop).done,
    repeat("telling followers of the node's move", stop, sweeping(pace), async (signal) => {
      await tellOfMove(federation, data, signal);
      return false;
    }).done,
    shakeHands(federation, data, config.role, stop).done,
    repeat("telling servers that it is there again", stop, sweeping(pace), async (signal) => {
      await greetAfterAbsence(federation, data, signal);
      return false;
    }).done,
    repeat("asking servers that were away", stop, sweeping(pace), async (signal) => {
      await askUnreachable(data, data.clock(), signal);
      return false;
    }).done,
    wakeHubs(puller, wake, watch, stop).done,
    (leaf ? beLeaf : beHub)({ puller, repair, pace, stop, onWake }),
    repairPeers(repairer, pace.repair, leaf, stop, wakeOne).done,
    repeat("reading own records back", stop, reclaiming, async (signal) => {
      await reclaimOwn(puller, signal);
      return false;
    }).done,
    repeat("indexing", stop, indexing, async () => {
      const seq = await index.catchUp();
      parts.onReady();
      await watch.past(seq, 60_000, stop);
      return true;
    }).done,
    // What a hub held of others goes once it is a leaf; becoming a hub is done with before this.
    repeat("becoming a leaf", stop, sweeping(pace), async (signal) => {
      if (leaf) await changeRole(db, node, "leaf", parts.data.clock(), signal);
      return false;
    }).done,
  ];
}

/** What time alone asks for. */
function sweeping({ sweep, retry }: Pace) {
  return { every: sweep, retry, retryMost: sweep };
}

/** That its own records stay valid, its keys known, and others know that it is alive. */
function vouchingForItself(parts: Work): Promise<unknown>[] {
  const { config, data, watch, puller, keys, head, pace, stop } = parts;
  const { db, node, clock } = data;
  const renewal = repeat("signing again", stop, sweeping(pace), async (signal) => {
    await signAfresh(db, node, clock, signal);
    await signDue(db, node, clock, signal);
    await finishMove(db, node, clock, signal);
    await dropExpired(db, node, clock(), signal);
    return false;
  });
  const settling = repeat("asking for keys again", stop, sweeping(pace), async (signal) => {
    await settleKeys(db, keys, puller, signal);
    return false;
  });
  const woken = { own: () => renewal.wake(), others: () => settling.wake() };
  const beating = { least: pace.beat, most: 24 * pace.beat };
  const renewBeacon = (chain: Chain) =>
    beat(db, node, { role: config.role }, clock(), beating, chain);
  return [
    renewal.done,
    settling.done,
    takeOverKeys({ db, node, keys }, watch, head, stop, woken).done,
    keepBeating(puller, renewBeacon, pace.beat, stop).done,
  ];
}

/** Who else there is, how long they have been silent, and whom this node leaves out. */
function watchingOthers({ data, acquaintances, puller, pace, stop }: Work): Promise<unknown>[] {
  const { db, node, clock } = data;
  // Soon after it was decided, and in portions.
  const dropping = { ...sweeping(pace), every: pace.sweep / 60 };
  return [
    acquaintances.start(puller, stop),
    repeat("watching hosts", stop, sweeping(pace), async () => {
      await watchHosts(db, node, clock());
      await settleAll(db, node, clock());
      return false;
    }).done,
    repeat("dropping what is left out", stop, dropping, async () => {
      await dropExcluded(db, node, clock());
      return false;
    }).done,
  ];
}

/** Whether a hub holds all that there is. */
function watchingTheWhole({ data, index, puller, repairer, pace, stop }: Work): Promise<unknown>[] {
  const { db, node, clock } = data;
  const seekOf: RepairHost = (url, host, signal) => repairWith(repairer, url, signal, host);
  const list: Watchlist = {
    compare: () => compareHosts(db, clock()),
    note: (host, outcome) => hosts.update(db, host, outcome),
  };
  const askPost = postAsker(puller.send);
  const checking = { every: pace.gather, retry: pace.retry, retryMost: 300_000 };
  const seeking = { every: pace.repair, retry: pace.repair, retryMost: 10 * pace.repair };
  return [
    repeat("watching the size of the directory", stop, sweeping(pace), async () => {
      // While it is being built, nothing is gone that isn't counted yet.
      await index.catchUp();
      await watchSize(db, node, index, clock());
      return false;
    }).done,
    repeat("checking news of others", stop, checking, async () => {
      return (await checkNews(db, askPost, clock(), 10)) === 10;
    }).done,
    repeat("seeking what is withheld", stop, seeking, async (signal) => {
      await seekWithheld(puller, seekOf, list, pace.beat, signal);
      return false;
    }).done,
  ];
}

/** That nothing is kept for longer than it is needed. */
function tidying({ data, index, desk, pictures, pace, stop }: Work): Promise<unknown>[] {
  const { db, node, clock } = data;
  const daily = { every: 24 * pace.sweep, retry: pace.retry, retryMost: 3_600_000 };
  const minutely = { every: 60_000, retry: 60_000, retryMost: 3_600_000 };
  const hourly = { every: 3_600_000, retry: 60_000, retryMost: 3_600_000 };
  return [
    repeat("wiping traces of what was deleted", stop, daily, async () => {
      await forgetDeleted(db, clock() - week);
      await wipeTraces(db);
      await index.wipe();
      return false;
    }).done,
    repeat("pruning the log of changes", stop, daily, async (signal) => {
      await pruneLog(db, clock(), signal);
      return false;
    }).done,
    repeat("deleting files of pictures", stop, minutely, async () => {
      await erasePictures(db, pictures);
      return false;
    }).done,
    repeat("pruning", stop, hourly, async () => {
      await sessions.prune(db, clock());
      await links.prune(db, clock() - linkMemory);
      await pruneRequests(db, clock());
      await pruneConversation(db, clock());
      await mandates.prune(db, clock() - mandateMemory);
      await desk.sweep();
      await sweepPictures(db, node, pictures, clock());
      return (await prune(db, clock())) < 0;
    }).done,
  ];
}
