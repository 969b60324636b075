import { getLogger } from "@logtape/logtape";
import type { SearchQuery } from "../coop/query.ts";
import { AppError } from "../errors.ts";
import type { Db } from "../store/schema.ts";
import type {
  DirectoryIndex,
  Entry,
  IndexCounts,
  MapResult,
  OriginCounts,
  SearchResult,
} from "./directory-index.ts";
import { hydrate } from "./hydrate.ts";
import type { MapQuestion } from "./map.ts";
import type { Matches, MatchQuestion } from "./matching.ts";
import { inStanding } from "./organisations.ts";
import type { RelationGraph, RelationQuestion } from "./relation-graph.ts";
import type { Supply, SupplyQuestion } from "./supply.ts";
import { Reader } from "./reader.ts";
import type { Attested, Confirmed, Naming } from "./ties.ts";
import { openWriter, type Writer } from "./writer.ts";

const logger = getLogger(["fragaria", "index"]);

/**
 * Opens the index of a database: a SQLite file of its own, whatever engine the
 * database is on. A file that is damaged, or was made by another version or
 * from another log, is made anew. Call catchUp() before the first search.
 *
 * @param file Its path, or `:memory:`.
 * @throws {AppError} `bad-config` or `unavailable` when the file can't be
 *   written.
 */
export async function openIndex(db: Db, file: string): Promise<DirectoryIndex> {
  const writer = await openWriter({ db, file });
  const reader = new Reader(file === ":memory:" ? writer : file);
  // Whatever is wrong with the file is then known to whoever catches up.
  try {
    reader.refresh();
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
  }
  return new SqliteIndex(db, writer, reader);
}

/** Asks the reader, and reads the listings that it names from the database. */
class SqliteIndex implements DirectoryIndex {
  readonly #db: Db;
  readonly #writer: Writer;
  readonly #reader: Reader;
  #closed = false;

  constructor(db: Db, writer: Writer, reader: Reader) {
    this.#db = db;
    this.#writer = writer;
    this.#reader = reader;
  }

  get seq(): number {
    // Another process may write the same file.
    return Math.max(this.#writer.read.seq, this.#reader.seq);
  }

  get epoch(): string {
    return this.#writer.read.epoch;
  }

  async catchUp(): Promise<number> {
    const { seq } = await this.#writer.catchUp();
    return seq;
  }

  async #ask<T>(question: (reader: Reader) => T): Promise<T> {
    try {
      return question(this.#reader);
    } catch (error) {
      if (error instanceof AppError && error.code === "unavailable") this.#mend();
      throw error;
    }
  }

  /** What can't be read may have to be written anew. */
  #mend(): void {
    if (this.#closed) return;
    this.#writer.catchUp().catch((error: unknown) => {
      logger.error("The index can't be built anew: {error}", { error });
    });
  }

  async search(query: SearchQuery): Promise<SearchResult> {
    const { records, ...found } = await this.#ask((reader) => reader.search(query));
    return { ...found, items: await hydrate(this.#db, records) };
  }

  async map(question: MapQuestion): Promise<MapResult> {
    const { records, ...found } = await this.#ask((reader) => reader.map(question));
    return { ...found, points: await hydrate(this.#db, records) };
  }

  async lookup(id: string): Promise<Entry[]> {
    const records = await this.#ask((reader) => reader.lookup(id));
    return inStanding(await hydrate(this.#db, records));
  }

  async organisation(record: string): Promise<Entry[]> {
    const records = await this.#ask((reader) => reader.organisation(record));
    return inStanding(await hydrate(this.#db, records));
  }

  async attested(coop: string): Promise<Attested[]> {
    return this.#ask((reader) => reader.attested(coop));
  }

  async naming(names: string[], limit: number): Promise<Naming[]> {
    return this.#ask((reader) => reader.naming(names, limit));
  }

  async confirmed(asked: Confirmed, page: { after?: string; limit: number }) {
    const { total, records } = await this.#ask((reader) => reader.confirmed(asked, page));
    return { total, items: await hydrate(this.#db, records) };
  }

  async matches(record: string, question: MatchQuestion): Promise<Matches<Entry>> {
    const found = await this.#ask((reader) => reader.matches(record, question));
    const held = await this.#held(found.items.map(({ of }) => of));
    const items = found.items.flatMap((each) => {
      const entry = held.get(each.of);
      return entry === undefined ? [] : { ...each, of: entry };
    });
    return { ...found, items };
  }

  async supply(question: SupplyQuestion): Promise<Supply> {
    return this.#ask((reader) => reader.supply(question));
  }

  async relations(question: RelationQuestion): Promise<RelationGraph<Entry>> {
    const found = await this.#ask((reader) => reader.relations(question));
    const held = await this.#held(found.edges.flatMap(({ from, to }) => [from, to ?? []].flat()));
    const edges = found.edges.flatMap((each) => {
      const from = held.get(each.from);
      const to = each.to === null ? null : (held.get(each.to) ?? null);
      return from === undefined ? [] : { ...each, from, to };
    });
    return { ...found, edges };
  }

  /** Listings by the URLs of their records. */
  async #held(records: string[]): Promise<Map<string, Entry>> {
    const entries = await hydrate(this.#db, [...new Set(records)]);
    return new Map(entries.map((entry) => [entry.record, entry]));
  }

  async counts(): Promise<IndexCounts> {
    return this.#ask((reader) => reader.counts());
  }

  async listings(): Promise<ReadonlyMap<string, number>> {
    const origins = await this.origins();
    return new Map(origins.map(({ origin, listings }) => [origin, listings]));
  }

  async origins(): Promise<OriginCounts[]> {
    return this.#ask((reader) => reader.origins());
  }

  async wipe(): Promise<void> {
    await this.#writer.wipe();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    this.#reader[Symbol.dispose]();
    await this.#writer[Symbol.asyncDispose]();
  }
}
