import { randomInt } from "node:crypto";
import { existsSync, mkdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import Database from "better-sqlite3";
import { AppError } from "../errors.ts";
import { Edges, edgeTables } from "./edges.ts";
import { Exchanges, exchangeTables } from "./exchanges.ts";
import { FullText, textTable } from "./full-text.ts";
import { KeptSets, setTables } from "./kept-sets.ts";
import { KnownWords, removeWords } from "./known-words.ts";
import { Rows, rowTables } from "./rows.ts";
import { removeSnapshot } from "./snapshot.ts";
import { Statements } from "./statements.ts";
import { Ties, tieTables } from "./ties.ts";

/** Raise it with every change to the tables, or to what is written into them. */
const version = 12;

/** Says in the file's head that it is ours to drop: "frag" in ASCII. */
const applicationId = 0x66726167;

const tables = `
  create table meta (name text primary key, value text not null) strict, without rowid;
  create table progress (seq integer not null, stamp integer not null, life integer not null) strict;
  create table shown (host text primary key, shown text not null) strict, without rowid;
  ${setTables}
  ${rowTables}
  ${tieTables}
  ${edgeTables}
  ${exchangeTables}
  ${textTable}
`;

/** How the records of a host were last written. */
export type Shown = "shown" | "hidden" | "mixed";

/** How far the file is. */
export interface Progress {
  /** How far the log was read. */
  seq: number;
  /** Changes with every write of listings. */
  stamp: number;
  /** Changes when the file begins anew. */
  life: number;
}

/**
 * The file of the index. Everything in it can be made again from the records.
 * The SQL of its parts is theirs: listings, ties, full text, dictionaries.
 */
export class Cache {
  readonly file: string;
  readonly rows: Rows;
  readonly ties: Ties;
  readonly edges: Edges;
  readonly exchanges: Exchanges;
  readonly texts: FullText;
  readonly words: KnownWords;
  /** Which file it is: another one may take its place on the disk. */
  readonly #identity: string;
  readonly #database: Database.Database;
  readonly #statements: Statements;
  #kept: KeptSets;

  /**
   * Opens the file.
   *
   * @param epoch The epoch of the log that it is built from: what another
   *   version or another log left in it is dropped. Undefined to read only.
   * @throws {AppError} `bad-config` when it isn't an index at all, `unavailable`
   *   when there is none to read yet, and otherwise what SQLite throws when the
   *   file can't be read or written.
   */
  constructor(file: string, epoch?: string) {
    this.file = file;
    if (epoch === undefined && !existsSync(file)) throw building();
    if (file !== ":memory:") mkdirSync(dirname(file), { recursive: true });
    this.#database = new Database(file, { timeout: 5000 });
    this.#statements = new Statements(this.#database);
    try {
      if (epoch === undefined) this.#checkTables();
      else {
        this.#database.pragma("journal_mode = WAL");
        // After a power cut it may lack the latest page, and reads that again.
        this.#database.pragma("synchronous = NORMAL");
        this.#database.pragma("wal_autocheckpoint = 8000");
        // In kB. Keys come in no order: with the usual 2 MB most would be read from the file again.
        this.#database.pragma("cache_size = -65536");
        this.#database.pragma("secure_delete = ON");
        this.#database.transaction(() => this.#prepareTables(`${version} ${epoch}`)).immediate();
      }
      this.#identity = identityOf(file);
      this.#kept = new KeptSets(this.#statements);
      this.rows = new Rows(this.#statements);
      this.ties = new Ties(this.#statements);
      this.edges = new Edges(this.#statements);
      this.exchanges = new Exchanges(this.#statements);
      const texts = new FullText(this.#statements);
      this.texts = texts;
      this.words = new KnownWords((after, limit) => texts.terms(after, limit));
    } catch (error) {
      this.close();
      throw error;
    }
  }

  #prepareTables(stamp: string): void {
    const found = this.#tables();
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
    this.#database
      .prepare("insert into progress (seq, stamp, life) values (0, 0, ?)")
      .run(randomInt(2 ** 40));
  }

  #checkTables(): void {
    this.#database.pragma("query_only = ON");
    const [found] = (this.#tables().includes("meta") ? this.#meta("stamp") : "")?.split(" ") ?? [];
    if (found !== String(version)) throw building();
  }

  #tables(): string[] {
    return this.#database
      .prepare<[], string>(
        "select name from sqlite_schema where type = 'table' and name not like 'sqlite_%'",
      )
      .pluck()
      .all();
  }

  #meta(name: string): string | undefined {
    return this.#statements
      .prepare<[string], string>("select value from meta where name = ?")
      .pluck()
      .get(name);
  }

  #setMeta(name: string, value: string): void {
    this.#statements
      .prepare("insert or replace into meta (name, value) values (?, ?)")
      .run(name, value);
  }

  /** Whether this is still the file that stands under its name. */
  get isCurrent(): boolean {
    return this.#identity === identityOf(this.file);
  }

  /** The numbers of sets of facts, for whoever writes. */
  get kept(): KeptSets {
    return this.#kept;
  }

  /** The same for whoever reads. */
  readSets(): KeptSets {
    return new KeptSets(this.#statements);
  }

  /** Runs reads on one state of the file. */
  read<T>(body: () => T): T {
    return this.#database.transaction(body).deferred();
  }

  /** Runs writes, all or none, and notes which listings have changed. */
  write<T>(body: () => T): T {
    try {
      return this.#database
        .transaction(() => {
          // Another process may have written sets in the meantime.
          this.#kept.load();
          const result = body();
          this.#kept.save();
          if (this.rows.finish()) {
            this.#statements.prepare("update progress set stamp = stamp + 1").run();
          }
          return result;
        })
        .immediate();
    } catch (error) {
      this.rows.forget();
      this.#kept = new KeptSets(this.#statements);
      throw error;
    }
  }

  get progress(): Progress {
    return this.#statements
      .prepare<[], Progress>("select seq, stamp, life from progress")
      .get() as Progress;
  }

  set seq(seq: number) {
    this.#statements.prepare("update progress set seq = ?").run(seq);
  }

  /** Whether all that is held of a host was written as shown, or as hidden, or some of it each way. */
  shown(host: string): Shown | undefined {
    return this.#statements
      .prepare<[string], Shown>("select shown from shown where host = ?")
      .pluck()
      .get(host);
  }

  setShown(host: string, shown: Shown): void {
    this.#statements
      .prepare("insert or replace into shown (host, shown) values (?, ?)")
      .run(host, shown);
  }

  /** Notes that words of what was removed may still be in the file. */
  noteTraces(): void {
    this.#setMeta("traces", "new");
  }

  /** Begins to take them out. Returns whether there are any. */
  beginWipe(): boolean {
    if ((this.#meta("traces") ?? "none") === "none") return false;
    // Whatever is removed from now on makes it `new` again.
    this.#setMeta("traces", "going");
    this.texts.beginWipe();
    return true;
  }

  /** Goes on with it, for some milliseconds. Returns false at the end. */
  wipe(): boolean {
    if (this.texts.wipe()) return true;
    if (this.#meta("traces") === "going") this.#setMeta("traces", "none");
    return false;
  }

  close(): void {
    this.#database.close();
  }
}

function identityOf(file: string): string {
  if (file === ":memory:") return "";
  const found = statSync(file, { throwIfNoEntry: false, bigint: true });
  return found === undefined ? "none" : `${found.dev} ${found.ino}`;
}

/** There is no index yet that could be asked. */
export function building(cause?: unknown): AppError {
  const message = "The search index is being rebuilt: try again in a minute.";
  return new AppError("unavailable", message, { cause });
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
    const found = database
      .prepare<[], { stamp: string; seq: number }>(
        "select value as stamp, seq from meta, progress where name = 'stamp'",
      )
      .get();
    const [, epoch] = /^\d+ (\S+)$/.exec(found?.stamp ?? "") ?? [];
    return found === undefined || epoch === undefined ? undefined : { epoch, seq: found.seq };
  } catch {
    return undefined; // whatever is wrong with it is dealt with by whoever opens it
  } finally {
    database?.close();
  }
}

const damageMark = "-damaged";

/** Notes beside the file that it must be built anew, for whoever writes it. */
export function markDamaged(file: string): void {
  if (file !== ":memory:") writeFileSync(file + damageMark, "");
}

/** Whether somebody has noted that. */
export function isMarkedDamaged(file: string): boolean {
  return file !== ":memory:" && existsSync(file + damageMark);
}

/** Deletes the file and what is kept beside it. */
export function removeCache(file: string): void {
  if (file === ":memory:") return;
  for (const suffix of ["", "-wal", "-shm", "-journal", damageMark]) {
    rmSync(file + suffix, { force: true });
  }
  removeSnapshot(file);
  removeWords(file);
}

/** What another process, the disk or the operator is to blame for: building anew wouldn't help. */
const circumstances =
  /^SQLITE_(BUSY|LOCKED|FULL|READONLY|CANTOPEN|PERM|AUTH|NOMEM|INTERRUPT|TOOBIG)/;

/** Whether the file itself is at fault, so that it must be built anew. */
export function isDamage(error: unknown): boolean {
  return error instanceof Database.SqliteError && !circumstances.test(error.code);
}
