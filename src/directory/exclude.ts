import { beaconKind } from "../coop/beacon.ts";
import * as changes from "../store/changes.ts";
import * as floors from "../store/floors.ts";
import * as hosts from "../store/hosts.ts";
import * as records from "../store/records.ts";
import type { Db, Tx } from "../store/schema.ts";
import type { RecordTable } from "../store/tables/records.ts";
import * as vouches from "../store/vouches.ts";
import type { Identity } from "./identity.ts";
import { domainsOf, settle } from "./settle-hosts.ts";

/** Records that are dropped in one transaction. */
const portion = 500;

/**
 * Deletes what is still held of hosts that are left out, and keeps a floor of
 * each record, in portions until nothing is left. Of a silent host its last
 * beacon stays: by that the next one is known to be newer.
 *
 * @returns How many records were deleted.
 */
export async function dropExcluded(db: Db, node: Identity, now: number): Promise<number> {
  let dropped = 0;
  for (const { host, exclusion } of await hosts.excluded(db)) {
    for (;;) {
      const count = await db
        .transaction()
        .execute((tx) => dropPortion(tx, node, { host, exclusion }, now));
      dropped += count;
      if (count < portion) break;
    }
  }
  return dropped;
}

async function dropPortion(
  tx: Tx,
  node: Identity,
  { host, exclusion }: Pick<hosts.Host, "host" | "exclusion">,
  now: number,
): Promise<number> {
  // It may have been let in again in between.
  const known = (await hosts.lock(tx, [host])).get(host);
  if (known?.exclusion == null) return 0;
  const but = exclusion === "silent" ? beaconKind : undefined;
  const rows = await records.ofOrigin(tx, host, portion, { but });
  if (rows.length > 0) await changes.append(tx, await dropWithFloors(tx, node, rows, now));
  return rows.length;
}

/**
 * Deletes records of other hosts, and keeps floors of them, so that nothing
 * older is taken in again.
 *
 * @returns What has to be appended to the log.
 */
async function dropWithFloors(
  tx: Tx,
  node: Identity,
  rows: RecordTable[],
  now: number,
): Promise<changes.NewChange[]> {
  const ids = rows.map(({ id }) => id);
  await floors.raise(
    tx,
    rows.map(({ id, origin, issued, tombstone, digest }) => ({
      id,
      origin,
      issued,
      tombstone,
      digest,
    })),
  );
  await records.remove(tx, ids);
  // Whom it vouched for stands elsewhere now.
  const taken = await vouches.byIds(tx, ids);
  await vouches.remove(
    tx,
    taken.map(({ id }) => id),
  );
  const concerned = await hosts.byHosts(
    tx,
    taken.map(({ host }) => host),
  );
  const dropped = rows.map(({ id, origin }) => ({ kind: "dropped", subject: id, origin }));
  return [...dropped, ...(await settle(tx, node, domainsOf([...concerned.values()]), now))];
}
