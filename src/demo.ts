import "./temporal.ts";
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { openNode } from "./app.ts";
import { type Config, readConfig } from "./config.ts";
import { addExamples } from "./directory/examples.ts";
import { importRows } from "./directory/import.ts";
import { readTable } from "./directory/read-table.ts";
import { mappings } from "./directory/sources/mappings.ts";
import { AppError, describeFailure } from "./errors.ts";

const root = join(import.meta.dirname, "..");
const fixtures = join(root, "fixtures");
const ukFile = join(fixtures, "coops-uk-2023/standard.Q2-2023.postcodes.csv");

/** Starts a node as a process of its own: the same program that `npm start` runs. */
function startNode(env: Record<string, string>): ChildProcess {
  return spawn(process.execPath, [join(root, "src/main.ts")], {
    env: { ...process.env, ...env },
    stdio: ["ignore", "ignore", "inherit"],
  });
}

function environment(port: number, peer: number, name: string): Record<string, string> {
  return {
    PORT: String(port),
    ORIGIN: `http://localhost:${port}`,
    DATA_DIR: join(root, ".demo", String(port)),
    DATABASE_URL: "",
    PEERS: `http://localhost:${peer}`,
    ROLE: "hub",
    NODE_NAME: name,
    CONTACT: "demo@example.org",
    LOG_LEVEL: "error",
  };
}

interface State {
  listings: number;
  ready: boolean;
}

/** What a node says of itself, or nothing while it isn't up. */
async function stateOf(port: number): Promise<State> {
  try {
    const url = `http://localhost:${port}/api/v1/coops?limit=1`;
    const answer = await fetch(url, { signal: AbortSignal.timeout(2000) });
    const { total, examples } = (await answer.json()) as { total: number; examples: number };
    return { listings: total + examples, ready: answer.ok };
  } catch {
    return { listings: 0, ready: false }; // not up yet: asked again in a moment
  }
}

async function importUk(config: Config): Promise<number> {
  const { store, node } = await openNode(config, Date.now);
  await using _closing = store;
  const mapping = mappings["uk-2023"];
  if (mapping === undefined) throw new AppError("internal", "the UK mapping is missing");
  async function* rows() {
    for await (const { cells } of readTable({ path: ukFile })) yield mapping!.toListing(cells);
  }
  const { rows: count, refusedCount } = await importRows(
    store.db,
    node,
    mapping.name,
    rows(),
    Date.now,
  );
  return count - refusedCount;
}

async function importExamples(config: Config): Promise<number> {
  const { store, node } = await openNode(config, Date.now);
  await using _closing = store;
  return await addExamples(store.db, node, join(fixtures, "examples"), Date.now());
}

function show(line: string): void {
  if (process.stdout.isTTY) process.stdout.write(`\r\u001b[K${line}`);
  else console.log(line);
}

async function main(): Promise<void> {
  const base = Number(process.env["DEMO_PORT"] ?? "4001");
  if (!Number.isInteger(base) || base < 1 || base > 65534) {
    throw new AppError(
      "bad-config",
      `DEMO_PORT is “${process.env["DEMO_PORT"]}”, which is not a port number`,
    );
  }
  if (process.argv.includes("--fresh"))
    rmSync(join(root, ".demo"), { recursive: true, force: true });
  const first = environment(base, base + 1, "UK directory");
  const second = environment(base + 1, base, "Solidarity co-ops");
  const again = existsSync(join(root, ".demo"));
  console.log(
    `Starting two nodes${again ? " on the data of last time (--fresh starts anew)" : ""} …`,
  );

  // The tables are made before the servers start, so that nobody waits for a lock.
  const configs = [first, second].map((env) => readConfig(env));
  for (const config of configs)
    await (await openNode(config, Date.now)).store[Symbol.asyncDispose]();
  const children = [first, second].map((env) => startNode(env));
  const stop = () => {
    for (const child of children) child.kill("SIGTERM");
  };
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, stop);
  const ended = Promise.all(
    children.map((child) => new Promise<number | null>((resolve) => child.once("exit", resolve))),
  );
  let over = false;
  void ended.then(() => (over = true));
  const failed = new Promise<never>((_resolve, reject) => {
    for (const child of children) {
      child.once("exit", (code) => {
        if (code !== 0 && code !== null)
          reject(new AppError("unavailable", "A node could not be started."));
      });
    }
  });

  try {
    const [uk, solidarity] = configs as [Config, Config];
    const filled = Promise.all([importUk(uk), importExamples(solidarity)]);
    let wanted = Number.POSITIVE_INFINITY;
    const complete = (async () => {
      void filled.then(
        ([rows, examples]) => (wanted = rows + examples),
        () => (over = true), // the race below says why
      );
      for (;;) {
        const states = await Promise.all([stateOf(base), stateOf(base + 1)]);
        const [one, two] = states.map(({ listings, ready }) =>
          ready ? `${listings} listings` : "starting",
        );
        show(`  :${base} ${one} · :${base + 1} ${two}`);
        if (states.every(({ listings }) => listings >= wanted) || over) return;
        await sleep(500);
      }
    })();
    await Promise.race([Promise.all([filled, complete]), failed]);
    if (over) return;
    show(`Both nodes list the same ${wanted} co-ops.\n`);
    console.log(`
  Open   http://localhost:${base}/             the directory, at the node that imported the UK data
         http://localhost:${base + 1}/             the same directory, at the node of the solidarity co-ops
         http://localhost:${base}/search?q=lavoro    found there, published at :${base + 1}
         http://localhost:${base}/network           how the two exchange records

  UK data: Co-operatives UK, ODC-By 1.0. The solidarity co-ops are invented examples.
  Stop with Ctrl-C.`);
    await ended;
  } finally {
    stop();
    await ended;
  }
}

try {
  await main();
} catch (error) {
  console.error(describeFailure(error));
  process.exitCode = 1;
}
