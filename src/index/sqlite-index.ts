import { setImmediate } from "node:timers/promises";
import { getLogger } from "@logtape/logtape";
import type { SearchQuery } from "../coop/query.ts";
import { AppError } from "../errors.ts";
import * as attesters from "../store/attesters.ts";
import * as changes from "../store/changes.ts";
import * as hosts from "../store/hosts.ts";
import * as records from "../store/records.ts";
import type { Db } from "../store/schema.ts";
import * as settings from "../store/settings.ts";
import { truncateLog } from "../store/traces.ts";
import { Cache, isDamage, removeCache } from "./cache.ts";
import { Columns } from "./old-columns.ts";
import type {
  DirectoryIndex,
  Entry,
  IndexCounts,
  OriginCounts,
  SearchResult,
} from "./directory-index.ts";
import { indexedClaim, indexedListing, isListingId, stateOf } from "./entries.ts";
import { type Fact, FactNumbers } from "./facets.ts";
import { readIdentifier } from "./identifiers.ts";
import { inStanding, settleOrganisations } from "./organisations.ts";
import { search } from "./search.ts";
import type { Attested, Confirmed, Naming } from "./ties.ts";

const logger = getLogger(["fragaria", "index"]);

/** Records that are read and written at once. */
const pageSize = 250;

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
  return new SqliteIndex(db, file, await settings.epoch(db));
}

/** Thrown when the file must be built anew. */
class Damaged extends Error {
  override readonly name = "Damaged";
}

class SqliteIndex implements DirectoryIndex {
  readonly #db: Db;
  readonly #file: string;
  #epoch: string;
  #cache: Cache;
  #columns = new Columns();
  #numbers = new FactNumbers();
  #listings = new Map<string, number>();
  #dataVersion = 0;
  #seq = 0;
  /** The hosts that are believed about others. */
  #believed: ReadonlySet<string> = new Set();
  #damaged = false;
  #closed = false;
  #running: Promise<number> | undefined;
  #queued: Promise<number> | undefined;

  constructor(db: Db, file: string, epoch: string) {
    this.#db = db;
    this.#file = file;
    this.#epoch = epoch;
    try {
      this.#cache = new Cache(file, epoch);
      this.#cache.read(() => this.#load());
    } catch (error) {
      if (!isDamage(error)) throw fault(file, error);
      logger.warn("The index {file} can't be read and is built anew: {error}", { file, error });
      this.#cache = this.#startAnew();
    }
  }

  get seq(): number {
    return this.#seq;
  }

  get epoch(): string {
    return this.#epoch;
  }

  async catchUp(): Promise<number> {
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
        return this.#closed ? this.#seq : this.catchUp();
      });
    return this.#queued;
  }

  async #catchUp(): Promise<number> {
    // Read first: whatever is written from now on has a larger seq.
    const head = await changes.head(this.#db);
    this.#follow(await settings.epoch(this.#db));
    if (this.#damaged || head < this.#seq) {
      const why = this.#damaged ? "it is damaged" : "the database was put back to an earlier state";
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
    return this.#seq;
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
    if (this.#closed || sameSet(believed, this.#believed)) return;
    this.#believed = believed;
    this.#write(() => this.#closeSaid(this.#cache.ties.closedSubjects()));
  }

  /** Takes co-ops for closed, or not, as those say who are believed. */
  #closeSaid(coops: string[]): void {
    for (const coop of coops) {
      for (const { row, closed } of this.#cache.ties.setClosed(coop, this.#saidClosed(coop))) {
        this.#columns.close(row, closed);
      }
    }
  }

  #saidClosed(coop: string): boolean {
    return this.#cache.ties.closedBy(coop).some((host) => this.#believed.has(host));
  }

  async #readLog(head: number): Promise<void> {
    await this.#believe();
    for (;;) {
      const page = await records.news(this.#db, this.#seq, pageSize);
      // Read after the records: what changes from now on has a change of its own.
      const hidden = await hosts.hidden(this.#db, originsOf(page));
      if (this.#closed) return;
      const full = page.length === pageSize;
      for (const part of partsOf(page)) {
        const last = part.at(-1);
        if (last?.kind === "host") await this.#readHost(last.subject, last.seq);
        else if (last !== undefined) this.#write(() => this.#apply(part, hidden, last.seq));
        if (this.#closed) return;
      }
      if (!full) {
        // Changes of other kinds are dealt with by skipping them.
        if (head > this.#seq) this.#write(() => this.#advance(head));
        return;
      }
      // On SQLite nothing above waits for anything: let requests have their turn.
      await setImmediate();
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
      const page: records.Record[] = await records.ofOrigin(this.#db, host, pageSize, { after });
      if (this.#closed) return;
      after = page.length < pageSize ? undefined : page.at(-1)?.id;
      this.#write(() => {
        // Another process on the same file may have gone past this, and have newer versions.
        if (this.#seq >= seq) return;
        this.#put(page.map((record) => ({ subject: record.id, record, hidden })));
        this.#cache.setShown(host, after === undefined ? wanted : "mixed");
      });
      if (after !== undefined) await setImmediate();
    }
    this.#write(() => this.#advance(seq));
  }

  /** Writes the file and the columns, both or neither. */
  #write(body: () => void): void {
    try {
      this.#cache.write(() => {
        this.#refresh();
        body();
      });
    } catch (error) {
      if (isDamage(error)) throw new Damaged("the index is damaged", { cause: error });
      this.#cache.read(() => this.#load());
      throw fault(this.#file, error);
    }
  }

  #apply(page: records.News[], hidden: Set<string>, seq: number): void {
    // Another process on the same file may have been faster, and have newer versions.
    const news = page.filter((row) => row.seq > this.#seq);
    for (const host of originsOf(news)) {
      const shown = hidden.has(host) ? "hidden" : "shown";
      const before = this.#cache.shown(host) ?? shown;
      this.#cache.setShown(host, before === shown ? shown : "mixed");
    }
    this.#put(
      news.map(({ subject, record }) => ({
        subject,
        record,
        hidden: record !== undefined && hidden.has(record.origin),
      })),
    );
    this.#advance(seq);
  }

  #advance(seq: number): void {
    if (seq <= this.#seq) return;
    this.#cache.seq = seq;
    this.#seq = seq;
  }

  /** Writes records as they are now; those that aren't held, or aren't shown, are taken out. */
  #put(all: { subject: string; record: records.Record | undefined; hidden: boolean }[]): void {
    const touched = new Set<number>();
    for (const { subject, record, hidden } of all) {
      const shown = hidden ? undefined : record;
      const rows = isListingId(subject)
        ? this.#putListing(subject, shown)
        : this.#putLink(subject, shown);
      for (const each of rows) touched.add(each);
    }
    settleOrganisations(this.#cache, this.#columns, touched);
  }

  /** Returns the rows whose organisation may now be another one. */
  #putListing(id: string, record: records.Record | undefined): number[] {
    const before = this.#cache.organisationOf(id);
    const entry = record && readable(record, indexedListing);
    if (entry === undefined) {
      const origin = new URL(id).host;
      const removed = this.#cache.remove(id);
      if (removed !== undefined) {
        this.#columns.delete(removed);
        this.#count(origin, -1);
      }
      return before;
    }
    if (before.length === 0) this.#count(entry.origin, 1);
    const facts = Uint32Array.from(entry.facts, (fact) => this.#numberOf(fact));
    const said = this.#saidClosed(entry.listing.id);
    const listed = stateOf(entry.listing);
    const state = { ...listed, closed: listed.closed || said };
    const at = this.#cache.put(entry, facts, state);
    this.#columns.set(at, facts, entry.tie, state);
    return [...before, at];
  }

  /** The same for what may be an attestation. */
  #putLink(id: string, record: records.Record | undefined): number[] {
    const before = this.#cache.linkedBy(id);
    const claim = record && readable(record, indexedClaim);
    const same = claim?.relationship === "sameAs";
    this.#cache.putLink(id, same ? [claim.subject, claim.object] : undefined);
    const closed = this.#cache.ties.putClaim(id, record, same ? undefined : claim);
    this.#closeSaid(closed);
    return [...before, ...this.#cache.linkedBy(id)];
  }

  #count(origin: string, more: number): void {
    const count = (this.#listings.get(origin) ?? 0) + more;
    if (count === 0) this.#listings.delete(origin);
    else this.#listings.set(origin, count);
  }

  #numberOf(fact: Fact): number {
    const known = this.#numbers.find(fact);
    if (known !== undefined) return known;
    const code = this.#numbers.add(fact);
    this.#cache.addFact(code, fact.facet, fact.value);
    return code;
  }

  /** Takes over into memory what another process has written. */
  #refresh(): void {
    if (this.#cache.dataVersion !== this.#dataVersion) this.#load();
  }

  #load(): void {
    this.#columns = new Columns();
    this.#numbers = new FactNumbers();
    for (const fact of this.#cache.facts()) this.#numbers.add(fact);
    for (const { row, facts, tie, state } of this.#cache.columns()) {
      this.#columns.set(row, facts, tie, state);
    }
    this.#listings = new Map(this.#cache.listings());
    this.#seq = this.#cache.seq;
    this.#dataVersion = this.#cache.dataVersion;
  }

  #startAnew(): Cache {
    this.#cache?.close();
    try {
      removeCache(this.#file);
    } catch (error) {
      throw fault(this.#file, error);
    }
    this.#damaged = false;
    return this.#open();
  }

  #open(): Cache {
    try {
      this.#cache = new Cache(this.#file, this.#epoch);
      this.#cache.read(() => this.#load());
    } catch (error) {
      throw fault(this.#file, error);
    }
    return this.#cache;
  }

  /** Runs reads on one state; damage that shows only now is mended in the background. */
  async #read<T>(body: () => T): Promise<T> {
    try {
      return this.#cache.read(() => {
        this.#refresh();
        return body();
      });
    } catch (error) {
      if (!isDamage(error)) throw error;
      this.#damaged = true;
      this.catchUp().catch((cause: unknown) => {
        logger.error("The index {file} can't be built anew: {cause}", { file: this.#file, cause });
      });
      throw new AppError(
        "unavailable",
        "The search index is being rebuilt: try again in a minute.",
        {
          cause: error,
        },
      );
    }
  }

  async search(query: SearchQuery): Promise<SearchResult> {
    return this.#read(() => search(query, this.#cache, this.#columns, this.#numbers));
  }

  async lookup(id: string): Promise<Entry[]> {
    const identifier = readIdentifier(id);
    if (identifier.kind === "unknown") return [];
    return this.#read(() => {
      const found =
        identifier.kind === "url"
          ? identifier.urls.map((url) => this.#cache.byUrl(url))
          : identifier.keys.map((key) => this.#cache.byKey(key));
      return inStanding(found.find((entries) => entries.length > 0) ?? []);
    });
  }

  async organisation(record: string): Promise<Entry[]> {
    return this.#read(() => {
      const rows = this.#cache.organisationOf(record);
      return inStanding(rows.flatMap((row) => this.#cache.entry(row) ?? []));
    });
  }

  async attested(coop: string): Promise<Attested[]> {
    return this.#read(() => this.#cache.ties.about(coop));
  }

  async naming(names: string[], limit: number): Promise<Naming[]> {
    return this.#read(() => this.#cache.ties.naming(names, limit));
  }

  async confirmed(asked: Confirmed, { after = "", limit }: { after?: string; limit: number }) {
    return this.#read(() => ({
      total: this.#cache.ties.countConfirmed(asked),
      items: this.#cache.ties
        .confirmed(asked, after, limit)
        .flatMap((row) => this.#cache.entry(row) ?? []),
    }));
  }

  async counts(): Promise<IndexCounts> {
    return this.#read(() => ({ coops: this.#columns.coops, examples: this.#columns.examples }));
  }

  async listings(): Promise<ReadonlyMap<string, number>> {
    return this.#read(() => this.#listings);
  }

  async origins(): Promise<OriginCounts[]> {
    return this.#read(() => this.#cache.origins());
  }

  async wipe(): Promise<void> {
    let more = false;
    try {
      this.#write(() => (more = this.#cache.beginWipe()));
      while (more && !this.#closed) {
        await setImmediate();
        if (!this.#closed) this.#write(() => (more = this.#cache.wipe()));
      }
    } catch (error) {
      if (!(error instanceof Damaged)) throw error;
      this.#damaged = true; // and is built anew, which leaves no traces
    }
    if (!this.#closed) truncateLog(this.#file);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    await Promise.allSettled([this.#running, this.#queued]);
    this.#cache.close();
  }
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

function fault(file: string, cause: unknown): unknown {
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
  if (!code.startsWith("SQLITE_") && !/^E[A-Z]+$/.test(code)) return cause;
  return code.startsWith("SQLITE_BUSY")
    ? new AppError("unavailable", `The index ${file} is locked by another program.`, { cause })
    : new AppError("bad-config", `The index ${file} can't be written (${code}).`, { cause });
}

function sameSet(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  return a.size === b.size && [...a].every((each) => b.has(each));
}
