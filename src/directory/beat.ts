import { type Beacon, beaconId, beaconKind, beaconRecord, holdingOf } from "../coop/beacon.ts";
import { canonicalJson, type Json, type JsonObject } from "../coop/canonical-json.ts";
import { signRecord } from "../coop/record.ts";
import { quotas } from "../coop/standing.ts";
import * as holdings from "../store/holdings.ts";
import * as records from "../store/records.ts";
import type { Db, Tx } from "../store/schema.ts";
import type { RecordTable } from "../store/tables/records.ts";
import type { Identity } from "./identity.ts";
import { issuedAfter } from "./sign-listing.ts";

/** After how many milliseconds a node renews its beacon. */
export interface BeatPace {
  /** At the latest. */
  most: number;
  /** At the earliest, when its records have changed. */
  least: number;
}

/**
 * What is known of the beacon that came before: whether the one that is held is
 * the last (`continue`), or that can't be found out, as when the database may
 * have been put back and no peer answers (`begin`). While it is `unknown` only
 * the very first beacon is signed.
 */
export type Chain = "continue" | "begin" | "unknown";

/** What a node's beacon says beside what is counted. */
export type Said = Pick<Beacon, "role" | "movedTo">;

/**
 * Signs and publishes this node's beacon anew when it is time to: every day,
 * within the day when its records have changed, and at once when its keys or
 * something else that it says have. Two processes on one database never sign
 * two after the same one.
 *
 * @returns Whether there is a new one.
 */
export async function beat(
  db: Db,
  node: Identity,
  said: Said,
  now: number,
  pace: BeatPace,
  chain: Chain = "continue",
): Promise<boolean> {
  const last = await records.get(db, beaconId(node.origin));
  if (chain === "unknown" && last !== undefined) return false;
  // Without a transaction first: nearly always there is nothing to do.
  if (!(await isDue(db, node, last, said, now, pace))) return false;
  return db.transaction().execute((tx) => sign(tx, node, said, now, pace, chain));
}

async function sign(
  tx: Tx,
  node: Identity,
  said: Said,
  now: number,
  pace: BeatPace,
  chain: Chain,
): Promise<boolean> {
  const id = beaconId(node.origin);
  const last = await holdings.lock(tx, id);
  if (!(await isDue(tx, node, last, said, now, pace))) return false;
  const issued = issuedAfter(last, now);
  const own = await holdings.of(tx, node.host, id);
  const asOf = own.reduce((latest, each) => Math.max(latest, each.issued), 0) || issued;
  const { count, fingerprint } = holdingOf(own, { issued, asOf });
  const document = beaconRecord(
    node.origin,
    {
      ...spoken(node, said),
      ...(last?.kind === beaconKind && chain === "continue" && { previous: last.digest }),
      count,
      fingerprint,
      asOf,
      ...askingFor(count),
    },
    issued,
  );
  await records.put(tx, [signRecord(document, node.signing)], now);
  return true;
}

/**
 * Whoever publishes more than half of what others grant without being asked
 * asks for twice as much as it has: so it isn't left out before it asks.
 */
function askingFor(count: number): Pick<Beacon, "asks"> {
  return count > quotas.vouched / 2 ? { asks: Math.min(2 * count, quotas.asked) } : {};
}

async function isDue(
  db: Db,
  node: Identity,
  last: RecordTable | undefined,
  said: Said,
  now: number,
  { most, least }: BeatPace,
): Promise<boolean> {
  if (last?.kind !== beaconKind) return true;
  const age = now - last.issued;
  if (age >= most || saysOtherwise(node, last, said)) return true;
  return age >= least && (await holdings.changedSince(db, node.host, last.id));
}

function saysOtherwise(node: Identity, last: RecordTable, said: Said): boolean {
  const uncounted = { count: 0, fingerprint: "", asOf: 0 };
  const next = beaconRecord(node.origin, { ...spoken(node, said), ...uncounted }, 0);
  const before = JSON.parse(Buffer.from(last.body).toString()) as JsonObject;
  return withoutCount(next) !== withoutCount(before);
}

function spoken({ history }: Identity, said: Said) {
  return { ...said, keys: history as Json[] };
}

/** What a beacon says apart from what is counted and follows from that, in a form that can be compared. */
function withoutCount({ about }: JsonObject): string {
  const {
    previous: _,
    count: __,
    fingerprint: ___,
    asOf: ____,
    asks: _____,
    ...rest
  } = (about ?? {}) as JsonObject;
  return canonicalJson(rest);
}
