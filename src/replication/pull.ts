import { getLogger } from "@logtape/logtape";
import { supersedes } from "../coop/version.ts";
import type { Holds } from "../directory/standing.ts";
import type { Received } from "../directory/receive.ts";
import { AppError } from "../errors.ts";
import type { Peer } from "../store/peers.ts";
import {
  ask,
  askDescription,
  askResponse,
  type Description,
  limits,
  recallDescription,
  type RecalledDescription,
} from "./describe.ts";
import { type Cursor, type Line, readCursor, readLine, writeCursor } from "./feed.ts";
import type { Clock, Replica, Send } from "./replica.ts";

/** What reads from other nodes. */
export interface Puller {
  replica: Replica;
  send: Send;
  clock: Clock;
  /** From 0 up to, but not including, 1. */
  random: () => number;
}

/** What one page of a peer's feed brought. */
export interface Pulled {
  /** How many lines it had. */
  read: number;
  admitted: number;
  stale: number;
  refused: Extract<Received, { outcome: "refused" }>[];
  /** Whether the feed goes on: ask again at once. */
  more: boolean;
}

/** Lines asked for at once: some 3 MB at the size of a usual record. */
const page = 1000;
const pageBytes = page * (limits.record + 256);

/** Why a record is refused that nobody passes on who has looked at it. */
const forgeries = new Set<string>([
  "too-large",
  "not-json",
  "not-canonical",
  "not-a-record",
  "foreign-origin",
  "bad-proof",
]);
/** So many of them on one page don't yet speak against a peer. */
const forgiven = 20;

/**
 * Reads the next page of a peer's feed, verifies what it holds and takes in
 * what is new. The cursor moves only after that is committed, so that whatever
 * breaks, nothing is missed. A record that can't be accepted is logged and
 * passed over: one bad record must not stop all that come after.
 *
 * A feed that answers `gone` was put back: it is read from its beginning the
 * next time.
 *
 * @param wait Seconds that the peer may wait for something new.
 * @param how.own Only records of the peer itself.
 * @param how.refs References from the beginning: for who lacks little of what the peer has.
 * @param how.recalled What the peer has said of itself lately, kept here; to be
 *   forgotten when this throws.
 * @throws {AppError} `unavailable` when the peer can't be read, or when most of
 *   what it sends is no genuine record: then the cursor moves, too, but the peer
 *   counts as one that fails, and who fails for long is replaced.
 */
export async function pull(
  puller: Puller,
  peer: Peer,
  wait: number,
  stop: AbortSignal,
  how: { own?: boolean; refs?: boolean; recalled?: RecalledDescription } = {},
): Promise<Pulled> {
  const { replica, send, clock } = puller;
  const signal = AbortSignal.any([stop, clock.timeout((wait + 60) * 1000)]);
  const described = await recallDescription(how.recalled ?? {}, clock.now(), () =>
    askDescription(send, peer.url, signal),
  );
  await replica.learn(peer.url, signal);
  // A feed of another epoch is another feed: begin at its beginning.
  const same = peer.epoch === described.epoch;
  const seq = same ? peer.seq : 0;
  const { caughtUp } = peer;
  // Who had everything once gets references, and fetches the few bodies that it lacks.
  const view = caughtUp === null && how.refs !== true ? "full" : "ref";
  const query = {
    view,
    wait: String(Math.min(wait, described.limits.wait)),
    ...(how.own === true && { origin: "self" }),
  };
  const { lines, next, more } = await askPage(send, described, seq, query, signal).catch(
    async (error: unknown) => {
      if (error instanceof AppError && error.code === "gone") {
        await replica.peers.update(peer.url, { epoch: null, seq: 0 });
      }
      throw error;
    },
  );
  const holds = await replica.policy();
  const received = await takeIn(puller, described.records, lines, holds, signal);
  const told = lines.flatMap((line) => ("news" in line && line.news ? [line.news] : []));
  // After the records: what they tell of a listing may have come with them.
  if (told.length > 0) await replica.news?.take(told, peer.host);
  const found = summary(peer.url, received);
  const forged = found.refused.filter(({ reason }) => forgeries.has(reason));
  const genuine = forged.length <= Math.max(forgiven, found.admitted + found.stale);
  const now = clock.now();
  await replica.peers.update(peer.url, {
    role: described.role,
    actor: described.actor,
    epoch: next.epoch,
    seq: next.seq,
    caughtUp: caughtUp ?? (more ? null : now),
    ...(genuine && { seen: now, fault: null, faulted: null }),
  });
  if (!genuine) {
    const why = `most of what it sends is no genuine record: ${forged[0]?.why}`;
    throw new AppError("unavailable", `${peer.url} can’t be used: ${why}`);
  }
  return { read: lines.length, ...found, more };
}

/**
 * Asks for a page of a peer's feed and looks it through: its lines follow on
 * the cursor, and lead somewhere.
 *
 * @param query Further parameters of the feed.
 * @throws {AppError} `gone` when the feed was put back, else `unavailable`.
 */
export async function askPage(
  send: Send,
  { changes, epoch, limits: most }: Description,
  seq: number,
  query: Record<string, string>,
  signal: AbortSignal,
): Promise<{ lines: Line[]; next: Cursor; more: boolean }> {
  const limit = Math.min(page, most.page);
  const after = seq === 0 ? "0" : writeCursor({ epoch, seq });
  const url = new URL(changes);
  for (const [name, value] of Object.entries({ after, limit: String(limit), ...query })) {
    url.searchParams.set(name, value);
  }
  const { headers, body } = await askResponse(send, url.href, { signal }, pageBytes);
  const next = readCursor(headers.get("dir-next") ?? "");
  if (next === undefined) {
    throw new AppError("unavailable", `${changes} sent a page without a Dir-Next`);
  }
  const lines = splitLines(body).map(readLine);
  if (next.epoch !== epoch || next.seq < seq || lines.some((line) => line.seq <= seq)) {
    throw new AppError("unavailable", `${changes} sent a page that doesn't follow on ${seq}`);
  }
  const more = lines.length >= limit;
  if (more && next.seq === seq) {
    throw new AppError("unavailable", `${changes} sends its feed in a circle at ${seq}`);
  }
  return { lines, next, more };
}

/**
 * Takes in what the lines of a page hold or refer to.
 *
 * @param recordsUrl Where the bodies of references are had.
 * @param holds Whether records of this host are taken.
 */
export async function takeIn(
  { replica, send, clock }: Puller,
  recordsUrl: string,
  lines: Line[],
  holds: Holds,
  signal: AbortSignal,
): Promise<Received[]> {
  const bodies = lines.flatMap((line) => ("body" in line ? [line.body] : []));
  const refs = lines.flatMap((line) => ("ref" in line ? [line.ref] : []));
  const upstream = new URL(recordsUrl).origin;
  const wanted = refs.filter(({ id, kind }) => {
    if (!URL.canParse(id)) return false;
    const { host, origin } = new URL(id);
    return holds(host, kind) && (replica.acquainted?.(origin, upstream) ?? true);
  });
  if (wanted.length > 0) {
    const lacking = await lackingOf(replica, wanted);
    for (let at = 0; at < lacking.length; at += 200) {
      const digests = lacking.slice(at, at + 200);
      const answer = await ask(
        send,
        recordsUrl,
        {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: JSON.stringify({ digests }),
          signal,
        },
        digests.length * (limits.record + 1),
      );
      bodies.push(...splitLines(answer));
    }
  }
  if (bodies.length === 0) return [];
  const received: Received[] = [];
  // In small portions, so that requests are answered in between.
  for (let at = 0; at < bodies.length; at += 100) {
    const portion = await replica.receive(bodies.slice(at, at + 100), holds);
    received.push(...portion);
    await clock.sleep(0);
  }
  return received;
}

/** The digests of those that are newer than what is held. */
async function lackingOf(
  replica: Replica,
  refs: Extract<Line, { ref: unknown }>["ref"][],
): Promise<string[]> {
  const held = await replica.versions(refs.map(({ id }) => id));
  return refs
    .filter((ref) => supersedes({ ...ref, tombstone: ref.kind === "tombstone" }, held.get(ref.id)))
    .map(({ digest }) => digest);
}

/** The lines of NDJSON, without their ends; empty ones are left out. */
export function splitLines(body: Uint8Array): Uint8Array[] {
  const lines: Uint8Array[] = [];
  for (let start = 0; start < body.length;) {
    const end = body.indexOf(0x0a, start);
    const stop = end === -1 ? body.length : end;
    if (stop > start) lines.push(body.subarray(start, stop));
    start = stop + 1;
  }
  return lines;
}

/** What became of the records, counted; those that were refused are logged. */
export function summary(peer: string, received: Received[]): Omit<Pulled, "more" | "read"> {
  const log = getLogger(["fragaria", "replication"]);
  const refused = received.filter((each) => each.outcome === "refused");
  // There may be any number of hosts of which nothing is held or known: no line for each.
  const strange = refused.filter(({ reason }) => reason === "unknown-key").length;
  if (strange > 0)
    log.info("{peer} sent {strange} records by keys that aren’t known", { peer, strange });
  const noted = refused.filter(
    ({ reason }) => reason !== "origin-not-held" && reason !== "unknown-key",
  );
  for (const { reason, why } of noted.slice(0, 20)) {
    log.warn("{peer} sent a record that was refused ({reason}): {why}", { peer, reason, why });
  }
  const count = (outcome: string) => received.filter((each) => each.outcome === outcome).length;
  return { admitted: count("admitted"), stale: count("stale"), refused };
}
