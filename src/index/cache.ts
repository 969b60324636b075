import { existsSync, mkdirSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import Database from "better-sqlite3";
import type { Listing } from "../coop/listing.ts";
import type { FacetName } from "../coop/query.ts";
import type { Answer } from "../coop/stakeholders.ts";
import { AppError } from "../errors.ts";
import type { Place } from "./cursor.ts";
import type { SameAs } from "../coop/organisation.ts";
import type { RowState } from "./old-columns.ts";
import type { Entry, OriginCounts } from "./directory-index.ts";
import type { IndexedListing } from "./entries.ts";
import { identityPrefix } from "./identifiers.ts";
import { Ties, tieTables } from "./ties.ts";

/** Raise it with every change to the tables, or to what is written into them. */
const version = 6;

/** Says in the file's head that it is ours to drop: "frag" in ASCII. */
const applicationId = 0x66726167;

const tables = `
  create table meta (name text primary key, value text not null) strict, without rowid;
  create table fact (code integer primary key, facet text not null, value text not null) strict;
  create table entry (
    row integer primary key,
    record text not null unique,
    coop text not null,
    origin text not null,
    example integer not null,
    closed integer not null,
    instead integer,
    name text not null,
    newest integer not null,
    tie integer not null,
    facts blob not null,
    multiStakeholder text not null,
    digest text not null,
    issued integer not null,
    listing text not null
  ) strict;
  create index entry_name on entry (name, tie);
  create index entry_newest on entry (newest, tie);
  create index entry_coop on entry (coop);
  create index entry_origin on entry (origin, example);
  create index entry_instead on entry (instead) where instead is not null;
  create table identifier (key text, row integer, primary key (key, row)) strict, without rowid;
  create index identifier_row on identifier (row);
  create table link (attestation text, coop text, same text, primary key (attestation, coop)) strict, without rowid;
  create index link_coop on link (coop);
  create table host (host text primary key, shown text not null) strict, without rowid;
  ${tieTables}
  create virtual table texts using fts5 (
    name, legal, place, topic, summary,
    content = '', contentless_delete = 1, tokenize = 'ascii'
  );
`;

/** Pages of the full-text table that are merged at once. */
const mergePages = 100;

const entryColumns = "record, origin, listing, multiStakeholder, digest, issued";

interface EntryRow {
  record: string;
  origin: string;
  listing: string;
  multiStakeholder: string;
  digest: string;
  issued: number;
}

/** A row and where it stands in an order. */
export interface PlacedRow extends Place {
  row: number;
}

/** A row that may belong with others. */
export interface ReachedRow {
  row: number;
  /** Which row stands for its organisation, as far as is written; null when it does itself. */
  instead: number | null;
  /** 1 when there is anything that could join it with another. */
  related: number;
}

/** How the records of a host were last written. */
export type Shown = "shown" | "hidden" | "mixed";

/** The orders that the file keeps; relevance is made for each query. */
export type KeptOrder = "name" | "newest";

/**
 * The file of the index: all its SQL, and nothing of what it means. Everything
 * in it can be made again from the records.
 */
export class Cache {
  readonly #database: Database.Database;
  readonly #statements = new Map<string, Database.Statement>();
  /** Who names whom. */
  readonly ties: Ties;

  /**
   * Opens the file; what another version or another log left in it is dropped.
   *
   * @param epoch The epoch of the log that it is built from.
   * @throws {AppError} `bad-config` when it isn't an index at all, and otherwise
   *   what SQLite throws when the file can't be read or written.
   */
  constructor(file: string, epoch: string) {
    if (file !== ":memory:") mkdirSync(dirname(file), { recursive: true });
    this.#database = new Database(file, { timeout: 5000 });
    this.ties = new Ties(this.#database);
    try {
      this.#database.pragma("journal_mode = WAL");
      // After a power cut it may lack the latest page, and reads that again.
      this.#database.pragma("synchronous = NORMAL");
      this.#database.pragma("wal_autocheckpoint = 8000");
      this.#database.pragma("secure_delete = ON");
      this.write(() => this.#prepareTables(`${version} ${epoch}`));
    } catch (error) {
      this.close();
      throw error;
    }
  }

  #prepareTables(stamp: string): void {
    const found = this.#database
      .prepare<[], { name: string }>(
        "select name from sqlite_schema where type = 'table' and name not like 'sqlite_%'",
      )
      .all()
      .map(({ name }) => name);
    const owner = this.#database.pragma("application_id", { simple: true });
    if (found.length > 0 && owner !== applicationId) {
      throw new AppError("bad-config", `${this.#database.name} is another program's database.`);
    }
    if (found.includes("meta") && this.#meta("stamp") === stamp) return;
    // The virtual table takes its own tables along.
    if (found.includes("texts")) this.#database.exec("drop table texts");
    for (const name of found) {
      if (!name.startsWith("texts")) this.#database.exec(`drop table "${name}"`);
    }
    this.#database.pragma(`application_id = ${applicationId}`);
    this.#database.exec(tables);
    this.#setMeta("stamp", stamp);
    this.#setMeta("seq", "0");
  }

  #prepare<P extends unknown[], R>(sql: string): Database.Statement<P, R> {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.#database.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement as unknown as Database.Statement<P, R>;
  }

  #meta(name: string): string | undefined {
    return this.#prepare<[string], { value: string }>("select value from meta where name = ?").get(
      name,
    )?.value;
  }

  #setMeta(name: string, value: string): void {
    this.#prepare("insert or replace into meta (name, value) values (?, ?)").run(name, value);
  }

  /** Runs reads on one state of the file. */
  read<T>(body: () => T): T {
    return this.#database.transaction(body).deferred();
  }

  /** Runs writes, all or none. */
  write<T>(body: () => T): T {
    return this.#database.transaction(body).immediate();
  }

  /** Changes when another connection has written. */
  get dataVersion(): number {
    return this.#database.pragma("data_version", { simple: true }) as number;
  }

  get seq(): number {
    return Number(this.#meta("seq"));
  }

  set seq(seq: number) {
    this.#setMeta("seq", String(seq));
  }

  /** All facts, in the order of their numbers. */
  facts(): { facet: FacetName; value: string }[] {
    return this.#prepare<[], { facet: FacetName; value: string }>(
      "select facet, value from fact order by code",
    ).all();
  }

  addFact(code: number, facet: string, value: string): void {
    this.#prepare("insert into fact (code, facet, value) values (?, ?, ?)").run(code, facet, value);
  }

  /** What the columns hold of each row. */
  *columns(): Generator<{ row: number; facts: Uint32Array; tie: number; state: RowState }> {
    const rows = this.#prepare<
      [],
      {
        row: number;
        facts: Buffer;
        tie: number;
        example: number;
        closed: number;
        instead: number | null;
      }
    >("select row, facts, tie, example, closed, instead from entry order by row").iterate();
    for (const { row, facts, tie, example, closed, instead } of rows) {
      yield {
        row,
        // A copy: the bytes that come may not be aligned.
        facts: new Uint32Array(Uint8Array.from(facts).buffer),
        tie,
        state: { example: example === 1, closed: closed === 1, hidden: instead !== null },
      };
    }
  }

  /**
   * Writes a listing, in place of the one with the same record. It stands for
   * itself until `setInstead` says otherwise.
   *
   * @returns Its row.
   */
  put(entry: IndexedListing, facts: Uint32Array, { example, closed }: RowState): number {
    const { record, listing } = entry;
    const old = this.#rowOf(record);
    if (old !== undefined) this.#removeSide(old);
    const { row } = this.#prepare<unknown[], { row: number }>(
      `insert or replace into entry
        (row, record, coop, origin, example, closed, name, newest, tie, facts, multiStakeholder, digest, issued, listing)
        values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) returning row`,
    ).get(
      old ?? null,
      record,
      listing.id,
      entry.origin,
      example ? 1 : 0,
      closed ? 1 : 0,
      entry.name,
      entry.newest,
      entry.tie,
      Buffer.from(facts.buffer),
      entry.multiStakeholder,
      entry.digest,
      entry.issued,
      JSON.stringify(listing),
    ) as { row: number };
    const identifier = this.#prepare("insert into identifier (key, row) values (?, ?)");
    for (const key of entry.keys) identifier.run(key, row);
    this.#prepare(
      "insert into texts (rowid, name, legal, place, topic, summary) values (?, ?, ?, ?, ?, ?)",
    ).run(row, ...entry.texts);
    this.ties.put(row, listing);
    return row;
  }

  /** Takes a listing out. Returns the row that it had. */
  remove(record: string): number | undefined {
    const row = this.#rowOf(record);
    if (row === undefined) return undefined;
    this.#removeSide(row);
    this.ties.put(row, undefined);
    this.#prepare("delete from entry where row = ?").run(row);
    return row;
  }

  /** The row of a record. */
  #rowOf(record: string): number | undefined {
    return this.#prepare<[string], { row: number }>("select row from entry where record = ?").get(
      record,
    )?.row;
  }

  #removeSide(row: number): void {
    this.#prepare("delete from identifier where row = ?").run(row);
    this.#prepare("delete from texts where rowid = ?").run(row);
    this.#setMeta("traces", "new");
  }

  /**
   * Begins to take the words of removed listings out of the file: FTS5 only
   * notes of a row that it is gone, and drops its words when it next merges what
   * they stand in.
   *
   * @returns Whether there are any.
   */
  beginWipe(): boolean {
    if ((this.#meta("traces") ?? "none") === "none") return false;
    // Whatever is removed from now on makes it `new` again.
    this.#setMeta("traces", "going");
    // A negative number of pages begins with everything (https://sqlite.org/fts5.html#the_merge_command).
    this.#merge(-mergePages);
    return true;
  }

  /** Goes on with it, for some milliseconds. Returns false at the end. */
  wipe(): boolean {
    if (this.#merge(mergePages)) return true;
    if (this.#meta("traces") === "going") this.#setMeta("traces", "none");
    return false;
  }

  #merge(pages: number): boolean {
    const changes = this.#prepare<[], number>("select total_changes()").pluck();
    const before = changes.get() as number;
    this.#prepare("insert into texts (texts, rank) values ('merge', ?)").run(pages);
    // A merge that finds nothing to do still counts as a change.
    return (changes.get() as number) - before >= 2;
  }

  /** The rows whose text matches an expression of FTS5. */
  hits(expression: string): number[] {
    return this.#prepare<[string], number>("select rowid from texts where texts match ?")
      .pluck()
      .all(expression);
  }

  /** The same with their ranks, the best the smallest: a word in the name counts most. */
  scores(expression: string): [row: number, score: number][] {
    return this.#prepare<[string], [number, number]>(
      "select rowid, bm25(texts, 10, 6, 3, 2, 1) from texts where texts match ?",
    )
      .raw()
      .all(expression);
  }

  /** Rows in an order, from behind a place on. */
  inOrder(order: KeptOrder, after: Place | undefined): IterableIterator<PlacedRow> {
    return this.#prepare<[string | number, number], PlacedRow>(
      `select row, ${order} as key, tie from entry where (${order}, tie) > (?, ?) order by ${order}, tie`,
    ).iterate(...boundsOf(order, after));
  }

  /** The first of these rows in an order, from behind a place on. */
  sorted(rows: number[], order: KeptOrder, after: Place | undefined, limit: number): PlacedRow[] {
    return this.#prepare<[string, string | number, number, number], PlacedRow>(
      `select row, ${order} as key, tie from entry
        where row in (select value from json_each(?)) and (+${order}, tie) > (?, ?)
        order by +${order}, tie limit ?`,
    ).all(JSON.stringify(rows), ...boundsOf(order, after), limit);
  }

  /** One listing by its row. */
  entry(row: number): Entry | undefined {
    const found = this.#prepare<[number], EntryRow>(
      `select ${entryColumns} from entry where row = ?`,
    ).get(row);
    return found && entryOf(found);
  }

  /** Listings by the URL of the record or of the co-op. */
  byUrl(url: string): Entry[] {
    return this.#prepare<[string, string], EntryRow>(
      `select ${entryColumns} from entry where record = ? or coop = ?`,
    )
      .all(url, url)
      .map(entryOf);
  }

  /** Listings by a key of `IndexedListing.keys`. */
  byKey(key: string): Entry[] {
    return this.#prepare<[string], EntryRow>(
      `select ${entryColumns} from identifier join entry using (row) where key = ?`,
    )
      .all(key)
      .map(entryOf);
  }

  /** How many listings there are of each host. */
  listings(): [string, number][] {
    return this.#prepare<[], [string, number]>("select origin, count(*) from entry group by origin")
      .raw()
      .all();
  }

  /** Whether all that is held of a host was written as shown, or as hidden, or some of it each way. */
  shown(host: string): Shown | undefined {
    return this.#prepare<[string], { shown: Shown }>("select shown from host where host = ?").get(
      host,
    )?.shown;
  }

  setShown(host: string, shown: Shown): void {
    this.#prepare("insert or replace into host (host, shown) values (?, ?)").run(host, shown);
  }

  origins(): OriginCounts[] {
    return this.#prepare<[], OriginCounts>(
      `select origin,
        count(*) as listings,
        count(*) filter (where not example and not closed and instead is null) as coops,
        count(*) filter (where example and not closed and instead is null) as examples
        from entry group by origin order by coops desc, listings desc, origin`,
    ).all();
  }

  /** Writes what an attestation says, in place of what it said before; undefined takes it out. */
  putLink(record: string, link: SameAs | undefined): void {
    this.#prepare("delete from link where attestation = ?").run(record);
    if (link === undefined) return;
    const insert = this.#prepare("insert into link (attestation, coop, same) values (?, ?, ?)");
    insert.run(record, link[0], link[1]);
    insert.run(record, link[1], link[0]);
  }

  /** The rows of a record and of all that belong to the same organisation, as far as is written. */
  organisationOf(record: string): number[] {
    const found = this.#prepare<[string], { row: number; instead: number | null }>(
      "select row, instead from entry where record = ?",
    ).get(record);
    if (found === undefined) return [];
    const stands = found.instead ?? found.row;
    const others = this.#prepare<[number], number>("select row from entry where instead = ?")
      .pluck()
      .all(stands);
    return [...new Set([found.row, stands, ...others])];
  }

  /** The rows of the listings that an attestation is about. */
  linkedBy(record: string): number[] {
    return this.#prepare<[string], number>(
      "select row from link join entry using (coop) where attestation = ?",
    )
      .pluck()
      .all(record);
  }

  /**
   * These rows and all that may belong to the same organisations: whatever can
   * be reached from them over shared registrations and attestations.
   */
  reachable(rows: number[]): ReachedRow[] {
    return this.#prepare<[string], ReachedRow>(
      `with recursive reached (row) as (
        select value from json_each(?)
        union
        select other.row from reached
          join identifier mine on mine.row = reached.row and mine.key glob '${identityPrefix}*'
          join identifier other on other.key = mine.key
        union
        select other.row from reached
          join entry mine on mine.row = reached.row
          join link on link.coop = mine.coop
          join entry other on other.coop = link.same
      )
      select row, instead,
        exists (
          select 1 from identifier mine join identifier other on other.key = mine.key
          where mine.row = entry.row and mine.key glob '${identityPrefix}*' and other.row <> entry.row
        ) or exists (select 1 from link where link.coop = entry.coop) as related
        from reached join entry using (row)`,
    ).all(JSON.stringify(rows));
  }

  /** The attestations about co-ops. */
  links(coops: string[]): [string, string][] {
    return this.#prepare<[string], [string, string]>(
      "select distinct coop, same from link where coop in (select value from json_each(?))",
    )
      .raw()
      .all(JSON.stringify(coops));
  }

  /** Says which row stands for a row's organisation; null when it does itself. */
  setInstead(row: number, instead: number | null): void {
    this.#prepare("update entry set instead = ? where row = ?").run(instead, row);
  }

  close(): void {
    this.#database.close();
  }
}

function boundsOf(order: KeptOrder, after: Place | undefined): [string | number, number] {
  if (after !== undefined) return [after.key, after.tie];
  return [order === "name" ? "" : Number.MIN_SAFE_INTEGER, -1];
}

function entryOf(row: EntryRow): Entry {
  return {
    ...row,
    listing: JSON.parse(row.listing) as Listing,
    multiStakeholder: row.multiStakeholder as Answer,
  };
}

/**
 * How far the log had been read into a file, and the epoch of that log, without
 * opening it for anything else. Undefined when there is none, or none that can
 * be read.
 */
export function readCache(file: string): { epoch: string; seq: number } | undefined {
  if (!existsSync(file)) return undefined;
  let database: Database.Database | undefined;
  try {
    database = new Database(file, { readonly: true, timeout: 5000 });
    const rows = database
      .prepare<[], [string, string]>("select name, value from meta where name in ('stamp', 'seq')")
      .raw()
      .all();
    const { stamp = "", seq = "" } = Object.fromEntries(rows);
    const [, epoch] = /^\d+ (\S+)$/.exec(stamp) ?? [];
    return epoch === undefined ? undefined : { epoch, seq: Number(seq) };
  } catch {
    return undefined; // whatever is wrong with it is dealt with by whoever opens it
  } finally {
    database?.close();
  }
}

/** Deletes the file and what SQLite keeps beside it. */
export function removeCache(file: string): void {
  if (file === ":memory:") return;
  for (const suffix of ["", "-wal", "-shm", "-journal"]) rmSync(file + suffix, { force: true });
}

/** What another process, the disk or the operator is to blame for: building anew wouldn't help. */
const circumstances =
  /^SQLITE_(BUSY|LOCKED|FULL|READONLY|CANTOPEN|PERM|AUTH|NOMEM|INTERRUPT|TOOBIG)/;

/** Whether the file itself is at fault, so that it must be built anew. */
export function isDamage(error: unknown): boolean {
  return error instanceof Database.SqliteError && !circumstances.test(error.code);
}
