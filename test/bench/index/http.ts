import { Agent, get } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import Database from "better-sqlite3";
import { progress, quantile, report } from "../measure.ts";
import { type Peer, startNode, startPeer } from "../processes.ts";
import { folder, nodeData } from "../uk.ts";
import { Chance } from "./chance.ts";
import type { Population } from "./coops.ts";
import { bytesOf, filesOf, forget, memoryOf, remembered } from "./files.ts";
import type { Addresses, LoadAnswer, LoadOrder } from "./http-load.ts";
import type { SourceLoad, SourceLoaded } from "./load-source.ts";
import type { Options } from "./options.ts";
import { parametersOf } from "./ours.ts";
import type { Prepared } from "./prepare.ts";
import { casesOf } from "./questions.ts";

/** What people ask, in a hundred. */
const mix: Record<string, number> = {
  rare: 20,
  medium: 25,
  common: 15,
  "very-common": 3,
  "two-words": 12,
  "three-words": 5,
  "prefix-3": 2,
  "prefix-5": 7,
  phrase: 3,
  "country-and-type": 4,
  "word-country-and-type": 2,
  "radius-50-km": 2,
};

/** Listings that a second node has to offer. */
const offered = 20_000;

/** For how long half of them is waited for; milliseconds. */
const patience = 60_000;

/**
 * A whole node that was started as its users start it, asked over HTTP by
 * another process: memory, searches in a second, and how long a trivial route
 * takes meanwhile; then while it pulls signed listings from another node.
 */
export async function http(prepared: Prepared, data: Population, options: Options): Promise<void> {
  const urls = addresses(prepared, data, options);
  const addressed: Addresses = { urls };
  const module = new URL("./http-load.ts", import.meta.url);
  await workOff(prepared);
  await using load = await startPeer<object>(module, addressed);
  await searching(prepared, load, options);
  await writing(prepared, load, options);
}

/**
 * Lets the node read the log to its end, as those do that tell followers and
 * others of changes: they would have kept up while the listings came in.
 */
async function workOff({ env, config }: Prepared): Promise<void> {
  const start = performance.now();
  await using _node = await startNode(env);
  const database = new Database(config.databaseUrl.slice("sqlite:".length), { readonly: true });
  const behind = database
    .prepare<[], number>(
      "select coalesce((select max(seq) from change) - (select min(seq) from cursor), 1)",
    )
    .pluck();
  const end = performance.now() + 1_800_000;
  do await sleep(2000);
  while ((behind.get() ?? 0) > 0 && performance.now() < end);
  database.close();
  progress(`  the log was read to its end in ${((performance.now() - start) / 1000).toFixed(0)} s`);
}

/** Questions of the mix, no two alike. */
function addresses({ config, folder: path }: Prepared, data: Population, options: Options) {
  const chance = new Chance(options.seed);
  const cases = casesOf("search", data, options.seed, path);
  const pool = cases.flatMap(({ name, questions }) =>
    Array.from({ length: mix[name] ?? 0 }, () => questions),
  );
  const found = new Set<string>();
  for (let tries = 0; tries < 20_000 && found.size < 3000; tries += 1) {
    const question = chance.pick(chance.pick(pool));
    if (question?.kind !== "search") continue;
    const limit = String(10 + chance.below(40));
    const query = new URLSearchParams({ ...parametersOf(data, question), limit });
    found.add(`${config.origin}/api/v1/coops?${query.toString()}`);
  }
  return [...found];
}

async function searching(
  { env, config, index }: Prepared,
  load: Peer<object>,
  { n, group }: Options,
): Promise<void> {
  const database = config.databaseUrl.slice("sqlite:".length);
  const files = [...filesOf(database), ...filesOf(index)];
  const cold = forget(files);
  const started = performance.now();
  await using node = await startNode(env, group);
  const seconds = (performance.now() - started) / 1000;
  report({
    name: "index.start",
    value: seconds,
    unit: "s",
    n,
    seconds,
    note: `a whole node, until it says that all is well${cold ? "; nothing of its files in memory" : ""}; goal at three million for the index: 3`,
  });
  const health = `${config.origin}/health`;
  const idle = await probe(health, () => sleep(2000));
  await load.ask<LoadAnswer>({ connections: 8, milliseconds: 3000 } satisfies LoadOrder);
  for (const connections of [8, 16]) {
    const milliseconds = 8000;
    let answer: LoadAnswer = { each: [], failed: {} };
    const waits = await probe(health, async () => {
      answer = await load.ask<LoadAnswer>({ connections, milliseconds } satisfies LoadOrder);
    });
    reportMix(connections, milliseconds / 1000, answer);
    if (connections === 8) reportWaits("searching", waits, idle);
  }
  const { resident, own } = memoryOf(node.pid);
  const present = [...filesOf(database), ...filesOf(index)];
  const held = remembered(present);
  report({
    name: "index.rss",
    value: resident / 1e6,
    unit: "MB",
    n,
    seconds: 0,
    note: `the whole node after the mix, ${Math.round(own / 1e6)} MB of them its own; goal: 1000`,
  });
  if (cold && held !== undefined) {
    report({
      name: "index.working-set",
      value: (own + held) / 1e6,
      unit: "MB",
      n,
      seconds: 0,
      note: `its own memory and ${Math.round(held / 1e6)} of the ${Math.round(bytesOf(present) / 1e6)} MB of its files, which the system has read since the start; goal at a million: 2000`,
    });
  }
}

function reportMix(connections: number, seconds: number, { each, failed }: LoadAnswer): void {
  const name = `index.mix-${connections}`;
  const n = each.length;
  const faults = Object.keys(failed).length > 0 ? `; not answered: ${JSON.stringify(failed)}` : "";
  report({
    name,
    value: n / seconds,
    unit: "requests/s",
    n,
    seconds,
    note: `uncached, ${connections} connections${faults}`,
  });
  for (const share of [0.5, 0.95, 0.99]) {
    const value = quantile(each, share);
    report({ name: `${name}.p${share * 100}`, value, unit: "ms", n, seconds });
  }
}

function reportWaits(when: string, waits: number[], idle: number[]): void {
  const value = quantile(waits, 0.99);
  const peerValue = quantile(idle, 0.99);
  report({
    name: `index.trivial.${when}`,
    value,
    unit: "ms",
    peer: "the same while nothing else goes on",
    peerValue,
    ratio: value / peerValue,
    n: waits.length,
    seconds: 0,
    note: `p99 of /health; median ${quantile(waits, 0.5).toFixed(2)} ms; goal: 5`,
  });
}

/** What /health says. */
interface Health {
  indexed: number;
}

/** Milliseconds of each answer of a trivial route, one after the other, while something goes on. */
async function probe(
  url: string,
  meanwhile: () => Promise<unknown>,
  heard: (health: Health) => void = () => {},
): Promise<number[]> {
  const agent = new Agent({ keepAlive: true });
  const waits: number[] = [];
  let over = false;
  const going = meanwhile().finally(() => (over = true));
  while (!over) {
    const start = performance.now();
    const text = await read(url, agent);
    waits.push(performance.now() - start);
    heard(JSON.parse(text) as Health);
    await sleep(4);
  }
  agent.destroy();
  await going;
  return waits;
}

function read(url: string, agent: Agent): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = get(url, { agent }, (response) => {
      let text = "";
      response.on("data", (chunk: Buffer) => (text += chunk.toString()));
      response.on("end", () => resolve(text));
    });
    request.on("error", reject);
  });
}

/** A second node offers listings: the first half comes while nobody asks, the second during searches. */
async function writing(prepared: Prepared, load: Peer<object>, options: Options): Promise<void> {
  const { n, seed } = options;
  using elsewhere = folder();
  const source = await nodeData(elsewhere.path);
  const filling: SourceLoad = { seed, after: n, count: offered, env: source.env };
  const module = new URL("./load-source.ts", import.meta.url);
  await using filled = await startPeer<SourceLoaded>(module, filling);
  const bodyBytes = Math.round(filled.ready.bodyBytes / offered);
  progress(`  another node offers ${offered} listings of ${bodyBytes} B`);
  await using _source = await startNode(source.env);
  const env = { ...prepared.env, PEERS: source.config.origin };
  await using _node = await startNode(env, options.group);
  const health = `${prepared.config.origin}/health`;
  const before = ((await (await fetch(health)).json()) as Health).indexed;
  for (const [from, to, when] of [
    [0, offered / 2, "writing"],
    [offered / 2, offered, "writing-and-searching"],
  ] as const) {
    const seen: [at: number, indexed: number][] = [];
    let asking = when === "writing-and-searching";
    const searches = (async () => {
      const each: number[] = [];
      while (asking) {
        const order: LoadOrder = { connections: 8, milliseconds: 1000 };
        each.push(...(await load.ask<LoadAnswer>(order)).each);
      }
      return each;
    })();
    const come = () => (seen.at(-1)?.[1] ?? before) - before;
    const waits = await probe(
      health,
      async () => {
        const end = performance.now() + patience;
        while (come() < to && performance.now() < end) await sleep(20);
      },
      ({ indexed }) => {
        // What came before it began isn't of this half.
        if (indexed > before + from) seen.push([performance.now(), indexed]);
      },
    );
    asking = false;
    const searched = await searches;
    const [first, last] = [seen[0], seen.at(-1)];
    if (first === undefined || last === undefined || first === last) {
      progress(`  ${when}: all came at once`);
      continue;
    }
    const seconds = (last[0] - first[0]) / 1000;
    const count = last[1] - first[1];
    const meanwhile =
      searched.length === 0
        ? ""
        : `; ${Math.round(searched.length / seconds)} searches a second meanwhile, p99 ${quantile(searched, 0.99).toFixed(0)} ms`;
    report({
      name: `index.${when}`,
      value: count / seconds,
      unit: "records/s",
      n: count,
      seconds,
      note: `pulled from another node on the same machine, verified, stored and searchable; records of ${bodyBytes} B${meanwhile}; goal on two cores: 8000`,
    });
    reportWaits(when, waits, waits);
  }
}
