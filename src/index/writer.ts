import { setImmediate } from "node:timers/promises";
import { getLogger } from "@logtape/logtape";
import { AppError } from "../errors.ts";
import * as attesters from "../store/attesters.ts";
import * as changes from "../store/changes.ts";
import * as hosts from "../store/hosts.ts";
import * as records from "../store/records.ts";
import type { Db } from "../store/schema.ts";
import * as settings from "../store/settings.ts";
import { truncateLog } from "../store/traces.ts";
import { Cache, isDamage, isMarkedDamaged, removeCache } from "./cache.ts";
import { removeWords, wordsOf } from "./known-words.ts";
import { removeSnapshot, snapshotOf, snapshotStamp } from "./snapshot.ts";
import { Writing } from "./writing.ts";

const logger = getLogger(["fragaria", "index"]);

/** Records that are read at once. */
const pageSize = 500;

/** How long a transaction may last, in milliseconds: what else this thread has to do waits. */
const shortly = 20;

/** How far the log was read, and which log it is. */
export interface Read {
  seq: number;
  epoch: string;
}

/** Thrown when the file must be built anew. */
class Damaged extends Error {
  override readonly name = "Damaged";
}

export interface WriterOptions {
  db: Db;
  /** The path of the file, or `:memory:`. */
  file: string;
  /** The epoch of the log, as it was when this was opened. */
  epoch: string;
  /**
   * How long a transaction may last while the index is far behind, in
   * milliseconds: long ones are faster.
   */
  longest?: number;
  /** Called with how far the file is, whenever it has got further. */
  onProgress?: (read: Read) => void;
}

/**
 * Writes the file of the index from the log of the database, whatever engine
 * that is on. A file that is damaged, or was made by another version or from
 * another log, is made anew.
 */
export class Writer implements AsyncDisposable {
  readonly #db: Db;
  readonly #file: string;
  readonly #longest: number;
  readonly #onProgress: (read: Read) => void;
  #epoch: string;
  #cache: Cache;
  #writing: Writing;
  #seq = 0;
  #closed = false;
  #running: Promise<Read> | undefined;
  #queued: Promise<Read> | undefined;

  /** @throws {AppError} `bad-config` or `unavailable` when the file can't be written. */
  constructor({ db, file, epoch, longest = shortly, onProgress = () => {} }: WriterOptions) {
    this.#db = db;
    this.#file = file;
    this.#epoch = epoch;
    this.#longest = longest;
    this.#onProgress = onProgress;
    try {
      this.#cache = new Cache(file, epoch);
      this.#seq = this.#cache.progress.seq;
    } catch (error) {
      if (!isDamage(error)) throw fault(file, error);
      logger.warn("The index {file} can't be read and is built anew: {error}", { file, error });
      this.#cache = this.#startAnew();
    }
    this.#writing = new Writing(this.#cache);
    this.#checkSnapshot();
  }

  /**
   * After a power cut the file may lack its latest pages, of which there is a
   * snapshot all the same: it must go before others are written in their place.
   */
  #checkSnapshot(): void {
    const { life } = this.#cache.progress;
    const { head } = this.#cache.rows.journal();
    const stamp = snapshotStamp(snapshotOf(this.#file), String(life));
    if (stamp !== undefined && stamp > head) removeSnapshot(this.#file);
  }

  /** The file itself, for a reader that shares it: of `:memory:` there is no other. */
  get cache(): Cache {
    return this.#cache;
  }

  get read(): Read {
    return { seq: this.#seq, epoch: this.#epoch };
  }

  /**
   * Reads the log to its end.
   *
   * @returns How far it has then read: at least to what was there when it was called.
   * @throws {AppError} `bad-config` or `unavailable` when the file can't be written.
   */
  async catchUp(): Promise<Read> {
    if (this.#closed) throw new AppError("unavailable", "The directory is shutting down.");
    if (this.#running === undefined) {
      this.#running = this.#catchUp().finally(() => (this.#running = undefined));
      return this.#running;
    }
    // The one under way may have read past what this caller has just written.
    this.#queued ??= this.#running
      .catch(() => undefined)
      .then(() => {
        this.#queued = undefined;
        return this.#closed ? this.read : this.catchUp();
      });
    return this.#queued;
  }

  async #catchUp(): Promise<Read> {
    // Read first: whatever is written from now on has a larger seq.
    const head = await changes.head(this.#db);
    this.#follow(await settings.epoch(this.#db));
    const damaged = isMarkedDamaged(this.#file);
    if (damaged || head < this.#seq) {
      const why = damaged ? "it is damaged" : "the database was put back to an earlier state";
      logger.warn("The index {file} is built anew: {why}", { file: this.#file, why });
      this.#startAnew();
    }
    try {
      await this.#readLog(head);
    } catch (error) {
      if (!(error instanceof Damaged)) throw error;
      logger.warn("The index {file} is built anew: {error}", {
        file: this.#file,
        error: error.cause,
      });
      this.#startAnew();
      await this.#readLog(head);
    }
    return this.read;
  }

  /** The log was put back while this was open: what was read from it may not be so any more. */
  #follow(epoch: string): void {
    if (epoch === this.#epoch) return;
    logger.warn("The index {file} is built anew: the log has a new epoch", { file: this.#file });
    this.#epoch = epoch;
    this.#cache.close();
    this.#open();
  }

  /**
   * Whoever is trusted now is believed that a co-op has closed, whenever it said
   * so. Asked each time: becoming an attester is no change of a record.
   */
  async #believe(): Promise<void> {
    const believed = await attesters.believed(this.#db);
    if (this.#closed || this.#writing.believes(believed)) return;
    this.#write(() => this.#writing.believe(believed));
  }

  async #readLog(head: number): Promise<void> {
    await this.#believe();
    for (let behind = false; ; behind = true) {
      const page = await records.news(this.#db, this.#seq, pageSize);
      // Read after the records: what changes from now on has a change of its own.
      const hidden = await hosts.hidden(this.#db, originsOf(page));
      if (this.#closed) return;
      const full = page.length === pageSize;
      for (const part of partsOf(page)) {
        const last = part.at(-1);
        if (last?.kind === "host") await this.#readHost(last.subject, last.seq);
        else if (last !== undefined) await this.#apply(part, hidden, behind && full);
        if (this.#closed) return;
      }
      if (!full) {
        // Changes of other kinds are dealt with by skipping them.
        if (head > this.#seq) this.#write(() => this.#advance(head));
        return;
      }
    }
  }

  /** Writes records, in as many transactions as are needed for none to last long. */
  async #apply(part: records.News[], hidden: Set<string>, behind: boolean): Promise<void> {
    let left = part;
    while (left.length > 0 && !this.#closed) {
      const until = performance.now() + (behind ? this.#longest : shortly);
      this.#write(() => {
        // Another process on the same file may have been faster, and have newer versions.
        left = left.filter((row) => row.seq > this.#seq);
        const done = this.#writing.apply(left, hidden, () => performance.now() < until);
        const last = left[done - 1];
        left = left.slice(done);
        if (last !== undefined) this.#advance(last.seq);
      });
      // On SQLite nothing above waits for anything: let requests have their turn.
      if (left.length > 0 || behind) await setImmediate();
    }
  }

  /**
   * Writes everything of a host anew, if it is to be shown now and wasn't, or the
   * other way round.
   */
  async #readHost(host: string, seq: number): Promise<void> {
    // Once for all of them: when it changes in between, that has a change of its own.
    const hidden = (await hosts.hidden(this.#db, [host])).has(host);
    const wanted = hidden ? "hidden" : "shown";
    let after: string | undefined = this.#cache.shown(host) === wanted ? undefined : "";
    while (after !== undefined) {
      const page: records.Record[] = await records.ofOrigin(this.#db, host, 100, { after });
      if (this.#closed) return;
      after = page.length < 100 ? undefined : page.at(-1)?.id;
      this.#write(() => {
        // Another process on the same file may have gone past this, and have newer versions.
        if (this.#seq >= seq) return;
        this.#writing.put(page.map((record) => ({ subject: record.id, record, hidden })));
        this.#cache.setShown(host, after === undefined ? wanted : "mixed");
      });
      if (after !== undefined) await setImmediate();
    }
    this.#write(() => this.#advance(seq));
  }

  /** Writes the file, all or nothing. */
  #write(body: () => void): void {
    const before = this.#seq;
    try {
      this.#cache.write(() => {
        // Another process may have got further.
        this.#seq = this.#cache.progress.seq;
        body();
      });
    } catch (error) {
      this.#seq = before;
      if (isDamage(error)) throw new Damaged("the index is damaged", { cause: error });
      throw fault(this.#file, error);
    }
    if (this.#seq > before) this.#onProgress(this.read);
  }

  #advance(seq: number): void {
    if (seq <= this.#seq) return;
    this.#cache.seq = seq;
    this.#seq = seq;
  }

  /**
   * Reads the words of a large index, for typing errors and completion, for some
   * milliseconds, and writes them down for those who answer. Returns whether
   * there is more: then call it again.
   */
  keepWords(): boolean {
    // While the log is read they change all the time.
    if (this.#closed || this.#file === ":memory:" || this.#running !== undefined) return false;
    const { words, rows, progress } = this.#cache;
    const index = { version: progress.stamp, size: rows.count() };
    return words.keep(wordsOf(this.#file), String(progress.life), index);
  }

  #startAnew(): Cache {
    this.#cache?.close();
    try {
      removeCache(this.#file);
    } catch (error) {
      throw fault(this.#file, error);
    }
    return this.#open();
  }

  #open(): Cache {
    try {
      this.#cache = new Cache(this.#file, this.#epoch);
      this.#seq = this.#cache.progress.seq;
      this.#writing = new Writing(this.#cache);
    } catch (error) {
      throw fault(this.#file, error);
    }
    return this.#cache;
  }

  /**
   * Takes out of the file what is left in it of listings that were removed or
   * changed, a little at a time.
   *
   * @throws {AppError} `unavailable` while another process reads the file.
   */
  async wipe(): Promise<void> {
    let more = false;
    try {
      this.#write(() => (more = this.#cache.beginWipe()));
      const any = more;
      if (any) removeSnapshot(this.#file);
      while (more && !this.#closed) {
        await setImmediate();
        if (!this.#closed) this.#write(() => (more = this.#cache.wipe()));
      }
      if (any && !this.#closed) {
        this.#cache.words.forget();
        removeWords(this.#file);
      }
    } catch (error) {
      if (!(error instanceof Damaged)) throw error;
      await this.catchUp(); // builds it anew, which leaves no traces
    }
    if (!this.#closed) truncateLog(this.#file, this.#longest);
  }

  /** Breaks off whatever goes on, after the transaction that it is in; it is to be closed next. */
  stop(): void {
    this.#closed = true;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.stop();
    await Promise.allSettled([this.#running, this.#queued]);
    this.#cache.close();
  }
}

/** Opens the file of an index to write it. */
export async function openWriter(options: Omit<WriterOptions, "epoch">): Promise<Writer> {
  return new Writer({ ...options, epoch: await settings.epoch(options.db) });
}

/** The hosts whose records are among changes. */
function originsOf(page: records.News[]): string[] {
  return [...new Set(page.flatMap(({ record }) => record?.origin ?? []))];
}

/** Changes cut so that each of a host is a part by itself. */
function partsOf(page: records.News[]): records.News[][] {
  const parts: records.News[][] = [];
  for (const [at, each] of page.entries()) {
    const alone = each.kind === "host" || page[at - 1]?.kind === "host";
    if (alone || at === 0) parts.push([each]);
    else parts.at(-1)?.push(each);
  }
  return parts;
}

function fault(file: string, cause: unknown): unknown {
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
  if (!code.startsWith("SQLITE_") && !/^E[A-Z]+$/.test(code)) return cause;
  return code.startsWith("SQLITE_BUSY")
    ? new AppError("unavailable", `The index ${file} is locked by another program.`, { cause })
    : new AppError("bad-config", `The index ${file} can't be written (${code}).`, { cause });
}
