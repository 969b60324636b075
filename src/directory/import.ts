import { createHash, createHmac } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Listing, ListingContent } from "../coop/listing.ts";
import { listingId } from "../coop/listing-record.ts";
import { AppError } from "../errors.ts";
import * as coops from "../store/coops.ts";
import * as records from "../store/records.ts";
import type { Db, Tx } from "../store/schema.ts";
import type { Identity } from "./identity.ts";
import type { MappedRow } from "./mapping.ts";
import { coopUrl, idOf, newId } from "./ids.ts";
import { newCoop } from "./publish.ts";
import { draftOf, signListing } from "./sign-listing.ts";

/** What an import did. */
export interface ImportReport {
  rows: number;
  added: number;
  changed: number;
  unchanged: number;
  /** Those that speak for themselves by now, are withdrawn or deleted. */
  leftAlone: number;
  /** Rows that ought to be listings and aren't fit for it, and why: the first hundred. */
  refused: { row: number; why: string }[];
  refusedCount: number;
  /** Rows of which something could not be used. */
  doubtful: number;
}

/**
 * Publishes the rows of an openly licensed register as imported listings,
 * which have no actor. Streams: a batch is read, mapped, signed and committed
 * before the next. Safe to repeat, and to break off: a row that hasn't changed
 * since makes no new version.
 *
 * @param source Names the register; with a row's key it identifies a co-op.
 * @param progress Called after each batch.
 */
export async function importRows(
  db: Db,
  node: Identity,
  source: string,
  rows: AsyncIterable<MappedRow>,
  clock: () => number,
  progress: (report: ImportReport) => void | Promise<void> = () => {},
): Promise<ImportReport> {
  const report: ImportReport = {
    rows: 0,
    added: 0,
    changed: 0,
    unchanged: 0,
    leftAlone: 0,
    refused: [],
    refusedCount: 0,
    doubtful: 0,
  };
  const seen = new Set<string>();
  let batch = new Map<string, CheckedRow>();
  const flush = async () => {
    const rows = batch;
    batch = new Map();
    if (rows.size === 0) return;
    const now = clock();
    const begun = performance.now();
    const done = await db.transaction().execute((tx) => importBatch(tx, node, source, rows, now));
    // A node that runs on the same database has things to write as well.
    await sleep((performance.now() - begun) / 4);
    report.added += done.added;
    report.changed += done.changed;
    report.leftAlone += done.leftAlone;
    report.unchanged += rows.size - done.added - done.changed - done.leftAlone;
    await progress(report);
  };

  for await (const mapped of rows) {
    report.rows += 1;
    if ("skipped" in mapped) continue;
    const checked = checkRow(node, mapped, seen);
    if ("refused" in checked) {
      report.refusedCount += 1;
      const { row = report.rows } = mapped;
      if (report.refused.length < 100) report.refused.push({ row, why: checked.refused });
    } else {
      if (checked.doubts.length > 0) report.doubtful += 1;
      batch.set(checked.key, checked);
    }
    if (batch.size === 200) await flush();
  }
  await flush();
  await progress(report);
  return report;
}

/** A row that may be published, all but its id. */
export interface CheckedRow {
  key: string;
  draft: Listing;
  doubts: string[];
  /** Of what the source says, so that a row that hasn't changed is left alone. */
  digest: string;
}

/**
 * A row as it will be published, or why it can't be.
 *
 * @param seen The keys of the rows before it; its own is added.
 */
export function checkRow(
  node: Identity,
  mapped: Exclude<MappedRow, { skipped: string }>,
  seen: Set<string>,
): CheckedRow | { refused: string } {
  if ("refused" in mapped) return mapped;
  const { key, content, doubts = [] } = mapped;
  if (key.length > 200) return { refused: "the key has more than 200 characters" };
  if (seen.has(key)) return { refused: `the key ${key} stands twice` };
  seen.add(key);
  try {
    const draft = draftOf(node, { id: "0000000000", handle: null }, content, 0);
    // Only one that is signed shows whether it is too large; most are far from it.
    if (JSON.stringify(draft).length > 4000) signListing(node, draft, undefined, 0);
    return { key, draft, doubts, digest: digestOf(content) };
  } catch (error) {
    if (error instanceof AppError) return { refused: error.message };
    throw error;
  }
}

/**
 * Of what a register says of a co-op, but not in which edition: that a newer
 * one says the same makes no new version.
 */
function digestOf(content: ListingContent): string {
  const { retrieved: _, isBasedOn: __, ...provenance } = content.provenance;
  const said = JSON.stringify({ ...content, provenance });
  return createHash("sha256").update(said).digest("hex");
}

/** What stands in the place of a digest when the co-op has gone from its register. */
export const closedMark = "closed";

/** What becomes of a row, given what came of the row with its key before. */
export function fateOf(
  before: coops.ImportedCoop | undefined,
  tombstone: boolean,
  digest: string,
): "add" | "change" | "reopen" | "keep" | "leave" {
  if (before === undefined) return "add";
  // Claimed or mandated, a co-op speaks for itself; deleted, it stays deleted; and what
  // was withdrawn because somebody objected isn't brought back by a newer edition.
  if (before.content !== null || before.deleted !== null || tombstone) return "leave";
  if (before.sourceDigest === digest) return "keep";
  return before.sourceDigest === closedMark ? "reopen" : "change";
}

async function importBatch(
  tx: Tx,
  node: Identity,
  source: string,
  rows: Map<string, CheckedRow>,
  now: number,
): Promise<{ added: number; changed: number; leftAlone: number }> {
  const { known, last, taken } = await before(tx, node, source, [...rows.keys()]);
  const written: coops.HostedCoop[] = [];
  const signed = [];
  let [added, leftAlone] = [0, 0];
  for (const [key, { draft, digest }] of rows) {
    const earlier = known.get(key);
    const record = earlier && last.get(listingId(coopUrl(node, earlier.id)));
    const fate = fateOf(earlier, record?.tombstone === 1, digest);
    if (fate === "leave") leftAlone += 1;
    if (fate === "leave" || fate === "keep") continue;
    if (fate === "add") added += 1;
    const id = importedId(node, source, key);
    const coop = earlier ?? {
      ...newCoop(taken.has(id) ? newId() : id, now),
      source,
      sourceKey: key,
    };
    written.push({ ...coop, sourceDigest: digest });
    const url = coopUrl(node, coop.id);
    const about = { ...draft, id: url, updated: new Date(now).toISOString() };
    signed.push(signListing(node, about, record, now).record);
  }
  await coops.put(tx, written);
  await records.put(tx, signed, now);
  return { added, changed: written.length - added, leftAlone };
}

/** What came of these keys before, locked until the transaction ends. */
async function before(tx: Tx, node: Identity, source: string, keys: string[]) {
  const { known: found, taken } = await importedCoops(tx, node, source, keys);
  const locked = await coops.lock(
    tx,
    [...found.values()].map(({ id }) => id),
  );
  const known = new Map<string, coops.HostedCoop>();
  for (const [key, { id }] of found) {
    const coop = locked.get(id);
    if (coop !== undefined) known.set(key, { ...coop, source, sourceKey: key });
  }
  const ids = [...locked.keys()].map((id) => listingId(coopUrl(node, id)));
  return { known, taken, last: await records.byIds(tx, ids) };
}

/**
 * The co-ops that a register's rows became, by their keys. Among them are those
 * that came back from peers after the database was put back: a record doesn't
 * say of which row it was made, but its id does.
 *
 * @returns Also the ids among those of the rows that belong to somebody else.
 */
export async function importedCoops(
  db: Db,
  node: Identity,
  source: string,
  keys: string[],
): Promise<{ known: Map<string, coops.HostedCoop>; taken: Set<string> }> {
  const known = await coops.bySourceKeys(db, source, keys);
  const made = new Map(
    keys.filter((key) => !known.has(key)).map((key) => [importedId(node, source, key), key]),
  );
  const taken = new Set<string>();
  for (const [id, coop] of await coops.byIds(db, [...made.keys()])) {
    if (coop.source === null && coop.handle === null && coop.draft === null) {
      known.set(made.get(id) ?? "", coop);
    } else {
      taken.add(id);
    }
  }
  return { known, taken };
}

/** The id of the co-op that a row becomes: the same at every import, and opaque to others. */
function importedId(node: Identity, source: string, key: string): string {
  return idOf(createHmac("sha256", node.secret).update(`import\n${source}\n${key}`).digest());
}

/**
 * Closes the listings of co-ops that have gone from their register: a new
 * version with the status "closed". None is deleted, and one that comes back in
 * a later edition is open again.
 *
 * @param ids Of the co-ops. Those that speak for themselves by now, are
 *   withdrawn, deleted or closed already are left alone.
 * @returns How many were closed.
 */
export async function closeListings(
  db: Db,
  node: Identity,
  ids: string[],
  clock: () => number,
): Promise<number> {
  let closed = 0;
  for (let at = 0; at < ids.length; at += 200) {
    const batch = ids.slice(at, at + 200);
    const now = clock();
    const begun = performance.now();
    closed += await db.transaction().execute((tx) => closeBatch(tx, node, batch, now));
    await sleep((performance.now() - begun) / 4);
  }
  return closed;
}

async function closeBatch(tx: Tx, node: Identity, ids: string[], now: number): Promise<number> {
  const locked = await coops.lock(tx, ids);
  const last = await records.byIds(
    tx,
    ids.map((id) => listingId(coopUrl(node, id))),
  );
  const written: coops.HostedCoop[] = [];
  const signed = [];
  for (const coop of locked.values()) {
    const record = last.get(listingId(coopUrl(node, coop.id)));
    if (record === undefined) continue;
    if (fateOf(coop, record.tombstone === 1, closedMark) !== "change") continue;
    // What this node itself has published is taken as it stands.
    const { about } = JSON.parse(Buffer.from(record.body).toString()) as { about: Listing };
    const draft: Listing = { ...about, status: "closed", updated: new Date(now).toISOString() };
    written.push({ ...coop, sourceDigest: closedMark });
    signed.push(signListing(node, draft, record, now).record);
  }
  await coops.put(tx, written);
  await records.put(tx, signed, now);
  return written.length;
}
