import "./temporal.ts";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Hono } from "hono";
import type { Config } from "./config.ts";
import { type Identity, loadIdentity } from "./directory/identity.ts";
import { linkMemory } from "./directory/link.ts";
import { createThrottle } from "./directory/throttle.ts";
import { AppError } from "./errors.ts";
import { watch } from "./events.ts";
import { deliver } from "./federation/deliver.ts";
import { buildFederation, type FederationData, serveFederation } from "./federation/federation.ts";
import { shakeHands } from "./federation/peers.ts";
import { openIndex } from "./index/sqlite-index.ts";
import { repeat } from "./jobs.ts";
import { followPeers } from "./replication/follow.ts";
import { loadKeyRing } from "./replication/keys.ts";
import { wakeHubs } from "./replication/wake.ts";
import * as changes from "./store/changes.ts";
import { kvStore, prune } from "./store/kv.ts";
import * as links from "./store/links.ts";
import { migrate } from "./store/migrate.ts";
import { open, type Store } from "./store/open.ts";
import * as peers from "./store/peers.ts";
import type { Db } from "./store/schema.ts";
import { messageQueue } from "./store/queue.ts";
import * as sessions from "./store/sessions.ts";
import * as settings from "./store/settings.ts";
import { createWeb } from "./web/routes.ts";

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

/** What tests shorten; milliseconds. */
export interface Pace {
  /** Between looks at the change log. */
  watch: number;
  /** Between unasked looks at a leaf. */
  leaf: number;
  /** Before a failed peer is asked again. */
  retry: number;
}

const usualPace: Pace = { watch: 200, leaf: 600_000, retry: 2000 };

/**
 * Opens a node's database, brings its tables up to date and loads its keys.
 * Whoever works on a node does it through this: the server and the commands.
 *
 * @throws {AppError} `bad-config` when the data belongs to another origin.
 */
export async function openNode(config: Config, clock: () => number) {
  if (config.databaseUrl.startsWith("sqlite:")) mkdirSync(config.dataDir, { recursive: true });
  const store = await open(config.databaseUrl);
  try {
    await migrate(store.db);
    await checkOrigin(store, config.origin);
    return { store, node: await loadIdentity(store.db, config.origin, clock()) };
  } catch (error) {
    await store[Symbol.asyncDispose]();
    throw error;
  }
}

async function checkOrigin({ db }: Store, origin: string): Promise<void> {
  const first = await settings.origin(db, origin);
  if (first === origin) return;
  throw new AppError(
    "bad-config",
    `ORIGIN is ${origin}, but this data belongs to ${first}: its records and followers know it by that address, which can't be changed. Set ORIGIN=${first}, or choose another DATA_DIR.`,
  );
}

/** Puts a node together. Nothing but this constructs. */
export async function createApp(
  config: Config,
  clock: () => number = Date.now,
  pace: Pace = usualPace,
): Promise<App> {
  const stop = new AbortController();
  const { signal } = stop;
  await using cleanup = new AsyncDisposableStack();
  const { store, node } = await openNode(config, clock);
  cleanup.use(store);
  const { db } = store;
  await peers.configure(db, config.peers);
  const epoch = await settings.epoch(db);
  mkdirSync(config.dataDir, { recursive: true });
  const index = cleanup.use(await openIndex(db, join(config.dataDir, "index.sqlite")));
  const log = watch(() => changes.head(db), pace.watch, signal);

  const federation = buildFederation(node.origin, config.insecure, kvStore(db, clock), {
    inbox: messageQueue(db, "inbox"),
    outbox: messageQueue(db, "outbox"),
  });
  const keys = await loadKeyRing(db, node);
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
  const site = {
    db,
    node,
    index,
    feed: { db, epoch, host: node.host, watch: log },
    role: config.role,
    name: config.nodeName,
    contact: config.contact,
    clock,
    throttle: createThrottle(),
    ready: () => Promise.resolve(ready),
    federation: (request: Request) => serveFederation(federation, data, request),
  };
  const web: Hono = createWeb(site);
  const running: Promise<unknown>[] = [];

  cleanup.defer(async () => {
    stop.abort();
    await Promise.allSettled(running);
  });
  const disposal = cleanup.move();
  return {
    db,
    node,
    fetch: (request) => web.fetch(request),
    start() {
      running.push(federation.startQueue(data, { signal }));
      running.push(deliver(federation, data, log, signal).done);
      running.push(shakeHands(federation, data, config.peers, signal).done);
      if (config.role === "hub") {
        const puller = { db, node, keys, insecure: config.insecure, clock };
        const followed = followPeers(puller, config.peers, signal, pace);
        wake = (origin) => followed.wake(origin);
        running.push(followed.done);
      } else {
        running.push(wakeHubs(db, node, config.peers, log, signal).done);
      }
      const indexing = { every: 0, retry: 1000, retryMost: 60_000 };
      running.push(
        repeat("indexing", signal, indexing, async () => {
          const seq = await index.catchUp();
          ready = true;
          await log.past(seq, 60_000, signal);
          return true;
        }).done,
      );
      const hourly = { every: 3_600_000, retry: 60_000, retryMost: 3_600_000 };
      running.push(
        repeat("pruning", signal, hourly, async () => {
          await sessions.prune(db, clock());
          await links.prune(db, clock() - linkMemory);
          return (await prune(db, clock())) < 0;
        }).done,
      );
    },
    stop: () => stop.abort(),
    [Symbol.asyncDispose]: () => disposal.disposeAsync(),
  };
}
