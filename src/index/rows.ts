import { hash } from "node:crypto";
import { listingId } from "../coop/listing-record.ts";
import type { Standing } from "../coop/organisation.ts";
import { type RowFacts, state } from "./columns.ts";
import type { Place } from "./cursor.ts";
import type { OriginCounts } from "./directory-index.ts";
import { isIdentity } from "./identifiers.ts";
import type { KeptSets } from "./kept-sets.ts";
import { readRow } from "./row-bytes.ts";
import type { Statements } from "./statements.ts";

/**
 * The tables of the listings. A listing is named by the number of its host, its
 * path, and its tie, by which it is found; its keys are found by 32 bits of their
 * hash. The journal has runs of rows that were written; its `at` only grows: it is
 * how far a reader has come.
 */
export const rowTables = `
  create table host (
    number integer primary key,
    origin text not null unique,
    listings integer not null default 0,
    coops integer not null default 0,
    examples integer not null default 0
  ) strict;
  create table entry (
    row integer primary key,
    host integer not null,
    path text not null,
    tie integer not null,
    state integer not null,
    instead integer,
    rank integer not null,
    updated integer not null,
    name text not null,
    keys text not null,
    facts blob not null
  ) strict;
  create index entry_tie on entry (tie);
  create index entry_name on entry (name, tie);
  create index entry_instead on entry (instead) where instead is not null;
  create table identifier (hash integer, row integer, primary key (hash, row)) strict, without rowid;
  create table journal (at integer primary key, row integer not null, rows integer not null) strict;
`;

/** Of a row's state, in the file only: it is closed by its own word. */
const closes = 16;

/** Where most co-ops are on their hosts: left out of paths. */
const usualFolder = "/coops/";

const factColumns = "select row, tie, state, updated, facts from entry";

/** A row and where it stands in an order. */
export interface PlacedRow extends Place {
  row: number;
}

/** A listing as it is written. */
export interface NewRow {
  /** The URL of the co-op. */
  coop: string;
  tie: number;
  /** `state.example` and `state.closed`, as it says of itself. */
  own: number;
  /** The rest of what memory holds of it, by `writeRow`. */
  facts: Buffer;
  /** Whether others say that it has closed, who are believed. */
  said: boolean;
  /** What decides whether it stands for its organisation. */
  rank: number;
  /** Epoch ms. */
  updated: number;
  name: string;
  keys: readonly string[];
}

interface StoredRow {
  row: number;
  tie: number;
  state: number;
  updated: number;
  facts: Buffer;
}

/** What is written of a row while it may still change. */
export interface Found {
  row: number;
  host: number;
  path: string;
  state: number;
  instead: number | null;
  /** One a line. */
  keys: string;
}

/** The part of the file that keeps the listings: all its SQL. */
export class Rows {
  readonly #statements: Statements;
  readonly #hosts = new Map<string, number>();
  readonly #origins = new Map<number, string>();
  /** Rows that were written since the last `finish`, and what hosts have more since. */
  #touched = new Set<number>();
  #more = new Map<number, [listings: number, coops: number, examples: number]>();

  constructor(statements: Statements) {
    this.#statements = statements;
  }

  /**
   * Writes a listing. It stands for itself until `setInstead` says otherwise.
   *
   * @param old What is written of the same co-op.
   * @returns Its row.
   */
  put(old: Found | undefined, entry: NewRow): number {
    const { coop, tie, own, facts, rank, updated, name, keys } = entry;
    const [origin, path] = cut(coop);
    const host = old?.host ?? this.#hostNumber(origin);
    const ownClosed = (own & state.closed) === 0 ? 0 : closes;
    const now = own | ownClosed | (entry.said ? state.closed : 0);
    const values = [host, path, tie, now, rank, updated, name, keys.join("\n"), facts];
    if (old !== undefined) this.#forgetKeys(old);
    const { lastInsertRowid } = this.#statements
      .prepare(
        `insert or replace into entry
          (row, host, path, tie, state, instead, rank, updated, name, keys, facts)
          values (?, ?, ?, ?, ?, null, ?, ?, ?, ?, ?)`,
      )
      .run(old?.row ?? null, ...values);
    const row = Number(lastInsertRowid);
    const insert = this.#statements.prepare(
      "insert or ignore into identifier (hash, row) values (?, ?)",
    );
    for (const key of keys) insert.run(hashOf(key), row);
    this.#note(row, host, old?.state, now);
    return row;
  }

  /** Takes a listing out. */
  remove(found: Found): void {
    const { row, host, state: before } = found;
    this.#forgetKeys(found);
    this.#statements.prepare("delete from entry where row = ?").run(row);
    this.#note(row, host, before, undefined);
  }

  #forgetKeys({ row, keys }: Found): void {
    const remove = this.#statements.prepare("delete from identifier where hash = ? and row = ?");
    for (const key of keysIn(keys)) remove.run(hashOf(key), row);
  }

  /** Says which row stands for a row's organisation; null when it does itself. */
  setInstead(found: Found, instead: number | null): void {
    if (found.instead === instead) return;
    const now = instead === null ? found.state & ~state.hidden : found.state | state.hidden;
    this.#statements
      .prepare("update entry set instead = ?, state = ? where row = ?")
      .run(instead, now, found.row);
    this.#note(found.row, found.host, found.state, now);
  }

  /** Says whether others say that a co-op has closed, who are believed. */
  setClosed(coop: string, said: boolean): void {
    const found = this.find(coop);
    if (found === undefined) return;
    const closed = said || (found.state & closes) !== 0;
    const now = closed ? found.state | state.closed : found.state & ~state.closed;
    if (now === found.state) return;
    this.#statements.prepare("update entry set state = ? where row = ?").run(now, found.row);
    this.#note(found.row, found.host, found.state, now);
  }

  #note(row: number, host: number, before: number | undefined, after: number | undefined): void {
    this.#touched.add(row);
    const more = this.#more.get(host) ?? [0, 0, 0];
    for (const [is, by] of [
      [before, -1],
      [after, 1],
    ] as const) {
      if (is === undefined) continue;
      more[0] += by;
      const open = is & (state.example | state.closed | state.hidden);
      if (open === 0) more[1] += by;
      if (open === state.example) more[2] += by;
    }
    this.#more.set(host, more);
  }

  /** How many listings there are. */
  count(): number {
    return this.#statements
      .prepare<[], number>("select coalesce(sum(listings), 0) from host")
      .pluck()
      .get() as number;
  }

  /** Writes down what has changed, last in a transaction. Returns whether anything has. */
  finish(): boolean {
    if (this.#touched.size === 0) return false;
    const journal = this.#statements.prepare("insert into journal (row, rows) values (?, ?)");
    for (const [row, rows] of runsOf(this.#touched)) journal.run(row, rows);
    const count = this.#statements.prepare(
      "update host set listings = listings + ?, coops = coops + ?, examples = examples + ? where number = ?",
    );
    for (const [host, more] of this.#more) {
      if (more.some((each) => each !== 0)) count.run(...more, host);
    }
    this.#touched = new Set();
    this.#more = new Map();
    return true;
  }

  /** Nothing is known any more: a transaction was rolled back, or the file began anew. */
  forget(): void {
    this.#touched = new Set();
    this.#more = new Map();
    this.#hosts.clear();
    this.#origins.clear();
  }

  #hostNumber(origin: string): number {
    const known = this.#knownHost(origin);
    if (known !== undefined) return known;
    const { number } = this.#statements
      .prepare<[string], { number: number }>(
        "insert into host (origin) values (?) returning number",
      )
      .get(origin) as { number: number };
    this.#hosts.set(origin, number);
    return number;
  }

  #knownHost(origin: string): number | undefined {
    const known = this.#hosts.get(origin);
    if (known !== undefined) return known;
    const found = this.#statements
      .prepare<[string], { number: number }>("select number from host where origin = ?")
      .get(origin);
    if (found !== undefined) this.#hosts.set(origin, found.number);
    return found?.number;
  }

  #originOf(host: number): string {
    const known = this.#origins.get(host);
    if (known !== undefined) return known;
    const origin =
      this.#statements
        .prepare<[number], string>("select origin from host where number = ?")
        .pluck()
        .get(host) ?? "";
    this.#origins.set(host, origin);
    return origin;
  }

  #coop({ host, path }: Pick<Found, "host" | "path">): string {
    const whole = path === "" || path.startsWith("/");
    return this.#originOf(host) + (whole ? path : usualFolder + path);
  }

  /**
   * What is written of a co-op, by its URL.
   *
   * @param tie Its `tieOf`.
   */
  find(coop: string, tie = tieOf(coop)): Found | undefined {
    const [origin, path] = cut(coop);
    const host = this.#knownHost(origin);
    if (host === undefined) return undefined;
    return this.#statements
      .prepare<[number, number, string], Found>(
        "select row, host, path, state, instead, keys from entry where tie = ? and host = ? and path = ?",
      )
      .get(tie, host, path);
  }

  /** The same by its row. */
  at(row: number): Found | undefined {
    return this.#statements
      .prepare<[number], Found>(
        "select row, host, path, state, instead, keys from entry where row = ?",
      )
      .get(row);
  }

  /** The URL of the co-op of a row. */
  coopOf(row: number): string | undefined {
    const found = this.at(row);
    return found && this.#coop(found);
  }

  /** The URL of the record of a row. */
  record(row: number): string | undefined {
    const coop = this.coopOf(row);
    return coop === undefined ? undefined : listingId(coop);
  }

  /** The rows of listings with a key of `IndexedListing.keys`. */
  byKey(key: string): number[] {
    return this.#statements
      .prepare<[number], { row: number; keys: string }>(
        "select row, keys from identifier join entry using (row) where hash = ?",
      )
      .all(hashOf(key))
      .filter(({ keys }) => keysIn(keys).includes(key))
      .map(({ row }) => row);
  }

  /** The registrations of a row that join it with others that have them, too. */
  identities(row: number): string[] {
    return keysIn(this.at(row)?.keys ?? "").filter(isIdentity);
  }

  /** Whether any other row has one of the registrations among these keys. */
  isShared(keys: readonly string[], row: number): boolean {
    const others = this.#statements
      .prepare<[number, number], number>(
        "select 1 from identifier where hash = ? and row <> ? limit 1",
      )
      .pluck();
    return keys.some((key) => isIdentity(key) && others.get(hashOf(key), row) !== undefined);
  }

  /** A row and all that belong to the same organisation, as far as is written. */
  organisation({ row, instead }: Pick<Found, "row" | "instead">): number[] {
    const stands = instead ?? row;
    const others = this.#statements
      .prepare<[number], number>("select row from entry where instead = ?")
      .pluck()
      .all(stands);
    return [...new Set([row, stands, ...others])];
  }

  /** What decides to which organisation a row belongs, and whether it stands for it. */
  standing(row: number): (Standing & { found: Found }) | undefined {
    const found = this.#statements
      .prepare<[number], Found & { rank: number; updated: number }>(
        "select row, host, path, state, instead, keys, rank, updated from entry where row = ?",
      )
      .get(row);
    if (found === undefined) return undefined;
    return {
      found,
      id: this.#coop(found),
      example: (found.state & state.example) !== 0,
      registrations: keysIn(found.keys).filter(isIdentity),
      rank: found.rank,
      updated: found.updated,
    };
  }

  /**
   * What memory holds of the rows behind one, so many at most and in their order.
   *
   * @param kept As new as the file.
   */
  *facts(
    kept: KeptSets,
    after: number,
    limit: number,
  ): Generator<{ row: number; facts: RowFacts }> {
    const found = this.#statements
      .prepare<[number, number], StoredRow>(`${factColumns} where row > ? order by row limit ?`)
      .iterate(after, limit);
    for (const each of found) yield { row: each.row, facts: inMemory(each, kept) };
  }

  /**
   * The rows that were written behind a place of the journal, each once and in
   * their order; without facts where there is no listing any more.
   */
  *changed(kept: KeptSets, since: number): Generator<{ row: number; facts: RowFacts | undefined }> {
    const changed = this.#statements
      .prepare<[number], { row: number; rows: number }>(
        "select row, rows from journal where at > ? order by row",
      )
      .all(since);
    const get = this.#statements.prepare<[number], StoredRow>(`${factColumns} where row = ?`);
    let done = 0;
    for (const { row: first, rows } of changed) {
      for (let row = Math.max(first, done); row < first + rows; row++) {
        const found = get.get(row);
        yield { row, facts: found && inMemory(found, kept) };
      }
      done = Math.max(done, first + rows);
    }
  }

  /** How far the journal goes, and from where on it is kept. */
  journal(): { head: number; from: number } {
    return this.#statements
      .prepare<[], { head: number; from: number }>(
        "select coalesce(max(at), 0) as head, coalesce(min(at), 1) as 'from' from journal",
      )
      .get() as { head: number; from: number };
  }

  /** Lets go of all but the last entries of the journal: at least one is kept, as numbers go on from it. */
  pruneJournal(keep: number): void {
    this.#statements
      .prepare("delete from journal where at < (select max(at) from journal) - ?")
      .run(keep);
  }

  /** Rows in the order of their names, from behind a place on; or from before it, the other way. */
  byName(after: Place | undefined): IterableIterator<PlacedRow> {
    const { beyond, way } = directions(after);
    return this.#statements
      .prepare<[string | number, number], PlacedRow>(
        `select row, name as key, tie from entry where (name, tie) ${beyond} (?, ?)
          order by name ${way}, tie ${way}`,
      )
      .iterate(...boundOf(after));
  }

  /** The first rows in the order of their names whose name begins so, and whether that is all of it. */
  named(start: string, limit: number): { row: number; exact: boolean }[] {
    return this.#statements
      .prepare<[string, string, string, number], [number, number]>(
        "select row, name = ? from entry where name >= ? and name < ? order by name, tie limit ?",
      )
      .raw()
      .all(start, start, `${start}\u{10ffff}`, limit)
      .map(([row, exact]) => ({ row, exact: exact === 1 }));
  }

  /** The first of these rows in the same order. */
  sortedByName(rows: Iterable<number>, after: Place | undefined, limit: number): PlacedRow[] {
    const { beyond, way } = directions(after);
    return this.#statements
      .prepare<[string, string | number, number, number], PlacedRow>(
        `select row, name as key, tie from entry
          where row in (select value from json_each(?)) and (+name, tie) ${beyond} (?, ?)
          order by +name ${way}, tie ${way} limit ?`,
      )
      .all(JSON.stringify([...rows]), ...boundOf(after), limit);
  }

  origins(): OriginCounts[] {
    return this.#statements
      .prepare<[], OriginCounts>(
        `select substr(origin, instr(origin, '//') + 2) as origin,
          sum(listings) as listings, sum(coops) as coops, sum(examples) as examples
          from host where listings > 0 group by 1 order by coops desc, listings desc, origin`,
      )
      .all();
  }
}

/** 32 bits of the hash of the record's URL: the same on every node and after every rebuild. */
export function tieOf(coop: string): number {
  return hash("sha256", listingId(coop), "buffer").readUInt32BE(0);
}

/** 32 bits of a key (FNV-1a): two may have the same, so that the keys themselves are compared. */
function hashOf(key: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < key.length; at++) hash = Math.imul(hash ^ key.charCodeAt(at), 0x01000193);
  return hash >>> 0;
}

function keysIn(keys: string): string[] {
  return keys === "" ? [] : keys.split("\n");
}

/** Rows as runs of neighbours: first and how many. */
function runsOf(rows: Iterable<number>): [row: number, rows: number][] {
  const runs: [number, number][] = [];
  for (const row of [...rows].toSorted((a, b) => a - b)) {
    const last = runs.at(-1);
    if (last !== undefined && row === last[0] + last[1]) last[1] += 1;
    else runs.push([row, 1]);
  }
  return runs;
}

/** A URL as its origin and the path as it is kept. */
function cut(url: string): [origin: string, path: string] {
  // Behind `http://` or `https://` there is a host.
  const at = url.indexOf("/", 8);
  const end = at === -1 ? url.length : at;
  const path = url.slice(end);
  const short = path.slice(usualFolder.length);
  return [
    url.slice(0, end),
    path.startsWith(usualFolder) && short !== "" && !short.startsWith("/") ? short : path,
  ];
}

function inMemory({ facts, state, tie, updated }: StoredRow, kept: KeptSets): RowFacts {
  return Object.assign(readRow(facts, kept), { state, tie, updated: Math.floor(updated / 1000) });
}

/** In SQL, what is beyond a place, and which way the order goes from there. */
function directions(after: Place | undefined): { beyond: ">" | "<"; way: "asc" | "desc" } {
  return after?.back === true ? { beyond: "<", way: "desc" } : { beyond: ">", way: "asc" };
}

function boundOf(after: Place | undefined): [string | number, number] {
  return after === undefined ? ["", -1] : [after.key, after.tie];
}
