import { execFileSync } from "node:child_process";
import { once } from "node:events";
import {
  createServer,
  type IncomingMessage,
  request as httpRequest,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { text as textOf } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { expect, it } from "vitest";
import { readConfig } from "../../src/config.ts";
import { post } from "../../src/directory/post.ts";
import { addCoop } from "../../src/directory/publish.ts";
import { openNode } from "../../src/open-node.ts";
import type { Arena, Case } from "../federation/fuzz-cases.ts";
import { audit, type Door, fuzz, isQuiet, rowCount } from "../federation/fuzz-run.ts";
import { hash, hostileServers, type Target } from "../federation/hostile-server.ts";
import { followOf, person } from "../federation/person.ts";
import { fullBakery } from "../federation/public-node.ts";
import { freePort, until } from "../helpers/nodes.ts";
import { run, temporaryFolder } from "../helpers/programs.ts";

/** How long it goes on, in milliseconds. */
const long = Number(process.env["FUZZ_MS"] ?? 600_000);

it("a node in a process of its own withstands mutated requests and answers", async () => {
  const seed = Number(process.env["SEED"] ?? Math.floor(Math.random() * 2 ** 31));
  console.log(`inbox fuzz: SEED=${seed}`);
  using folder = temporaryFolder();
  const port = await freePort();
  const env = { PORT: String(port), DATA_DIR: join(folder.path, "data"), LOG_LEVEL: "error" };
  const config = readConfig(env);
  const { store, node } = await openNode(config, Date.now);
  await using _store = store;
  const { db } = store;
  const { id, url: coop } = await addCoop(db, node, "bakery", fullBakery, Date.now());
  const written = await post(db, id, { fr: "Du pain" }, Date.now());
  const target: Target = { origin: config.origin, coop, post: `${coop}/posts/${written}` };

  await using stack = new AsyncDisposableStack();
  const servers = hostileServers(target, seed);
  let at = 0;
  const deliveries: string[] = [];
  const server = createServer((request, response) => void answer(request, response));
  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = `http://${request.headers.host}${request.url}`;
    if (request.method === "POST") {
      deliveries.push(await textOf(request));
      response.writeHead(202).end();
      return;
    }
    const { status, headers, body } = servers.serve(url, at);
    const odd = hash(`${seed} ${at} ${url}`) % 400;
    // Never answered; unfolds to 50 MB; and goes on for as long as it is read.
    if (odd === 0) return;
    if (odd < 4) {
      response.writeHead(200, { ...headers, "content-encoding": "gzip" });
      response.end(gzipSync(Buffer.alloc(50_000_000, " ")));
      return;
    }
    response.writeHead(status, headers);
    if (body !== "endless") return void response.end(body);
    const chunk = Buffer.alloc(65_536, " ");
    while (!response.destroyed) if (!response.write(chunk)) await drained(response);
  }
  server.listen(0, "0.0.0.0");
  await once(server, "listening");
  stack.defer(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  });
  const theirs = (server.address() as AddressInfo).port;

  const { child } = run("main.ts", [], env);
  stack.defer(async () => {
    if (child.exitCode === null) child.kill();
    if (child.exitCode === null) await once(child, "exit");
  });
  let said = "";
  child.stderr?.on("data", (chunk: Buffer) => (said += chunk.toString()));
  await until(async () => (await fetch(`${config.origin}/health`).catch(() => undefined))?.ok);
  await until(() => isQuiet(db));
  await audit(db);

  const door: Door = {
    db,
    enter: (number) => (at = number),
    ask,
    async quiet() {
      while (!(await isQuiet(db)) && child.exitCode === null) await sleep(2);
      await db.deleteFrom("queue").where("runAt", ">", Date.now()).execute();
    },
    faults() {
      const found = said === "" ? [] : [`the log says: ${said}`];
      said = "";
      if (child.exitCode !== null) found.push(`the node has ended with ${child.exitCode}`);
      return found;
    },
    delivered: () => deliveries.length,
  };
  const origins = Array.from({ length: 20 }, (_, n) => `http://127.0.0.${n + 2}:${theirs}`);
  const arena: Arena = { seed, target, servers, synchronises: false, origins };
  const memory = () =>
    1024 * Number(execFileSync("ps", ["-o", "rss=", "-p", String(child.pid)]).toString());
  const begun = Date.now();
  const first = await fuzz(door, arena, { from: 0, to: 1e9, end: begun + long / 2 });
  const middle = { memory: memory(), rows: await rowCount(db) };
  const last = { from: first.cases, to: 1e9, end: begun + long };
  const second = await fuzz(door, arena, last);
  const end = { memory: memory(), rows: await rowCount(db) };
  console.log(`${first.cases + second.cases} cases`, second.statuses, middle, end);
  expect(second.statuses["POST 202"]).toBeGreaterThan(second.cases * 0.15);
  expect(end.memory - middle.memory).toBeLessThan(100_000_000);
  expect(end.rows - middle.rows).toBeLessThan(4 * second.cases);

  const alice = person(`${origins[0]}/users/u777`);
  const follow = followOf(alice, coop);
  const sent = deliveries.length;
  expect((await fetch(await alice.sign(`${coop}/inbox`, follow))).status).toBe(202);
  const answers = await until(
    () => deliveries.slice(sent).map((body) => JSON.parse(body) as object),
    ({ length }) => length > 0,
  );
  expect(answers).toMatchObject([{ type: "Accept", object: { id: follow.id } }]);
});

async function drained(response: ServerResponse): Promise<void> {
  const over = new AbortController();
  const heard = ["drain", "close"].map((event) => once(response, event, { signal: over.signal }));
  await Promise.race(heard).catch(() => undefined);
  over.abort();
  await Promise.allSettled(heard);
}

/** By bare HTTP: `fetch` mends much of what is to be sent here. */
function ask({ url, method, headers, body }: Case): ReturnType<Door["ask"]> {
  const { hostname, port } = new URL(url);
  const path = url.replace(/^https?:\/\/[^/]*/, "").replace(/#.*/, "") || "/";
  return new Promise((resolve, reject) => {
    const options = { hostname, port, path, method, headers, timeout: 120_000 };
    const request = httpRequest(options, (response) => {
      const named = Object.entries(response.headersDistinct).flatMap(([name, values = []]) =>
        values.map((value): [string, string] => [name, value]),
      );
      textOf(response).then(
        (text) => resolve({ status: response.statusCode ?? 0, headers: new Headers(named), text }),
        reject,
      );
    });
    request.on("timeout", () => request.destroy(new Error("no answer in two minutes")));
    request.on("error", (error: NodeJS.ErrnoException) => {
      // It was refused before all of it was sent.
      const cut = error.code === "ECONNRESET" || error.code === "EPIPE";
      if (cut) resolve({ status: 413, headers: new Headers(), text: "" });
      else reject(error);
    });
    request.end(body);
  });
}
