import { getLogger } from "@logtape/logtape";
import type { SearchQuery } from "../coop/query.ts";
import { AppError } from "../errors.ts";
import * as changes from "../store/changes.ts";
import type { Db } from "../store/schema.ts";
import * as settings from "../store/settings.ts";
import type {
  DirectoryIndex,
  Entry,
  IndexCounts,
  MapResult,
  OriginCounts,
  SearchResult,
} from "./directory-index.ts";
import type { Suggestion } from "./suggestions.ts";
import { Hydration } from "./hydrate.ts";
import { type MapQuestion, readGroups } from "./map.ts";
import { pointsOf } from "./map-points.ts";
import type { Matches, MatchQuestion } from "./matching.ts";
import { inStanding } from "./organisations.ts";
import type { RelationGraph, RelationQuestion } from "./relation-graph.ts";
import type { Supply, SupplyQuestion } from "./supply.ts";
import { type Parts, partsHere, partsInThreads } from "./parts.ts";
import type { Reader } from "./reader.ts";
import type { StatisticsQuestion, TooLarge } from "./statistics.ts";
import type { Table } from "./table.ts";
import type { Attested, Confirmed, Naming } from "./ties.ts";
import type { Read } from "./writer.ts";

const logger = getLogger(["fragaria", "index"]);

/**
 * With so many changes in the log an index is read and written in threads of its
 * own; or with so many records still to come while a hub fills itself.
 */
const largeFrom = 20_000;

/** How an index may be read and written beside other work. */
export interface IndexThreads {
  /** Where they find the database. */
  databaseUrl: string;
  /** How many searches can be answered at once. */
  readers: number;
  /** From how many changes in the log on: before that an index is so small that all is done in no time. */
  from?: number;
}

/**
 * Opens the index of a database: a SQLite file of its own, whatever engine the
 * database is on. A file that is damaged, or was made by another version or
 * from another log, is made anew. Call catchUp() before the first search.
 *
 * @param file Its path, or `:memory:`.
 * @param threads All is done in this thread if it isn't given.
 * @throws {AppError} `bad-config` or `unavailable` when the file can't be
 *   written.
 */
export async function openIndex(
  db: Db,
  file: string,
  threads?: IndexThreads,
): Promise<DirectoryIndex> {
  const index = new SqliteIndex(db, file, threads);
  await index.open();
  return index;
}

/** Asks a reader, and reads the listings that it names from the database. */
class SqliteIndex implements DirectoryIndex {
  readonly #db: Db;
  readonly #hydration: Hydration;
  readonly #file: string;
  readonly #threads: IndexThreads | undefined;
  #parts: Promise<Parts> | undefined;
  #read: Read = { seq: 0, epoch: "" };
  #threaded = false;
  #closed = false;
  #closing: Promise<void> | undefined;

  constructor(db: Db, file: string, threads: IndexThreads | undefined) {
    this.#db = db;
    this.#hydration = new Hydration(db);
    this.#file = file;
    this.#threads = threads;
  }

  async open(): Promise<void> {
    const large = this.#isLarge(await changes.head(this.#db)) || (await this.#willBeLarge());
    this.#parts = large ? this.#inThreads() : partsHere(this.#db, this.#file, this.#note);
    const { read, readers } = await this.#parts;
    this.#note(read);
    // Whatever is wrong with the file is then known to whoever catches up.
    await readers.ask("refresh").catch((error: unknown) => {
      if (!(error instanceof AppError)) throw error;
    });
  }

  #isLarge(seq: number): boolean {
    return this.#threads !== undefined && seq >= (this.#threads.from ?? largeFrom);
  }

  /** Whether it is about to be, so that it needn't begin here. */
  async #willBeLarge(): Promise<boolean> {
    if (this.#threads === undefined) return false;
    const filling = await settings.filling(this.#db);
    return filling?.step === "loading" && this.#isLarge(filling.total ?? 0);
  }

  #inThreads(): Promise<Parts> {
    const { databaseUrl, readers } = this.#threads as IndexThreads;
    this.#threaded = true;
    return partsInThreads({ databaseUrl, file: this.#file }, readers, this.#note);
  }

  readonly #note = (read: Read): void => {
    this.#read = read;
    if (this.#isLarge(read.seq)) void this.#grow();
  };

  /** It has become large while it was open: threads take over. */
  async #grow(): Promise<void> {
    if (this.#threaded || this.#closed) return;
    const before = this.#parts;
    const after = this.#inThreads();
    this.#parts = after.catch(() => before as Promise<Parts>);
    try {
      await after;
      await (await before)?.[Symbol.asyncDispose]();
    } catch (error) {
      logger.error("The index can't be worked at in threads: {error}", { error });
    }
  }

  get seq(): number {
    return this.#read.seq;
  }

  get epoch(): string {
    return this.#read.epoch;
  }

  async catchUp(): Promise<number> {
    if (!this.#threaded && !this.#closed && (await this.#willBeLarge())) void this.#grow();
    for (;;) {
      const parts = this.#parts;
      const read = await (await this.#opened()).writer.ask("catchUp");
      this.#note(read);
      // If others took over meanwhile, these may not have come to the end.
      if (parts === this.#parts || this.#closed) return read.seq;
    }
  }

  #opened(): Promise<Parts> {
    if (this.#parts !== undefined && !this.#closed) return this.#parts;
    throw new AppError("unavailable", "The directory is shutting down.");
  }

  async #ask<K extends Parameters<Parts["readers"]["ask"]>[0]>(
    name: K,
    ...args: Parameters<Reader[K]>
  ): Promise<ReturnType<Reader[K]>> {
    const { readers, writer } = await this.#opened();
    try {
      return (await readers.ask(name, ...args)) as ReturnType<Reader[K]>;
    } catch (error) {
      // What can't be read may have to be written anew.
      if (error instanceof AppError && error.code === "unavailable" && !this.#closed) {
        writer.ask("catchUp").catch((cause: unknown) => {
          logger.error("The index can't be built anew: {cause}", { cause });
        });
      }
      throw error;
    }
  }

  async search(query: SearchQuery): Promise<SearchResult> {
    const { records, ...found } = await this.#ask("search", query);
    return { ...found, items: await this.#hydration.read(records) };
  }

  async suggest(typed: string, limit: number, language = "en"): Promise<Suggestion[]> {
    const found = await this.#ask("suggest", typed, limit, language);
    const records = found.flatMap(({ kind, value }) => (kind === "coop" ? [value] : []));
    const names = new Map(
      (await this.#hydration.read(records)).map(({ record, listing }) => [record, listing.name]),
    );
    return found
      .map((each) =>
        each.kind === "coop" ? { ...each, label: names.get(each.value) ?? "" } : each,
      )
      .filter(({ label }) => label !== "");
  }

  async map(question: MapQuestion): Promise<MapResult> {
    const { groups, singles, ...counts } = await this.#ask("map", question);
    return { ...counts, groups: readGroups(groups), points: await pointsOf(this.#db, singles) };
  }

  async statistics(question: StatisticsQuestion): Promise<Table | TooLarge> {
    return this.#ask("statistics", question);
  }

  async lookup(id: string): Promise<Entry[]> {
    const records = await this.#ask("lookup", id);
    return inStanding(await this.#hydration.read(records));
  }

  async organisation(record: string): Promise<Entry[]> {
    const records = await this.#ask("organisation", record);
    return inStanding(await this.#hydration.read(records));
  }

  async attested(coop: string): Promise<Attested[]> {
    return this.#ask("attested", coop);
  }

  async naming(names: string[], limit: number): Promise<Naming[]> {
    return this.#ask("naming", names, limit);
  }

  async confirmed(asked: Confirmed, page: { after?: string; limit: number }) {
    const { total, records } = await this.#ask("confirmed", asked, page);
    return { total, items: await this.#hydration.read(records) };
  }

  async matches(record: string, question: MatchQuestion): Promise<Matches<Entry>> {
    const found = await this.#ask("matches", record, question);
    const held = await this.#held(found.items.map(({ of }) => of));
    const items = found.items.flatMap((each) => {
      const entry = held.get(each.of);
      return entry === undefined ? [] : { ...each, of: entry };
    });
    return { ...found, items };
  }

  async supply(question: SupplyQuestion): Promise<Supply> {
    return this.#ask("supply", question);
  }

  async relations(question: RelationQuestion): Promise<RelationGraph<Entry>> {
    const found = await this.#ask("relations", question);
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
    const entries = await this.#hydration.read([...new Set(records)]);
    return new Map(entries.map((entry) => [entry.record, entry]));
  }

  async counts(): Promise<IndexCounts> {
    return this.#ask("counts");
  }

  async listings(): Promise<ReadonlyMap<string, number>> {
    const origins = await this.origins();
    return new Map(origins.map(({ origin, listings }) => [origin, listings]));
  }

  async origins(): Promise<OriginCounts[]> {
    return this.#ask("origins");
  }

  async wipe(): Promise<void> {
    await (await this.#opened()).writer.ask("wipe");
  }

  /** May be called by whoever is done with it first: who still waits for it is refused. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    await (this.#closing ??= this.#close());
  }

  async #close(): Promise<void> {
    await (await this.#parts?.catch(() => undefined))?.[Symbol.asyncDispose]();
  }
}
