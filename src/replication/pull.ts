import { setImmediate } from "node:timers/promises";
import { getLogger } from "@logtape/logtape";
import { supersedes } from "../coop/version.ts";
import type { Identity } from "../directory/identity.ts";
import { receive, type Received } from "../directory/receive.ts";
import { AppError } from "../errors.ts";
import * as peers from "../store/peers.ts";
import * as records from "../store/records.ts";
import type { Db } from "../store/schema.ts";
import { ask, askDescription, askResponse, limits } from "./describe.ts";
import { type Line, readCursor, readLine, writeCursor } from "./feed.ts";
import type { KeyRing } from "./keys.ts";

/** What a puller works with. */
export interface Puller {
  db: Db;
  node: Identity;
  keys: KeyRing;
  /** Lets http origins in: nodes on loopback only. */
  insecure: boolean;
  clock: () => number;
}

/** What one page of a peer's feed brought. */
export interface Pulled {
  admitted: number;
  stale: number;
  refused: Extract<Received, { outcome: "refused" }>[];
  /** Whether the feed goes on: ask again at once. */
  more: boolean;
}

/** Lines asked for at once: some 3 MB at the size of a usual record. */
const page = 1000;
const pageBytes = page * (limits.record + 256);

/**
 * Reads the next page of a peer's feed, verifies what it holds and takes in
 * what is new. The cursor moves only after that is committed, so that whatever
 * breaks, nothing is missed. A record that can't be accepted is logged and
 * passed over: one bad record must not stop all that come after.
 *
 * @param wait Seconds that the peer may wait for something new.
 * @throws {AppError} `unavailable` when the peer can't be read.
 */
export async function pull(
  puller: Puller,
  peer: peers.Peer,
  wait: number,
  stop: AbortSignal,
): Promise<Pulled> {
  const signal = AbortSignal.any([stop, AbortSignal.timeout((wait + 60) * 1000)]);
  const described = await askDescription(peer.url, signal);
  await puller.keys.learn(peer.url, signal);
  // A feed of another epoch is another feed: begin at its beginning.
  const same = peer.epoch === described.epoch;
  const seq = same ? peer.seq : 0;
  const caughtUp = same ? peer.caughtUp : null;

  const url = new URL(described.changes);
  url.searchParams.set("after", seq === 0 ? "0" : writeCursor({ epoch: described.epoch, seq }));
  url.searchParams.set("limit", String(Math.min(page, described.limits.page)));
  // Who has everything gets references, and fetches the few bodies that it lacks.
  url.searchParams.set("view", caughtUp === null ? "full" : "ref");
  if (wait > 0) {
    url.searchParams.set("wait", String(Math.min(wait, described.limits.wait)));
  }
  const { headers, body } = await askResponse(url.href, { signal }, pageBytes);
  const next = readCursor(headers.get("dir-next") ?? "");
  if (next === undefined) {
    throw new AppError("unavailable", `${peer.url} sent a page without a Dir-Next`);
  }
  const lines = splitLines(body).map(readLine);
  if (next.epoch !== described.epoch || next.seq < seq || lines.some((line) => line.seq <= seq)) {
    throw new AppError("unavailable", `${peer.url} sent a page that doesn't follow on ${seq}`);
  }
  const more = lines.length >= Math.min(page, described.limits.page);
  if (more && next.seq === seq) {
    throw new AppError("unavailable", `${peer.url} sends its feed in a circle at ${seq}`);
  }
  const received = await takeIn(puller, described.records, lines, signal);
  const now = puller.clock();
  await peers.update(puller.db, peer.url, {
    role: described.role,
    actor: described.actor,
    epoch: next.epoch,
    seq: next.seq,
    caughtUp: caughtUp ?? (more ? null : now),
    seen: now,
    fault: null,
    faulted: null,
  });
  return { ...summary(peer.url, received), more };
}

async function takeIn(
  puller: Puller,
  recordsUrl: string,
  lines: Line[],
  signal: AbortSignal,
): Promise<Received[]> {
  const known = new Set((await peers.all(puller.db)).map(({ host }) => host));
  const holds = (origin: string) => origin === puller.node.host || known.has(origin);
  const bodies = lines.flatMap((line) => ("body" in line ? [line.body] : []));
  const refs = lines.flatMap((line) => ("ref" in line ? [line.ref] : []));
  const wanted = refs.filter(({ id }) => URL.canParse(id) && holds(new URL(id).host));
  if (wanted.length > 0) {
    const lacking = await lackingOf(puller.db, wanted);
    for (let at = 0; at < lacking.length; at += 200) {
      const digests = lacking.slice(at, at + 200);
      const answer = await ask(
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
    const portion = await receive(puller.db, bodies.slice(at, at + 100), {
      now: puller.clock(),
      insecure: puller.insecure,
      keyOf: (method) => puller.keys.keyOf(method),
      holds,
    });
    received.push(...portion);
    await setImmediate();
  }
  return received;
}

/** The digests of those that are newer than what is held. */
async function lackingOf(
  db: Db,
  refs: Extract<Line, { ref: unknown }>["ref"][],
): Promise<string[]> {
  const held = await records.versions(
    db,
    refs.map(({ id }) => id),
  );
  return refs
    .filter((ref) => supersedes({ ...ref, tombstone: ref.kind === "tombstone" }, held.get(ref.id)))
    .map(({ digest }) => digest);
}

function splitLines(body: Uint8Array): Uint8Array[] {
  const lines: Uint8Array[] = [];
  for (let start = 0; start < body.length;) {
    const end = body.indexOf(0x0a, start);
    const stop = end === -1 ? body.length : end;
    if (stop > start) lines.push(body.subarray(start, stop));
    start = stop + 1;
  }
  return lines;
}

function summary(peer: string, received: Received[]): Omit<Pulled, "more"> {
  const log = getLogger(["fragaria", "replication"]);
  const refused = received.filter((each) => each.outcome === "refused");
  for (const { reason, why } of refused.slice(0, 20)) {
    log.warn("{peer} sent a record that was refused ({reason}): {why}", { peer, reason, why });
  }
  const count = (outcome: string) => received.filter((each) => each.outcome === outcome).length;
  return { admitted: count("admitted"), stale: count("stale"), refused };
}
