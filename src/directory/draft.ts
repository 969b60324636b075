import { z } from "zod";
import { canonicalJson, type JsonObject } from "../coop/canonical-json.ts";
import type { ListingContent } from "../coop/listing.ts";
import { listingId, readListing } from "../coop/listing-record.ts";
import { AppError } from "../errors.ts";
import * as coops from "../store/coops.ts";
import * as records from "../store/records.ts";
import * as revisions from "../store/revisions.ts";
import * as roles from "../store/roles.ts";
import type { Db, Tx } from "../store/schema.ts";
import { demandHandle } from "./handle.ts";
import type { Identity } from "./identity.ts";
import { coopUrl, newId } from "./ids.ts";
import { hosted, lockHosted, newCoop, type Published, publishIn } from "./publish.ts";
import { contentOf, draftOf, faultsOf } from "./sign-listing.ts";

/** The most that a draft may have: four times what can be published. */
const draftSize = 64 * 1024;

/** What is being written: it may be incomplete and wrong, only publishing is strict. */
export const DraftContent = z
  .record(z.string().max(100), z.json())
  .refine(
    (content) => new TextEncoder().encode(JSON.stringify(content)).length <= draftSize,
    "a draft has at most 64 KB",
  );
export type DraftContent = z.infer<typeof DraftContent>;

/** What an editor begins with. */
export interface Editable {
  coop: coops.HostedCoop;
  /** The draft; without one what was entered when it was last published. */
  content: DraftContent;
  /** What is published now, as it was entered; undefined when nothing is. */
  published: DraftContent | undefined;
  /** Names this state: who saves says which one they started from. */
  edition: number;
}

/** Somebody else was faster: what they wrote, so that nobody's text is lost. */
export interface Conflict {
  conflict: Editable;
}

/** Who saves what, and what they started from. */
export interface Writing {
  content: DraftContent;
  /** The edition that the writer began with. */
  base: number;
  /** Null for a command. */
  account: string | null;
  /** A handle for a co-op that has none, or that was never published. */
  handle?: string | undefined;
}

/**
 * Opens a co-op for editing.
 *
 * @throws {AppError} `not-found`, or `gone` when it was deleted.
 */
export async function openDraft(db: Db, node: Identity, id: string): Promise<Editable> {
  return editable(db, node, await hosted(db, id));
}

async function editable(db: Db, node: Identity, coop: coops.HostedCoop): Promise<Editable> {
  const record = await records.get(db, listingId(coopUrl(node, coop.id)));
  const standing = record !== undefined && record.tombstone === 0;
  const entered = await revisions.last(db, coop.id, "published");
  // What an import published has no history.
  const content =
    entered?.content ?? (standing ? JSON.stringify(contentIn(record.body)) : coop.content);
  const latest = content === null ? undefined : (JSON.parse(content) as DraftContent);
  return {
    coop,
    content: coop.draft === null ? (latest ?? {}) : (JSON.parse(coop.draft) as DraftContent),
    published: standing ? latest : undefined,
    edition: Number(coop.edition),
  };
}

function contentIn(body: Uint8Array): object {
  const listing = readListing(JSON.parse(new TextDecoder().decode(body)) as JsonObject);
  return listing === undefined ? {} : contentOf(listing);
}

/** What begins as a private draft. */
export interface NewDraft {
  content: DraftContent;
  /** Reserved from now on; null where it is still to be chosen. */
  handle: string | null;
  /** The account that writes it; null for a command. */
  by: string | null;
  /** The account that becomes the co-op's first owner. */
  owner?: string;
}

/**
 * Adds a co-op that is a private draft: it stands on no page, has no actor and
 * no record, and nothing is logged, until it is published.
 *
 * @returns The co-op's id.
 * @throws {AppError} `bad-request`, or `conflict` when the handle is taken.
 */
export async function newDraft(db: Db, draft: NewDraft, now: number): Promise<string> {
  return db.transaction().execute((tx) => newDraftIn(tx, draft, now));
}

/** The same, within a transaction. */
export async function newDraftIn(tx: Tx, draft: NewDraft, now: number): Promise<string> {
  const { handle, by, owner } = draft;
  if (handle !== null) await demandHandle(tx, handle);
  const id = newId();
  const written = { draft: bounded(draft.content), drafted: now, draftedBy: by };
  await coops.put(tx, [{ ...newCoop(id, now), handle, ...written }]);
  if (owner !== undefined) {
    await roles.put(tx, { account: owner, coop: id, role: "owner", since: now });
  }
  return id;
}

function bounded(content: DraftContent): string {
  const checked = DraftContent.safeParse(content);
  if (!checked.success) {
    throw new AppError("bad-request", `the draft can't be saved: ${faultsOf(checked.error)}`);
  }
  return JSON.stringify(checked.data);
}

/**
 * Saves the draft of a co-op, unless somebody has saved or published since the
 * writer began: then nothing is written.
 */
export async function saveDraft(
  db: Db,
  node: Identity,
  id: string,
  writing: Writing,
  now: number,
): Promise<{ saved: number } | Conflict> {
  const draft = bounded(writing.content);
  return db.transaction().execute((tx) => save(tx, node, id, { ...writing, draft }, now));
}

async function save(
  tx: Tx,
  node: Identity,
  id: string,
  { content, base, account, handle, draft }: Writing & { draft: string },
  now: number,
): Promise<{ saved: number } | Conflict> {
  const coop = await lockHosted(tx, id);
  if (Number(coop.edition) !== base) return { conflict: await editable(tx, node, coop) };
  await keepOthers(tx, coop, { account, content }, now);
  const named = await withHandle(tx, coop, handle);
  const written = { draft, drafted: now, draftedBy: account };
  const { edition } = await coops.revise(tx, { ...named, ...written });
  return { saved: Number(edition) };
}

/** A handle can be chosen until somebody may know it. */
async function withHandle(
  tx: Tx,
  coop: coops.HostedCoop,
  handle: string | undefined,
): Promise<coops.HostedCoop> {
  if (handle === undefined || handle === coop.handle || coop.content !== null) return coop;
  await demandHandle(tx, handle, coop.id);
  return { ...coop, handle };
}

/**
 * Publishes what was written, and clears the draft. The co-op gets a pinned
 * introduction when it is published for the first time.
 *
 * @throws {AppError} `bad-request` with every fault of the content.
 */
export async function publishDraft(
  db: Db,
  node: Identity,
  id: string,
  writing: Writing,
  now: number,
): Promise<Published | Conflict> {
  const coop = await hosted(db, id);
  const handle = coop.content === null ? (writing.handle ?? coop.handle) : coop.handle;
  // Checked as strictly as anything that is published, whatever its type says.
  const content = writing.content as unknown as ListingContent;
  const listing = draftOf(node, { ...coop, handle }, content, now);
  const done = await db
    .transaction()
    .execute((tx) => publishWritten(tx, node, { id, listing, ...writing }, now));
  if (typeof done !== "boolean") return done;
  return { id, url: coopUrl(node, id), changed: done };
}

async function publishWritten(
  tx: Tx,
  node: Identity,
  writing: Writing & { id: string; listing: ReturnType<typeof draftOf> },
  now: number,
): Promise<boolean | Conflict> {
  const { id, content, base, account, handle, listing } = writing;
  const locked = await lockHosted(tx, id);
  if (Number(locked.edition) !== base) return { conflict: await editable(tx, node, locked) };
  await keepOthers(tx, locked, { account, content }, now);
  const named = await withHandle(tx, locked, handle);
  const coop = { ...named, draft: null, drafted: null, draftedBy: null };
  const changed = await publishIn(tx, node, coop, listing, now, { account, introduce: true });
  // Nothing new to publish: the draft has done its duty all the same.
  if (!changed) await coops.revise(tx, coop);
  return changed;
}

/**
 * Puts the draft aside: what is published, or was, is what one edits from then
 * on. The history keeps the draft.
 */
export async function discardDraft(
  db: Db,
  id: string,
  account: string | null,
  now: number,
): Promise<void> {
  await db.transaction().execute((tx) => discard(tx, id, account, now));
}

async function discard(tx: Tx, id: string, account: string | null, now: number): Promise<void> {
  const coop = await lockHosted(tx, id);
  if (coop.draft === null) return;
  await setAside(tx, coop, now);
  await coops.revise(tx, { ...coop, draft: null, drafted: null, draftedBy: account });
}

/** Keeps what somebody else has drafted, unless it is what is written now. */
async function keepOthers(
  tx: Tx,
  coop: coops.HostedCoop,
  { account, content }: Pick<Writing, "account" | "content">,
  now: number,
): Promise<void> {
  if (coop.draft === null || coop.draftedBy === account) return;
  if (canonicalJson(JSON.parse(coop.draft) as JsonObject) === canonicalJson(content)) return;
  await setAside(tx, coop, now);
}

/** Keeps the draft in the history, for it makes way for another content. */
export async function setAside(tx: Tx, coop: coops.HostedCoop, now: number): Promise<void> {
  if (coop.draft === null) return;
  await revisions.append(tx, {
    coop: coop.id,
    kind: "set-aside",
    content: coop.draft,
    account: coop.draftedBy,
    made: now,
  });
}
