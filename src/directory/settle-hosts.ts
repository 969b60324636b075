import { type HostFacts, quotaOf, type Standing, standingsOf } from "../coop/standing.ts";
import * as changes from "../store/changes.ts";
import * as hosts from "../store/hosts.ts";
import * as peers from "../store/peers.ts";
import * as records from "../store/records.ts";
import type { Db, Tx } from "../store/schema.ts";
import * as vouches from "../store/vouches.ts";
import { domainOf } from "./domain.ts";
import type { Identity } from "./identity.ts";

/** Hosts that are dealt with in one transaction. */
const portion = 100;

/**
 * Makes hosts known that weren't, and finds out where they stand. This node
 * itself isn't one of them.
 *
 * @param origins As URLs: `https://coops.example`.
 * @returns What has to be appended to the log.
 */
export async function meet(
  tx: Tx,
  node: Identity,
  origins: string[],
  now: number,
): Promise<changes.NewChange[]> {
  const strangers = origins
    .map((origin) => ({ origin, host: new URL(origin).host }))
    .filter(({ host }) => host !== node.host)
    .map((each) => ({ ...each, domain: domainOf(each.host) }));
  if (strangers.length === 0) return [];
  await hosts.note(tx, strangers, now);
  const news = await settle(tx, node, domainsOf(strangers), now);
  // A host that is merely held stands where it stood; but it takes up room.
  return [...strangers.map(({ host }) => hostChange(host)), ...news];
}

/**
 * The same in a transaction of its own, for whoever has found a host without
 * having records of it.
 */
export async function meetHosts(
  db: Db,
  node: Identity,
  origins: string[],
  now: number,
): Promise<void> {
  await db.transaction().execute((tx) => meetAll(tx, node, origins, now));
}

async function meetAll(tx: Tx, node: Identity, origins: string[], now: number): Promise<void> {
  await changes.append(tx, await meet(tx, node, origins, now));
}

/** The registered domains of hosts, each once. */
export function domainsOf(of: { domain: string }[]): string[] {
  return [...new Set(of.map(({ domain }) => domain))];
}

/** What tells the readers of the log that a host stands elsewhere now. */
export function hostChange(host: string): changes.NewChange {
  return { kind: "host", subject: host, origin: "" };
}

/**
 * Finds out anew where all hosts below some registered domains stand, and
 * writes it down: who is listed, who is left out and why, who vouches for whom.
 *
 * @param coming Records by host that are about to be added to what is held.
 * @returns What has to be appended to the log.
 */
export async function settle(
  tx: Tx,
  node: Identity,
  domains: string[],
  now: number,
  coming: ReadonlyMap<string, number> = new Map(),
): Promise<changes.NewChange[]> {
  const known = await hosts.lockDomains(tx, domains);
  const configured = new Set((await peers.configured(tx)).map(({ host }) => host));
  const names = known.map(({ host }) => host);
  const vouched = await vouches.counting(tx, names, node.host);
  const backed = known.map((row) => ({
    row,
    configured: configured.has(row.host),
    decision: row.decision,
    vouched: vouched.has(row.host),
    asks: row.asks,
  }));
  const bounded = backed.filter((each) => quotaOf(each) < Infinity).map(({ row }) => row);
  const held = await records.countByOrigin(tx, bounded);
  const byDomain = Map.groupBy(backed, ({ row }) => row.domain);
  const news: changes.NewChange[] = [];
  for (const neighbours of byDomain.values()) {
    const facts = neighbours.map(({ row, ...backing }): HostFacts => ({
      ...backing,
      host: row.host,
      seen: row.seen,
      silent: row.liveness === "dropped",
      exceeded: row.exceeded,
      records: (held.get(row.host) ?? 0) + (coming.get(row.host) ?? 0),
    }));
    const standings = standingsOf(facts);
    for (const [at, each] of facts.entries()) {
      const row = neighbours[at]?.row;
      const standing = standings.get(each.host);
      if (row === undefined || standing === undefined) continue;
      const vouch = vouched.get(each.host);
      if (await write(tx, row, standing, { facts: each, vouch, now })) {
        news.push(hostChange(each.host));
      }
    }
  }
  return news;
}

/** Returns whether readers of the log have to know. */
async function write(
  tx: Tx,
  row: hosts.Host,
  standing: Standing,
  { facts, vouch, now }: { facts: HostFacts; vouch: vouches.Vouch | undefined; now: number },
): Promise<boolean> {
  const exclusion = standing.state === "excluded" ? standing.reason : null;
  const over = exclusion === "over-quota";
  const next = {
    listed: standing.state === "listed" ? (row.listed ?? now) : null,
    excluded: exclusion === null ? null : exclusion === row.exclusion ? row.excluded : now,
    exclusion,
    exceeded: over ? Math.max(row.exceeded ?? 0, quotaOf(facts)) : exclusion && row.exceeded,
    vouched: vouch?.since ?? null,
    vouchedBy: vouch?.attester ?? null,
  } satisfies hosts.HostFacts;
  const changed = Object.entries(next).some(
    ([name, value]) => row[name as keyof typeof next] !== value,
  );
  if (changed) await hosts.update(tx, row.host, next);
  return row.exclusion !== exclusion || (row.listed === null) !== (next.listed === null);
}

/**
 * Finds out anew where every host stands: after the configuration or the
 * attesters have changed, and now and then for what time alone changes. In
 * portions, so that others have their turn.
 */
export async function settleAll(db: Db, node: Identity, now: number): Promise<void> {
  for (let after = ""; ;) {
    const domains = await hosts.domains(db, after, portion);
    const last = domains.at(-1);
    if (last === undefined) return;
    await db.transaction().execute((tx) => settlePortion(tx, node, domains, now));
    after = last;
  }
}

async function settlePortion(
  tx: Tx,
  node: Identity,
  domains: string[],
  now: number,
): Promise<void> {
  await changes.append(tx, await settle(tx, node, domains, now));
}

/** Where one host stands, found out anew. Returns what has to be appended to the log. */
export async function settleHost(
  tx: Tx,
  node: Identity,
  host: string,
  now: number,
): Promise<changes.NewChange[]> {
  return settle(tx, node, [domainOf(host)], now);
}
