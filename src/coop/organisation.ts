import type { Listing } from "./listing.ts";
import { registrationKey } from "./registrations.ts";

/** What of a listing decides to which organisation it belongs, and whether it stands for it. */
export type Listed = Pick<
  Listing,
  "id" | "identifier" | "provenance" | "url" | "updated" | "example"
>;

/** Two co-op URLs that somebody attests to be the same organisation. */
export type SameAs = readonly [a: string, b: string];

/** The same in short: what an index keeps of each listing to decide it. */
export interface Standing {
  id: string;
  example: boolean;
  /** Its registrations, as `registrationKey` writes them. */
  registrations: Iterable<string>;
  /** The smaller stands before the larger. */
  rank: number;
  /** Epoch ms. */
  updated: number;
}

/** A listing's part in an organisation. */
function standingOf(listing: Listed): Standing {
  const { id, example, identifier = [], updated } = listing;
  return {
    id,
    example: example === true,
    registrations: identifier.flatMap(
      ({ propertyID, value }) => registrationKey(propertyID, value) ?? [],
    ),
    rank: rankOf(listing, hasVerifiedHost(listing)),
    updated: Date.parse(updated),
  };
}

/** The first two things by which listings are ordered in `byStanding`, as one number. */
export function rankOf({ provenance }: Pick<Listed, "provenance">, verified: boolean): number {
  return kinds.indexOf(provenance.kind) * 2 + (verified ? 0 : 1);
}

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
  const standings = listings.map((listing) => ({ ...standingOf(listing), listing }));
  return gather(standings, links).map((group) => group.map(({ listing }) => listing));
}

/** The same of what is kept of listings. */
export function gather<T extends Standing>(listings: readonly T[], links: Iterable<SameAs>): T[][] {
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
  for (const [at, { id, example, registrations }] of listings.entries()) {
    byUrl.set(id, at);
    for (const registration of registrations) {
      const key = example ? `example ${registration}` : registration;
      const holder = byKey.get(key);
      if (holder === undefined) byKey.set(key, at);
      else join(holder, at);
    }
  }
  for (const [a, b] of links) {
    const [one, other] = [byUrl.get(a), byUrl.get(b)];
    if (one === undefined || other === undefined) continue;
    if (listings[one]?.example === listings[other]?.example) join(one, other);
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
  return inOrder(standingOf(a), standingOf(b));
}

/** The same of what is kept of listings. */
export function inOrder(a: Standing, b: Standing): number {
  return a.rank - b.rank || b.updated - a.updated || (a.id < b.id ? -1 : Number(a.id > b.id));
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

function hostOf(url: string): string {
  return new URL(url).hostname.replace(/^www\./, "");
}

function liesBelow(host: string, above: string): boolean {
  // A name without a dot is a top-level domain, and an address has nothing below it.
  return above.includes(".") && host.endsWith(`.${above}`);
}
