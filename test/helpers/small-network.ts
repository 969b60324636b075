import { join } from "node:path";
import { signRecord, type SignedRecord } from "../../src/coop/record.ts";
import { configurePeers } from "../../src/directory/configure-peers.ts";
import { dropExpired } from "../../src/directory/expire.ts";
import { loadIdentity } from "../../src/directory/identity.ts";
import { renewEpoch } from "../../src/directory/renew-epoch.ts";
import { limits } from "../../src/replication/describe.ts";
import { feedPage, FeedQuery, writeCursor } from "../../src/replication/feed.ts";
import { pull, type Puller } from "../../src/replication/pull.ts";
import { reclaimOwn } from "../../src/replication/reclaim.ts";
import {
  type RangesAnswer,
  repairDesk,
  type RepairDesk,
  repairWith,
} from "../../src/replication/reconcile.ts";
import { Refusals } from "../../src/replication/refusals.ts";
import { type Clock, databaseReplica, type Replica } from "../../src/replication/replica.ts";
import { SealedCopy } from "../../src/replication/sealed-copy.ts";
import { copyTo } from "../../src/store/copy.ts";
import { migrate } from "../../src/store/migrate.ts";
import { open, type Store } from "../../src/store/open.ts";
import * as records from "../../src/store/records.ts";
import type { Tx } from "../../src/store/schema.ts";
import { testKey } from "./keys.ts";
import { memoryReplica, shelf } from "./memory-replica.ts";

/** What one node has on its disk, and what can be done to it there. */
export interface Disk {
  readonly replica: Replica;
  write(record: SignedRecord): Promise<void>;
  /** Takes a backup, in place of the one before. */
  backUp(): Promise<void>;
  /** Puts the backup in place, if there is one. */
  putBack(): Promise<boolean>;
  expire(): Promise<void>;
  close(): Promise<void>;
}

/** What the nodes of a network have in common. */
export interface Common {
  clock: Clock;
  origins: string[];
}

const signers = new Map<string, ReturnType<typeof testKey>>();

/** The key by which a node signs. */
function keyOf(origin: string) {
  const known = signers.get(origin) ?? testKey(origin, 10 + signers.size);
  signers.set(origin, known);
  return known;
}

function publicKeyOf(method: string) {
  return [...signers.values()].find((key) => key.method === method)?.publicKey;
}

/** In memory: fast, and so for many runs. */
export async function memoryDisk(origin: string, { clock, origins }: Common): Promise<Disk> {
  const { host } = new URL(origin);
  let epochs = 0;
  const make = async (
    held: SignedRecord[],
    peers: Awaited<ReturnType<Replica["peers"]["all"]>>,
  ) => {
    const made = memoryReplica({
      host,
      shelf: shelf(),
      clock,
      keys: { keyOf: publicKeyOf, learn: () => Promise.resolve() },
      holds: () => true,
      epoch: `epoch-${(epochs += 1)}`,
    });
    made.put(held);
    for (const peer of peers) await made.peers.add(peer);
    return made;
  };
  let replica = await make([], []);
  for (const url of origins) {
    if (url !== origin) await replica.peers.add({ url, role: "hub", reclaimed: 1 });
  }
  let saved: { held: SignedRecord[]; peers: typeof peers } | undefined;
  let peers = await replica.peers.all();
  return {
    get replica() {
      return replica;
    },
    write(record) {
      replica.put([record]);
      return Promise.resolve();
    },
    async backUp() {
      peers = await replica.peers.all();
      saved = { held: replica.all(), peers };
    },
    async putBack() {
      if (saved === undefined) return false;
      const again = saved.peers.map((peer) => ({ ...peer, reclaimed: null }));
      replica = await make(saved.held, again);
      return true;
    },
    // It has nothing that drops; what has expired counts no more anyway.
    expire: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
}

/** In SQLite: what a node really has. */
export function databaseDisk(folder: string) {
  return async (origin: string, { clock, origins }: Common): Promise<Disk> => {
    const { host } = new URL(origin);
    let files = 0;
    const fileOf = () => join(folder, `${host}-${(files += 1)}.sqlite`);
    let store: Store = await open(`sqlite:${fileOf()}`);
    await migrate(store.db);
    const node = await loadIdentity(store.db, origin, clock.now());
    const others = origins.filter((url) => url !== origin);
    await configurePeers(store.db, node, others, clock.now());
    await store.db.updateTable("peer").set({ role: "hub", reclaimed: 1 }).execute();
    const replicaOf = () => {
      const keys = { keyOf: publicKeyOf, learn: () => Promise.resolve() };
      return databaseReplica({ db: store.db, node, keys, insecure: false, now: () => clock.now() });
    };
    let replica = replicaOf();
    let saved: string | undefined;
    return {
      get replica() {
        return replica;
      },
      async write(record) {
        const seen = clock.now();
        await store.db.transaction().execute((tx) => putOne(tx, record, seen));
      },
      async backUp() {
        saved = fileOf();
        await copyTo(store.db, saved);
      },
      async putBack() {
        if (saved === undefined) return false;
        const again = fileOf();
        await using backup = await open(`sqlite:${saved}`);
        await copyTo(backup.db, again);
        await store[Symbol.asyncDispose]();
        store = await open(`sqlite:${again}`);
        await renewEpoch(store.db, "a test has put it back", clock.now());
        replica = replicaOf();
        return true;
      },
      async expire() {
        await dropExpired(store.db, node, clock.now());
      },
      async close() {
        await store[Symbol.asyncDispose]();
      },
    };
  };
}

async function putOne(tx: Tx, record: SignedRecord, seen: number): Promise<void> {
  await records.put(tx, [record], seen);
}

/** Answers in the place of a node. */
export type Answers = (method: string, url: URL, body: string) => Response;

/** One node of a small network that does what it is told to, and nothing by itself. */
interface Member {
  readonly origin: string;
  readonly disk: Disk;
  /** Publishes a new version of one of its records. */
  write(name: number, type: string): Promise<SignedRecord>;
  /** Reads the feed of another to its end. */
  pull(from: string): Promise<void>;
  repair(from: string): Promise<void>;
  /** Forgets what is only in memory. */
  restart(): void;
  /** Its own records from all that can be reached. */
  reclaim(): Promise<void>;
  /** All that is held, by id. */
  held(): Promise<Map<string, records.LoggedRecord>>;
}

/** Lines of a feed in one answer: few, so that there are many answers. */
const pageMost = 3;

export interface Network extends AsyncDisposable {
  members: Member[];
  /** Who can't reach whom. */
  cut(between: (from: string, to: string) => boolean): void;
}

/**
 * A network of nodes that run the real feed, pull and repair.
 *
 * @param strangers Origins that are nobody's nodes, and what answers there.
 */
export async function smallNetwork(
  common: Common,
  diskOf: (origin: string, common: Common) => Promise<Disk>,
  strangers: Record<string, Answers>,
): Promise<Network> {
  const { clock, origins } = common;
  const stop = new AbortController().signal;
  let isCut: (from: string, to: string) => boolean = () => false;
  const members = new Map<string, Member & { answer: Serve; desk(): RepairDesk }>();
  type Serve = (method: string, url: URL, body: string) => Promise<Response>;

  for (const origin of origins) {
    const disk = await diskOf(origin, common);
    const send = async (target: string, init: RequestInit): Promise<Response> => {
      const url = new URL(target);
      if (isCut(origin, url.origin)) throw new Error("the line is cut");
      const body = typeof init.body === "string" ? init.body : "";
      const stranger = strangers[url.origin];
      if (stranger !== undefined) return stranger(init.method ?? "GET", url, body);
      const other = members.get(url.origin);
      if (other === undefined) throw new Error(`nobody is at ${url.origin}`);
      return other.answer(init.method ?? "GET", url, body);
    };
    let copy = new SealedCopy(disk.replica, clock);
    let desk = repairDesk(disk.replica, copy, send, clock);
    const puller = (): Puller => ({ replica: disk.replica, send, clock, random: () => 0.5 });
    members.set(origin, {
      origin,
      disk,
      desk: () => desk,
      async write(name, type) {
        const id = `${origin}/coops/coop${name}/listing`;
        const last = (await disk.replica.versions([id])).get(id);
        const issued = Math.max(clock.now(), (last?.issued ?? 0) + 1);
        const record = signRecord(
          {
            "@context": ["https://www.w3.org/ns/activitystreams", "https://later.example/v9"],
            id,
            type,
            attributedTo: `${origin}/actor`,
            issued: new Date(issued).toISOString(),
            // As later versions of the software may write.
            ...(type === "Tombstone" ? {} : { about: { novelty: [name], [type]: "unheard of" } }),
          },
          keyOf(origin),
        );
        await disk.write(record);
        return record;
      },
      async pull(from) {
        for (let more = true; more;) {
          const peer = await disk.replica.peers.get(from);
          if (peer === undefined) throw new Error(`${from} is no peer of ${origin}`);
          ({ more } = await pull(puller(), peer, 0, stop));
        }
      },
      async repair(from) {
        const askRanges = async (
          peer: string,
          message: Uint8Array<ArrayBuffer>,
          about?: string,
        ): Promise<RangesAnswer> => {
          if (isCut(origin, peer)) throw new Error("the line is cut");
          const stranger = strangers[peer];
          if (stranger !== undefined) {
            const answer = stranger("POST", new URL(`${peer}/dir/v1/reconcile`), "");
            return { message: new Uint8Array(await answer.arrayBuffer()) };
          }
          const other = members.get(peer);
          if (other === undefined) throw new Error(`nobody is at ${peer}`);
          return other.desk().answer(origin, message, about);
        };
        await repairWith({ ...puller(), copy, askRanges, refusals: new Refusals() }, from, stop);
      },
      restart() {
        copy = new SealedCopy(disk.replica, clock);
        desk = repairDesk(disk.replica, copy, send, clock);
      },
      async reclaim() {
        await reclaimOwn(puller(), stop);
      },
      async held() {
        const rows = await disk.replica.after(0, 10_000);
        return new Map(rows.map((row) => [row.id, row]));
      },
      async answer(method, url, body) {
        const { replica } = disk;
        switch (`${method} ${url.pathname}`) {
          case "GET /.well-known/coop-directory":
            return describedAs(origin, await replica.epoch(), await replica.head());
          case "GET /dir/v1/changes": {
            const watch = { head: 0, past: () => Promise.resolve(0) };
            const query = FeedQuery.parse(Object.fromEntries(url.searchParams));
            const page = await feedPage(
              { replica, watch, now: () => clock.now() },
              query,
              stop,
            ).catch(() => undefined);
            if (page === undefined) return new Response(null, { status: 410 });
            return linesOf(page.lines, { "dir-next": writeCursor(page.next) });
          }
          case "POST /dir/v1/records": {
            const { digests } = JSON.parse(body) as { digests: string[] };
            return linesOf((await replica.byDigest(digests)).map((each) => each.body));
          }
          case "GET /dir/v1/excluded":
            return Response.json(await replica.exclusions());
          default:
            return new Response(null, { status: 404 });
        }
      },
    });
  }
  return {
    members: [...members.values()],
    cut(between) {
      isCut = between;
    },
    async [Symbol.asyncDispose]() {
      for (const { disk } of members.values()) await disk.close();
    },
  };
}

/** How a node describes itself. */
export function describedAs(origin: string, epoch: string, seq: number): Response {
  return Response.json({
    protocol: "DIR/1",
    software: { name: "test", version: "1" },
    actor: `${origin}/actor`,
    role: "hub",
    changes: `${origin}/dir/v1/changes`,
    epoch,
    seq,
    held: seq,
    complete: true,
    records: `${origin}/dir/v1/records`,
    limits: { ...limits, page: pageMost },
  });
}

/** NDJSON. */
export function linesOf(lines: Uint8Array[], headers: Record<string, string> = {}): Response {
  const body = Buffer.concat(lines.flatMap((line) => [line, Buffer.from("\n")]));
  return new Response(body, { headers });
}
