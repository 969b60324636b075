import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { canonicalJson, type JsonObject } from "../../src/coop/canonical-json.ts";
import { signDocument } from "../../src/coop/proof.ts";
import { bounds, signRecord } from "../../src/coop/record.ts";
import { configurePeers } from "../../src/directory/configure-peers.ts";
import { loadIdentity } from "../../src/directory/identity.ts";
import { AppError } from "../../src/errors.ts";
import { loadKeyRing } from "../../src/replication/keys.ts";
import { pull, type Pulled, type Puller } from "../../src/replication/pull.ts";
import { databaseReplica, machineClock } from "../../src/replication/replica.ts";
import type { Db } from "../../src/store/schema.ts";
import { freshStore } from "../helpers/database.ts";
import { type HostilePeer, hostilePeer } from "../helpers/hostile-peer.ts";

vi.setConfig({ testTimeout: 60_000 });

const bytes = (text: string) => new TextEncoder().encode(text);

/** What a node has that a peer must not be able to change. */
async function stateOf(db: Db): Promise<unknown> {
  return {
    records: await db.selectFrom("record").select(["id", "digest"]).orderBy("id").execute(),
    pins: await db.selectFrom("pin").select(["method", "multikey"]).orderBy("method").execute(),
    hosts: await db.selectFrom("host").select(["host", "liveness"]).orderBy("host").execute(),
  };
}

/** A node that is about to read a hostile peer, over real sockets; a minute lasts a second. */
async function reader() {
  const stack = new AsyncDisposableStack();
  const { db } = stack.use(await freshStore("sqlite"));
  const hostile = stack.use(await hostilePeer());
  const node = await loadIdentity(db, "http://localhost:1", Date.now());
  await configurePeers(db, node, [hostile.origin], Date.now());
  const keys = await loadKeyRing({ db, node, send: fetch, now: Date.now, insecure: true });
  const replica = databaseReplica({ db, node, keys, insecure: true, now: Date.now });
  const real = machineClock();
  const clock = { ...real, timeout: (ms: number) => real.timeout(ms / 20) };
  const puller: Puller = { replica, send: fetch, clock, random: Math.random };
  const read = async (): Promise<Pulled> => {
    const peer = await replica.peers.get(hostile.origin);
    if (peer === undefined) throw new Error("it is no peer");
    return pull(puller, peer, 0, new AbortController().signal);
  };
  return { db, node, hostile, puller, read, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

/** A record as the hostile node would rightly publish it. */
function ownRecord({ origin }: Pick<HostilePeer, "origin">, changes: JsonObject = {}): JsonObject {
  return {
    "@context": ["https://www.w3.org/ns/activitystreams"],
    id: `${origin}/coops/evil/listing`,
    type: ["Document", "coop:Listing"],
    attributedTo: `${origin}/actor`,
    issued: new Date().toISOString(),
    about: {},
    ...changes,
  };
}

/** Signed, whatever it is. */
function signed({ key }: HostilePeer, document: JsonObject, method = key.method): JsonObject {
  const issued = document["issued"] as string;
  return signDocument(document, { ...key, method }, `${issued.slice(0, 19)}Z`);
}

/** Records that nobody may let in. */
const forgeries: [name: string, reason: string, (hostile: HostilePeer) => string][] = [
  [
    "a forged proof",
    "bad-proof",
    (hostile) => {
      const document = signed(hostile, ownRecord(hostile));
      return canonicalJson({ ...document, about: { name: "another" } });
    },
  ],
  ["no proof", "not-a-record", (hostile) => canonicalJson(ownRecord(hostile))],
  [
    "the key of another node",
    "foreign-origin",
    (hostile) => {
      const method = "http://victim.example/actor#ed25519";
      return canonicalJson(signed(hostile, ownRecord(hostile), method));
    },
  ],
  [
    "a key that its node doesn’t have",
    "unknown-key",
    (hostile) => {
      const method = `${hostile.origin}/actor#another`;
      return canonicalJson(signed(hostile, ownRecord(hostile), method));
    },
  ],
  [
    "the id of another node",
    "foreign-origin",
    (hostile) => {
      const id = "http://victim.example/coops/bakery/listing";
      return canonicalJson(signed(hostile, ownRecord(hostile, { id })));
    },
  ],
  [
    "an option in its proof that nobody hashes",
    "not-a-record",
    (hostile) => {
      const document = signed(hostile, ownRecord(hostile));
      const proof = { ...(document["proof"] as JsonObject), expires: "2099-01-01T00:00:00Z" };
      return canonicalJson({ ...document, proof });
    },
  ],
  [
    "a key that is there twice",
    "not-canonical",
    (hostile) => {
      const text = canonicalJson(signed(hostile, ownRecord(hostile)));
      return text.replace('"about":{}', '"about":{},"about":{}');
    },
  ],
  [
    "a time that hasn’t come",
    "from-the-future",
    (hostile) => {
      const issued = new Date(Date.now() + 2 * bounds.ahead).toISOString();
      return canonicalJson(signed(hostile, ownRecord(hostile, { issued })));
    },
  ],
  [
    "a time that is over",
    "expired",
    (hostile) => {
      const issued = new Date(Date.now() - bounds.validity).toISOString();
      return canonicalJson(signed(hostile, ownRecord(hostile, { issued })));
    },
  ],
  [
    "too many bytes",
    "too-large",
    (hostile) =>
      canonicalJson(signed(hostile, ownRecord(hostile, { filler: "x".repeat(bounds.size) }))),
  ],
  [
    "too many levels",
    "not-canonical",
    (hostile) => {
      const text = canonicalJson(signed(hostile, ownRecord(hostile)));
      return text.replace('"about":{}', `"about":${'{"a":'.repeat(200)}{}${"}".repeat(200)}`);
    },
  ],
  ["too many levels to be read", "not-json", () => "[".repeat(8000)],
];

describe("a record with", () => {
  it.each(forgeries)("%s is refused, named in the log, and changes nothing", async (...forgery) => {
    const [, reason, write] = forgery;
    await using there = await reader();
    const { db, hostile, read } = there;
    const good = signRecord(ownRecord(hostile, { id: `${hostile.origin}/coops/good/listing` }), {
      ...hostile.key,
    });
    await read();
    const before = await stateOf(db);
    const text = write(hostile);
    hostile.feed = [bytes(text)];
    // Whole lines: what comes after it shows that it didn't hold up anything.
    await db.updateTable("peer").set({ caughtUp: null }).execute();
    const found = await read();
    expect(found.refused).toMatchObject([{ reason }]);
    expect(found.refused[0]?.why).toMatch(/\w/);
    expect(await stateOf(db)).toEqual(before);
    hostile.feed = [bytes(text), good.body];
    await db.updateTable("peer").set({ caughtUp: null, seq: 0 }).execute();
    expect(await read()).toMatchObject({ admitted: 1, refused: [{ reason }] });
  });
});

/** Answers of a peer that are no feed; each is given up, soon and with a reason. */
const answers: [
  name: string,
  why: RegExp,
  (request: Request) => Promise<Response> | Response | undefined,
][] = [
  ["a bomb in gzip", /more than \d+ bytes/, bomb("gzip")],
  ["a bomb in zstd", /more than \d+ bytes/, bomb("zstd")],
  [
    "a bomb for a description",
    /more than \d+ bytes/,
    on("/.well-known/coop-directory", () => compressed("gzip")),
  ],
  ["a bomb for an actor", /more than \d+ bytes/, on("/actor", () => compressed("gzip"))],
  [
    "a body that never ends",
    /more than \d+ bytes/,
    on("/dir/v1/changes", () => feedOf(endless(bytes(`{"seq":1,"id":"${"x".repeat(60_000)}`), 0))),
  ],
  [
    "a body that drips",
    /aborted|timeout|time/i,
    on("/dir/v1/changes", () => feedOf(endless(bytes(" "), 50))),
  ],
  [
    "headers that never come",
    /aborted|timeout|time/i,
    on("/dir/v1/changes", () => new Promise<Response>(() => {})),
  ],
  [
    "a cursor that goes back",
    /doesn't follow|circle/,
    on("/dir/v1/changes", () => feedOf(line(0))),
  ],
  [
    "full pages that lead nowhere",
    /circle/,
    on("/dir/v1/changes", () => feedOf(line(1).repeat(1000), "bad.0")),
  ],
  [
    "a page without a cursor",
    /without a Dir-Next/,
    on("/dir/v1/changes", () => new Response(line(1))),
  ],
  [
    "a cursor of another log",
    /doesn't follow/,
    on("/dir/v1/changes", () => feedOf(line(1), "other.1")),
  ],
  [
    "a description of somebody else",
    /of another origin/,
    on("/.well-known/coop-directory", () => description("http://victim.example")),
  ],
];

function on(
  path: string,
  answer: () => Promise<Response> | Response,
): (request: Request) => Promise<Response> | Response | undefined {
  return (request) => (new URL(request.url).pathname === path ? answer() : undefined);
}

const line = (seq: number) =>
  `${JSON.stringify({ seq, id: "http://x/y", kind: "listing", issued: 0, digest: "0".repeat(64) })}\n`;

function feedOf(body: string | ReadableStream, next = "bad.1"): Response {
  return new Response(body, { headers: { "dir-next": next } });
}

function endless(chunk: Uint8Array, pause: number): ReadableStream {
  return new ReadableStream({
    async pull(controller) {
      if (pause > 0) await new Promise((resolve) => setTimeout(resolve, pause));
      controller.enqueue(chunk);
    },
  });
}

/** 100 MB of nothing, in some kilobytes. */
const bombs = {
  gzip: lazily(() => gzipSync(Buffer.alloc(100_000_000), { level: 1 })),
  zstd: lazily(() => zstdCompressSync(Buffer.alloc(100_000_000))),
};

function lazily<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}

function compressed(encoding: keyof typeof bombs): Response {
  const headers = { "content-encoding": encoding, "dir-next": "bad.1" };
  return new Response(new Uint8Array(bombs[encoding]()), { headers });
}

function bomb(encoding: "gzip" | "zstd") {
  return on("/dir/v1/changes", () => compressed(encoding));
}

function description(origin: string): Response {
  return Response.json({
    protocol: "DIR/1",
    software: { name: "hostile", version: "6.6.6" },
    actor: `${origin}/actor`,
    role: "hub",
    changes: `${origin}/dir/v1/changes`,
    epoch: "bad",
    seq: 1,
    records: `${origin}/dir/v1/records`,
    limits: { page: 2000, records: 1000, wait: 25, record: 16384 },
  });
}

describe("a peer that sends", () => {
  // Making them takes longer than a peer may take to answer.
  beforeAll(() => void Object.values(bombs).map((make) => make()));

  it.each(answers)("%s is given up, and nothing changes", async (_name, why, answer) => {
    await using there = await reader();
    const { db, hostile, read } = there;
    const before = await stateOf(db);
    hostile.instead = answer;
    const begun = process.memoryUsage().rss;
    const failure: unknown = await read().catch((error: unknown) => error);
    expect(process.memoryUsage().rss - begun).toBeLessThan(80_000_000);
    expect(failure).toBeInstanceOf(AppError);
    expect((failure as AppError).message).toMatch(why);
    const { pins: _pins, ...after } = (await stateOf(db)) as JsonObject;
    expect(before).toMatchObject(after);
  });

  it("a redirect to a private address leads nobody there", async () => {
    let visited = 0;
    const inner = createServer((_request, response) => {
      visited += 1;
      response.end("secret");
    });
    await new Promise<void>((resolve) => inner.listen(0, "127.0.0.1", resolve));
    const { port } = inner.address() as AddressInfo;
    try {
      for (const path of ["/.well-known/coop-directory", "/actor", "/dir/v1/changes"]) {
        await using there = await reader();
        const location = `http://127.0.0.1:${port}/latest/meta-data`;
        there.hostile.instead = on(
          path,
          () => new Response(null, { status: 307, headers: { location } }),
        );
        await expect(there.read()).rejects.toThrow(/answers 307/);
      }
    } finally {
      inner.close();
    }
    expect(visited).toBe(0);
  });
});
