import type { JsonObject } from "../coop/canonical-json.ts";
import { readListing } from "../coop/listing-record.ts";
import { multiStakeholder } from "../coop/stakeholders.ts";
import * as records from "../store/records.ts";
import type { Db } from "../store/schema.ts";
import type { Entry } from "./directory-index.ts";

/** Records that are read at once. */
const pageSize = 500;

/**
 * The listings of records, in their order, as they are held now. What is gone
 * since the index read it is left out.
 *
 * @param ids The URLs of the records.
 */
export async function hydrate(db: Db, ids: string[]): Promise<Entry[]> {
  const entries: Entry[] = [];
  for (let at = 0; at < ids.length; at += pageSize) {
    const some = ids.slice(at, at + pageSize);
    const held = await records.byIds(db, some);
    for (const id of some) {
      const record = held.get(id);
      const entry = record && entryOf(record);
      if (entry !== undefined) entries.push(entry);
    }
  }
  return entries;
}

function entryOf(record: records.Record): Entry | undefined {
  if (record.kind !== "listing") return undefined;
  const listing = readListing(JSON.parse(Buffer.from(record.body).toString("utf8")) as JsonObject);
  if (listing?.listed !== true) return undefined;
  return {
    record: record.id,
    origin: record.origin,
    listing,
    multiStakeholder: multiStakeholder(listing),
    digest: record.digest,
    issued: Number(record.issued),
  };
}
