import { protect } from "../coop/disclosure.ts";
import type { Listing, ListingContent } from "../coop/listing.ts";
import { listingId } from "../coop/listing-record.ts";
import { regionLabel } from "../coop/regions.ts";
import { AppError } from "../errors.ts";
import * as coops from "../store/coops.ts";
import * as posts from "../store/posts.ts";
import * as records from "../store/records.ts";
import * as revisions from "../store/revisions.ts";
import type { Db, Tx } from "../store/schema.ts";
import { demandGround } from "./ground.ts";
import { demandHandle } from "./handle.ts";
import type { Identity } from "./identity.ts";
import { coopUrl, newId } from "./ids.ts";
import { retireClasses } from "./retire-classes.ts";
import { contentOf, draftOf, signListing } from "./sign-listing.ts";

/** What became of a co-op's content. */
export interface Published {
  id: string;
  url: string;
  /** False when the content was the same, and so no new version was made. */
  changed: boolean;
}

/** How something is published, where it isn't as usual. */
export interface Publishing {
  /** Who does it, if it is done by page. */
  account?: string | null;
  /** Makes a pinned introduction from the summary if the co-op has never posted anything. */
  introduce?: boolean;
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
  how: Publishing = {},
): Promise<Published> {
  const coop = { ...newCoop(newId(), now), handle };
  const draft = draftOf(node, coop, content, now);
  await db.transaction().execute((tx) => insert(tx, node, coop, draft, now, how));
  return { id: coop.id, url: coopUrl(node, coop.id), changed: true };
}

async function insert(
  tx: Tx,
  node: Identity,
  coop: coops.HostedCoop & { handle: string },
  draft: Listing,
  now: number,
  how: Publishing,
): Promise<void> {
  await demandHandle(tx, coop.handle);
  await coops.put(tx, [coop]);
  await publishIn(tx, node, coop, draft, now, how);
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
    draft: null,
    drafted: null,
    draftedBy: null,
    edition: 0,
    formerly: null,
  };
}

/**
 * Publishes a new version of a hosted co-op's listing. The same content again
 * makes no new version. What somebody is writing about it meanwhile stays.
 */
export async function publish(
  db: Db,
  node: Identity,
  id: string,
  content: ListingContent,
  now: number,
  how: Publishing = {},
): Promise<Published> {
  const draft = draftOf(node, await hosted(db, id), content, now);
  const changed = await db.transaction().execute((tx) => replace(tx, node, id, draft, now, how));
  return { id, url: coopUrl(node, id), changed };
}

async function replace(
  tx: Tx,
  node: Identity,
  id: string,
  draft: Listing,
  now: number,
  how: Publishing,
): Promise<boolean> {
  return publishIn(tx, node, await lockHosted(tx, id), draft, now, how);
}

/**
 * What all publishing goes through, within a transaction of which it is the
 * end: asks for the ground, protects small counts, and writes history, content
 * and record.
 *
 * @param coop As it shall be from now on: with its handle, and with the draft
 *   that stays. It is locked, or has just been inserted.
 * @param entered What was entered, small counts and all.
 * @returns Whether there is a new version.
 */
export async function publishIn(
  tx: Tx,
  node: Identity,
  coop: coops.HostedCoop,
  entered: Listing,
  now: number,
  { account = null, introduce = false }: Publishing = {},
): Promise<boolean> {
  // Also what the actor is made of.
  const { content: listing } = protect(await demandGround(tx, coop, entered, now));
  const last = await records.get(tx, listingId(listing.id));
  const { record, changed } = signListing(node, listing, last, now);
  const content = JSON.stringify(contentOf(entered));
  const latest = await revisions.last(tx, coop.id);
  // Also where the record is the same: what was entered may differ in what isn't said.
  if (latest?.kind !== "published" || latest.content !== content) {
    await revisions.append(tx, { coop: coop.id, kind: "published", content, account, made: now });
  }
  if (!changed) return false;
  // An imported co-op may have chosen its handle, but has no actor before it claims its listing.
  const speaks = listing.provenance.kind !== "imported";
  const said = speaks ? { content: JSON.stringify(listing), updated: now } : {};
  if (speaks) await retireClasses(tx, coop, listing, now);
  await coops.revise(tx, { ...coop, ...said });
  // Only the co-op itself may introduce it; once it has posted anything, it says what is on top.
  const claimed = listing.provenance.kind === "claimed";
  const silent = introduce && claimed && !(await posts.any(tx, coop.id));
  const introduction = silent ? introductionOf(coop.id, listing, now) : undefined;
  if (introduction !== undefined) await posts.put(tx, introduction);
  const news = introduction && [{ kind: "post", subject: introduction.id, origin: "" }];
  await records.put(tx, [record], now, news);
  return true;
}

/** Whoever finds the co-op on another server sees no post but those that are pinned. */
function introductionOf(coop: string, listing: Listing, now: number): posts.Post {
  const { summary = inBrief(listing), summaryMap = {}, inLanguage } = listing;
  const [own] = Object.entries(summaryMap).find(([, text]) => text === summary) ?? [];
  return {
    id: newId(),
    coop,
    content: JSON.stringify({ [inLanguage ?? own ?? "en"]: summary, ...summaryMap }),
    ...posts.plain,
    published: now,
    pinned: now,
  };
}

/** Who it is, where, and where there is more, of a co-op that says nothing of itself. */
function inBrief({ id, name, location, url = id }: Listing): string {
  const region = location?.region?.[0];
  const place = [location?.address.addressLocality, region && regionLabel(region)];
  return [name, place.filter(Boolean).join(", "), url].filter((line) => line !== "").join("\n");
}

/**
 * A co-op that this node hosts.
 *
 * @throws {AppError} `not-found`, or `gone` when it was deleted.
 */
export async function hosted(db: Db, id: string): Promise<coops.HostedCoop> {
  return demandHosted(id, await coops.get(db, id));
}

/** The same, with its row locked until the end of the transaction. */
export async function lockHosted(tx: Tx, id: string): Promise<coops.HostedCoop> {
  return demandHosted(id, (await coops.lock(tx, [id])).get(id));
}

function demandHosted(id: string, coop: coops.HostedCoop | undefined): coops.HostedCoop {
  if (coop === undefined) throw new AppError("not-found", `this node hosts no co-op “${id}”`);
  if (coop.deleted !== null) throw new AppError("gone", `the co-op “${id}” was deleted`);
  return coop;
}
