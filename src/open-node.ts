import "./temporal.ts";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Config } from "./config.ts";
import { loadIdentity } from "./directory/identity.ts";
import { renewEpoch } from "./directory/renew-epoch.ts";
import { AppError } from "./errors.ts";
import { readCache, removeCache } from "./index/cache.ts";
import * as changes from "./store/changes.ts";
import { migrate } from "./store/migrate.ts";
import { open, type Store } from "./store/open.ts";
import type { Db } from "./store/schema.ts";
import * as settings from "./store/settings.ts";

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
    await checkLog(store.db, indexFile(config), clock());
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
    `ORIGIN is ${origin}, but this data belongs to ${first}: its records and followers know it by that address. Set ORIGIN=${first}, or choose another DATA_DIR; “npm run cli -- move” moves a node.`,
  );
}

/** Where the search index of a node is. */
export function indexFile(config: Config): string {
  return join(config.dataDir, "index.sqlite");
}

/**
 * The index remembers how far it has read which log. A log that ends before
 * that, or is another one, was put back: by hand, or by a database server that
 * lost its last transactions.
 */
async function checkLog(db: Db, index: string, now: number): Promise<void> {
  const read = readCache(index);
  if (read === undefined) return;
  const epoch = await settings.epoch(db);
  const head = await changes.head(db);
  if (read.epoch === epoch && read.seq <= head) return;
  const why =
    read.epoch === epoch
      ? `its log ends at ${head}, but the search index has read up to ${read.seq}`
      : "the search index has read another log than this one";
  await renewEpoch(db, `the database was put back: ${why}`, now);
  removeCache(index);
}
