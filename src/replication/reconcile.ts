import { getLogger } from "@logtape/logtape";
import { z } from "zod";
import { Exclusions, excludedBy } from "../coop/exclusions.ts";
import { patience } from "../coop/liveness.ts";
import type { Identity } from "../directory/identity.ts";
import { AppError } from "../errors.ts";
import { type Job, repeat } from "../jobs.ts";
import type { Compared } from "./adopt.ts";
import { ask, askDescription, limits, parseJson } from "./describe.ts";
import { type Cursor, readCursor } from "./feed.ts";
import { askPeers } from "./peers-list.ts";
import { type Pulled, type Puller, splitLines, summary } from "./pull.ts";
import { respond } from "./ranges.ts";
import type { Refusals } from "./refusals.ts";
import { Inquiry } from "./ranges-inquiry.ts";
import type { Clock, Replica, Send } from "./replica.ts";
import { only } from "./sealed.ts";
import type { SealedCopy } from "./sealed-copy.ts";
import { sendSigned } from "./signed-request.ts";

/** How ranges are divided, and what a message may be at most: docs/decisions/0009-repair.md. */
export const options = { split: { buckets: 8, leaf: 8 }, frame: 256 * 1024 };

/** The parameters of `POST /dir/v1/reconcile`. */
export const ReconcileQuery = z.strictObject({
  /** A host of which alone records are compared. */
  origin: z.string().max(260).optional(),
});

/** Messages that are sent in one run at most. What is found by then is fetched; another run finds the rest. */
const roundsMost = 40;
/** Records that are fetched at once. */
const portion = 200;
/** How many messages a node may send within ten minutes. */
const span = 600_000;
export const messagesMost = 3 * roundsMost;
/** A list of what is left out: more than twice what 20,000 hosts take. */
const exclusionsBytes = 4 * 1024 * 1024;

/** An answer, and up to where in the log of who gives it what it compares has everything. */
export interface RangesAnswer {
  message: Uint8Array;
  upTo?: Cursor | undefined;
}

/** Sends a message about all records, or those of one host, and brings the answer. */
export type AskRanges = (
  peer: string,
  message: Uint8Array<ArrayBuffer>,
  origin: string | undefined,
  signal: AbortSignal,
) => Promise<RangesAnswer>;

/** Over HTTP, signed by the key of the node's actor. */
export function signedAskRanges(node: Identity, send: Send): AskRanges {
  return async (peer, message, origin, signal) => {
    const url = new URL(`${peer}/dir/v1/reconcile`);
    if (origin !== undefined) url.searchParams.set("origin", origin);
    const type = "application/octet-stream";
    const what = { url: url.href, type, body: message, most: options.frame };
    const { headers, body } = await sendSigned(node, send, what, signal);
    return { message: body, upTo: readCursor(headers.get("dir-next") ?? "") };
  };
}

/** What repairs. */
export interface Repairer extends Puller {
  copy: SealedCopy;
  askRanges: AskRanges;
  refusals: Refusals;
}

/** What a run has found and brought. */
export interface Repaired extends Omit<Pulled, "more" | "read"> {
  /** How many records the peer has and we lacked, without those that we have refused before. */
  lacked: number;
  /** How many of ours it lacks: it will ask for them itself. */
  extra: number;
  /** Messages sent. */
  rounds: number;
  /** Whether everything was compared; else the next run goes on. */
  whole: boolean;
  /** As its first answer says it. */
  upTo: Cursor | undefined;
}

/**
 * Finds out which records a peer has that we lack, and takes them in: of all
 * hosts that neither of the two leaves out, or of one.
 *
 * @param origin A host of which alone records are compared.
 * @throws {AppError} `unavailable` when the peer can't be asked, `bad-request`
 *   when its answers make no sense.
 */
export async function repairWith(
  repairer: Repairer,
  peer: string,
  stop: AbortSignal,
  origin?: string,
): Promise<Repaired> {
  const { replica, send, clock, copy, askRanges, refusals } = repairer;
  const signal = AbortSignal.any([stop, clock.timeout(span)]);
  const described = await askDescription(send, peer, signal);
  await replica.learn(peer, signal);
  const holds = await replica.policy();
  const leavesOut = await exclusions(
    replica,
    send,
    origin === undefined ? peer : undefined,
    signal,
  );
  const keeps = compared(holds, leavesOut, origin);
  const inquiry = new Inquiry(only(await copy.fresh(), keeps), options);
  let rounds = 0;
  let upTo: Cursor | undefined;
  let question = inquiry.ask();
  for (; question !== undefined && rounds < roundsMost; rounds += 1) {
    const answer = await askRanges(peer, question, origin, signal);
    inquiry.take(answer.message);
    if (rounds === 0) upTo = answer.upTo;
    question = inquiry.ask();
  }
  const lacking = [...inquiry.lacking].filter((digest) => !refusals.has(digest, clock.now()));
  const received = [];
  for (let at = 0; at < lacking.length; at += portion) {
    const asked = lacking.slice(at, at + portion);
    // The feed may have brought some of them meanwhile.
    const held = await replica.heldOf(asked);
    const digests = asked.filter((digest) => !held.has(digest));
    if (digests.length === 0) continue;
    const headers = { "content-type": "application/json" };
    const init = { method: "POST", headers, body: JSON.stringify({ digests }), signal };
    const body = await ask(send, described.records, init, digests.length * (limits.record + 1));
    const bodies = splitLines(body);
    const judged = await replica.receive(bodies, holds);
    refusals.note(bodies, judged, clock.now());
    received.push(...judged);
    await clock.sleep(0);
  }
  const taken = summary(peer, received);
  await replica.peers.update(peer, { repaired: clock.now(), lacked: taken.admitted });
  const { length: extra } = inquiry.extra;
  const whole = question === undefined;
  return { ...taken, lacked: lacking.length, extra, rounds, whole, upTo };
}

/** Of which hosts records are compared: of one, or of all that neither side leaves out. */
function compared(
  holds: (host: string) => boolean,
  leavesOut: (host: string) => boolean,
  origin: string | undefined,
): (host: string) => boolean {
  return (host) => (origin ?? host) === host && holds(host) && !leavesOut(host);
}

/** What we leave out, and what another node does. */
async function exclusions(
  replica: Replica,
  send: Send,
  other: string | undefined,
  signal: AbortSignal,
): Promise<(host: string) => boolean> {
  const ours = excludedBy(await replica.exclusions());
  if (other === undefined) return ours;
  const theirs = excludedBy(await askExclusions(send, other, signal));
  return (host) => ours(host) || theirs(host);
}

async function askExclusions(send: Send, origin: string, signal: AbortSignal): Promise<Exclusions> {
  const url = `${origin}/dir/v1/excluded`;
  const read = Exclusions.safeParse(parseJson(await ask(send, url, { signal }, exclusionsBytes)));
  if (read.success) return read.data;
  throw new AppError("unavailable", `${url} is no list of what is left out`);
}

/** What answers the repairs of others. */
export interface RepairDesk {
  /**
   * @param from The origin of the node that asks.
   * @param origin The host that it asks about, if not all.
   * @throws {AppError} `rate-limited` when it asks too much, `bad-request` for
   *   what isn't a message, `unavailable` when it can't be asked what it leaves out.
   */
  answer(
    from: string,
    message: Uint8Array,
    origin?: string,
  ): Promise<{ message: Uint8Array<ArrayBuffer>; upTo: Cursor }>;
}

/** What is remembered of a node that asks, for ten minutes. */
interface Asking {
  since: number;
  /** Its messages. */
  count: number;
  /** What it and we leave out; and what we do, where it asks about one host. */
  all?: Promise<(host: string) => boolean> | undefined;
  one?: Promise<(host: string) => boolean> | undefined;
}

/** Of so many nodes it is remembered what they leave out, and how often they asked. */
const nodesMost = 1000;

/** Answers from a copy; nothing is kept of a run. */
export function repairDesk(
  replica: Replica,
  copy: SealedCopy,
  send: Send,
  clock: Clock,
): RepairDesk {
  const asking = new Map<string, Asking>();
  const admit = (from: string) => {
    const now = clock.now();
    let known = asking.get(from);
    if (known === undefined || now - known.since >= span) known = { since: now, count: 0 };
    if (known.count >= messagesMost) {
      const retryAfter = Math.ceil((known.since + span - now) / 1000);
      throw new AppError(
        "rate-limited",
        `${from} has sent ${messagesMost} messages within ten minutes; the next is answered in ${retryAfter} s.`,
        { retryAfter },
      );
    }
    known.count += 1;
    asking.delete(from);
    asking.set(from, known);
    if (asking.size > nodesMost) asking.delete(asking.keys().next().value ?? "");
    return known;
  };
  return {
    async answer(from, message, origin) {
      const known = admit(from);
      // Of one host it makes no difference what the other leaves out beside it.
      const other = origin === undefined ? from : undefined;
      const which = origin === undefined ? "all" : "one";
      known[which] ??= exclusions(replica, send, other, clock.timeout(10_000));
      const leavesOut = await known[which].catch((error: unknown) => {
        known[which] = undefined;
        throw error;
      });
      const keeps = compared(await replica.policy(), leavesOut, origin);
      const { sealed, epoch, seq } = await copy.recent();
      return { message: respond(only(sealed, keeps), message, options), upTo: { epoch, seq } };
    },
  };
}

/**
 * Compares with a peer until everything was compared, or as often as it
 * answers: for who has just found it.
 *
 * @throws {AppError} as `repairWith`.
 */
export async function repairWholly(
  repairer: Repairer,
  peer: string,
  stop: AbortSignal,
): Promise<Compared> {
  let brought = 0;
  for (let runs = 1; ; runs += 1) {
    const { admitted, whole, upTo } = await repairWith(repairer, peer, stop);
    brought += admitted;
    if (whole || runs >= messagesMost / roundsMost) return { brought, whole, upTo };
  }
}

/**
 * Repairs with one hub after another until stopped: what no feed has brought,
 * for whatever reason, comes this way. Of all hubs that are known one is chosen
 * at random, not only of those that are followed: so a node finds its way out
 * when all of these pass nothing on, and the halves of a network that was cut
 * find each other again, whomever they follow by then.
 *
 * @param every Pause in between, ms.
 * @param own Whether only this node's own records are repaired, as leaves do.
 * @param onLacking Called with a hub that lacks some of them.
 */
export function repairPeers(
  repairer: Repairer,
  every: number,
  own: boolean,
  stop: AbortSignal,
  onLacking: (hub: string, signal: AbortSignal) => Promise<void> = () => Promise.resolve(),
): Job {
  const { replica, random } = repairer;
  const turn = async (signal: AbortSignal) => {
    const hubs = own ? await hubsOfLeaf(repairer, signal) : await hubsOfHub(repairer);
    const hub = hubs[Math.floor(random() * hubs.length)];
    if (hub === undefined) return false;
    const found = await repairWith(repairer, hub, signal, own ? replica.host : undefined);
    const { lacked, admitted, rounds, extra } = found;
    if (lacked > 0) {
      const log = getLogger(["fragaria", "replication"]);
      const facts = { hub, lacked, admitted, rounds };
      log.info("Repair with {hub} in {rounds} rounds: {lacked} lacked, {admitted} taken", facts);
    }
    if (extra > 0) await onLacking(hub, signal);
    return false;
  };
  return repeat("repairing", stop, { every, retry: every, retryMost: every }, turn, repairer);
}

/** Those that are followed, and all others that live; none while a hub loads in bulk what they have. */
async function hubsOfHub({ replica, clock }: Repairer): Promise<string[]> {
  const peers = (await replica.peers.all()).filter(({ role }) => role === "hub");
  const loaded = peers.filter(({ caughtUp }) => caughtUp !== null);
  if (loaded.length === 0) return [];
  const known = await replica.nodes(clock.now() - patience.live);
  const others = known.filter(({ role }) => role === "hub");
  return [...new Set([...loaded, ...others].map(({ url }) => url))];
}

/** Those that it wakes, and some of which one of them tells: a leaf knows no others. */
async function hubsOfLeaf(
  { replica, send, clock, random }: Repairer,
  stop: AbortSignal,
): Promise<string[]> {
  const peers = (await replica.peers.all()).filter(({ role }) => role !== "leaf");
  const urls = peers.map(({ url }) => url);
  const teller = urls[Math.floor(random() * urls.length)];
  if (teller === undefined) return [];
  const signal = AbortSignal.any([stop, clock.timeout(20_000)]);
  const told = await askPeers(send, teller, { role: "hub", limit: 20 }, signal).catch(() => []);
  const others = told.filter(
    ({ role, url }) => role === "hub" && new URL(url).host !== replica.host,
  );
  return [...new Set([...urls, ...others.map(({ url }) => url)])];
}
