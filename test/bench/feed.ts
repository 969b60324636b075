import { Agent, get, type IncomingHttpHeaders } from "node:http";
import { openNode } from "../../src/open-node.ts";
import { pull } from "../../src/replication/pull.ts";
import { machineClock } from "../../src/replication/replica.ts";
import * as peers from "../../src/store/peers.ts";
import { replicaOf } from "../helpers/replica.ts";
import { alternate, measure, meterOf, progress, reportRate, type Taken } from "./measure.ts";
import { type Peer, startNode, startPeer } from "./processes.ts";
import type { Served } from "./static-server.ts";
import { folder, nodeData, ukData } from "./uk.ts";

const encodings = ["identity", "gzip", "zstd"] as const;

/** What nodes ask each other for. */
const page = 1000;

/**
 * Records streamed in a second from a node with the UK set, page by page over a
 * socket; beside it the same bytes from memory through bare Hono. Then a whole
 * catching-up: fetched, verified and stored by another node.
 */
export async function feed(): Promise<void> {
  using data = folder();
  const { env, config } = await ukData(data.path);
  await using node = await startNode(env);
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  let plain: Peer<{ port: number }> | undefined;
  let size = 0;
  for (const encoding of encodings) {
    const pages = await readFeed(agent, config.origin, encoding);
    const records = pages.reduce((sum, { lines }) => sum + lines, 0);
    const bytes = pages.reduce((sum, { body }) => sum + body.length, 0);
    const served = pages.map(({ body, lines, headers }, at): Served & { lines: number } => {
      return { path: `/${at}`, lines, body, headers: kept(headers) };
    });
    const peer = await startPeer<{ port: number }>(
      new URL("./static-server.ts", import.meta.url),
      served,
    );
    let at = 0;
    let after = "0";
    const taken = await alternate(
      {
        ours: async () => {
          const { headers, lines } = await readPage(agent, config.origin, after, encoding);
          after = lines < page ? "0" : String(headers["dir-next"]);
          return lines;
        },
        bare: async () => {
          const { path, lines } = served[(at = (at + 1) % served.length)] as (typeof served)[0];
          await read(agent, `http://localhost:${peer.ready.port}${path}`, "identity");
          return lines;
        },
      },
      {
        slice: 400,
        rounds: 6,
        meters: { ours: meterOf(node.pid), bare: meterOf(peer.pid) },
      },
    );
    reportRate(`feed.stream-${encoding}`, "records/s", taken.ours, {
      peer: "bare Hono, the same bytes from memory",
      than: taken.bare,
      note: `${Math.round(bytes / records)} bytes a record; CPU of the server`,
    });
    progress(`  ${encoding}`);
    if (encoding === "zstd") {
      plain = peer;
      size = served.length;
    } else {
      await peer[Symbol.asyncDispose]();
    }
  }
  agent.destroy();
  if (plain === undefined) return;
  await using last = plain;
  const pulled = await pullAll(config.origin);
  const fetched = await fetchAll(last.ready.port, size, pulled.n);
  reportRate("feed.pull", "records/s", pulled, {
    peer: "fetch() of the same bytes from bare Hono, nothing done with them",
    than: fetched,
    note: "fetched, verified and stored in SQLite; CPU of the puller",
  });
}

interface Page {
  headers: IncomingHttpHeaders;
  /** As they came over the socket. */
  body: Buffer<ArrayBuffer>;
  lines: number;
}

async function readFeed(agent: Agent, origin: string, encoding: string): Promise<Page[]> {
  const pages: Page[] = [];
  for (let after = "0"; ;) {
    const next = await readPage(agent, origin, after, encoding);
    pages.push(next);
    if (next.lines < page) return pages;
    after = String(next.headers["dir-next"]);
  }
}

/** A page; `lines` are counted by the seq, as decompressing is not what is measured. */
async function readPage(
  agent: Agent,
  origin: string,
  after: string,
  encoding: string,
): Promise<Page> {
  const url = `${origin}/dir/v1/changes?view=full&limit=${page}&after=${after}`;
  const answer = await read(agent, url, encoding);
  const seq = (cursor: string) => Number(cursor.split(".").at(-1));
  return { ...answer, lines: seq(String(answer.headers["dir-next"])) - seq(after) };
}

function read(agent: Agent, url: string, encoding: string): Promise<Omit<Page, "lines">> {
  return new Promise((resolve, reject) => {
    const request = get(url, { agent, headers: { "accept-encoding": encoding } }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () => {
        if (response.statusCode !== 200) reject(new Error(`${url}: ${response.statusCode}`));
        else resolve({ headers: response.headers, body: Buffer.concat(chunks) });
      });
    });
    request.on("error", reject);
  });
}

function kept(headers: IncomingHttpHeaders): Record<string, string> {
  const names = ["content-type", "content-encoding", "dir-next", "cache-control", "vary"];
  return Object.fromEntries(
    names.flatMap((name) => (headers[name] === undefined ? [] : [[name, String(headers[name])]])),
  );
}

async function pullAll(origin: string): Promise<Taken> {
  using data = folder();
  const { config } = await nodeData(data.path, { PEERS: origin });
  const { store, node } = await openNode(config, Date.now);
  await using _closing = store;
  await peers.configure(store.db, config.peers);
  const replica = await replicaOf(store.db, node);
  const puller = { replica, send: fetch, clock: machineClock(), random: Math.random };
  return await measure(async () => {
    for (let records = 0; ;) {
      const peer = await peers.get(store.db, origin);
      if (peer === undefined) throw new Error("the peer isn't configured");
      const { admitted, refused, more } = await pull(puller, peer, 0, new AbortController().signal);
      if (refused.length > 0) throw new Error(`refused: ${refused[0]?.why}`);
      records += admitted;
      if (!more) return records;
    }
  });
}

function fetchAll(port: number, pages: number, records: number): Promise<Taken> {
  return measure(async () => {
    for (let at = 0; at < pages; at += 1) {
      await (await fetch(`http://localhost:${port}/${at}`)).arrayBuffer();
    }
    return records;
  });
}
