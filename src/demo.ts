import "./temporal.ts";
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { openNode } from "./open-node.ts";
import { readConfig } from "./config.ts";
import { centroid } from "./coop/regions.ts";
import { applyImport } from "./directory/apply-import.ts";
import { addExamples } from "./directory/examples.ts";
import type { Identity } from "./directory/identity.ts";
import { linkUrl } from "./directory/link.ts";
import { type Mapping, openRegister } from "./directory/mapping.ts";
import { planImport } from "./directory/plan-import.ts";
import { hasAdministrator, makeSetupLink } from "./directory/set-up.ts";
import { mappingNamed } from "./directory/sources/mappings.ts";
import { AppError, describeFailure } from "./errors.ts";
import * as changes from "./store/changes.ts";
import * as records from "./store/records.ts";
import type { Db } from "./store/schema.ts";

const root = join(import.meta.dirname, "..");
const fixtures = join(root, "fixtures");
const data = join(root, ".demo");

/** A node of the demo, and what it publishes. */
interface Part {
  name: string;
  what: string;
  /** Safe to repeat: what is there stays. Returns how many listings this node publishes. */
  fill(db: Db, node: Identity): Promise<number>;
}

const parts: Part[] = [
  {
    name: "Northern co-ops",
    what: "the north of the United Kingdom, and twelve invented examples",
    async fill(db, node) {
      const examples = await addExamples(db, node, join(fixtures, "examples"), Date.now());
      return examples + (await importBritain(db, node, (latitude) => latitude >= middle));
    },
  },
  {
    name: "Southern co-ops",
    what: "the south of the United Kingdom",
    fill: (db, node) => importBritain(db, node, (latitude) => latitude < middle),
  },
  {
    name: "American co-ops",
    what: "credit unions and electric co-ops of the United States",
    async fill(db, node) {
      const unions = await importFile(db, node, await mappingNamed("ncua"), "us-ncua", ncuaFile);
      const electric = await mappingNamed("eia-861");
      return unions + (await importFile(db, node, electric, "us-eia861-2018", eiaFile));
    },
  },
];

const ukFile = "standard.Q2-2023.postcodes.csv";
const ncuaFile = "foicu-2017-12.txt";
const eiaFile = "eia861_2018_cooperatives.csv";

/** Degrees north: about as many co-ops of the United Kingdom are on either side. */
const middle = 52.5;

async function importBritain(
  db: Db,
  node: Identity,
  here: (latitude: number) => boolean,
): Promise<number> {
  const whole = await mappingNamed("uk-2023");
  const part: Mapping = {
    ...whole,
    toListing(cells) {
      const mapped = whole.toListing(cells);
      if (!("content" in mapped)) return mapped;
      const { latitude, region: [region = ""] = [] } = mapped.content.location ?? {};
      const north = latitude ?? centroid(region)?.latitude ?? 0;
      return here(north) ? mapped : { skipped: "it is in the other half of the country" };
    },
  };
  return importFile(db, node, part, "coops-uk-2023", ukFile);
}

async function importFile(
  db: Db,
  node: Identity,
  mapping: Mapping,
  ...path: string[]
): Promise<number> {
  const register = await openRegister(mapping, { path: join(fixtures, ...path) });
  const plan = await planImport(db, node, register);
  const { add, change, reopen, same, leave } = plan;
  if (add + change + reopen > 0) await applyImport(db, node, plan, {}, Date.now);
  return add + change + reopen + same + leave;
}

/** A node that runs as a process of its own: the same program that `npm start` runs. */
function startNode(env: Record<string, string>): ChildProcess {
  return spawn(process.execPath, ["--max-semi-space-size=8", join(root, "src/main.ts")], {
    env: { ...process.env, ...env },
    stdio: ["ignore", "ignore", "inherit"],
  });
}

function environment(port: number, ports: number[], name: string): Record<string, string> {
  return {
    PORT: String(port),
    ORIGIN: `http://localhost:${port}`,
    DATA_DIR: join(data, String(port)),
    DATABASE_URL: "",
    PEERS: ports
      .filter((each) => each !== port)
      .map((each) => `http://localhost:${each}`)
      .join(","),
    ROLE: "hub",
    NODE_NAME: name,
    CONTACT: "demo@example.org",
    LOG_LEVEL: "error",
  };
}

/** Up to where a node's search has read its log; −1 while it isn't up. */
async function searchable(port: number): Promise<number> {
  try {
    const signal = AbortSignal.timeout(2000);
    const answer = await fetch(`http://localhost:${port}/health`, { signal });
    return answer.ok ? ((await answer.json()) as { indexed: number }).indexed : -1;
  } catch {
    return -1; // not up yet: asked again in a moment
  }
}

let shown = "";

/** Says how far it is, on one line where that can be written over. */
function show(line: string): void {
  if (process.stdout.isTTY) process.stdout.write(`\r\u001b[K${line}`);
  else if (line !== shown) console.log(line);
  shown = line;
}

/** The ports of the nodes, one after the other. */
function portsFrom(first: string | undefined): number[] {
  const base = Number(first ?? "4001");
  if (Number.isInteger(base) && base >= 1 && base + parts.length - 1 <= 65535) {
    return parts.map((_, at) => base + at);
  }
  throw new AppError("bad-config", `DEMO_PORT is “${first}”, which is not a port number`);
}

async function main(): Promise<void> {
  const ports = portsFrom(process.env["DEMO_PORT"]);
  if (process.argv.includes("--fresh")) rmSync(data, { recursive: true, force: true });
  const again = existsSync(data) ? " on the data of last time (--fresh starts anew)" : "";
  console.log(`Starting three nodes${again} …`);

  // The tables are made before the servers start, so that nobody waits for a lock.
  await using stack = new AsyncDisposableStack();
  const nodes = [];
  for (const [at, port] of ports.entries()) {
    const part = parts[at]!;
    const env = environment(port, ports, part.name);
    const { store, node } = await openNode(readConfig(env), Date.now);
    stack.use(store);
    nodes.push({ port, part, env, node, db: store.db });
  }
  const children = nodes.map(({ env }) => startNode(env));
  const ended = Promise.all(
    children.map((child) => new Promise<number | null>((resolve) => child.once("exit", resolve))),
  );
  const over = new AbortController();
  const stop = () => {
    over.abort();
    for (const child of children) child.kill("SIGTERM");
  };
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, stop);
  const failed = Promise.race(
    children.map(async (child) => {
      const code = await new Promise<number | null>((resolve) => child.once("exit", resolve));
      if (!over.signal.aborted) {
        throw new AppError("unavailable", `A node ended with code ${code}.`);
      }
    }),
  );

  try {
    const filled = Promise.all(nodes.map(({ part, db, node }) => part.fill(db, node)));
    await Promise.race([Promise.all([filled, sameEverywhere(nodes, filled, over.signal)]), failed]);
    if (over.signal.aborted) return;
    const total = (await filled).reduce((sum, count) => sum + count, 0);
    show(`Each of the three holds all ${total.toLocaleString("en")} listings.\n`);
    const [first] = nodes;
    if (first !== undefined) console.log(await invitation(first, ports));
    await Promise.race([ended, failed]);
  } finally {
    stop();
    await ended;
  }
}

/** Waits until every node holds what all of them publish, and finds it; shows how far it is. */
async function sameEverywhere(
  nodes: { port: number; db: Db }[],
  filled: Promise<number[]>,
  stop: AbortSignal,
): Promise<void> {
  let wanted = Number.POSITIVE_INFINITY;
  void filled.then(
    (counts) => (wanted = counts.reduce((sum, count) => sum + count, 0)),
    () => undefined, // whoever waits for it is told
  );
  while (!stop.aborted) {
    const held = await Promise.all(nodes.map(({ db }) => records.count(db)));
    show(`  ${nodes.map(({ port }, at) => `:${port} ${held[at]} records`).join(" · ")}`);
    if (held.every((count) => count >= wanted)) {
      const found = nodes.map(
        async ({ port, db }) => (await searchable(port)) >= (await changes.head(db)),
      );
      if ((await Promise.all(found)).every(Boolean)) return;
    }
    await sleep(500, undefined, { signal: stop }).catch(() => undefined);
  }
}

/** What to look at, and how to take part. */
async function invitation(
  { db, node }: { db: Db; node: Identity },
  ports: number[],
): Promise<string> {
  const places = ports.map((port, at) => `  http://localhost:${port}/   ${parts[at]?.what ?? ""}`);
  const signIn = (await hasAdministrator(db))
    ? `${node.origin}/admin`
    : linkUrl(node, "setup", await makeSetupLink(db, Date.now()));
  const others = ports.slice(1).map((port) => `:${port}`);
  return `
One directory, three nodes; each shows all of it:
${places.join("\n")}

Take part: sign in, change one of the examples, and look for it at ${others.join(" and ")}:
  ${signIn}

Data of Co-operatives UK, ODC-By 1.0; NCUA and EIA, public domain. The examples are invented.
Stop with Ctrl-C.`;
}

try {
  await main();
} catch (error) {
  console.error(describeFailure(error));
  process.exitCode = 1;
}
