import type { KeyObject } from "node:crypto";
import { getLogger } from "@logtape/logtape";
import { acceptRecords, type RefusalReason, type SignedRecord } from "../coop/record.ts";
import { supersedes } from "../coop/version.ts";
import * as changes from "../store/changes.ts";
import * as records from "../store/records.ts";
import type { Db, Tx } from "../store/schema.ts";
import { admit } from "./admit.ts";
import type { Identity } from "./identity.ts";
import { noticeBeacons } from "./notice-beacons.ts";
import { recover, type Recovered } from "./recover.ts";
import type { Holds } from "./standing.ts";
import { noteVouches } from "./vouch.ts";

/** How a node judges what it is given. */
export interface Reception {
  /** Who receives: of its own records, the hosted co-ops follow newer versions. */
  node: Identity;
  now: number;
  /** Lets http origins in: for nodes on loopback only. */
  insecure: boolean;
  /** The pinned key of a URL, if it verifies what was issued then (epoch ms). */
  keyOf(method: string, issued: number): KeyObject | undefined;
  /** Whether records of this host are held here. */
  holds: Holds;
}

/** What became of each record that was offered, in order. */
export type Received =
  | { outcome: "admitted"; id: string }
  | { outcome: "stale"; id: string }
  | { outcome: "refused"; reason: RefusalReason | "origin-not-held"; why: string };

/**
 * Takes in records from another node, the one way that anything foreign enters
 * the directory. Genuine records that are newer than what is held are stored,
 * all in one transaction; nothing else changes anything.
 *
 * @param bodies The exact bytes of each record.
 */
export async function receive(
  db: Db,
  bodies: Uint8Array[],
  reception: Reception,
): Promise<Received[]> {
  const newest = new Map<string, SignedRecord>();
  const answers = await acceptRecords(bodies, reception);
  const judged = answers.map((accepted): Received | SignedRecord => {
    if ("refused" in accepted) {
      return { outcome: "refused", reason: accepted.refused, why: accepted.why };
    }
    const { record } = accepted;
    if (!reception.holds(record.origin, record.kind)) return notHeld(record);
    if (supersedes(record, newest.get(record.id))) newest.set(record.id, record);
    return record;
  });
  const genuine = judged.flatMap((each) => ("outcome" in each ? [] : [each]));
  const { stored, turnedAway, recovered } = await db
    .transaction()
    .execute((tx) => takeIn(tx, [...newest.values()], genuine, reception));
  report(recovered);
  return judged.map((each) => {
    if ("outcome" in each) return each;
    if (turnedAway.has(each.id)) return notHeld(each);
    const admitted = stored.has(each.id) && newest.get(each.id) === each;
    return { outcome: admitted ? "admitted" : "stale", id: each.id };
  });
}

/** @param genuine With what isn't the newest: of two beacons both may be evidence. */
async function takeIn(
  tx: Tx,
  offered: SignedRecord[],
  genuine: SignedRecord[],
  { node, now, holds }: Reception,
) {
  const own = offered.filter(({ origin }) => origin === node.host);
  const recovered = await recover(tx, node, own, now);
  const admitted = await admit(tx, node, offered, now, holds);
  const welcome = new Set(admitted.records.map(({ id }) => id));
  const told = genuine.filter(({ id }) => welcome.has(id));
  const noticed = await noticeBeacons(tx, node, told, now);
  const { stored, news } = await records.store(tx, admitted.records, now);
  const fresh = admitted.records.filter(({ id }) => stored.has(id));
  const vouched = await noteVouches(tx, node, fresh, now);
  await changes.append(tx, [...news, ...admitted.news, ...noticed, ...vouched]);
  const turnedAway = new Set(offered.map(({ id }) => id).filter((id) => !welcome.has(id)));
  return { stored, turnedAway, recovered };
}

function notHeld({ origin }: SignedRecord): Received {
  const why = `records of ${origin} are not held here`;
  return { outcome: "refused", reason: "origin-not-held", why };
}

function report({ records: count, renewed, homeless }: Recovered): void {
  const log = getLogger(["fragaria", "directory"]);
  if (count > 0) log.warn("{count} of this node’s own records came back from a peer", { count });
  if (renewed) {
    log.warn(
      "The feed has a new epoch: a record came back that this node signed and didn’t have, so its database was put back to an earlier state, or another node runs with its key",
    );
  }
  for (const { url, handle } of homeless) {
    log.error("{url} came back, but its handle @{handle} is another co-op’s by now", {
      url,
      handle,
    });
  }
}
