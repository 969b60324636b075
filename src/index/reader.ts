import { getLogger } from "@logtape/logtape";
import { coopOf } from "../coop/listing-record.ts";
import type { SearchQuery } from "../coop/query.ts";
import { building, Cache, isDamage, markDamaged } from "./cache.ts";
import { Columns } from "./columns.ts";
import type { IndexCounts, OriginCounts } from "./directory-index.ts";
import { readIdentifier } from "./identifiers.ts";
import { matchesOf, type Matches, type MatchQuestion } from "./matching.ts";
import { relationGraph, type RelationGraph, type RelationQuestion } from "./relation-graph.ts";
import { type Supply, supplyOf, type SupplyQuestion } from "./supply.ts";
import { statistics, type StatisticsQuestion, type TooLarge } from "./statistics.ts";
import type { Table } from "./table.ts";
import type { KeptSets } from "./kept-sets.ts";
import { wordsOf } from "./known-words.ts";
import { findOnMap, type FoundOnMap, type MapQuestion } from "./map.ts";
import { type Found, search, textRows } from "./search.ts";
import { readSnapshot, snapshotOf, snapshotStamp, writeSnapshot } from "./snapshot.ts";
import { suggest, type Suggestion } from "./suggestions.ts";
import type { Attested, Confirmed, Naming } from "./ties.ts";

const logger = getLogger(["fragaria", "index"]);

/** Rows that there are at least, for reading them from the file to take long. */
const worthIt = 20_000;
/** Rows that change before a snapshot is made anew, and before one is made at the end. */
const mostChanged = 100_000;
const fewChanged = 1000;
/** Rows that are read in one transaction. */
const portion = 50_000;

/**
 * Answers questions from the file of the index, and from what memory holds of
 * it. Listings are named by the URLs of their records. Before each answer
 * whatever was written meanwhile is taken over: so nobody need tell it.
 *
 * All methods throw an AppError `unavailable` while there is no index that can
 * be read; then whoever writes it should be asked to catch up.
 */
export class Reader implements Disposable {
  readonly #file: string;
  /** The file itself, if whoever writes it shares it. */
  readonly #shared: (() => Cache) | undefined;
  #cache: Cache | undefined;
  #columns = new Columns();
  #kept: KeptSets | undefined;
  /** What of the file memory has. */
  #seq = 0;
  #life = -1;
  #stamp = -1;
  #journal = 0;
  /** The row behind which none was read yet, while a file is read as a whole. */
  #unread: number | undefined;
  /** How far in the journal there is a snapshot, and how many rows have changed since. */
  #snapshot = -1;
  #changed = 0;

  readonly #worthIt: number;
  readonly #portion: number;

  /**
   * @param from The path of the file; or whoever writes it, if it is in memory.
   * @param options `least`: the rows from which on there are snapshots; `portion`:
   *   how many are read in one transaction.
   */
  constructor(
    from: string | { readonly cache: Cache },
    options: { least?: number; portion?: number } = {},
  ) {
    this.#worthIt = options.least ?? worthIt;
    this.#portion = options.portion ?? portion;
    this.#file = typeof from === "string" ? from : ":memory:";
    this.#shared = typeof from === "string" ? undefined : () => from.cache;
  }

  /** Takes over what was written meanwhile. Returns how far the index has read the log. */
  refresh(): number {
    return this.#read(() => this.#seq);
  }

  /** How far the index had read the log at the last question. */
  get seq(): number {
    return this.#seq;
  }

  search(query: SearchQuery): Found {
    return this.#read((columns, cache) => search(query, cache, columns));
  }

  /** Leaves reading the words of a large index to who writes it, and takes them when there are new ones. */
  takeWords(): void {
    this.#read((_, cache) => cache.words.take(wordsOf(this.#file), String(this.#life)));
  }

  /** What somebody who types may be about to look for; co-ops by the URLs of their records. */
  suggest(typed: string, limit: number, language: string): Suggestion[] {
    return this.#read((columns, cache) => suggest(typed, limit, language, cache, columns));
  }

  /** What a search finds on a part of the map. */
  map(question: MapQuestion): FoundOnMap {
    return this.#read((columns, cache) => {
      const rows = textRows(question.query.q ?? "", cache, columns);
      return findOnMap(question, rows, columns, (row) => cache.rows.record(row));
    });
  }

  /** A table of what a search finds. */
  statistics(question: StatisticsQuestion): Table | TooLarge {
    return this.#read((columns, cache) =>
      statistics(columns, question, textRows(question.query.q ?? "", cache, columns)),
    );
  }

  /** Records by their URL, the co-op's, a registration, or a handle. */
  lookup(id: string): string[] {
    const identifier = readIdentifier(id);
    if (identifier.kind === "unknown") return [];
    return this.#read((_, { rows }) => {
      const found =
        identifier.kind === "url"
          ? identifier.urls.map((url) =>
              [...new Set([url, coopOf(url)])].flatMap((each) => rows.find(each)?.row ?? []),
            )
          : identifier.keys.map((key) => rows.byKey(key));
      const first = found.find((some) => some.length > 0) ?? [];
      return first.flatMap((row) => rows.record(row) ?? []);
    });
  }

  /** All records of the organisation that one belongs to. */
  organisation(record: string): string[] {
    return this.#read((_, { rows }) => {
      const found = rows.find(coopOf(record));
      if (found === undefined) return [];
      return rows.organisation(found).flatMap((row) => rows.record(row) ?? []);
    });
  }

  attested(coop: string): Attested[] {
    return this.#read((_, { ties }) => ties.about(coop));
  }

  naming(names: string[], limit: number): Naming[] {
    return this.#read((_, { ties }) => ties.naming(names, limit));
  }

  confirmed(
    asked: Confirmed,
    { after, limit }: { after?: string; limit: number },
  ): { total: number; records: string[] } {
    return this.#read((_, { rows, ties }) => {
      const behind = after === undefined ? undefined : (rows.find(after)?.row ?? -1);
      const found = ties.confirmed(asked, behind, limit);
      return {
        total: ties.countConfirmed(asked),
        records: found.flatMap((row) => rows.record(row) ?? []),
      };
    });
  }

  /** Who matches a co-op; nobody, if it isn't held any more. */
  matches(record: string, question: MatchQuestion): Matches<string> {
    return this.#read((columns, { rows, exchanges }) => {
      const row = rows.find(coopOf(record))?.row;
      if (row === undefined) return { total: 0, items: [], next: null };
      const found = matchesOf(row, question, columns, exchanges);
      return {
        ...found,
        items: found.items.map((each) => ({ ...each, of: rows.record(each.of) ?? "" })),
      };
    });
  }

  supply(question: SupplyQuestion): Supply {
    return this.#read((columns, cache) => supplyOf(question, columns, cache));
  }

  relations(question: RelationQuestion): RelationGraph<string> {
    return this.#read((columns, cache) => relationGraph(question, columns, cache));
  }

  counts(): IndexCounts {
    return this.#read(({ coops, examples }) => ({ coops, examples }));
  }

  origins(): OriginCounts[] {
    return this.#read((_, { rows }) => rows.origins());
  }

  /** Runs reads on one state of the file, and on columns that fit it. */
  #read<T>(body: (columns: Columns, cache: Cache) => T): T {
    try {
      for (;;) {
        const cache = this.#open();
        const found = cache.read(() =>
          this.#follow(cache) ? { answer: body(this.#columns, cache) } : undefined,
        );
        if (found !== undefined) return found.answer;
      }
    } catch (error) {
      if (!isDamage(error)) throw error;
      this.#close();
      markDamaged(this.#file);
      throw building(error);
    }
  }

  #open(): Cache {
    if (this.#shared !== undefined) return this.#shared();
    if (this.#cache?.isCurrent === false) this.#close();
    return (this.#cache ??= new Cache(this.#file));
  }

  /**
   * Takes over what was written since the last time. Of a large file that must be
   * read as a whole a part at a time, each in a transaction of its own: as long as
   * one lasts, what is written meanwhile stays in the write-ahead log.
   *
   * @returns Whether memory then has everything.
   */
  #follow(cache: Cache): boolean {
    const { seq, life, stamp } = cache.progress;
    this.#seq = seq;
    if (life === this.#life && stamp === this.#stamp && this.#unread === undefined) return true;
    const { head, from } = cache.rows.journal();
    // Too much was written to know what, or it is another file.
    if (life !== this.#life || this.#kept === undefined || from > this.#journal + 1) {
      cache.rows.forget();
      this.#kept = cache.readSets();
      this.#kept.load();
      this.#restore(this.#kept, life, { head, from });
    }
    this.#life = -1; // if this breaks off
    this.#kept.load();
    for (const { row, facts } of cache.rows.changed(this.#kept, this.#journal)) {
      if (facts === undefined) this.#columns.delete(row);
      else this.#columns.set(row, facts);
      this.#changed += 1;
    }
    if (this.#unread !== undefined) this.#unread = this.#take(cache, this.#kept, this.#unread);
    this.#journal = head;
    this.#stamp = stamp;
    this.#life = life;
    return this.#unread === undefined;
  }

  /** Reads rows behind one, whatever the journal says of them. Returns the last, if there may be more. */
  #take(cache: Cache, kept: KeptSets, after: number): number | undefined {
    let [last, taken] = [after, 0];
    for (const { row, facts } of cache.rows.facts(kept, after, this.#portion)) {
      this.#columns.set(row, facts);
      [last, taken] = [row, taken + 1];
    }
    this.#changed += taken;
    return taken < this.#portion ? undefined : last;
  }

  /** Begins with what there is a snapshot of, if the journal goes on from there; else with nothing. */
  #restore(
    { dictionaries }: KeptSets,
    life: number,
    { head, from }: { head: number; from: number },
  ): void {
    this.#changed = 0;
    const file = snapshotOf(this.#file);
    const found =
      this.#shared === undefined ? readSnapshot(file, dictionaries, String(life)) : undefined;
    const fits = found !== undefined && found.stamp <= head && from <= found.stamp + 1;
    this.#columns = fits ? found.columns : new Columns(dictionaries);
    this.#snapshot = fits ? found.stamp : -1;
    this.#journal = fits ? found.stamp : head;
    this.#unread = fits ? undefined : -1;
  }

  /**
   * Writes what memory has into a file, so that it is there at once after the
   * next start, if much has changed since that was last done. To be called
   * between questions: three million rows take about 0.3 s.
   */
  keepSnapshot(much = mostChanged): void {
    const file = snapshotOf(this.#file);
    const isDue = () =>
      this.#changed >= (this.#snapshot === -1 ? Math.min(much, 1) : much) &&
      this.#columns.size >= this.#worthIt;
    if (this.#shared !== undefined || this.#unread !== undefined || !isDue()) return;
    try {
      // Another thread may have done it.
      const stamp = snapshotStamp(file, String(this.#life)) ?? -1;
      if (stamp <= this.#snapshot) {
        writeSnapshot(file, this.#columns, { key: String(this.#life), stamp: this.#journal });
      }
      this.#snapshot = Math.max(stamp, this.#journal);
    } catch (error) {
      logger.warn("The snapshot {file} can't be written: {error}", { file, error });
    }
    this.#changed = 0;
  }

  #close(): void {
    this.#cache?.close();
    this.#cache = undefined;
    this.#life = -1;
  }

  [Symbol.dispose](): void {
    if (this.#life !== -1) this.keepSnapshot(fewChanged);
    this.#close();
  }
}
