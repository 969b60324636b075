import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openNode } from "../../../src/open-node.ts";
import type { DirectoryIndex } from "../../../src/index/directory-index.ts";
import { openIndex } from "../../../src/index/sqlite-index.ts";
import type { Db } from "../../../src/store/schema.ts";
import { progress } from "../measure.ts";
import { startPeer } from "../processes.ts";
import { dataAt, folder, nodeData, type NodeData } from "../uk.ts";
import type { Load, Loaded } from "./load-node.ts";
import type { Options } from "./options.ts";

/** A node's data with all listings in it, not running. */
export interface Prepared extends NodeData, Disposable {
  /** What else belongs to them. */
  folder: string;
  /** The file of the index, there or not. */
  index: string;
  bodyBytes: number;
  /** How many co-ops a search finds. */
  found: number;
}

interface Kept extends Loaded {
  n: number;
  seed: number;
  context: string;
  env: Record<string, string>;
}

/** Makes the data, or takes what `--keep` has kept of the same. */
export async function prepare(options: Options): Promise<Prepared> {
  const { keep, n, seed, context } = options;
  using cleanup = new DisposableStack();
  const path = keep ?? cleanup.use(folder()).path;
  const note = join(path, "bench.json");
  const kept = existsSync(note) ? (JSON.parse(readFileSync(note, "utf8")) as Kept) : undefined;
  const dataDir = join(path, "node");
  const index = join(dataDir, "index.sqlite");
  if (kept !== undefined && kept.n === n && kept.seed === seed && kept.context === context) {
    const { env, bodyBytes, found } = kept;
    const disposal = cleanup.move();
    return {
      ...dataAt(dataDir, env),
      folder: path,
      index,
      bodyBytes,
      found,
      ...disposing(disposal),
    };
  }
  rmSync(dataDir, { recursive: true, force: true });
  mkdirSync(path, { recursive: true });
  const data = await nodeData(dataDir);
  await (await openNode(data.config, Date.now)).store[Symbol.asyncDispose]();
  const database = data.config.databaseUrl.slice("sqlite:".length);
  const start = performance.now();
  const load: Load = { seed, size: n, context, database, folder: path };
  await using loader = await startPeer<Loaded>(new URL("./load-node.ts", import.meta.url), load);
  const { bodyBytes, found } = loader.ready;
  const seconds = (performance.now() - start) / 1000;
  progress(
    `  ${n} listings of ${Math.round(bodyBytes / n)} B in ${seconds.toFixed(0)} s; the database has ${(statSync(database).size / 1e9).toFixed(2)} GB`,
  );
  const written: Kept = { n, seed, context, env: data.env, bodyBytes, found };
  writeFileSync(note, JSON.stringify(written));
  const disposal = cleanup.move();
  return { ...data, folder: path, index, bodyBytes, found, ...disposing(disposal) };
}

function disposing(stack: DisposableStack): Disposable {
  return { [Symbol.dispose]: () => stack.dispose() };
}

/** Opens the index as a hub does: with two threads that search and one that writes. */
export function openHere(db: Db, { index, config }: Prepared): Promise<DirectoryIndex> {
  return openIndex(db, index, { databaseUrl: config.databaseUrl, readers: 2 });
}
