import { getLogger } from "@logtape/logtape";
import { type Beacon, beaconKind, contradict, readBeacon } from "../coop/beacon.ts";
import type { JsonObject } from "../coop/canonical-json.ts";
import { liveness } from "../coop/liveness.ts";
import type { SignedRecord } from "../coop/record.ts";
import { compareVersions, supersedes, type Version } from "../coop/version.ts";
import type * as changes from "../store/changes.ts";
import * as evidence from "../store/evidence.ts";
import * as hosts from "../store/hosts.ts";
import * as records from "../store/records.ts";
import type { Tx } from "../store/schema.ts";
import type { RecordTable } from "../store/tables/records.ts";
import type { Identity } from "./identity.ts";
import { meet, settleHost } from "./settle-hosts.ts";
import { turn } from "./watch-hosts.ts";

/** A beacon as it was signed, with what it says. */
interface Told extends Version {
  id: string;
  body: Uint8Array;
  beacon: Beacon;
}

/**
 * Brings what is known of hosts up to date with the beacons that came of them,
 * and keeps those that contradict one another. Call it before they are stored,
 * in the same transaction.
 *
 * @param offered Genuine records, the newest or not; all but beacons of other
 *   nodes are passed over.
 * @returns What has to be appended to the log.
 */
export async function noticeBeacons(
  tx: Tx,
  node: Identity,
  offered: SignedRecord[],
  now: number,
): Promise<changes.NewChange[]> {
  const told = offered
    .filter(({ origin }) => origin !== node.host)
    .map((record) => toldBy(record, record.document))
    .filter((each) => each !== undefined);
  if (told.length === 0) return [];
  // In order, so that two transactions lock rows in the same order.
  const ids = [...new Set(told.map(({ id }) => id))].toSorted();
  const held = await records.byIds(tx, ids);
  const news: changes.NewChange[] = [];
  for (const id of ids) {
    const row = held.get(id);
    const last = row && toldBy(row, JSON.parse(Buffer.from(row.body).toString()) as JsonObject);
    const came = told.filter((each) => each.id === id);
    const newest = came.toSorted(compareVersions).at(-1);
    if (newest === undefined) continue;
    if (supersedes(newest, row && { ...row, tombstone: row.tombstone === 1 })) {
      news.push(...(await follow(tx, node, newest, now)));
    }
    await accuse(tx, last === undefined ? came : [last, ...came], now);
  }
  return news;
}

function toldBy(record: SignedRecord | RecordTable, document: JsonObject): Told | undefined {
  const { id, kind, issued, digest, body } = record;
  const beacon = kind === beaconKind ? readBeacon(document) : undefined;
  return beacon && { id, issued, tombstone: false, digest, body, beacon };
}

/** Writes down what a host's newest beacon says. */
async function follow(
  tx: Tx,
  node: Identity,
  { id, issued, beacon }: Told,
  now: number,
): Promise<changes.NewChange[]> {
  const { host, origin } = new URL(id);
  const news: changes.NewChange[] = [];
  let known = (await hosts.lock(tx, [host])).get(host);
  if (known === undefined) {
    news.push(...(await meet(tx, node, [origin], now)));
    known = (await hosts.lock(tx, [host])).get(host);
  }
  if (known === undefined) return news;
  const asks = beacon.asks ?? null;
  await hosts.update(tx, host, {
    beacon: issued,
    role: beacon.role ?? null,
    count: beacon.count,
    summary: beacon.fingerprint,
    asks,
  });
  // One is enough to bring it back from any silence.
  news.push(...(await turn(tx, node, known, liveness(issued, now), now)));
  if (asks !== known.asks) news.push(...(await settleHost(tx, node, host, now)));
  return news;
}

/** Keeps the first two of one host's beacons that contradict one another, if there are any. */
async function accuse(tx: Tx, told: Told[], now: number): Promise<void> {
  for (const [at, second] of told.entries()) {
    const first = told.slice(0, at).find((each) => contradict(each, second));
    if (first === undefined) continue;
    const { host } = new URL(second.id);
    const known = await hosts.get(tx, host);
    if (known === undefined || known.equivocated !== null) return;
    const [a, b] = [first, second].toSorted(compareVersions).map(({ body }) => Buffer.from(body));
    if (a === undefined || b === undefined) return;
    await evidence.put(tx, { host, first: a, second: b, seen: now });
    await hosts.update(tx, host, { equivocated: now });
    getLogger(["fragaria", "directory"]).warn(
      "{host} has signed two beacons after the same one; both are kept at /dir/v1/evidence/{host}",
      { host },
    );
    return;
  }
}
