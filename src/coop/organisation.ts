import type { Listing } from "./listing.ts";
import { registrationKey } from "./registrations.ts";

/** What of a listing decides to which organisation it belongs, and whether it stands for it. */
export type Listed = Pick<
  Listing,
  "id" | "identifier" | "provenance" | "url" | "updated" | "example"
>;

/** Two co-op URLs that somebody attests to be the same organisation. */
export type SameAs = readonly [a: string, b: string];

/**
 * Gathers listings into organisations. Two belong together when they share a
 * registration, when a held attestation says so, or when both belong to a
 * third. A worked example never belongs with a real co-op, and an attestation
 * about a listing that isn't among these joins nothing.
 *
 * @param listings One of each co-op URL.
 * @returns Each listing in exactly one group. The order of groups and within
 *   them is that in which the listings were given.
 */
export function organisationsOf<T extends Listed>(
  listings: readonly T[],
  links: Iterable<SameAs>,
): T[][] {
  const leaders = listings.map((_, at) => at);
  const leaderOf = (at: number): number => {
    let leader = at;
    while (leaders[leader] !== leader) leader = leaders[leader] ?? leader;
    leaders[at] = leader;
    return leader;
  };
  // The first of a group leads it, which keeps the groups in order.
  const join = (one: number, other: number) => {
    const [first, second] = [leaderOf(one), leaderOf(other)].toSorted((a, b) => a - b);
    if (first !== undefined && second !== undefined) leaders[second] = first;
  };

  const byKey = new Map<string, number>();
  const byUrl = new Map<string, number>();
  for (const [at, listing] of listings.entries()) {
    byUrl.set(listing.id, at);
    for (const key of keysOf(listing)) {
      const holder = byKey.get(key);
      if (holder === undefined) byKey.set(key, at);
      else join(holder, at);
    }
  }
  for (const [a, b] of links) {
    const [one, other] = [byUrl.get(a), byUrl.get(b)];
    if (one === undefined || other === undefined) continue;
    if (isExample(listings[one]) === isExample(listings[other])) join(one, other);
  }

  const groups = new Map<number, T[]>();
  for (const [at, listing] of listings.entries()) {
    const leader = leaderOf(at);
    const group = groups.get(leader);
    if (group === undefined) groups.set(leader, [listing]);
    else group.push(listing);
  }
  return [...groups.values()];
}

/** The listing that stands for its organisation: the first in the order of `byStanding`. */
export function representative<T extends Listed>(group: readonly [T, ...T[]]): T {
  return group.reduce((best, each) => (byStanding(each, best) < 0 ? each : best));
}

const kinds = ["claimed", "mandated", "imported"];

/**
 * Orders the listings of an organisation, that which stands for it first: what
 * the co-op says itself, then what its federation says, then what comes from a
 * register; then one whose host is verified, then the newest. The URL decides
 * in the end, so that all nodes that hold the same listings order them alike.
 */
export function byStanding(a: Listed, b: Listed): number {
  return (
    kinds.indexOf(a.provenance.kind) - kinds.indexOf(b.provenance.kind) ||
    Number(hasVerifiedHost(b)) - Number(hasVerifiedHost(a)) ||
    Date.parse(b.updated) - Date.parse(a.updated) ||
    (a.id < b.id ? -1 : Number(a.id > b.id))
  );
}

/**
 * Whether the co-op's website vouches for the listing's host: they are the same
 * host, or one lies below the other (bakery.example and coops.bakery.example),
 * so that whoever has the one has a say in the other. `www.` doesn't count.
 */
export function hasVerifiedHost({ id, url }: Pick<Listed, "id" | "url">): boolean {
  if (url === undefined) return false;
  const [host, site] = [hostOf(id), hostOf(url)];
  return host === site || liesBelow(host, site) || liesBelow(site, host);
}

/** The registrations of a listing, as keys that it shares with its organisation's others. */
function keysOf({ identifier = [], example }: Listed): Set<string> {
  const keys = identifier.flatMap(({ propertyID, value }) => {
    const key = registrationKey(propertyID, value);
    if (key === undefined) return [];
    return [example === true ? `example ${key}` : key];
  });
  return new Set(keys);
}

function isExample(listing: Listed | undefined): boolean {
  return listing?.example === true;
}

function hostOf(url: string): string {
  return new URL(url).hostname.replace(/^www\./, "");
}

function liesBelow(host: string, above: string): boolean {
  // A name without a dot is a top-level domain, and an address has nothing below it.
  return above.includes(".") && host.endsWith(`.${above}`);
}
