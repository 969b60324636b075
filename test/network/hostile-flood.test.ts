import { expect, it, vi } from "vitest";
import { configurePeers } from "../../src/directory/configure-peers.ts";
import { loadIdentity } from "../../src/directory/identity.ts";
import { loadKeyRing } from "../../src/replication/keys.ts";
import { pull, type Puller } from "../../src/replication/pull.ts";
import { databaseReplica, machineClock } from "../../src/replication/replica.ts";
import { meetStrangers } from "../../src/replication/strangers.ts";
import { freshStore } from "../helpers/database.ts";
import { hostilePeer } from "../helpers/hostile-peer.ts";
import { until } from "../helpers/nodes.ts";

vi.setConfig({ testTimeout: 60_000 });

/** A node whose peer speaks of hosts that nobody knows: `names(0)`, `names(1)` … */
async function flooded(names: (count: number) => string) {
  const stack = new AsyncDisposableStack();
  const { db } = stack.use(await freshStore("sqlite"));
  const hostile = stack.use(await hostilePeer());
  hostile.instead = (request) => {
    const url = new URL(request.url);
    if (url.pathname !== "/dir/v1/changes") return undefined;
    const after = Number(url.searchParams.get("after")?.split(".")[1] ?? 0);
    const lines = Array.from({ length: 1000 }, (_, at) => {
      const seq = after + at + 1;
      const id = `http://${names(seq - 1)}/coops/evil/listing`;
      const digest = seq.toString(16).padStart(64, "0");
      return `${JSON.stringify({ seq, id, kind: "listing", issued: Date.now(), digest })}\n`;
    });
    return new Response(lines.join(""), { headers: { "dir-next": `bad.${after + 1000}` } });
  };
  const asked: string[] = [];
  const send = (url: string, init: RequestInit) => {
    if (url.startsWith(hostile.origin)) return fetch(url, init);
    asked.push(new URL(url).host);
    return Promise.reject(new Error("there is no such host"));
  };
  const node = await loadIdentity(db, "http://localhost:1", Date.now());
  await configurePeers(db, node, [hostile.origin], Date.now());
  const keys = await loadKeyRing({ db, node, send, now: Date.now, insecure: true });
  const strangers = meetStrangers({ node, keys, pause: 1000, now: Date.now });
  const source = { db, node, keys, strangers, insecure: true, now: Date.now };
  const replica = databaseReplica(source);
  const puller: Puller = { replica, send, clock: machineClock(), random: Math.random };
  const stop = new AbortController();
  const working = strangers.start(puller, stop.signal);
  stack.defer(async () => {
    stop.abort();
    await working;
  });
  const read = async (pages: number) => {
    for (let page = 0; page < pages; page += 1) {
      const peer = await replica.peers.get(hostile.origin);
      if (peer !== undefined) await pull(puller, peer, 0, stop.signal);
    }
  };
  const known = async () => (await db.selectFrom("host").select("host").execute()).length;
  return { db, asked, read, known, replica, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

/** Until nothing more is asked for a while. */
async function quiet(asked: string[]): Promise<void> {
  for (let before = -1; before !== asked.length;) {
    before = asked.length;
    await new Promise((resolve) => setTimeout(resolve, 1500));
  }
}

it("100,000 hosts under one domain cost next to nothing", async () => {
  await using there = await flooded((count) => `h${count}.flood.example`);
  await there.read(100);
  await quiet(there.asked);
  // As many as may be known of one domain, and those that are asked at the same moment.
  expect(new Set(there.asked).size).toBeLessThanOrEqual(28);
  expect(await there.known()).toBe(1);
  expect((await there.replica.policy())("honest.example")).toBe(true);
});

it("hosts under ever new domains are known to a bound, and asked a few at a time", async () => {
  await using there = await flooded((count) => `flood${count}.example`);
  await there.read(20);
  await until(
    () => there.asked.length,
    (count) => count > 50,
  );
  expect(await there.known()).toBeLessThanOrEqual(5001);
  expect(await there.db.selectFrom("record").select("id").execute()).toEqual([]);
});
