import { generateKeyPairSync } from "node:crypto";
import { attestationRecord, retractionRecord } from "../../src/coop/attestation.ts";
import type { JsonObject } from "../../src/coop/canonical-json.ts";
import { Listing } from "../../src/coop/listing.ts";
import { listingId, listingRecord, tombstoneRecord } from "../../src/coop/listing-record.ts";
import type { SameAs } from "../../src/coop/organisation.ts";
import { SearchQuery } from "../../src/coop/query.ts";
import { type SignedRecord, signRecord } from "../../src/coop/record.ts";
import type { DirectoryIndex, Entry } from "../../src/index/directory-index.ts";
import type { Db } from "../../src/store/schema.ts";
import * as records from "../../src/store/records.ts";

const { privateKey } = generateKeyPairSync("ed25519");

/** The time of the first version, epoch ms. */
export const beginning = Date.UTC(2026, 10, 21);

/** A listing with what the test cares about. */
export function listing(
  id: string,
  content: Partial<Listing> = {},
  host = "coops.example",
): Listing {
  return Listing.parse({
    id: `https://${host}/coops/${id}`,
    type: ["Organization", "schema:Cooperative"],
    updated: "2026-11-20T09:00:00.000Z",
    name: id,
    provenance: { kind: "claimed" },
    license: "CC0-1.0",
    listed: true,
    discoverable: true,
    indexable: true,
    // What readers take it for where it isn't said.
    status: "active",
    level: "primary",
    ...content,
  });
}

/** The signed record of a listing; a later version has a larger `version`. */
export function record(about: Listing, version = 0): SignedRecord {
  const node = new URL("/actor", about.id).href;
  return sign(node, listingRecord(node, about, beginning + version));
}

/** The tombstone that takes the place of a listing. */
export function tombstone(about: Listing, version: number): SignedRecord {
  const node = new URL("/actor", about.id).href;
  return sign(node, tombstoneRecord(node, listingId(about.id), beginning + version));
}

/** The signed record in which a host attests that two co-ops are the same. */
export function attestation(pair: SameAs, version = 0, host = "coops.example"): SignedRecord {
  const node = `https://${host}/actor`;
  const [subject, object] = pair;
  const claim = { relationship: "sameAs", subject, object } as const;
  return sign(node, attestationRecord(node, attestationId(pair, host), claim, beginning + version));
}

/** The tombstone that takes the place of an attestation. */
export function retraction(pair: SameAs, version: number, host = "coops.example"): SignedRecord {
  const node = `https://${host}/actor`;
  return sign(node, retractionRecord(node, attestationId(pair, host), beginning + version));
}

function attestationId(pair: SameAs, host: string): string {
  const last = pair.map((url) => url.split("/").at(-1)).join("-");
  return `https://${host}/attestations/${last}`;
}

function sign(node: string, document: JsonObject): SignedRecord {
  return signRecord(document, { method: `${node}#ed25519`, privateKey });
}

/** Puts records into the database, as if they had come from somewhere. */
export async function put(db: Db, ...signed: SignedRecord[]): Promise<void> {
  await db.transaction().execute((tx) => records.put(tx, signed, beginning));
}

/** A query as it comes from the address of a page. */
export function asked(parameters: Record<string, string | string[]>): SearchQuery {
  return SearchQuery.parse(parameters);
}

/** The names that a query finds, in the order found. */
export async function names(
  index: DirectoryIndex,
  q: string,
  more: SearchQuery = {},
): Promise<string[]> {
  const { items } = await index.search({ limit: 100, ...more, q });
  return items.map((entry) => entry.listing.name);
}

/** Everything that a query finds, page by page. */
export async function allPages(index: DirectoryIndex, query: SearchQuery): Promise<Entry[][]> {
  const pages: Entry[][] = [];
  let cursor: string | null = null;
  do {
    const page = await index.search(cursor === null ? query : { ...query, cursor });
    pages.push(page.items);
    if (pages.length > 1000) throw new Error("the pages have no end");
    cursor = page.next;
  } while (cursor !== null);
  return pages;
}
