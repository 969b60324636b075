import "./temporal.ts";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Hono } from "hono";
import type { Config } from "./config.ts";
import { changeRole } from "./directory/change-role.ts";
import { configurePeers } from "./directory/configure-peers.ts";
import { openImportDesk } from "./directory/import-desk.ts";
import type { Identity } from "./directory/identity.ts";
import { openPictureDesk } from "./directory/pictures/desk.ts";
import { renewEpoch } from "./directory/renew-epoch.ts";
import { createThrottle } from "./directory/throttle.ts";
import { watch } from "./events.ts";
import { orderOf } from "./federation/order.ts";
import { withDigests } from "./federation/synchronise.ts";
import { buildFederation, type FederationData } from "./federation/federation.ts";
import { watchArrivals } from "./federation/arrivals.ts";
import { lookAtStart } from "./federation/mirror.ts";
import { createScreen } from "./federation/screen.ts";
import { serveFederation } from "./federation/serve.ts";
import { readCache, removeCache } from "./index/cache.ts";
import { type IndexThreads, openIndex } from "./index/sqlite-index.ts";
import { indexFile, openNode } from "./open-node.ts";
import { loadKeyRing } from "./replication/keys.ts";
import type { Puller } from "./replication/pull.ts";
import { repairDesk, signedAskRanges } from "./replication/reconcile.ts";
import { Refusals } from "./replication/refusals.ts";
import { reclaimOwn } from "./replication/reclaim.ts";
import { databaseReplica, machineClock } from "./replication/replica.ts";
import { meetStrangers } from "./replication/strangers.ts";
import { SealedCopy } from "./replication/sealed-copy.ts";
import { Requesters } from "./replication/signed-request.ts";
import { bootId, lostPower, markRunning, markStopped } from "./running.ts";
import * as changes from "./store/changes.ts";
import { kvStore } from "./store/kv.ts";
import * as peers from "./store/peers.ts";
import type { Db } from "./store/schema.ts";
import { messageQueue } from "./store/queue.ts";
import * as settings from "./store/settings.ts";
import { createWeb } from "./web/routes.ts";
import { hasten, type Pace, usualPace, work } from "./work.ts";

/** A node, ready to answer requests. */
export interface App extends AsyncDisposable {
  readonly db: Db;
  readonly node: Identity;
  fetch(request: Request): Response | Promise<Response>;
  /** Begins the work in the background: delivering, following, indexing. */
  start(): void;
  /** Ends that work, and the requests that wait for news; dispose of the rest afterwards. */
  stop(): void;
}

/**
 * An index that was left lying for so long that the log no longer says all that
 * is gone since begins anew.
 */
async function checkIndex(db: Db, index: string): Promise<void> {
  const read = readCache(index);
  if (read !== undefined && read.seq < (await settings.pruned(db))) removeCache(index);
}

/** How long a start waits for this node's own records to come back; milliseconds. */
const patience = 10_000;

/**
 * After the log went back, what peers hold of this node's own comes in before
 * anything is published, as far as they answer in time. The rest follows in the
 * background.
 */
async function reclaimFirst(db: Db, puller: Puller, stop: AbortSignal): Promise<void> {
  if ((await settings.renewed(db)) === undefined) return;
  const known = await puller.replica.peers.all();
  if (known.some(({ reclaimed }) => reclaimed !== null)) return;
  const late = AbortSignal.timeout(patience);
  const first = reclaimOwn(puller, AbortSignal.any([stop, late])).catch(() => undefined);
  await Promise.race([first, sleep(patience, undefined, { ref: false })]);
}

/**
 * Puts a node together. Nothing but this constructs.
 *
 * @param boot Names the present boot of the machine, by which a node that was
 *   killed is told from one that lost its power.
 */
export async function createApp(
  config: Config,
  clock: () => number = Date.now,
  pace: Pace = usualPace,
  boot: string | undefined = bootId(),
): Promise<App> {
  const stop = new AbortController();
  const { signal } = stop;
  await using cleanup = new AsyncDisposableStack();
  let marked = false;
  cleanup.defer(() => {
    // Last of all, when the database is closed and all of it on the disk.
    if (marked) markStopped(config.dataDir);
  });
  const { store, node } = await openNode(config, clock);
  cleanup.use(store);
  const { db } = store;
  await configurePeers(db, node, config.peers, clock());
  mkdirSync(config.dataDir, { recursive: true });
  // PostgreSQL answers for what it has committed, on whatever machine it is.
  if (store.engine === "sqlite" && lostPower(config.dataDir, boot)) {
    await renewEpoch(db, "the machine may have lost its power while the node ran", clock());
  }
  await checkIndex(db, indexFile(config));
  const index = cleanup.use(await openIndex(db, indexFile(config), threadsOf(config)));
  let last = 0;
  const readHead = async () => {
    const head = await changes.head(db);
    if (head < last) {
      const why = `the log went back from ${last} to ${head} while the node ran`;
      await renewEpoch(db, why, clock());
    }
    last = head;
    return head;
  };
  const log = watch(readHead, pace.watch, signal);

  const outbox = messageQueue(db, "outbox", { order: orderOf });
  const queue = { inbox: messageQueue(db, "inbox"), outbox: withDigests(db, node.origin, outbox) };
  const federation = buildFederation(config, kvStore(db, clock), queue, pace);
  const { insecure, role } = config;
  const head = await changes.head(db);
  const keys = await loadKeyRing({ db, node, send: fetch, now: clock, insecure });
  const strangers = meetStrangers({
    node,
    keys,
    pause: hasten(pace, config.haste).leaf,
    now: clock,
  });
  const replica = databaseReplica({ db, node, keys, strangers, insecure, now: clock, role });
  let wake = (_origin: string) => false;
  // Once the index has caught up with what was there at the start; later it is moments behind.
  let ready = false;
  const data: FederationData = {
    db,
    node,
    insecure: config.insecure,
    clock,
    wake: (origin) => wake(origin),
  };
  const screen = createScreen(data);
  const arrivals = watchArrivals(clock);
  const desk = openImportDesk(db, node, join(config.dataDir, "uploads"), clock, signal);
  const pictures = cleanup.use(openPictureDesk(join(config.dataDir, "pictures")));
  const machine = machineClock(clock);
  const puller: Puller = { replica, send: fetch, clock: machine, random: Math.random };
  const copy = new SealedCopy(replica, machine);
  const site = {
    db,
    node,
    index,
    feed: { replica, watch: log, now: clock },
    repairs: repairDesk(replica, copy, fetch, machine),
    requesters: new Requesters(fetch, machine),
    role: config.role,
    name: config.nodeName,
    contact: config.contact,
    sourceUrl: config.sourceUrl,
    clock,
    imports: desk,
    pictures,
    throttle: createThrottle(),
    ready: () => Promise.resolve(ready),
    arrivals,
    federation: (request: Request) => serveFederation(federation, data, screen, arrivals, request),
  };
  if (role === "hub") await changeRole(db, node, role, clock(), signal);
  const web: Hono = createWeb(site);
  const running: Promise<unknown>[] = [];
  await reclaimFirst(db, puller, signal);
  // A leaf doesn't read feeds, so nothing else would tell it that it was put back.
  if (config.role === "leaf") await peers.reclaimFromAll(db);

  cleanup.defer(async () => {
    stop.abort();
    // At once, as some of what runs waits for the index to catch up.
    await Promise.allSettled([...running, index[Symbol.asyncDispose]()]);
    await desk.idle();
  });
  const disposal = cleanup.move();
  return {
    db,
    node,
    fetch: (request) => web.fetch(request),
    start() {
      markRunning(config.dataDir, boot);
      marked = true;
      running.push(federation.startQueue(data, { signal }));
      if (!insecure) running.push(lookAtStart(node, config.port, arrivals, signal));
      running.push(
        ...work({
          config,
          data,
          federation,
          index,
          watch: log,
          puller,
          repairer: {
            ...puller,
            copy,
            askRanges: signedAskRanges(node, fetch),
            refusals: new Refusals(),
          },
          desk,
          pictures,
          keys,
          acquaintances: strangers,
          head,
          pace: hasten(pace, config.haste),
          stop: signal,
          onWake: (handler) => (wake = handler),
          onReady: () => (ready = true),
        }),
      );
    },
    stop: () => stop.abort(),
    [Symbol.asyncDispose]: () => disposal.disposeAsync(),
  };
}

/** A hub searches beside its other work; what a leaf holds is searched in no time. */
function threadsOf({ role, databaseUrl }: Config): IndexThreads | undefined {
  if (role === "leaf" || databaseUrl.endsWith(":memory:")) return undefined;
  return { databaseUrl, readers: 2 };
}
