import { type Beacon, beaconRecord } from "../../../src/coop/beacon.ts";
import { listingId, context, tombstoneRecord } from "../../../src/coop/listing-record.ts";
import type { JsonObject } from "../../../src/coop/canonical-json.ts";
import { signRecord, type SignedRecord } from "../../../src/coop/record.ts";
import type { Watch } from "../../../src/events.ts";
import { AppError } from "../../../src/errors.ts";
import {
  ask,
  askDescription,
  askResponse,
  changesUrl,
  limits,
} from "../../../src/replication/describe.ts";
import {
  feedPage,
  FeedQuery,
  readCursor,
  RecordsRequest,
  writeCursor,
} from "../../../src/replication/feed.ts";
import { beHub, beLeaf } from "../../../src/replication/part.ts";
import { peersLines, PeersQuery } from "../../../src/replication/peers-list.ts";
import {
  type AskRanges,
  options,
  ReconcileQuery,
  repairDesk,
  type Repairer,
  repairPeers,
  repairWholly,
} from "../../../src/replication/reconcile.ts";
import { Refusals } from "../../../src/replication/refusals.ts";
import type { Send } from "../../../src/replication/replica.ts";
import { SealedCopy } from "../../../src/replication/sealed-copy.ts";
import { type Wake, wakeHub, wakeHubs } from "../../../src/replication/wake.ts";
import { version } from "../../../src/outbound.ts";
import type { Peer } from "../../../src/store/peers.ts";
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
  stored: (node: SimNode, records: SignedRecord[]) => void;
}

/** How a node shows itself to others, if not as it is. */
export interface Mask {
  /** Whether it shows a record that came after the start. All, if not given. */
  shows?: (record: SignedRecord) => boolean;
  /** Answers in the place of the node, where it isn't undefined. */
  answers?: (node: SimNode, asked: Asked) => Promise<Answer> | undefined;
}

const encoder = new TextEncoder();

export function simNode(
  name: string,
  role: Role,
  { world, shelf, keys, stored }: Common,
  mask: Mask = {},
): SimNode {
  const { clock, random } = world;
  const origin = `https://${name}.example`;
  const host = new URL(origin).host;
  const key = keys.of(origin);
  let life = new AbortController();
  let onWake: (from: string) => boolean = () => false;
  let latest = 0;

  const source = {
    host,
    shelf,
    clock,
    keys: { keyOf: (method: string) => keys.keyOf(method), learn: () => Promise.resolve() },
    holds: (other: string) => role === "hub" || other === host,
    epoch: name,
  };
  const replica = memoryReplica({
    ...source,
    stored(records) {
      const { shows } = mask;
      if (shown !== replica) {
        shown.put(records.filter((record) => node.state === "down" || shows?.(record) !== false));
      }
      look();
      stored(node, records);
    },
  });
  const shown = mask.shows === undefined ? replica : memoryReplica(source);

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
      head = shown.seq;
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

  const send: Send = (url, init) => world.send(node, url, init);
  const copy = new SealedCopy(replica, clock);
  const shownCopy = shown === replica ? copy : new SealedCopy(shown, clock);
  const desk = repairDesk(shown, shownCopy, send, clock);
  const repairer: Repairer = {
    replica,
    send,
    clock,
    random,
    copy,
    askRanges: askRangesBy(send),
    refusals: new Refusals(),
  };

  const describe = async (): Promise<Answer> =>
    json({
      protocol: "DIR/1",
      software: { name: "fragaria", version },
      actor: `${origin}/actor`,
      role,
      changes: changesUrl(origin),
      epoch: name,
      seq: shown.seq,
      held: shown.seq,
      ...(role === "hub" && { complete: (await replica.filling.read())?.step === "complete" }),
      records: `${origin}/dir/v1/records`,
      limits,
    });

  /** As in src/web/dir.ts. */
  const serve = async ({ from, method, url, body, signal }: Asked): Promise<Answer> => {
    const query = Object.fromEntries(url.searchParams);
    switch (`${method} ${url.pathname}`) {
      case "GET /.well-known/coop-directory":
        return describe();
      case "GET /dir/v1/changes": {
        const source = { replica: shown, watch, now: () => clock.now() };
        const { lines, next } = await feedPage(source, FeedQuery.parse(query), signal);
        return ndjson(lines, { "dir-next": writeCursor(next) });
      }
      case "POST /dir/v1/records": {
        const { digests } = RecordsRequest.parse(JSON.parse(String(body)));
        return ndjson((await shown.byDigest(digests)).map((record) => record.body));
      }
      case "GET /dir/v1/peers": {
        const source = { replica, random, now: () => clock.now() };
        return ndjson(await peersLines(source, PeersQuery.parse(query)));
      }
      case "GET /dir/v1/excluded":
        return json(await replica.exclusions());
      case "POST /dir/v1/reconcile": {
        const about = ReconcileQuery.parse(query).origin;
        const message = Buffer.from(body);
        const answer = await desk.answer(`https://${from}`, message, about);
        const headers = { "dir-next": writeCursor(answer.upTo) };
        return { status: 200, headers, body: answer.message };
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
    sent: { messages: 0, bytes: 0, repairs: 0 },
    get life() {
      return life.signal;
    },
    answer: (asked) => (mask.answers?.(node, asked) ?? serve(asked)).catch(failure),
    start() {
      life = new AbortController();
      node.state = "up";
      const stop = life.signal;
      const part = {
        puller: repairer,
        repair: (peer: Peer, signal: AbortSignal) => repairWholly(repairer, peer.url, signal),
        pace: usualPace,
        stop,
        onWake(handler: typeof onWake) {
          onWake = handler;
        },
      };
      if (role === "hub") void beHub(part);
      const wake = wakeBy(origin, send);
      wakeHubs(repairer, wake, watch, stop);
      // At some time of their usual pauses: nodes that have long been running don't do all at once.
      const later = (pause: number, work: () => unknown) =>
        void clock.sleep(random() * pause, stop).then(() => stop.aborted || work());
      if (role === "leaf") later(usualPace.discover, () => beLeaf(part));
      const tell = (hub: string, signal: AbortSignal) => wakeHub(repairer, wake, hub, signal);
      later(usualPace.repair, () =>
        repairPeers(repairer, usualPace.repair, role === "leaf", stop, tell),
      );
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

/** Questions of a repair as a node sends them; not signed either. */
function askRangesBy(send: Send): AskRanges {
  return async (peer, asked, origin, signal) => {
    const url = new URL(`${peer}/dir/v1/reconcile`);
    if (origin !== undefined) url.searchParams.set("origin", origin);
    const init = { method: "POST", body: asked, signal };
    const { headers, body } = await askResponse(send, url.href, init, options.frame);
    return { message: body, upTo: readCursor(headers.get("dir-next") ?? "") };
  };
}

/** A wake-up as a node sends it, but for the signature: that would take most of the time. */
function wakeBy(origin: string, send: Send): Wake {
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
