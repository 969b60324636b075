import { type Beacon, beaconRecord } from "../../../src/coop/beacon.ts";
import { listingId, context, tombstoneRecord } from "../../../src/coop/listing-record.ts";
import type { JsonObject } from "../../../src/coop/canonical-json.ts";
import { signRecord, type SignedRecord } from "../../../src/coop/record.ts";
import type { Watch } from "../../../src/events.ts";
import { AppError } from "../../../src/errors.ts";
import { ask, askDescription, changesUrl, limits } from "../../../src/replication/describe.ts";
import { feedPage, FeedQuery, RecordsRequest, writeCursor } from "../../../src/replication/feed.ts";
import { beHub, beLeaf } from "../../../src/replication/part.ts";
import { peersLines, PeersQuery } from "../../../src/replication/peers-list.ts";
import type { Puller } from "../../../src/replication/pull.ts";
import { type Wake, wakeHubs } from "../../../src/replication/wake.ts";
import { version } from "../../../src/outbound.ts";
import { usualPace } from "../../../src/work.ts";
import { memoryReplica, type MemoryReplica, type Shelf } from "../../helpers/memory-replica.ts";
import { bakery } from "../../helpers/nodes.ts";
import type { Keys } from "./keys.ts";
import type { Answer, Asked, Host, World } from "./world.ts";

export type Role = "hub" | "leaf";

/** A node: the real work of one, over a set of records in memory. */
export interface SimNode extends Host {
  readonly origin: string;
  readonly role: Role;
  readonly replica: MemoryReplica;
  /** Begins with its work; `up` from then on. */
  start(): void;
  /** Ends its process; what it holds stays. */
  stop(): void;
  /** Ends its machine: nobody answers at its address any more. */
  die(): void;
  /** Publishes a new version of its co-op of that number, and says which. */
  publish(coop?: number): SignedRecord;
  withdraw(coop?: number): SignedRecord;
  /** Publishes a beacon. */
  beat(): SignedRecord;
}

/** What the nodes of a network share. */
export interface Common {
  world: World;
  shelf: Shelf;
  keys: Keys;
  /** Told of what a node has stored. */
  stored(node: SimNode, records: SignedRecord[]): void;
}

/** What is shown to others, where that isn't what the node holds. */
export type Mask = (node: SimNode, asked: Asked, honest: () => Promise<Answer>) => Promise<Answer>;

const encoder = new TextEncoder();

export function simNode(
  name: string,
  role: Role,
  { world, shelf, keys, stored }: Common,
  mask: Mask = (_node, _asked, honest) => honest(),
): SimNode {
  const { clock, random } = world;
  const origin = `https://${name}.example`;
  const host = new URL(origin).host;
  const key = keys.of(origin);
  let life = new AbortController();
  let onWake: (from: string) => boolean = () => false;
  let latest = 0;

  const replica = memoryReplica({
    host,
    shelf,
    clock,
    keys: { keyOf: keys.keyOf, learn: () => Promise.resolve() },
    holds: (other) => role === "hub" || other === host,
    epoch: name,
    stored(records) {
      look();
      stored(node, records);
    },
  });

  // A node looks at its log several times a second (`usualPace.watch`), each at times of its own.
  const phase = random() * usualPace.watch;
  let head = 0;
  let looking = false;
  const waiting = new Set<() => void>();
  const look = () => {
    if (looking) return;
    looking = true;
    const { watch: every } = usualPace;
    clock.at(Math.ceil((clock.now() - phase) / every) * every + phase, () => {
      looking = false;
      head = replica.seq;
      for (const wake of waiting) wake();
    });
  };
  const watch: Watch = {
    get head() {
      return head;
    },
    past(seq, timeout, signal) {
      if (head > seq || signal?.aborted === true) return Promise.resolve(head);
      return new Promise((resolve) => {
        const end = () => {
          callOff();
          waiting.delete(ring);
          signal?.removeEventListener("abort", end);
          resolve(head);
        };
        const ring = () => {
          if (head > seq) end();
        };
        const callOff = clock.at(clock.now() + timeout, end);
        waiting.add(ring);
        signal?.addEventListener("abort", end);
      });
    },
  };

  const describe = async (): Promise<Answer> =>
    json({
      protocol: "DIR/1",
      software: { name: "fragaria", version },
      actor: `${origin}/actor`,
      role,
      changes: changesUrl(origin),
      epoch: await replica.epoch(),
      seq: replica.seq,
      held: replica.seq,
      ...(role === "hub" && { complete: (await replica.filling.read())?.step === "complete" }),
      records: `${origin}/dir/v1/records`,
      limits,
    });

  /** As in src/web/dir.ts. */
  const serve = async ({ method, url, body, signal }: Asked): Promise<Answer> => {
    const query = Object.fromEntries(url.searchParams);
    switch (`${method} ${url.pathname}`) {
      case "GET /.well-known/coop-directory":
        return describe();
      case "GET /dir/v1/changes": {
        const source = { replica, watch, now: () => clock.now() };
        const { lines, next } = await feedPage(source, FeedQuery.parse(query), signal);
        return ndjson(lines, { "dir-next": writeCursor(next) });
      }
      case "POST /dir/v1/records": {
        const { digests } = RecordsRequest.parse(JSON.parse(String(body)));
        return ndjson((await replica.byDigest(digests)).map((record) => record.body));
      }
      case "GET /dir/v1/peers": {
        const source = { replica, random, now: () => clock.now() };
        return ndjson(await peersLines(source, PeersQuery.parse(query)));
      }
      case "POST /actor/inbox": {
        const { actor } = JSON.parse(String(body)) as { actor: string };
        onWake(new URL(actor).origin);
        return { status: 202, body: new Uint8Array() };
      }
      default:
        return { status: 404, body: new Uint8Array() };
    }
  };

  const publish = (document: (issued: number) => JsonObject): SignedRecord => {
    latest = Math.max(latest + 1, clock.now());
    const record = signRecord(document(latest), key);
    replica.put([record]);
    return record;
  };

  const node: SimNode = {
    host,
    origin,
    role,
    replica,
    state: "down",
    side: 0,
    sent: { messages: 0, bytes: 0 },
    get life() {
      return life.signal;
    },
    answer: (asked) => mask(node, asked, () => serve(asked)).catch(failure),
    start() {
      life = new AbortController();
      node.state = "up";
      const send = world.sendFrom(node);
      const puller: Puller = { replica, send, clock, random };
      const stop = life.signal;
      const part = {
        puller,
        repair: () => Promise.resolve(0),
        pace: usualPace,
        stop,
        onWake(handler: typeof onWake) {
          onWake = handler;
        },
      };
      void (role === "hub" ? beHub(part) : beLeaf(part));
      wakeHubs(puller, wakeBy(origin, send), watch, stop);
    },
    stop() {
      node.state = "down";
      life.abort(new Error("read ECONNRESET"));
    },
    die() {
      node.stop();
      node.state = "dead";
    },
    publish: (coop = 1) => publish((issued) => listing(origin, coop, issued)),
    withdraw: (coop = 1) =>
      publish((issued) =>
        tombstoneRecord(`${origin}/actor`, listingId(`${origin}/coops/${coop}`), issued),
      ),
    beat: () => publish((issued) => beaconRecord(origin, stateOf(role, issued), issued)),
  };
  return node;
}

/** A wake-up as a node sends it, but for the signature: that would take most of the time. */
function wakeBy(origin: string, send: Puller["send"]): Wake {
  return async (hub, cursor, signal) => {
    const { actor } = await askDescription(send, hub, signal);
    const body = JSON.stringify({
      "@context": "https://www.w3.org/ns/activitystreams",
      id: `${origin}/wake/${cursor}`,
      type: "Update",
      actor: `${origin}/actor`,
      object: changesUrl(origin),
    });
    await ask(send, `${actor}/inbox`, { method: "POST", body, signal }, 64 * 1024);
  };
}

/** A listing of some 2 KB: acceptance doesn't look at what it is about. */
function listing(origin: string, coop: number, issued: number): JsonObject {
  const id = `${origin}/coops/${coop}`;
  return {
    "@context": context,
    id: listingId(id),
    type: ["Document", "coop:Listing"],
    attributedTo: `${origin}/actor`,
    issued: new Date(issued).toISOString(),
    about: {
      id,
      type: ["Organization", "schema:Cooperative"],
      updated: new Date(issued).toISOString(),
      ...(bakery() as unknown as JsonObject),
    },
  };
}

function stateOf(role: Role, issued: number): Beacon {
  return { role, count: 1, fingerprint: "0".repeat(32), asOf: issued };
}

function json(value: unknown): Answer {
  return { status: 200, body: encoder.encode(JSON.stringify(value)) };
}

export function ndjson(lines: Uint8Array[], headers: Record<string, string> = {}): Answer {
  const newline = Buffer.from("\n");
  return { status: 200, headers, body: Buffer.concat(lines.flatMap((line) => [line, newline])) };
}

function failure(error: unknown): Answer {
  if (!(error instanceof AppError)) throw error;
  return { status: error.code === "gone" ? 410 : 400, body: encoder.encode(error.message) };
}
