import { beaconKind } from "../coop/beacon.ts";
import type { SignedRecord } from "../coop/record.ts";
import { quotas } from "../coop/standing.ts";
import type * as changes from "../store/changes.ts";
import * as hosts from "../store/hosts.ts";
import * as peers from "../store/peers.ts";
import * as records from "../store/records.ts";
import type { Tx } from "../store/schema.ts";
import { domainOf } from "./domain.ts";
import type { Identity } from "./identity.ts";
import type { Holds } from "./standing.ts";
import { domainsOf, meet, settle } from "./settle-hosts.ts";

/** What of some genuine records may be held. */
export interface Admitted {
  records: SignedRecord[];
  /** What has to be appended to the log. */
  news: changes.NewChange[];
}

/**
 * Says which of these records may be held, by where their hosts stand. A host
 * that would go beyond its quota with them is left out as a whole, so that it
 * is never held in part. Of a silent host only a beacon is let in.
 *
 * @param offered At most one of each id.
 * @param holds What the policy says of a host, known or not.
 */
export async function admit(
  tx: Tx,
  node: Identity,
  offered: SignedRecord[],
  now: number,
  holds: Holds,
): Promise<Admitted> {
  const byOrigin = Map.groupBy(offered, ({ origin }) => origin);
  byOrigin.delete(node.host);
  if (byOrigin.size === 0) return { records: offered, news: [] };
  const names = [...byOrigin.keys()].toSorted();
  const before = await hosts.byHosts(tx, names);
  const strangers = fewOf(names.filter((host) => !before.has(host) && holds(host)));
  const met = await meet(tx, node, originsOf(strangers, byOrigin), now);
  const known = await hosts.lock(tx, names);
  const configured = new Set((await peers.configured(tx)).map(({ host }) => host));
  const bounded = [...known.values()].filter(
    ({ host, decision, exclusion }) =>
      decision !== "allowed" && !configured.has(host) && exclusion === null,
  );
  const coming = await newOf(
    tx,
    bounded.flatMap(({ host }) => byOrigin.get(host) ?? []),
  );
  const news = [...met, ...(await settle(tx, node, domainsOf(bounded), now, coming))];
  const standing = news.length === 0 ? known : await hosts.byHosts(tx, names);
  const welcome = ({ origin, kind }: SignedRecord) => {
    if (origin === node.host) return true;
    const exclusion = standing.get(origin)?.exclusion;
    return exclusion === "silent" ? kind === beaconKind : exclusion === null && holds(origin, kind);
  };
  return { records: offered.filter(welcome), news };
}

/** No more of each domain than there can be room for: there may be any number of them. */
function fewOf(strangers: string[]): string[] {
  const byDomain = Map.groupBy(strangers, domainOf);
  return [...byDomain.values()].flatMap((some) => some.slice(0, quotas.domainHosts));
}

function originsOf(names: string[], byOrigin: Map<string, SignedRecord[]>): string[] {
  return names.flatMap((host) => {
    const [record] = byOrigin.get(host) ?? [];
    return record === undefined ? [] : [new URL(record.id).origin];
  });
}

/** How many of them are of ids that aren't held yet, by host; beacons count for nothing. */
async function newOf(tx: Tx, offered: SignedRecord[]): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  const counted = offered.filter(({ kind }) => kind !== beaconKind);
  if (counted.length === 0) return counts;
  const held = await records.versions(
    tx,
    counted.map(({ id }) => id),
  );
  for (const { id, origin } of counted) {
    if (!held.has(id)) counts.set(origin, (counts.get(origin) ?? 0) + 1);
  }
  return counts;
}
