import type { Listing } from "../coop/listing.ts";
import { readListing } from "../coop/listing-record.ts";
import type { SignedRecord } from "../coop/record.ts";
import { supersedes } from "../coop/version.ts";
import * as coops from "../store/coops.ts";
import * as records from "../store/records.ts";
import * as revisions from "../store/revisions.ts";
import type { Tx } from "../store/schema.ts";
import * as settings from "../store/settings.ts";
import type { Identity } from "./identity.ts";
import { coopIdOf, coopUrl } from "./ids.ts";
import { newCoop } from "./publish.ts";
import { contentOf } from "./sign-listing.ts";
import { renew } from "./renew-epoch.ts";
import { retireClasses } from "./retire-classes.ts";

/** What came back of this node's own. */
export interface Recovered {
  /** How many of its records were newer than what it had. */
  records: number;
  /** Whether they showed that the log was put back, so that the feed has a new epoch. */
  renewed: boolean;
  /** Co-ops whose handle is another's by now: they are listed, but can't be followed. */
  homeless: { url: string; handle: string }[];
}

/**
 * Makes the hosted co-ops follow records of this node that a peer hands back,
 * as happens when the database was put back to an earlier state: the peers
 * have what was published since. A co-op gets the content of the newer version
 * and, if it isn't there any more, its row with the id and the handle that it
 * had. A tombstone leaves the co-op alone, as withdrawing does; of one that
 * isn't there any more an empty row remains. What is edited
 * here later is newer and stays. Call it before the records are stored, in the
 * same transaction.
 *
 * A record that this node signed under its present epoch and doesn't have
 * proves that the log went back unnoticed: then the epoch is renewed.
 *
 * @param own Genuine records of this node, at most one of each id.
 * @param now Epoch ms.
 */
export async function recover(
  tx: Tx,
  node: Identity,
  own: SignedRecord[],
  now: number,
): Promise<Recovered> {
  const recovered: Recovered = { records: 0, renewed: false, homeless: [] };
  if (own.length === 0) return recovered;
  const ids = own.map((record) => coopIdOf(node, record.id)).filter((id) => id !== undefined);
  // Before the versions are read: whoever publishes at the same time has to wait for this row.
  const rows = await coops.lock(tx, ids);
  const held = await records.versions(
    tx,
    own.map(({ id }) => id),
  );
  const news = own.filter((record) => supersedes(record, held.get(record.id)));
  recovered.records = news.length;
  for (const record of news) {
    const id = coopIdOf(node, record.id);
    const row = id === undefined ? undefined : rows.get(id);
    if (id === undefined || row?.deleted != null) continue;
    if (record.tombstone) {
      // Without a row an import would take it for one that it has never seen.
      if (row === undefined) await coops.put(tx, [newCoop(id, record.issued)]);
      else await follow(tx, row, undefined, now);
      continue;
    }
    const listing = readListing(record.document);
    if (listing === undefined) continue;
    const coop = row ?? newCoop(id, record.issued);
    if (row === undefined) await coops.put(tx, [coop]);
    const { preferredUsername: handle } = listing;
    const holder = handle === undefined ? undefined : await coops.byHandle(tx, handle);
    if (handle !== undefined && holder !== undefined && holder.id !== id) {
      recovered.homeless.push({ url: coopUrl(node, id), handle });
    } else {
      await follow(tx, { ...coop, handle: handle ?? coop.handle }, listing, now);
    }
  }
  const since = (await settings.renewed(tx)) ?? 0;
  if (news.some(({ issued }) => issued > since)) {
    await renew(tx, now);
    recovered.renewed = true;
  }
  return recovered;
}

/**
 * Writes what the record says into row and history, as publishing it did. What
 * is being written about the co-op stays, and whoever writes it is told.
 *
 * @param listing Undefined when it was withdrawn.
 */
async function follow(
  tx: Tx,
  coop: coops.HostedCoop,
  listing: Listing | undefined,
  now: number,
): Promise<void> {
  const own = { coop: coop.id, account: null, made: now };
  if (listing === undefined) {
    await coops.revise(tx, coop);
    await revisions.append(tx, { ...own, kind: "withdrawn", content: null });
  } else if (listing.provenance.kind === "imported") {
    await coops.revise(tx, coop);
  } else {
    const updated = Date.parse(listing.updated);
    await retireClasses(tx, coop, listing, now);
    await coops.revise(tx, { ...coop, content: JSON.stringify(listing), updated });
    const content = JSON.stringify(contentOf(listing));
    await revisions.append(tx, { ...own, kind: "published", content });
  }
}
