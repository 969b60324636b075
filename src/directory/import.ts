import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Listing, ListingContent } from "../coop/listing.ts";
import { listingId } from "../coop/listing-record.ts";
import { AppError } from "../errors.ts";
import * as coops from "../store/coops.ts";
import * as records from "../store/records.ts";
import type { Db, Tx } from "../store/schema.ts";
import type { Identity } from "./identity.ts";
import { coopUrl, draftOf, newCoop, newId, signListing } from "./publish.ts";

/** A row of a register, mapped: its key there and what it says, or why not. */
export type MappedRow = { key: string; content: ListingContent } | { refused: string };

/** What an import did. */
export interface ImportReport {
  rows: number;
  added: number;
  changed: number;
  unchanged: number;
  /** Rows that were left out, and why: the first hundred. */
  refused: { row: number; why: string }[];
  refusedCount: number;
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
  progress: (report: ImportReport) => void = () => {},
): Promise<ImportReport> {
  const report: ImportReport = {
    rows: 0,
    added: 0,
    changed: 0,
    unchanged: 0,
    refused: [],
    refusedCount: 0,
  };
  const seen = new Set<string>();
  let batch = new Map<string, Row>();
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
    report.unchanged += rows.size - done.added - done.changed;
    progress(report);
  };
  const refuse = (why: string) => {
    report.refusedCount += 1;
    if (report.refused.length < 100) report.refused.push({ row: report.rows, why });
  };

  for await (const row of rows) {
    report.rows += 1;
    if ("refused" in row) {
      refuse(row.refused);
    } else if (seen.has(row.key)) {
      refuse(`the key ${row.key} stands twice`);
    } else {
      const checked = check(node, row.content);
      if (typeof checked === "string") refuse(checked);
      else batch.set(row.key, checked);
      seen.add(row.key);
    }
    if (batch.size === 200) await flush();
  }
  await flush();
  return report;
}

/** A row that may be published, all but its id. */
interface Row {
  draft: Listing;
  /** Of what the source says, so that a row that hasn't changed is left alone. */
  digest: string;
}

function check(node: Identity, content: ListingContent): Row | string {
  try {
    const draft = draftOf(node, { id: "0000000000", handle: null }, content, 0);
    return { draft, digest: createHash("sha256").update(JSON.stringify(content)).digest("hex") };
  } catch (error) {
    if (error instanceof AppError) return error.message;
    throw error;
  }
}

async function importBatch(
  tx: Tx,
  node: Identity,
  source: string,
  rows: Map<string, Row>,
  now: number,
): Promise<{ added: number; changed: number }> {
  const known = await coops.bySourceKeys(tx, source, [...rows.keys()]);
  const written: coops.HostedCoop[] = [];
  const signed = [];
  let added = 0;
  for (const [key, { draft, digest }] of rows) {
    const before = known.get(key);
    // A claimed co-op speaks for itself from then on; a deleted one stays deleted.
    if (before?.sourceDigest === digest || before?.handle != null) continue;
    if (before?.deleted != null) continue;
    const coop = before ?? { ...newCoop(newId(), now), source, sourceKey: key };
    const url = coopUrl(node, coop.id);
    const last = before && (await records.get(tx, listingId(url)));
    // Withdrawn because somebody objected: a newer edition doesn't bring it back.
    if (last?.tombstone === 1) continue;
    if (before === undefined) added += 1;
    written.push({ ...coop, sourceDigest: digest });
    const about = { ...draft, id: url, updated: new Date(now).toISOString() };
    signed.push(signListing(node, about, last, now).record);
  }
  await coops.put(tx, written);
  await records.put(tx, signed, now);
  return { added, changed: written.length - added };
}
