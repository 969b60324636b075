import { get } from "node:http";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { openNode } from "../../src/open-node.ts";
import type { JsonObject } from "../../src/coop/canonical-json.ts";
import { signRecord } from "../../src/coop/record.ts";
import type { Identity } from "../../src/directory/identity.ts";
import { openIndex } from "../../src/index/sqlite-index.ts";
import * as records from "../../src/store/records.ts";
import type { Db } from "../../src/store/schema.ts";
import { meterOf, progress, quantile, report } from "./measure.ts";
import { startNode } from "./processes.ts";
import { folder, nodeData, ukData } from "./uk.ts";

/** How often each record of the UK set is there: so many that starting up counts for little, and threads for much. */
const copies = 9;

/** What a page of the feed holds when a hub fills itself. */
const page = 1000;

/**
 * A hub that begins with nothing and fills itself from one other, both whole
 * programs of their own over a socket: records in a second until all are
 * verified, stored and searchable, and how long a search takes meanwhile.
 */
export async function fresh(): Promise<void> {
  using data = folder();
  const { env, config } = await ukData(data.path);
  const { store, node } = await openNode(config, Date.now);
  const count = await multiply(store.db, node);
  {
    await using index = await openIndex(store.db, join(config.dataDir, "index.sqlite"));
    await index.catchUp();
  }
  await store[Symbol.asyncDispose]();
  await using source = await startNode(env);
  const bytes = await bytesOf(config.origin);
  report({
    name: "replication.fresh-bytes",
    value: bytes / count,
    unit: "bytes/record",
    n: count,
    seconds: 0,
    note: "UK records in full, zstd, over the wire; goal: 800",
  });

  using empty = folder();
  const hub = await nodeData(empty.path, { PEERS: config.origin });
  const sourceCpu = meterOf(source.pid);
  const before = sourceCpu();
  const start = performance.now();
  await using running = await startNode(hub.env);
  const waits: number[] = [];
  let done = 0;
  while (done < count) {
    await sleep(50);
    const asked = performance.now();
    const found = await (await fetch(`${hub.config.origin}/api/v1/coops?limit=1`)).json();
    waits.push(performance.now() - asked);
    const { total } = found as { total: number };
    done = total;
    if ((performance.now() - start) / 1000 > 600) throw new Error(`only ${done} of ${count}`);
  }
  const seconds = (performance.now() - start) / 1000;
  const cpuSeconds = meterOf(running.pid)();
  const served = sourceCpu() - before;
  report({
    name: "replication.fresh",
    value: count / seconds,
    unit: "records/s",
    n: count,
    seconds,
    cpuSeconds,
    note: `verified, stored and searchable, from the start of an empty node; ${Math.round((cpuSeconds / count) * 1e6)} µs CPU a record, and ${Math.round((served / count) * 1e6)} of the source on the same machine; goal on two cores: 8000`,
  });
  report({
    name: "replication.fresh-answers",
    value: quantile(waits, 0.99),
    unit: "ms",
    n: waits.length,
    seconds,
    note: `p99 of a search meanwhile, one after the other; median ${quantile(waits, 0.5).toFixed(1)} ms`,
  });
}

/** Adds copies of each listing, as others of the same node. Returns how many there are then. */
async function multiply(db: Db, node: Identity): Promise<number> {
  const rows = await db.selectFrom("record").selectAll().where("kind", "=", "listing").execute();
  for (let copy = 1; copy < copies; copy += 1) {
    progress(`  copy ${copy}`);
    const signed = rows.map(({ body }) => {
      const { proof: _, ...document } = JSON.parse(new TextDecoder().decode(body)) as JsonObject;
      const about = document["about"] as JsonObject;
      const other = (url: unknown) => String(url).replace(/(\/coops\/\w+)/, `$1x${copy}`);
      // Without its registrations: those would make it one organisation with the first.
      const { registrations: __, identifier: ___, ...rest } = about;
      const changed = {
        ...document,
        id: other(document["id"]),
        about: { ...rest, id: other(about["id"]) },
      };
      return signRecord(changed, node.signing);
    });
    for (let at = 0; at < signed.length; at += 1000) {
      await db
        .transaction()
        .execute((tx) => records.put(tx, signed.slice(at, at + 1000), Date.now()));
    }
  }
  const listings = await db
    .selectFrom("record")
    .select((eb) => eb.fn.countAll<number>().as("count"))
    .where("kind", "=", "listing")
    .executeTakeFirstOrThrow();
  return Number(listings.count);
}

/** How many bytes the whole feed takes in zstd: fetch() would hide it by decompressing. */
async function bytesOf(origin: string): Promise<number> {
  let bytes = 0;
  for (let after = "0"; ;) {
    const url = `${origin}/dir/v1/changes?view=full&limit=${page}&after=${after}`;
    const { size, next } = await read(url);
    bytes += size;
    if (next === after) return bytes;
    after = next;
  }
}

function read(url: string): Promise<{ size: number; next: string }> {
  return new Promise((resolve, reject) => {
    const request = get(url, { headers: { "accept-encoding": "zstd" } }, (response) => {
      let size = 0;
      response.on("data", (chunk: Buffer) => (size += chunk.length));
      response.on("end", () => resolve({ size, next: String(response.headers["dir-next"]) }));
    });
    request.on("error", reject);
  });
}
