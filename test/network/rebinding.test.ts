import dns from "node:dns";
import { createServer, type Server } from "node:http";
import { syncBuiltinESMExports } from "node:module";
import net from "node:net";
import { getGlobalDispatcher, setGlobalDispatcher } from "undici";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { guardOutbound } from "../../src/outbound.ts";
import { pull } from "../../src/replication/pull.ts";
import { repairWith } from "../../src/replication/reconcile.ts";
import { Refusals } from "../../src/replication/refusals.ts";
import { machineClock } from "../../src/replication/replica.ts";
import { SealedCopy } from "../../src/replication/sealed-copy.ts";
import type { Peer } from "../../src/store/peers.ts";
import { memoryReplica, shelf } from "../helpers/memory-replica.ts";

/** Stands for a server on the internet: whoever is let through to it reaches the one of the test. */
const far = "192.0.66.1";

const before = { lookup: dns.lookup, connect: net.connect, dispatcher: getGlobalDispatcher() };
const stop = new AbortController().signal;
const clock = machineClock();

let server: Server;
let origin: string;
/** What reached the server, by path. */
let asked: string[];
/** What the name resolves to, each time that it is asked for; the last one from then on. */
let addresses: string[][];

type Found = (error: Error | null, found: { address: string; family: number }[]) => void;
type Lookup = (host: string, options: object, found: Found) => void;

beforeEach(async () => {
  asked = [];
  server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? "", origin);
    asked.push(pathname);
    // Each request is one more chance to be somewhere else.
    response.setHeader("connection", "close");
    response.setHeader("dir-next", "e.0");
    response.end(pathname.startsWith("/.well-known") ? JSON.stringify(description()) : "");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  origin = `http://rebind.example:${port}`;
  const lookup: Lookup = (_host, _options, found) => {
    const now = (addresses.length > 1 ? addresses.shift() : addresses[0]) ?? [];
    found(
      null,
      now.map((address) => ({ address, family: 4 })),
    );
  };
  const connect = (options: net.TcpNetConnectOpts) => {
    const guarded = options.lookup as unknown as Lookup;
    const there: Lookup = (host, how, found) =>
      guarded(host, { ...how, all: true }, (error, list) =>
        found(
          error,
          error === null
            ? list.map((each) => ({
                ...each,
                ...(each.address === far && { address: "127.0.0.1" }),
              }))
            : [],
        ),
      );
    return before.connect({ ...options, lookup: there as unknown as net.LookupFunction });
  };
  Object.assign(dns, { lookup });
  Object.assign(net, { connect });
  syncBuiltinESMExports();
  guardOutbound("https://coops.example", false);
});

afterEach(() => {
  Object.assign(dns, { lookup: before.lookup });
  Object.assign(net, { connect: before.connect });
  syncBuiltinESMExports();
  setGlobalDispatcher(before.dispatcher);
  server.closeAllConnections();
  server.close();
});

function description() {
  return {
    protocol: "DIR/1",
    software: { name: "rebinding", version: "0" },
    actor: `${origin}/actor`,
    role: "hub",
    changes: `${origin}/dir/v1/changes`,
    epoch: "e",
    seq: 0,
    records: `${origin}/dir/v1/records`,
    limits: { page: 1, records: 1, wait: 0, record: 1 },
  };
}

/** A node that has nothing, and the peer that it asks. */
async function asker() {
  const keys = { keyOf: () => undefined, learn: () => Promise.resolve() };
  const source = { host: "coops.example", shelf: shelf(), clock, keys, epoch: "own" };
  const replica = memoryReplica({ ...source, holds: () => true });
  await replica.peers.add({ url: origin });
  const puller = { replica, send: fetch, clock, random: () => 0 };
  const copy = new SealedCopy(replica, clock);
  const askRanges = () => Promise.reject(new Error("it never comes to that"));
  const repairer = { ...puller, copy, askRanges, refusals: new Refusals() };
  return { puller, repairer, peer: (await replica.peers.get(origin)) as Peer };
}

describe("a name that is of another address at the next look", () => {
  const refusal = /not an address of the public internet/;

  it("is read as long as its addresses are public", async () => {
    addresses = [[far]];
    const { puller, peer } = await asker();
    expect(await pull(puller, peer, 0, stop)).toMatchObject({ read: 0 });
    expect(asked).toEqual(["/.well-known/coop-directory", "/dir/v1/changes"]);
  });

  it.each([["127.0.0.1"], ["169.254.169.254"], ["10.0.0.1"]])(
    "leads the reading of its feed to nobody at %s",
    async (inside) => {
      addresses = [[far], [inside]];
      const { puller, peer } = await asker();
      await expect(pull(puller, peer, 0, stop)).rejects.toThrow(refusal);
      expect(asked).toEqual(["/.well-known/coop-directory"]);
    },
  );

  it("leads a repair to nobody inside, nor does one of both kinds of addresses", async () => {
    addresses = [[far], ["127.0.0.1"]];
    const { repairer } = await asker();
    await expect(repairWith(repairer, origin, stop)).rejects.toThrow(refusal);
    expect(asked).toEqual(["/.well-known/coop-directory"]);
    addresses = [[far, "127.0.0.1"]];
    await expect(repairWith(repairer, origin, stop)).rejects.toThrow(refusal);
    expect(asked).toEqual(["/.well-known/coop-directory"]);
  });
});
