import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type App, createApp } from "../../src/app.ts";
import { openNode } from "../../src/open-node.ts";
import { type Config, readConfig } from "../../src/config.ts";
import { beaconKind } from "../../src/coop/beacon.ts";
import type { ListingContent } from "../../src/coop/listing.ts";
import type { Identity } from "../../src/directory/identity.ts";
import { listen, type Listener } from "../../src/listen.ts";
import type { Db } from "../../src/store/schema.ts";
import type { Pace } from "../../src/work.ts";

/** As fast as tests want it; a real node is in no such hurry. */
export const quickPace: Pace = {
  watch: 20,
  leaf: 60_000,
  discover: 60_000,
  retry: 100,
  probe: 1_800_000,
  patience: 604_800_000,
  gather: 100,
  group: 21_600_000,
  repair: 60_000,
  sweep: 3_600_000,
  beat: 3_600_000,
};

/** A node on a loopback port of its own, with real sockets and a real database. */
export interface TestNode extends AsyncDisposable {
  readonly origin: string;
  readonly config: Config;
  /** @param boot Another boot of the machine than the last one, as after a loss of power. */
  start(boot?: string): Promise<void>;
  stop(): Promise<void>;
  /**
   * Works on the node's database: through the running node's own handle, as two
   * handles on one SQLite file in one thread would wait for each other for ever.
   */
  use<T>(work: (db: Db, node: Identity) => Promise<T>): Promise<T>;
  get(path: string, headers?: Record<string, string>): Promise<Response>;
}

/** A port that nothing listens on. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "localhost", () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

/** A node that isn't started yet; its data is removed at the end. */
export async function testNode(
  env: Record<string, string> = {},
  { port, pace = quickPace }: { port?: number; pace?: Pace } = {},
): Promise<TestNode> {
  const dataDir = mkdtempSync(join(tmpdir(), "fragaria-node-"));
  const open = port ?? (await freePort());
  const config = readConfig({
    PORT: String(open),
    ORIGIN: `http://localhost:${open}`,
    DATA_DIR: dataDir,
    ...env,
  });
  let running: { app: App; listener: Listener } | undefined;
  const stop = async () => {
    const { app, listener } = running ?? {};
    running = undefined;
    app?.stop();
    await listener?.[Symbol.asyncDispose]();
    await app?.[Symbol.asyncDispose]();
  };
  return {
    origin: config.origin,
    config,
    async start(boot = "boot-1") {
      const app = await createApp(config, Date.now, pace, boot);
      const listener = await listen((request) => app.fetch(request), config.port, config.host);
      app.start();
      running = { app, listener };
    },
    stop,
    async use(work) {
      if (running !== undefined) return await work(running.app.db, running.app.node);
      const { store, node } = await openNode(config, Date.now);
      await using _closing = store;
      return await work(store.db, node);
    },
    get: (path, headers = {}) => fetch(`${config.origin}${path}`, { headers }),
    async [Symbol.asyncDispose]() {
      await stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** What a node holds, beacons apart: digests by id, in order. */
export function directoryOf(node: TestNode): Promise<[string, string][]> {
  return node.use(async (db) => {
    const rows = await db
      .selectFrom("record")
      .select(["id", "digest"])
      .where("kind", "!=", beaconKind)
      .orderBy("id")
      .execute();
    return rows.map(({ id, digest }) => [id, digest]);
  });
}

/** Waits until something is so; fails with what was last seen. */
export async function until<T>(
  read: () => Promise<T> | T,
  right: (value: T) => boolean = Boolean,
  timeout = 50_000,
): Promise<T> {
  const end = Date.now() + timeout;
  for (;;) {
    const value = await read();
    if (right(value)) return value;
    if (Date.now() > end) throw new Error(`still ${JSON.stringify(value)?.slice(0, 2000)}`);
    await sleep(25);
  }
}

/** Waits until the nodes hold the same directory, of this size if it is given. */
export async function settle(nodes: TestNode[], size?: number): Promise<[string, string][]> {
  const same = (all: [string, string][][]) =>
    new Set(all.map((each) => JSON.stringify(each))).size === 1 &&
    (size === undefined || all[0]?.length === size);
  const all = await until(() => Promise.all(nodes.map(directoryOf)), same, 60_000);
  return all[0] ?? [];
}

/** The content of a small co-op, to be varied. */
export function bakery(changes: Partial<ListingContent> = {}): ListingContent {
  return {
    name: "Boulangerie de la Gare",
    summary: "Du pain au levain, cuit par ses membres.",
    inLanguage: "fr",
    coopType: "worker",
    activity: ["isic4:1071"],
    theme: ["food"],
    location: {
      type: "Place",
      address: { type: "PostalAddress", addressLocality: "Rimouski", addressCountry: "CA" },
      region: ["iso3166-2:CA-QC"],
    },
    stakeholders: [{ key: "workers", kind: "worker", name: "Travailleuses", members: 12 }],
    provenance: { kind: "claimed" },
    license: "CC0-1.0",
    discoverable: true,
    indexable: true,
    ...changes,
  };
}
