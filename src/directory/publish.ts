import { randomInt } from "node:crypto";
import { z } from "zod";
import { canonicalJson, type JsonObject } from "../coop/canonical-json.ts";
import { Listing, type ListingContent } from "../coop/listing.ts";
import { listingId, listingRecord, tombstoneRecord } from "../coop/listing-record.ts";
import { bounds, signRecord, type SignedRecord } from "../coop/record.ts";
import { AppError } from "../errors.ts";
import * as changes from "../store/changes.ts";
import * as coops from "../store/coops.ts";
import * as posts from "../store/posts.ts";
import * as records from "../store/records.ts";
import type { Db, RecordTable, Tx } from "../store/schema.ts";
import type { Identity } from "./identity.ts";
import { demandGround } from "./ground.ts";

/** Handles that feeds and the node itself use, or that people would mistake for them. */
const reservedHandles = new Set([
  "directory",
  "actor",
  "admin",
  "administrator",
  "root",
  "all",
  "sector",
  "region",
  "theme",
  "feeds",
  "feed",
  "search",
  "stats",
  "map",
  "network",
  "about",
  "api",
  "inbox",
  "health",
  "metrics",
  "embed",
  "snapshots",
  "help",
  "info",
  "support",
  "security",
  "abuse",
  "postmaster",
  "webmaster",
  "moderator",
  "fragaria",
]);

/** The name before the @: no dot, which class and feed handles are made with. */
export const Handle = z
  .string()
  .max(60)
  .regex(/^[a-z0-9]+(_[a-z0-9]+)*$/, "a handle has small letters, digits and single underscores")
  .refine((handle) => !reservedHandles.has(handle), "this handle is kept for the directory itself");

/** An opaque id for a co-op or a post: it says nothing, so that it may outlive its profile. */
export function newId(): string {
  const alphabet = "0123456789abcdefghjkmnpqrstvwxyz";
  return Array.from({ length: 10 }, () => alphabet[randomInt(32)]).join("");
}

/** The URL of a co-op that this node hosts. */
export function coopUrl(node: Identity, id: string): string {
  return `${node.origin}/coops/${id}`;
}

/** What became of a co-op's content. */
export interface Published {
  id: string;
  url: string;
  /** False when the content was the same, and so no new version was made. */
  changed: boolean;
}

/**
 * Adds a co-op with an actor to this node and publishes its listing.
 *
 * @throws {AppError} `bad-request` with every fault of the content;
 *   `conflict` when the handle is, or was, somebody's.
 */
export async function addCoop(
  db: Db,
  node: Identity,
  handle: string,
  content: ListingContent,
  now: number,
): Promise<Published> {
  const checked = Handle.safeParse(handle);
  if (!checked.success) throw invalid(`the handle “${handle}”`, checked.error);
  const id = newId();
  const draft = draftOf(node, { id, handle }, content, now);
  await db.transaction().execute((tx) => insert(tx, node, handle, id, draft, now));
  return { id, url: coopUrl(node, id), changed: true };
}

async function insert(
  tx: Tx,
  node: Identity,
  handle: string,
  id: string,
  draft: Listing,
  now: number,
): Promise<void> {
  await demandFree(tx, handle);
  await publishIn(tx, node, { ...newCoop(id, now), handle }, draft, now);
}

/**
 * A handle is never given to a second co-op: old followers would follow a stranger.
 *
 * @throws {AppError} `conflict` when it is, or was, somebody's.
 */
export async function demandFree(tx: Tx, handle: string): Promise<void> {
  if ((await coops.byHandle(tx, handle)) === undefined) return;
  throw new AppError("conflict", `the handle “${handle}” is taken`);
}

/** A co-op of which nothing is known yet. */
export function newCoop(id: string, now: number): coops.HostedCoop {
  return {
    id,
    handle: null,
    source: null,
    sourceKey: null,
    created: now,
    sourceDigest: null,
    content: null,
    updated: null,
    announced: null,
    deleted: null,
  };
}

/**
 * Publishes a new version of a hosted co-op's listing. The same content again
 * makes no new version.
 */
export async function publish(
  db: Db,
  node: Identity,
  id: string,
  content: ListingContent,
  now: number,
): Promise<Published> {
  const coop = await hosted(db, id);
  const draft = draftOf(node, coop, content, now);
  const changed = await db.transaction().execute((tx) => publishIn(tx, node, coop, draft, now));
  return { id, url: coopUrl(node, id), changed };
}

/**
 * The one way by which a hosted co-op's listing gets into the log: checks that
 * it may be published, and writes co-op and record.
 *
 * @param coop As it shall be from now on, its handle above all; new or known.
 * @param draft Made for this co-op by {@link draftOf}.
 * @returns Whether there is a new version.
 * @throws {AppError} `forbidden` when there is no ground to publish it upon.
 */
export async function publishIn(
  tx: Tx,
  node: Identity,
  coop: coops.HostedCoop,
  draft: Listing,
  now: number,
): Promise<boolean> {
  const listing = await demandGround(tx, coop, draft, now);
  const last = await records.get(tx, listingId(listing.id));
  const { record, changed } = signListing(node, listing, last, now);
  if (!changed) return false;
  const content = coop.handle === null ? {} : { content: JSON.stringify(listing), updated: now };
  await coops.put(tx, [{ ...coop, ...content }]);
  await records.put(tx, [record], now);
  return true;
}

/**
 * Takes a co-op's listing out of the directory, everywhere: a tombstone takes
 * its place. The actor and its followers stay.
 */
export async function withdraw(db: Db, node: Identity, id: string, now: number): Promise<void> {
  await hosted(db, id);
  await db.transaction().execute((tx) => retire(tx, node, id, now));
}

/**
 * Deletes a co-op's actor for good, and withdraws its listing. Followers are
 * told, the actor answers 410 ever after, and the handle stays taken.
 */
export async function deleteCoop(db: Db, node: Identity, id: string, now: number): Promise<void> {
  const coop = await hosted(db, id);
  await db.transaction().execute((tx) => erase(tx, node, coop, now));
}

async function erase(tx: Tx, node: Identity, coop: coops.HostedCoop, now: number): Promise<void> {
  await retire(tx, node, coop.id, now);
  await posts.erase(tx, coop.id, now);
  await coops.put(tx, [{ ...coop, content: null, deleted: now }]);
  await changes.append(tx, [{ kind: "coop", subject: coop.id, origin: "" }]);
}

/** What {@link withdraw} does, within a transaction of which it is the end. */
export async function retire(tx: Tx, node: Identity, id: string, now: number): Promise<void> {
  const record = listingId(coopUrl(node, id));
  const last = await records.get(tx, record);
  if (last === undefined || last.tombstone === 1) return;
  const issued = issuedAfter(last, now);
  await records.put(
    tx,
    [signRecord(tombstoneRecord(node.actor, record, issued), node.signing)],
    now,
  );
}

/**
 * A co-op that this node hosts.
 *
 * @throws {AppError} `not-found`, or `gone` when it was deleted.
 */
export async function hosted(db: Db, id: string): Promise<coops.HostedCoop> {
  const coop = await coops.get(db, id);
  if (coop === undefined) throw new AppError("not-found", `this node hosts no co-op “${id}”`);
  if (coop.deleted !== null) throw new AppError("gone", `the co-op “${id}” was deleted`);
  return coop;
}

/**
 * The listing that this content makes, checked.
 *
 * @throws {AppError} `bad-request`, naming every fault by its path.
 */
export function draftOf(
  node: Identity,
  coop: { id: string; handle: string | null },
  content: ListingContent,
  now: number,
): Listing {
  const draft = Listing.safeParse({
    ...content,
    status: content.status ?? "active",
    level: content.level ?? "primary",
    ...(coop.handle === null ? {} : { preferredUsername: coop.handle }),
    id: coopUrl(node, coop.id),
    type: ["Organization", "schema:Cooperative"],
    updated: new Date(now).toISOString(),
    listed: true,
  });
  if (!draft.success) throw invalid(`the listing “${content.name}”`, draft.error);
  return draft.data;
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
  const document = listingRecord(node.actor, draft, issuedAfter(last, now));
  const changed = last === undefined || last.tombstone === 1 || !sameContent(document, last.body);
  const record = signRecord(document, node.signing);
  if (record.body.length > bounds.size) {
    throw new AppError(
      "too-large",
      `the listing “${draft.name}” has ${record.body.length} bytes; at most ${bounds.size} can be published`,
    );
  }
  return { record, changed };
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
