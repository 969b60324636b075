import { existsSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { openNode } from "../../../src/open-node.ts";
import type { JsonObject } from "../../../src/coop/canonical-json.ts";
import { Listing } from "../../../src/coop/listing.ts";
import { readListing } from "../../../src/coop/listing-record.ts";
import { removeCache } from "../../../src/index/cache.ts";
import { wordsOf } from "../../../src/index/known-words.ts";
import type { Db } from "../../../src/store/schema.ts";
import { measure, progress, report, reportRate } from "../measure.ts";
import { type Population, population } from "./coops.ts";
import type { Engine } from "./engine.ts";
import { bytesOf, filesOf } from "./files.ts";
import { http } from "./http.ts";
import { listingOf, recordOf } from "./listing.ts";
import { type Options, readOptions } from "./options.ts";
import { asEngine } from "./ours.ts";
import { openPostgres } from "./postgres.ts";
import { openHere, type Prepared, prepare } from "./prepare.ts";
import { casesOf } from "./questions.ts";
import { ask, type Compared } from "./rounds.ts";
import { openSqlite } from "./sqlite.ts";
import { writes } from "./writes.ts";

/**
 * The index over as many listings as are asked for, made from a seed: how it is
 * built, what it answers and how fast, while it is written, too. Beside it
 * PostgreSQL and plain SQLite answer the same questions about the same co-ops.
 *
 * The listings are written into the node's database as rows, not signed: the
 * index reads what was accepted before.
 */
export async function index(args: string[]): Promise<void> {
  const options = readOptions(args);
  const data = population(options.seed, options.n);
  checkReadable(data);
  using cleanup = new DisposableStack();
  await using running = new AsyncDisposableStack();
  const asking = options.only.has("search") || options.only.has("tables");
  // All at once, as each is one core's work at most.
  const loading = [
    prepare(options).then((prepared) => cleanup.use(prepared)),
    asking ? openPeers(options, running) : Promise.resolve([]),
  ] as const;
  await Promise.allSettled(loading);
  const [prepared, peers] = await Promise.all(loading);
  const { store, node } = await openNode(prepared.config, Date.now);
  {
    await using _closing = store;
    await build(store.db, prepared, peers, options);
    if (asking) await questions(store.db, prepared, peers, data, options);
    // From here on the machine is ours.
    await running.disposeAsync();
    if (options.only.has("writes")) await writes(store.db, node, prepared, data);
  }
  if (options.only.has("http")) await http(prepared, data, options);
}

/** What the data hold must be what a node reads: nothing in them is left out, or read otherwise. */
function checkReadable(data: Population): void {
  for (let at = 0; at < 500; at += 1) {
    const coop = data.coop(at);
    const listing = Listing.parse(listingOf(data, coop));
    const { body } = recordOf(data, coop, "full");
    const read = readListing(JSON.parse(Buffer.from(body).toString()) as JsonObject);
    if (JSON.stringify(read) !== JSON.stringify(listing)) {
      throw new Error(`listing ${at} isn't read as it was written`);
    }
  }
}

async function openPeers(options: Options, running: AsyncDisposableStack): Promise<Engine[]> {
  const { n, seed } = options;
  const opening: Promise<Engine>[] = [];
  const timed = async (name: string, engine: Promise<Engine>) => {
    const start = performance.now();
    const opened = running.use(await engine);
    progress(`  ${name} has it after ${((performance.now() - start) / 1000).toFixed(0)} s`);
    return opened;
  };
  if (options.peers.has("postgres")) opening.push(timed("PostgreSQL", openPostgres(seed, n)));
  if (options.peers.has("sqlite")) opening.push(timed("SQLite", openSqlite(options, running)));
  return Promise.all(opening);
}

/** Builds the index anew if that is to be measured, or if there is none. */
async function build(
  db: Db,
  prepared: Prepared,
  peers: Engine[],
  { n, only }: Options,
): Promise<void> {
  const file = prepared.index;
  if (!only.has("build") && existsSync(file)) return;
  removeCache(file);
  const taken = await measure(async () => {
    await using made = await openHere(db, prepared);
    await made.catchUp();
    return n;
  });
  if (!only.has("build")) return;
  reportRate("index.build", "records/s", taken, {
    note: `from the database; records of ${Math.round(prepared.bodyBytes / n)} B`,
  });
  const value = bytesOf(filesOf(file)) / n;
  const bytes = { name: "index.bytes", value, unit: "bytes/record", n, seconds: 0 };
  const note = "beside the records; goal: 400";
  if (peers.length === 0) report({ ...bytes, note });
  for (const peer of peers) {
    const peerValue = (await peer.bytes()) / n;
    report({ ...bytes, peer: peer.name, peerValue, ratio: value / peerValue, note });
  }
  const restarted = await measure(async () => {
    await using opened = await openHere(db, prepared);
    return (await opened.counts()).coops;
  });
  report({
    name: "index.restart",
    value: restarted.seconds,
    unit: "s",
    ...restarted,
    note: `until it has counted what it holds${restarted.n === prepared.found ? "" : `, but there are ${prepared.found}`}; goal at three million: 3`,
  });
}

async function questions(
  db: Db,
  prepared: Prepared,
  peers: Engine[],
  data: Population,
  options: Options,
): Promise<void> {
  await using opened = await openHere(db, prepared);
  await opened.catchUp();
  // Both threads that read have then taken everything into memory.
  await Promise.all(Array.from({ length: 8 }, () => opened.search({})));
  await wordsOfLarge(prepared, options.n);
  const ours = asEngine(opened, prepared.index, data);
  const compared: Compared[] = [];
  for (const part of ["search", "tables"] as const) {
    if (!options.only.has(part)) continue;
    for (const each of casesOf(part, data, options.seed, prepared.folder)) {
      compared.push(...(await ask(each, ours, peers)));
    }
  }
  for (const { name } of peers)
    summarise(
      name,
      compared.filter(({ peer }) => peer === name),
    );
}

/** Waits until the words for typing errors are read and taken over, which goes on between questions. */
async function wordsOfLarge({ index }: Prepared, n: number): Promise<void> {
  while (n > 50_000 && !existsSync(wordsOf(index))) await sleep(500);
  await sleep(6000);
}

/** How many times faster ours was, over the classes of terms and over all. */
function summarise(peer: string, compared: Compared[]): void {
  const terms = compared.filter(({ term }) => term);
  for (const [over, some] of [
    ["terms", terms],
    ["all", compared],
  ] as const) {
    if (some.length === 0) continue;
    const mean = Math.exp(some.reduce((sum, { times }) => sum + Math.log(times), 0) / some.length);
    const least = some.toSorted((a, b) => a.times - b.times)[0];
    const at = { unit: "times faster", peer, n: some.length, seconds: 0 };
    report({
      name: `index.${over}.mean`,
      value: mean,
      ...at,
      note: "geometric; goal over terms against PostgreSQL: 20",
    });
    report({
      name: `index.${over}.least`,
      value: least?.times ?? NaN,
      ...at,
      note: `${least?.name}; goal against PostgreSQL: 5`,
    });
  }
}
