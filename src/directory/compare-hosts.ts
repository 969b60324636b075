import { setImmediate } from "node:timers/promises";
import { beaconId, compareHolding, holdingOf, readBeacon } from "../coop/beacon.ts";
import type { JsonObject } from "../coop/canonical-json.ts";
import { patience } from "../coop/liveness.ts";
import * as holdings from "../store/holdings.ts";
import * as hosts from "../store/hosts.ts";
import * as records from "../store/records.ts";
import type { Db } from "../store/schema.ts";

/** A host of which something else is held than its beacon says. */
export interface Suspect {
  host: string;
  origin: string;
  /** Since when, epoch ms. */
  since: number;
  /** How many of the records that it counts are held. */
  held: number;
  /** When what is lacking was last asked for, epoch ms. */
  sought: number | null;
}

/**
 * Compares what is held of each live host with its beacon, unless that has been
 * done with the present one and was the same. Somebody may be withholding
 * records, or they are still on their way; a host may also say what isn't so.
 *
 * @returns Hosts of which something else is held.
 */
export async function compareHosts(db: Db, now: number): Promise<Suspect[]> {
  const suspects: Suspect[] = [];
  for (const row of await hosts.uncompared(db, now - patience.live)) {
    const suspect = await compare(db, row, now);
    if (suspect !== undefined) suspects.push(suspect);
    await setImmediate();
  }
  return suspects;
}

async function compare(db: Db, row: hosts.Host, now: number): Promise<Suspect | undefined> {
  const { host, origin, sought } = row;
  const id = beaconId(origin);
  const record = await records.get(db, id);
  const beacon =
    record && readBeacon(JSON.parse(Buffer.from(record.body).toString()) as JsonObject);
  if (record === undefined || beacon === undefined) return undefined;
  const { issued } = record;
  const holding = holdingOf(await holdings.of(db, host, id), { issued, asOf: beacon.asOf });
  const held = holding.count + holding.newer;
  const found = compareHolding(beacon, holding);
  if (found === "same") {
    await hosts.update(db, host, { agreed: issued, held, differs: null });
    return undefined;
  }
  // What is unclear now was so before, or will be clear with the next beacon.
  const since = found === "unclear" ? row.differs : (row.differs ?? now);
  await hosts.update(db, host, { held, differs: since });
  return since === null ? undefined : { host, origin, since, held, sought };
}
