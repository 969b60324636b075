import { attestationKind, type Claim, readAttestation } from "../coop/attestation.ts";
import { documentOf } from "../coop/document.ts";
import type { Listing } from "../coop/listing.ts";
import { listingId, readListing } from "../coop/listing-record.ts";
import { hasVerifiedHost, rankOf } from "../coop/organisation.ts";
import { multiStakeholder } from "../coop/stakeholders.ts";
import type { Record as SignedRecord } from "../store/records.ts";
import { type RowFacts, state } from "./columns.ts";
import { type Facts, factsOf } from "./facts.ts";
import type { Figure } from "./figures.ts";
import { nowhere } from "./geo.ts";
import { handleKey, registrationKeys } from "./identifiers.ts";
import { fold } from "./fold.ts";
import { figuresOf } from "./listing-figures.ts";
import { type Texts, textsOf } from "./listing-texts.ts";
import { qualityOf } from "./quality.ts";

/** A listing as it goes into the index. */
export interface IndexedListing {
  listing: Listing;
  /** The values of each facet. */
  facts: Facts;
  memory: Omit<RowFacts, "sets" | "tie" | "updated">;
  /** By what it can be looked up, beside the URLs; some are shared with its organisation's others. */
  keys: string[];
  /** Decides whether it stands for its organisation: the smaller before the larger. */
  rank: number;
  /** By this it is sorted, then by the hash of its URL. */
  name: string;
  /** Epoch ms of the last change. */
  updated: number;
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
export function indexedListing(row: SignedRecord): IndexedListing | undefined {
  if (row.kind !== "listing") return undefined;
  const listing = readListing(documentOf(row.body));
  if (listing === undefined || !listing.listed) return undefined;
  const figures = figuresOf(listing);
  const verified = hasVerifiedHost(listing);
  return {
    listing,
    facts: factsOf(listing, multiStakeholder(listing), figures),
    memory: memoryOf(listing, figures, verified),
    keys: keysOf(listing),
    rank: rankOf(listing, verified),
    name: sortKey(listing.name),
    updated: Date.parse(listing.updated),
    texts: textsOf(listing),
  };
}

/**
 * What a record attests.
 *
 * @returns Undefined for all but attestations, and for those that this version
 *   of the software can't read.
 */
export function indexedClaim(row: SignedRecord): Claim | undefined {
  if (row.kind !== attestationKind) return undefined;
  return readAttestation(documentOf(row.body));
}

/** Names without a letter or a digit come last. */
function sortKey(name: string): string {
  return fold(name).slice(0, sortedLength).toWellFormed() || "\u{10fffd}";
}

function memoryOf(
  listing: Listing,
  figures: readonly Figure[],
  verified: boolean,
): IndexedListing["memory"] {
  const { example, status, location, foundingDate, dissolutionDate } = listing;
  const { latitude, longitude } = location ?? {};
  const placed = latitude !== undefined && longitude !== undefined;
  return {
    state: (example === true ? state.example : 0) | (status === "closed" ? state.closed : 0),
    latitude: placed ? Math.round(latitude * 1e6) : nowhere,
    longitude: placed ? Math.round(longitude * 1e6) : nowhere,
    founded: yearOf(foundingDate),
    dissolved: yearOf(dissolutionDate),
    quality: qualityOf(listing, verified),
    figures,
  };
}

/** 0 when there is no date. */
function yearOf(date: string | undefined): number {
  return Number(date?.slice(0, 4) ?? 0);
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
