import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openNode } from "../../src/open-node.ts";
import { type Config, readConfig } from "../../src/config.ts";
import { applyImport } from "../../src/directory/apply-import.ts";
import type { Identity } from "../../src/directory/identity.ts";
import type { ImportReport } from "../../src/directory/import.ts";
import { openRegister } from "../../src/directory/mapping.ts";
import { planImport } from "../../src/directory/plan-import.ts";
import { mappingNamed } from "../../src/directory/sources/mappings.ts";
import { openIndex } from "../../src/index/sqlite-index.ts";
import type { Db } from "../../src/store/schema.ts";
import { freePort } from "../helpers/nodes.ts";
import { progress } from "./measure.ts";

/** The open data of Co-operatives UK. */
export const ukFile = join(
  import.meta.dirname,
  "../../fixtures/coops-uk-2023/standard.Q2-2023.postcodes.csv",
);

/** Imports the UK set, as `npm run cli -- import` does. */
export async function importUk(db: Db, node: Identity): Promise<ImportReport> {
  const register = await openRegister(await mappingNamed("uk-2023"), { path: ukFile });
  const plan = await planImport(db, node, register);
  return applyImport(db, node, plan, {}, Date.now);
}

/** A folder for a group's files. */
export function folder(): Disposable & { path: string } {
  const path = mkdtempSync(join(tmpdir(), "fragaria-bench-"));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

/** A node's data, not running. */
export interface NodeData {
  env: Record<string, string>;
  config: Config;
}

/** Where a node would run on this data: a port of its own on loopback. */
export async function nodeData(
  dataDir: string,
  env: Record<string, string> = {},
): Promise<NodeData> {
  const port = await freePort();
  return dataAt(dataDir, { PORT: String(port), ORIGIN: `http://localhost:${port}`, ...env });
}

/** Data that is there, as the environment says. */
export function dataAt(dataDir: string, env: Record<string, string>): NodeData {
  const whole = { ...env, DATA_DIR: dataDir, LOG_LEVEL: "error" };
  return { env: whole, config: readConfig(whole) };
}

let prepared: Promise<NodeData> | undefined;
const shared = new DisposableStack();

/** Ends what the groups share. */
export function disposeShared(): void {
  shared.dispose();
}

/**
 * A copy of a node's data with the UK set in it, imported and indexed once for
 * all groups.
 */
export async function ukData(dataDir: string): Promise<NodeData> {
  prepared ??= prepare();
  const { env, config } = await prepared;
  cpSync(config.dataDir, dataDir, { recursive: true });
  return dataAt(dataDir, env);
}

async function prepare(): Promise<NodeData> {
  progress("preparing a node with the UK set");
  const data = await nodeData(shared.use(folder()).path);
  const { store, node } = await openNode(data.config, Date.now);
  await using _closing = store;
  await importUk(store.db, node);
  await using index = await openIndex(store.db, join(data.config.dataDir, "index.sqlite"));
  await index.catchUp();
  return data;
}
