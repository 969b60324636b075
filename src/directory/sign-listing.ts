import type { z } from "zod";
import { canonicalJson, type Json, type JsonObject } from "../coop/canonical-json.ts";
import { protect } from "../coop/disclosure.ts";
import { Listing, type ListingContent } from "../coop/listing.ts";
import { listingRecord } from "../coop/listing-record.ts";
import { signRecord, type SignedRecord } from "../coop/record.ts";
import { AppError } from "../errors.ts";
import type { RecordTable } from "../store/tables/records.ts";
import type { Identity } from "./identity.ts";
import { coopUrl } from "./ids.ts";

/**
 * The listing that this content makes, checked.
 *
 * @throws {AppError} `bad-request`, naming every fault by its path.
 */
export function draftOf(
  node: Identity,
  coop: { id: string; handle: string | null; created?: number; formerly?: string | null },
  content: ListingContent,
  now: number,
): Listing {
  const draft = Listing.safeParse({
    ...(readdressed(node, content as Json) as object),
    status: content.status ?? "active",
    level: content.level ?? "primary",
    ...(coop.handle === null ? {} : { preferredUsername: coop.handle }),
    ...alsoKnownAs(node, coop),
    id: coopUrl(node, coop.id),
    type: ["Organization", "schema:Cooperative"],
    updated: new Date(now).toISOString(),
    listed: true,
  });
  if (!draft.success) throw invalid(`the listing “${content.name}”`, draft.error);
  return draft.data;
}

/** The same with the present addresses of this node's own co-ops, where it names former ones. */
export function readdressed(node: Identity, value: Json): Json {
  if (node.former.length === 0) return value;
  if (typeof value === "string") {
    const before = node.former.find(({ origin }) => value.startsWith(`${origin}/`));
    return before === undefined ? value : node.origin + value.slice(before.origin.length);
  }
  if (Array.isArray(value)) return value.map((each) => readdressed(node, each));
  if (typeof value !== "object" || value === null) return value;
  const members = Object.entries(value);
  return Object.fromEntries(members.map(([name, each]) => [name, readdressed(node, each)]));
}

/** How many former addresses a co-op can have: as many as a listing names. */
export const formerMost = 5;

/**
 * What a co-op was called before: elsewhere, as it says, and while its node had
 * another address.
 *
 * @param coop.created Since when the node has it, epoch ms.
 */
export function alsoKnownAs(
  node: Identity,
  { id, created, formerly }: { id: string; created?: number; formerly?: string | null },
): Pick<Listing, "alsoKnownAs"> {
  const former = node.former.filter(({ moved }) => created !== undefined && created < moved);
  const own = former.map(({ origin }) => `${origin}/coops/${id}`);
  const urls = [...new Set([...formerAccounts({ formerly }), ...own])].slice(-formerMost);
  return urls.length === 0 ? {} : { alsoKnownAs: urls };
}

/** The accounts elsewhere that a co-op says it had, the oldest first. */
export function formerAccounts({ formerly }: { formerly?: string | null | undefined }): string[] {
  return formerly == null ? [] : (JSON.parse(formerly) as string[]);
}

/**
 * Signs the draft as the next version after `last`. When nothing but its date
 * differs, `changed` is false and the record is not worth storing.
 */
export function signListing(
  node: Identity,
  draft: Listing,
  last: Pick<RecordTable, "issued" | "body" | "tombstone"> | undefined,
  now: number,
): { record: SignedRecord; changed: boolean } {
  // The one place where listings are signed: nothing leaves it unprotected.
  const { content } = protect(draft);
  const document = listingRecord(node.actor, content, issuedAfter(last, now));
  const changed = last === undefined || last.tombstone === 1 || !sameContent(document, last.body);
  try {
    return { record: signRecord(document, node.signing), changed };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new AppError(
      "too-large",
      `the listing “${draft.name}” has ${error.message} can be published`,
    );
  }
}

function sameContent(document: JsonObject, body: Uint8Array): boolean {
  const last = JSON.parse(new TextDecoder().decode(body)) as JsonObject;
  const bare = (about: unknown) => canonicalJson({ ...(about as JsonObject), updated: "" });
  return bare(document["about"]) === bare(last["about"]);
}

/** `issued` strictly increases, so that two edits in one millisecond keep their order. */
export function issuedAfter(last: { issued: number } | undefined, now: number): number {
  return Math.max(now, (last?.issued ?? 0) + 1);
}

/** Every fault of what can't be published. */
export function invalid(what: string, error: z.ZodError): AppError {
  return new AppError("bad-request", `${what} can't be published: ${faultsOf(error)}`);
}

/** Every fault, each with its path. */
export function faultsOf(error: z.ZodError): string {
  return error.issues
    .map(({ path, message }) => (path.length === 0 ? message : `${path.join(".")}: ${message}`))
    .join("; ");
}

/** What a publisher writes: the listing without what the node adds. */
export function contentOf(listing: Listing): ListingContent {
  const {
    id: _,
    type: __,
    updated: ___,
    preferredUsername: ____,
    alsoKnownAs: _____,
    listed: ______,
    ...rest
  } = listing;
  return rest;
}
