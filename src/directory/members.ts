import { getLogger } from "@logtape/logtape";
import type { Listing, ListingContent } from "../coop/listing.ts";
import { AppError } from "../errors.ts";
import * as coops from "../store/coops.ts";
import * as links from "../store/links.ts";
import * as members from "../store/members.ts";
import type { Db, Tx } from "../store/schema.ts";
import { type DraftContent, newDraftIn } from "./draft.ts";
import type { Identity } from "./identity.ts";
import { makeLink } from "./link.ts";
import { type MandateForm, newMandate, putMandate } from "./mandate.ts";
import { lockHosted, publishIn } from "./publish.ts";
import { draftOf } from "./sign-listing.ts";
import type { MemberRow } from "./read-members.ts";

const logger = getLogger(["fragaria", "directory"]);

/** What became of the rows of a spreadsheet. */
export interface AddedMembers {
  added: number;
  changed: number;
  unchanged: number;
  /** Those that have said yes before: they change their listing themselves. */
  left: number;
}

const batch = 50;

/**
 * Makes private drafts of the rows of a spreadsheet. Safe to repeat: a row that
 * came before, by its registration or its handle, changes its draft or nothing.
 *
 * @param by The account that brings them along; null for a command.
 */
export async function addMembers(
  db: Db,
  rows: MemberRow[],
  by: string | null,
  now: number,
): Promise<AddedMembers> {
  for (let at = 0; at < rows.length; at += batch) {
    const some = rows.slice(at, at + batch);
    await db.transaction().execute((tx) => addBatch(tx, some, by, now));
  }
  const of = (fate: MemberRow["fate"]) => rows.filter((row) => row.fate === fate).length;
  const done = {
    added: of("new"),
    changed: of("changed"),
    unchanged: of("unchanged"),
    left: of("speaks-for-itself"),
  };
  logger.info("A spreadsheet brought {added} co-ops", { ...done, by });
  return done;
}

async function addBatch(tx: Tx, rows: MemberRow[], by: string | null, now: number): Promise<void> {
  for (const row of rows) await addOne(tx, row, by, now);
}

async function addOne(
  tx: Tx,
  { known, fate, handle, email, registration, content, digest }: MemberRow,
  by: string | null,
  now: number,
): Promise<void> {
  if (fate === "speaks-for-itself") return;
  const facts = { handle, registration, digest, added: now, addedBy: by };
  if (known === undefined) {
    const coop = await newDraftIn(tx, { content: asDraft(content), handle, by }, now);
    await members.put(tx, { ...facts, coop, email, answered: null });
    return;
  }
  if (fate === "unchanged") {
    // Where to write to may have changed all the same.
    if (known.answered === null) await members.put(tx, { ...known, email });
    return;
  }
  const coop = await lockHosted(tx, known.coop);
  // A handle can be changed until somebody may know it.
  const named = coop.content === null ? handle : coop.handle;
  const written = { draft: JSON.stringify(content), drafted: now, draftedBy: by };
  await coops.revise(tx, { ...coop, ...written, handle: named });
  const fresh = { ...facts, handle: named ?? handle };
  await members.put(tx, { ...fresh, coop: known.coop, email, answered: null });
}

function asDraft(content: ListingContent): DraftContent {
  return JSON.parse(JSON.stringify(content)) as DraftContent;
}

/** A co-op with the link by which it says yes or no. */
export interface YesLink {
  name: string;
  handle: string;
  email: string | null;
  token: string;
}

/** Who asks co-ops for their yes. */
export interface Asker {
  /** In whose name: that of the federation. */
  name: string;
  /** The account; null for a command. */
  by: string | null;
}

/**
 * Makes a link for every co-op that came by spreadsheet and was never
 * published; older ones are void. They can't be had a second time.
 */
export async function makeYesLinks(db: Db, asker: Asker, now: number): Promise<YesLink[]> {
  const waiting = (await allWaiting(db)).filter(({ content }) => content === null);
  const made: YesLink[] = [];
  for (let at = 0; at < waiting.length; at += batch) {
    const some = waiting.slice(at, at + batch);
    made.push(...(await db.transaction().execute((tx) => linkBatch(tx, some, asker, now))));
  }
  logger.info("Links for {count} co-ops were made", { count: made.length, by: asker.by });
  return made;
}

async function linkBatch(
  tx: Tx,
  waiting: members.Waiting[],
  { name: note, by }: Asker,
  now: number,
): Promise<YesLink[]> {
  const made: YesLink[] = [];
  for (const { coop, handle, email, draft } of waiting) {
    await links.removeOf(tx, "yes", coop);
    const purpose = { kind: "yes" as const, coop, note, ...(by !== null && { createdBy: by }) };
    const { name = "" } = JSON.parse(draft ?? "{}") as { name?: string };
    made.push({ name, handle, email, token: await makeLink(tx, purpose, now) });
  }
  return made;
}

/** All that wait for a yes or a mandate, in order of their handles. */
export async function allWaiting(db: Db): Promise<members.Waiting[]> {
  const all: members.Waiting[] = [];
  for (;;) {
    const page = await members.waiting(db, all.at(-1)?.handle ?? "", 500);
    all.push(...page);
    if (page.length < 500) return all;
  }
}

/** What publishing many has come to. */
export interface PublishedMembers {
  /** How many there are to publish. */
  of: number;
  published: number;
  /** Those that couldn't be, and why. */
  refused: { handle: string; why: string }[];
}

/**
 * Publishes all that wait, under one mandate of their federation, recorded for
 * each. Those that can't be published stay drafts. May be broken off and
 * repeated: each is published in a step of its own.
 *
 * @param progress Called after each.
 * @throws {AppError} `bad-request` with every fault of the mandate.
 */
export async function publishUnderMandate(
  db: Db,
  node: Identity,
  form: MandateForm,
  by: string | null,
  clock: () => number,
  progress: (done: PublishedMembers) => void = () => {},
): Promise<PublishedMembers> {
  newMandate("", form, by, clock());
  const waiting = await allWaiting(db);
  const done: PublishedMembers = { of: waiting.length, published: 0, refused: [] };
  for (const { coop, handle } of waiting) {
    try {
      await db
        .transaction()
        .execute((tx) => publishMandated(tx, node, coop, { form, by }, clock()));
      done.published += 1;
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      done.refused.push({ handle, why: error.message });
    }
    progress(done);
  }
  const { published } = done;
  logger.info("{published} co-ops were published under a mandate", { published, by: form.by });
  return done;
}

async function publishMandated(
  tx: Tx,
  node: Identity,
  id: string,
  { form, by }: { form: MandateForm; by: string | null },
  now: number,
): Promise<void> {
  const coop = await lockHosted(tx, id);
  // Somebody else was faster.
  if (coop.draft === null) return;
  await putMandate(tx, newMandate(id, form, by, now));
  await members.answer(tx, id, now);
  await links.removeOf(tx, "yes", id);
  await publishWaiting(tx, node, coop, "mandated", by, now);
}

/** The listing that the draft of a co-op makes. */
export function waitingListing(
  node: Identity,
  coop: coops.HostedCoop,
  kind: "claimed" | "mandated",
  now: number,
): Listing {
  const content = JSON.parse(coop.draft ?? "{}") as ListingContent;
  return draftOf(node, coop, { ...content, provenance: { kind } }, now);
}

/** Publishes the draft of a locked co-op; the end of a transaction. */
export async function publishWaiting(
  tx: Tx,
  node: Identity,
  coop: coops.HostedCoop,
  kind: "claimed" | "mandated",
  account: string | null,
  now: number,
): Promise<void> {
  const listing = waitingListing(node, coop, kind, now);
  const written = { ...coop, draft: null, drafted: null, draftedBy: null };
  const how = { account, introduce: true };
  const changed = await publishIn(tx, node, written, listing, now, how);
  if (!changed) await coops.revise(tx, written);
}
