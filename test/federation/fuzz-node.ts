import dns from "node:dns/promises";
import { mkdtempSync, rmSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate as turn } from "node:timers/promises";
import { configure, type LogRecord, reset } from "@logtape/logtape";
import { vi } from "vitest";
import { createApp } from "../../src/app.ts";
import { readConfig } from "../../src/config.ts";
import { beaconKind } from "../../src/coop/beacon.ts";
import { post } from "../../src/directory/post.ts";
import { addCoop } from "../../src/directory/publish.ts";
import { compared } from "../../src/federation/synchronise.ts";
import type { Db } from "../../src/store/schema.ts";
import { quickPace, until } from "../helpers/nodes.ts";
import type { Arena } from "./fuzz-cases.ts";
import { audit, type Door, isQuiet } from "./fuzz-run.ts";
import { hash, hostileServers, type Served, type Target } from "./hostile-server.ts";
import { fullBakery } from "./public-node.ts";

/** How much servers may be asked for in the course of one case: what leads on and on ends before. */
const mostAsked = 100;

/** A node at a public address, in this process, all of whose requests go to made-up servers. */
export interface FuzzNode extends Door, AsyncDisposable {
  readonly arena: Arena;
  /** The bodies of what was delivered, by inbox. */
  readonly deliveries: { url: string; body: string }[];
  /** Writes a post of the co-op's. */
  write(text: string): Promise<void>;
}

/** Starts one; no sockets, and no names are looked up. */
export async function fuzzNode(seed: number): Promise<FuzzNode> {
  await using setting = new AsyncDisposableStack();
  const dataDir = mkdtempSync(join(tmpdir(), "fragaria-fuzz-"));
  setting.defer(() => rmSync(dataDir, { recursive: true, force: true }));
  const { lookup } = dns;
  setting.defer(async () => {
    vi.unstubAllGlobals();
    Object.assign(dns, { lookup });
    syncBuiltinESMExports();
    await reset();
  });
  const faults: string[] = [];
  await configure({
    reset: true,
    sinks: { faults: (record) => faults.push(...faultOf(record)) },
    loggers: [
      { category: "fragaria", sinks: ["faults"], lowestLevel: "warning" },
      { category: "fedify", lowestLevel: "fatal" },
      { category: ["logtape", "meta"], lowestLevel: null },
    ],
  });
  // Every name is one of the public internet.
  Object.assign(dns, { lookup: () => Promise.resolve([{ address: "1.2.3.4", family: 4 }]) });
  syncBuiltinESMExports();

  const origin = "https://coops.example";
  const config = readConfig({ ORIGIN: origin, DATA_DIR: dataDir });
  const app = setting.use(await createApp(config, Date.now, quickPace));
  setting.defer(() => app.stop());
  const { db } = app;
  const { id, url: coop } = await addCoop(db, app.node, "bakery", fullBakery, Date.now());
  const written = await post(db, id, { fr: "Du pain" }, Date.now());
  const target: Target = { origin, coop, post: `${coop}/posts/${written}` };
  const servers = hostileServers(target, seed);
  let [at, asked] = [0, 0];
  const deliveries: FuzzNode["deliveries"] = [];
  vi.stubGlobal("fetch", async (input: Request | URL | string, init?: RequestInit) => {
    const request = new Request(input, init);
    // It looks whether it is reached at its own address.
    if (request.url.startsWith(`${origin}/`)) return app.fetch(request);
    if (request.method === "POST") {
      deliveries.push({ url: request.url, body: await request.text() });
      return new Response(null, { status: answerTo(request.url) });
    }
    if ((asked += 1) === mostAsked) faults.push("others were asked without end");
    if (asked >= mostAsked) throw new Error("too much was asked");
    return responseOf(servers.serve(request.url, at), faults);
  });
  app.start();
  // What a node does by itself when it starts, it does once.
  await until(() =>
    db.selectFrom("record").select("id").where("kind", "=", beaconKind).executeTakeFirst(),
  );
  await quietNow(db);
  await audit(db);
  const rest = setting.move();
  return {
    db,
    arena: {
      seed,
      target,
      servers,
      synchronises: true,
      origins: Array.from({ length: 10 }, (_, n) => `https://hostile-${n}.example`),
    },
    deliveries,
    enter(number) {
      [at, asked] = [number, 0];
    },
    async ask({ url, ...init }) {
      const response = await app.fetch(new Request(url, init as RequestInit));
      const { status, headers } = response;
      return { status, headers, text: await response.text() };
    },
    async quiet() {
      await quietNow(db);
      await compared();
      await quietNow(db);
      // What waits to be tried again would be so in the middle of another case.
      await db.deleteFrom("queue").execute();
    },
    faults: () => faults.splice(0),
    delivered: () => deliveries.length,
    async write(text) {
      await post(db, id, { fr: text }, Date.now());
      await quietNow(db);
    },
    [Symbol.asyncDispose]: () => rest.disposeAsync(),
  };
}

/** What shouldn't be in the log of a node, whatever it is sent. */
function faultOf({ category, level, message, properties }: LogRecord): string[] {
  const [, room] = category;
  const grave = level === "error" || level === "fatal" || room === "store";
  const { error } = properties as { error?: Error };
  return grave ? [`the log says: ${message.map(String).join("")} ${error?.stack ?? ""}`] : [];
}

/** What an inbox answers: most take what they get, and some are gone or out of order. */
function answerTo(inbox: string): number {
  return inbox.includes("fresh") ? ([404, 410, 500][hash(inbox) % 20] ?? 202) : 202;
}

function responseOf({ status, headers, body }: Served, faults: string[]): Response {
  if (body !== "endless") return new Response(body, { status, headers });
  const chunk = new Uint8Array(65_536).fill(32);
  let sent = 0;
  return new Response(
    new ReadableStream({
      pull(controller) {
        if ((sent += chunk.length) < 20_000_000) return controller.enqueue(chunk.slice());
        faults.push("an answer was read without end");
        controller.error(new Error("too much was read"));
      },
    }),
    { status, headers },
  );
}

async function quietNow(db: Db): Promise<void> {
  while (!(await isQuiet(db))) await turn();
}
