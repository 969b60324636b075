import { getLogger } from "@logtape/logtape";
import { coopOf } from "../coop/listing-record.ts";
import type * as records from "../store/records.ts";
import type { Cache } from "./cache.ts";
import { indexedClaim, indexedListing, isListingId } from "./entries.ts";
import type { Texts } from "./listing-texts.ts";
import { settleOrganisations } from "./organisations.ts";
import { writeRow } from "./row-bytes.ts";
import { tieOf } from "./rows.ts";
import { setsOf } from "./sets.ts";

const logger = getLogger(["fragaria", "index"]);

/** Entries of the journal that are kept: a reader that is further behind reads everything. */
const journalLength = 200_000;

/** A record as it is now; undefined when it isn't held any more. */
interface Change {
  subject: string;
  record: records.Record | undefined;
  /** Its host isn't shown: it is as if there were none. */
  hidden: boolean;
}

/** What has still to be done about changes once all of them are written. */
interface Pending {
  /** Rows whose organisation may now be another one. */
  touched: Set<number>;
  /**
   * Texts by row, and whether there are older ones to be removed. Last of all:
   * whatever SQLite writes behind a savepoint of its own makes FTS5 write what it
   * has gathered, a segment for each listing then, at eight times the cost.
   */
  texts: Map<number, { old: boolean; texts: Texts | undefined }>;
}

/** Writes records into the file, in a transaction of whoever calls. */
export class Writing {
  readonly #cache: Cache;
  /** The hosts that are believed about others. */
  #believed: ReadonlySet<string> = new Set();
  #sincePruned = 0;

  constructor(cache: Cache) {
    this.#cache = cache;
  }

  /** Whether these are the hosts that are believed. */
  believes(hosts: ReadonlySet<string>): boolean {
    return sameSet(hosts, this.#believed);
  }

  /** Believes them from now on, also what they have said before. */
  believe(hosts: ReadonlySet<string>): void {
    this.#believed = hosts;
    this.#closeSaid(this.#cache.ties.closedSubjects());
  }

  /**
   * Writes changes in their order, until there are no more or there is no time.
   *
   * @returns How many.
   */
  apply(news: records.News[], hidden: ReadonlySet<string>, isTime: () => boolean): number {
    const pending: Pending = { touched: new Set(), texts: new Map() };
    const noted = new Set<string>();
    let done = 0;
    for (const { subject, record } of news) {
      if (done > 0 && !isTime()) break;
      const isHidden = record !== undefined && hidden.has(record.origin);
      if (record !== undefined && !noted.has(record.origin)) {
        noted.add(record.origin);
        this.#noteShown(record.origin, isHidden);
      }
      this.#putOne({ subject, record, hidden: isHidden }, pending);
      done += 1;
    }
    this.#finish(pending);
    return done;
  }

  #noteShown(host: string, isHidden: boolean): void {
    const shown = isHidden ? "hidden" : "shown";
    const before = this.#cache.shown(host);
    if (before === shown || before === "mixed") return;
    this.#cache.setShown(host, before === undefined ? shown : "mixed");
  }

  /** Writes records as they are now; those that aren't held, or aren't shown, are taken out. */
  put(all: Change[]): void {
    const pending: Pending = { touched: new Set(), texts: new Map() };
    for (const each of all) this.#putOne(each, pending);
    this.#finish(pending);
  }

  #finish({ touched, texts }: Pending): void {
    settleOrganisations(this.#cache.rows, this.#cache.ties, touched);
    for (const [row, { old }] of texts) if (old) this.#cache.texts.remove(row);
    for (const [row, { texts: now }] of texts) {
      if (now !== undefined) this.#cache.texts.put(row, now);
    }
    this.#sincePruned += 1;
    if (this.#sincePruned < 1000) return;
    this.#cache.rows.pruneJournal(journalLength);
    this.#sincePruned = 0;
  }

  #putOne({ subject, record, hidden }: Change, { touched, texts }: Pending): void {
    const shown = hidden ? undefined : record;
    const rows = isListingId(subject)
      ? this.#putListing(subject, shown, texts)
      : this.#putLink(subject, shown);
    for (const row of rows) touched.add(row);
  }

  /** Returns the rows whose organisation may now be another one; a new row stands for itself. */
  #putListing(id: string, record: records.Record | undefined, texts: Pending["texts"]): number[] {
    const { rows, ties, edges, exchanges, kept } = this.#cache;
    const coop = coopOf(id);
    const tie = tieOf(coop);
    const old = rows.find(coop, tie);
    const before = old === undefined ? [] : rows.organisation(old);
    if (old !== undefined) {
      ties.remove(old.row);
      edges.remove(old.row);
      exchanges.remove(old.row);
      texts.set(old.row, { old: texts.get(old.row)?.old ?? true, texts: undefined });
      this.#cache.noteTraces();
    }
    const entry = record && readable(record, indexedListing);
    if (entry === undefined) {
      if (old !== undefined) rows.remove(old);
      return before;
    }
    const { listing, facts, memory, keys, rank, name, updated } = entry;
    const said = this.#saidClosed(coop);
    const row = rows.put(old, {
      coop,
      tie,
      own: memory.state,
      facts: writeRow({ ...memory, sets: setsOf(kept.dictionaries, facts) }, kept),
      said,
      rank,
      updated,
      name,
      keys,
    });
    texts.set(row, { old: texts.get(row)?.old ?? false, texts: entry.texts });
    ties.put(row, listing);
    edges.put(row, listing);
    exchanges.put(row, listing);
    // Most listings are all that there is of their organisation: nothing has to be found out.
    const alone = before.length < 2 && !rows.isShared(keys, row) && !ties.isLinked(coop);
    return alone ? [] : [...before, row];
  }

  /** The same for what may be an attestation. */
  #putLink(id: string, record: records.Record | undefined): number[] {
    const { ties } = this.#cache;
    const before = ties.linkedBy(id);
    const claim = record && readable(record, indexedClaim);
    const same = claim?.relationship === "sameAs";
    ties.putLink(id, same ? [claim.subject, claim.object] : undefined);
    const closed = ties.putClaim(id, record, same ? undefined : claim);
    this.#closeSaid(closed);
    const linked = new Set([...before, ...ties.linkedBy(id)]);
    return [...linked].flatMap((coop) => {
      const found = this.#cache.rows.find(coop);
      return found === undefined ? [] : this.#cache.rows.organisation(found);
    });
  }

  /** Takes co-ops for closed, or not, as those say who are believed. */
  #closeSaid(coops: string[]): void {
    for (const coop of coops) this.#cache.rows.setClosed(coop, this.#saidClosed(coop));
  }

  #saidClosed(coop: string): boolean {
    return this.#cache.ties.closedBy(coop).some((host) => this.#believed.has(host));
  }
}

/** A record that can't be dealt with must not keep out all that come after it. */
function readable<T>(
  row: records.Record,
  read: (row: records.Record) => T | undefined,
): T | undefined {
  try {
    return read(row);
  } catch (error) {
    logger.error("The record {id} can't be indexed: {error}", { id: row.id, error });
    return undefined;
  }
}

function sameSet(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  return a.size === b.size && [...a].every((each) => b.has(each));
}
