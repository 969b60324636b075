import { createHash } from "node:crypto";
import { attestationKind, type Claim, readAttestation } from "../coop/attestation.ts";
import type { JsonObject } from "../coop/canonical-json.ts";
import type { Listing } from "../coop/listing.ts";
import { listingId, readListing } from "../coop/listing-record.ts";
import { isRegion, regionPath } from "../coop/regions.ts";
import { sectorPath } from "../coop/sectors.ts";
import { type Answer, multiStakeholder } from "../coop/stakeholders.ts";
import type { Record } from "../store/records.ts";
import type { RowState } from "./old-columns.ts";
import type { Fact } from "./facets.ts";
import { handleKey, registrationKeys } from "./identifiers.ts";
import { fold } from "./fold.ts";
import { type Texts, textsOf } from "./listing-texts.ts";

/** A listing as it goes into the index. */
export interface IndexedListing {
  record: string;
  origin: string;
  digest: string;
  issued: number;
  listing: Listing;
  multiStakeholder: Answer;
  facts: Fact[];
  /** By what it can be looked up, beside the URLs; some are shared with its organisation's others. */
  keys: string[];
  /** By this it is sorted, then by `tie`. */
  name: string;
  /** Epoch ms of the last change, negative: the newest comes first. */
  newest: number;
  /** 48 bits of the hash of the record's URL: the same on every node and after every rebuild. */
  tie: number;
  /** Name, legal name, place, topic and summary, for the full-text table. */
  texts: Texts;
}

/** Characters by which names are sorted: so few that a cursor holds them in any script. */
const sortedLength = 80;

/** Whether a record with this id may be a listing: else it may be an attestation, never both. */
export function isListingId(id: string): boolean {
  return id.endsWith(listingId(""));
}

/**
 * What the index keeps of a listing.
 *
 * @returns Undefined for what isn't listed: tombstones, other kinds, and
 *   listings that this version of the software can't read.
 */
export function indexedListing(row: Record): IndexedListing | undefined {
  if (row.kind !== "listing") return undefined;
  const document = JSON.parse(Buffer.from(row.body).toString("utf8")) as JsonObject;
  const listing = readListing(document);
  if (listing === undefined || !listing.listed) return undefined;
  const answer = multiStakeholder(listing);
  return {
    record: row.id,
    origin: row.origin,
    digest: row.digest,
    issued: row.issued,
    listing,
    multiStakeholder: answer,
    facts: factsOf(listing, answer),
    keys: keysOf(listing),
    name: sortKey(listing.name),
    newest: -Date.parse(listing.updated),
    tie: createHash("sha256").update(row.id).digest().readUIntBE(0, 6),
    texts: textsOf(listing),
  };
}

/**
 * What a record attests.
 *
 * @returns Undefined for all but attestations, and for those that this version
 *   of the software can't read.
 */
export function indexedClaim(row: Record): Claim | undefined {
  if (row.kind !== attestationKind) return undefined;
  return readAttestation(JSON.parse(Buffer.from(row.body).toString("utf8")) as JsonObject);
}

/** How a listing is found, as long as no other one stands for its organisation. */
export function stateOf({ example, status }: Listing): RowState {
  return { example: example === true, closed: status === "closed", hidden: false };
}

/** Names without a letter or a digit come last. */
function sortKey(name: string): string {
  return fold(name).slice(0, sortedLength).toWellFormed() || "\u{10fffd}";
}

function factsOf(listing: Listing, answer: Answer): Fact[] {
  const sectors = new Set((listing.activity ?? []).flatMap(sectorPath));
  const facts: Fact[] = [
    ...[...new Set(listing.theme)].map((value) => ({ facet: "theme", value }) as const),
    ...[...sectors].map((value) => ({ facet: "sector", value }) as const),
    ...[...regionsOf(listing)].map((value) => ({ facet: "region", value }) as const),
    { facet: "multi_stakeholder", value: answer },
  ];
  if (listing.coopType !== undefined) facts.push({ facet: "type", value: listing.coopType });
  if (listing.level !== undefined) facts.push({ facet: "level", value: listing.level });
  if (listing.status !== undefined) facts.push({ facet: "status", value: listing.status });
  return facts;
}

/** Where the co-op is: its regions and its country, and all that contains them. */
function regionsOf({ location }: Listing): Set<string> {
  if (location === undefined) return new Set();
  const country = `iso3166-1:${location.address.addressCountry}`;
  return new Set([...(location.region ?? []), country].filter(isRegion).flatMap(regionPath));
}

function keysOf(listing: Listing): string[] {
  const keys = (listing.identifier ?? []).flatMap(({ propertyID, value }) =>
    registrationKeys(propertyID, value),
  );
  if (listing.preferredUsername !== undefined) {
    const handle = handleKey(listing.preferredUsername, new URL(listing.id).host);
    if (handle !== undefined) keys.push(handle);
  }
  return [...new Set(keys)];
}
