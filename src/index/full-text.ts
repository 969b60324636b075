import { type Texts, textWeights } from "./listing-texts.ts";
import type { Statements } from "./statements.ts";

export const textTable = `
  create virtual table texts using fts5 (
    name, legal, place, topic, summary,
    content = '', contentless_delete = 1, tokenize = 'ascii'
  );
  create virtual table term using fts5vocab (texts, row);
`;

/** Pages of the full-text table that are merged at once. */
const mergePages = 100;

/** The full-text table: all its SQL. */
export class FullText {
  readonly #statements: Statements;

  constructor(statements: Statements) {
    this.#statements = statements;
  }

  put(row: number, texts: Texts): void {
    this.#statements
      .prepare(
        "insert into texts (rowid, name, legal, place, topic, summary) values (?, ?, ?, ?, ?, ?)",
      )
      .run(row, ...texts);
  }

  remove(row: number): void {
    this.#statements.prepare("delete from texts where rowid = ?").run(row);
  }

  /** The rows whose text matches an expression of FTS5, ascending: FTS5 goes along them. */
  hits(expression: string): Uint32Array {
    const rows = this.#statements
      .prepare<[string], number>("select rowid from texts where texts match ? order by rowid")
      .pluck()
      .all(expression);
    return Uint32Array.from(rows);
  }

  /** The first of them. */
  first(expression: string, limit: number): number[] {
    return this.#statements
      .prepare<[string, number], number>("select rowid from texts where texts match ? limit ?")
      .pluck()
      .all(expression, limit);
  }

  /** How many they are, as far as so many. */
  count(expression: string, most: number): number {
    return this.#statements
      .prepare<[string, number], number>(
        "select count(*) from (select rowid from texts where texts match ? limit ?)",
      )
      .pluck()
      .get(expression, most) as number;
  }

  /** The terms behind one, in order, with how many rows have each. */
  terms(after: string, limit: number): [term: string, count: number][] {
    return this.#statements
      .prepare<[string, number], [string, number]>(
        "select term, doc from term where term > ? order by term limit ?",
      )
      .raw()
      .all(after, limit);
  }

  /** The ranks of the same rows in the same order, the best the smallest: a word in the name counts most. */
  scores(expression: string): number[] {
    return this.#statements
      .prepare<[string], number>(
        `select bm25(texts, ${textWeights.join()}) from texts where texts match ? order by rowid`,
      )
      .pluck()
      .all(expression);
  }

  /**
   * Begins to take the words of removed rows out of the file: FTS5 only notes of
   * a row that it is gone, and drops its words when it next merges what they
   * stand in.
   */
  beginWipe(): void {
    // A negative number of pages begins with everything (https://sqlite.org/fts5.html#the_merge_command).
    this.#merge(-mergePages);
  }

  /** Goes on with it, for some milliseconds. Returns false at the end. */
  wipe(): boolean {
    return this.#merge(mergePages);
  }

  #merge(pages: number): boolean {
    const changes = this.#statements.prepare<[], number>("select total_changes()").pluck();
    const before = changes.get() as number;
    this.#statements.prepare("insert into texts (texts, rank) values ('merge', ?)").run(pages);
    // A merge that finds nothing to do still counts as a change.
    return (changes.get() as number) - before >= 2;
  }
}
