import { documentOf } from "../coop/document.ts";
import { readListing } from "../coop/listing-record.ts";
import { multiStakeholder } from "../coop/stakeholders.ts";
import * as records from "../store/records.ts";
import type { Db } from "../store/schema.ts";
import type { Entry } from "./directory-index.ts";

/** Records that are read at once. */
const pageSize = 500;

/** Listings that are remembered: about 10 KB each. */
const remembered = 1000;

/**
 * Reads the listings of a page. Those that were read last are remembered by the
 * digest of their version: to find out what a record says takes longer than
 * most searches.
 */
export class Hydration {
  readonly #db: Db;
  /** The one that was read longest ago comes first. */
  readonly #known = new Map<string, Entry>();

  constructor(db: Db) {
    this.#db = db;
  }

  /**
   * The listings of records, in their order, as they are held now. What is gone
   * since the index read it is left out.
   *
   * @param ids The URLs of the records.
   */
  async read(ids: string[]): Promise<Entry[]> {
    const entries: Entry[] = [];
    for (let at = 0; at < ids.length; at += pageSize) {
      const some = ids.slice(at, at + pageSize);
      const held = await records.byIds(this.#db, some);
      for (const id of some) {
        const record = held.get(id);
        const entry = record && this.#entryOf(record);
        if (entry !== undefined) entries.push(entry);
      }
    }
    return entries;
  }

  #entryOf(record: records.Record): Entry | undefined {
    const known = this.#known.get(record.digest);
    const entry = known?.record === record.id ? known : entryOf(record);
    if (entry === undefined) return undefined;
    this.#known.delete(entry.digest);
    this.#known.set(entry.digest, entry);
    const [oldest] = this.#known.keys();
    if (this.#known.size > remembered && oldest !== undefined) this.#known.delete(oldest);
    return entry;
  }
}

function entryOf(record: records.Record): Entry | undefined {
  if (record.kind !== "listing") return undefined;
  const listing = readListing(documentOf(record.body));
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
