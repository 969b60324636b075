import type { JsonObject } from "../coop/canonical-json.ts";
import type { Listing, Relation } from "../coop/listing.ts";
import { listingId, readListing } from "../coop/listing-record.ts";
import { regionLabel, regionPath } from "../coop/regions.ts";
import { multiStakeholder } from "../coop/stakeholders.ts";
import { coopUrl } from "../directory/ids.ts";
import type { Entry } from "../index/directory-index.ts";
import * as records from "../store/records.ts";
import type { Site } from "./site.ts";

/** The path of the page on which this node shows a listing. */
export function pagePath(host: string, { listing, origin }: Entry): string {
  return pageAt(host, origin, listing.id);
}

/** The same of the listing at a co-op's own URL. */
export function pageOf(host: string, coop: string): string {
  return pageAt(host, new URL(coop).host, coop);
}

function pageAt(host: string, origin: string, coop: string): string {
  const { pathname } = new URL(coop);
  return origin === host ? pathname : `/directory/${origin}${pathname}`;
}

/** Finds the pages of all whom a co-op has to do with, by URL or registration; undefined if no listing is held. */
export async function relatedPages(site: Pick<Site, "index" | "node">, listing: Listing) {
  const pages = new Map<Relation, string | undefined>();
  for (const each of listing.relations ?? []) pages.set(each, await relatedPage(site, each));
  return (relation: Relation) => pages.get(relation);
}

async function relatedPage(
  { index, node }: Pick<Site, "index" | "node">,
  { id, identifier }: Relation,
): Promise<string | undefined> {
  const ids = [id, identifier && `${identifier.propertyID}:${identifier.value}`];
  for (const each of ids) {
    const [entry] = each === undefined ? [] : await index.lookup(each);
    if (entry !== undefined) return pagePath(node.host, entry);
  }
  return undefined;
}

/** The name by which an entry's co-op can be followed, if it has an actor: `@bakery@coops.example`. */
export function followHandle({ listing, origin }: Entry): string | undefined {
  if (listing.preferredUsername === undefined || listing.provenance.kind === "imported") {
    return undefined;
  }
  return `@${listing.preferredUsername}@${origin}`;
}

/** Where a co-op is, from the place itself to the country, in words. */
export function placeWords({ listing: { location } }: Entry): string[] {
  if (location === undefined) return [];
  const { addressLocality, addressCountry } = location.address;
  const country = `iso3166-1:${addressCountry}`;
  const path = regionPath(location.region?.[0] ?? country);
  // A region of another scheme has no path: the country is then all that is known above it.
  if (!path.includes(country)) path.push(country);
  return [
    ...new Set([
      ...(addressLocality === undefined ? [] : [addressLocality]),
      ...path.map(regionName),
    ]),
  ];
}

/** What a region is called; a code of a scheme that we have no names for stands with its scheme. */
export function regionName(code: string): string {
  const label = regionLabel(code) ?? code;
  return code.startsWith("iso3166-") || /\p{L}{3}/u.test(label)
    ? label
    : `${code.slice(0, code.indexOf(":"))}\u00a0${label}`;
}

/**
 * The listing of a co-op that this node hosts, from the record itself: it is
 * there as soon as it is published, whether the index has read it or not.
 */
export async function hostedEntry(site: Site, id: string): Promise<Entry | undefined> {
  const record = await records.get(site.db, listingId(coopUrl(site.node, id)));
  if (record === undefined || record.tombstone === 1) return undefined;
  const listing = readListing(JSON.parse(new TextDecoder().decode(record.body)) as JsonObject);
  if (listing === undefined) return undefined;
  return {
    record: record.id,
    origin: record.origin,
    listing,
    multiStakeholder: multiStakeholder(listing),
    digest: record.digest,
    issued: Number(record.issued),
  };
}

/** The listing of a co-op that another node publishes, by its host and the path of its URL. */
export async function replicaEntry(
  site: Site,
  host: string,
  path: string,
): Promise<Entry | undefined> {
  const schemes = site.node.origin.startsWith("http:") ? ["https", "http"] : ["https"];
  for (const scheme of schemes) {
    const id = `${scheme}://${host}/${path}`;
    const entries = await site.index.lookup(id);
    const found = entries.find(({ origin, listing }) => origin === host && listing.id === id);
    if (found !== undefined) return found;
  }
  return undefined;
}
