import { listingId, readListing } from "../coop/listing-record.ts";
import type { JsonObject } from "../coop/canonical-json.ts";
import { namedBy } from "../coop/relation.ts";
import type { DirectoryIndex } from "../index/directory-index.ts";
import * as namings from "../store/namings.ts";
import * as records from "../store/records.ts";
import type { Db, Tx } from "../store/schema.ts";
import type { RecordTable } from "../store/tables/records.ts";
import { retractIn } from "./attest.ts";
import { logged } from "./confirm.ts";
import type { Identity } from "./identity.ts";
import { coopUrl } from "./ids.ts";
import { coopNames } from "./who-names.ts";

/**
 * Takes back what co-ops of this node have confirmed of listings that say so no
 * longer: they were withdrawn, or published without it. One that just isn't held
 * any more changes nothing.
 *
 * @param listings The URLs of listings that have a new version.
 */
export async function lapseSubjects(
  db: Db,
  node: Identity,
  index: DirectoryIndex,
  listings: string[],
  now: number,
): Promise<void> {
  const subjects = listings.map((each) => each.replace(/\/listing$/, ""));
  const rows = await namings.bySubjects(db, subjects);
  if (rows.length === 0) return;
  const held = await records.byIds(db, [...new Set(rows.map(({ subject }) => listingId(subject)))]);
  const urls: string[] = [];
  for (const row of rows) {
    const record = held.get(listingId(row.subject));
    const names = await coopNames(index, coopUrl(node, row.coop));
    if (record !== undefined && !claims(record, row, names)) urls.push(row.attestation);
  }
  if (urls.length > 0) await db.transaction().execute((tx) => forget(tx, node, urls, now));
}

/** Whether a listing still names a co-op as it did. */
function claims(record: RecordTable, row: namings.Naming, names: string[]): boolean {
  if (record.tombstone === 1) return false;
  const document = JSON.parse(Buffer.from(record.body).toString("utf8")) as JsonObject;
  const { relations = [] } = readListing(document) ?? {};
  return relations.some(
    (each) => each.kind === row.relationship && namedBy(each).some((name) => names.includes(name)),
  );
}

/** Takes attestations back, and forgets who asked for them. */
async function forget(tx: Tx, node: Identity, urls: string[], now: number): Promise<void> {
  await namings.remove(tx, urls);
  await retractIn(tx, node, urls, now);
}

/**
 * Whoever offered a relation takes the offer back: so the confirmation lapses.
 *
 * @returns Whether there was such an offer.
 */
export async function lapseOffer(
  db: Db,
  node: Identity,
  offer: string,
  actor: string,
  now: number,
): Promise<boolean> {
  const row = await namings.byOffer(db, offer);
  if (row === undefined || row.subject !== actor) return false;
  await db.transaction().execute((tx) => forget(tx, node, [row.attestation], now));
  return true;
}

/**
 * Takes back all that a co-op of this node has confirmed, as it was withdrawn or
 * deleted itself. What actors elsewhere have offered stays, to be answered again
 * if it comes back.
 *
 * @returns Of what was offered, the URLs of the attestations.
 */
export async function lapseCoop(
  db: Db,
  node: Identity,
  coop: string,
  now: number,
): Promise<string[]> {
  const rows = await namings.of(db, coop);
  const offered = rows.filter(({ offer }) => offer !== null);
  if (rows.length > 0) {
    const only = rows.filter(({ offer }) => offer === null);
    await db.transaction().execute((tx) => lapse(tx, node, rows, only, now));
  }
  return offered.map(({ attestation }) => attestation);
}

async function lapse(
  tx: Tx,
  node: Identity,
  rows: namings.Naming[],
  forgotten: namings.Naming[],
  now: number,
): Promise<void> {
  await namings.remove(
    tx,
    forgotten.map(({ attestation }) => attestation),
  );
  const urls = rows.map(({ attestation }) => attestation);
  await retractIn(tx, node, urls, now, rows.map(logged));
}
