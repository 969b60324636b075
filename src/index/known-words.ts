import { namingWords } from "./code-names.ts";
import { firstMark } from "./text.ts";
import { type KnownWord, Vocabulary } from "./vocabulary.ts";

/** Reads the terms of the index in order, from behind a term on, with how many listings have each. */
export type ReadTerms = (after: string, limit: number) => [term: string, count: number][];

/** Terms that are read at once, before the clock is looked at. */
const slice = 250;

/** An index of so few rows is read through whenever it has changed. */
const fewRows = 20_000;

/** Otherwise when it has grown by this factor, or after so long, milliseconds. */
const growth = 1.5;
const longest = 3_600_000;

/** Words that can be misspelt: letters only, of scripts with spaces between words. */
const word = /^(?=.{2})[\p{L}\p{M}]+$/u;
const spaced = /^[\0-\u0dff\u1e00-\u1fff]*$/;

/** What an index was like when its words were read. */
interface State {
  version: number;
  rows: number;
  time: number;
}

/**
 * The words of an index, for typing errors and completion: read a little at a
 * time, and again when the index has changed much. Until it has been read
 * again, the words are those of before.
 */
export class KnownWords {
  readonly #read: ReadTerms;
  readonly #now: () => number;
  #current = new Vocabulary([]);
  #of: State | undefined;
  #reading: { state: State; words: KnownWord[]; after: string } | undefined;

  /** @param now A clock, milliseconds. */
  constructor(read: ReadTerms, now: () => number = () => performance.now()) {
    this.#read = read;
    this.#now = now;
  }

  /** The words as far as they are known; of a small index, those that it has now. */
  upToDate(index: { version: number; size: number }): Vocabulary {
    let more: boolean;
    do more = this.keepUp(index);
    while (more && index.size <= fewRows);
    return this.#current;
  }

  /**
   * Goes on reading for some milliseconds, if the words aren't those of the index
   * any more.
   *
   * @param index Its version changes with it; its size is how many rows it has.
   * @returns Whether there is more to read.
   */
  keepUp(index: { version: number; size: number }, budget = 5): boolean {
    const now = this.#now;
    if (this.#reading === undefined) {
      const state = { version: index.version, rows: index.size, time: now() };
      if (!this.#isOld(state)) return false;
      this.#reading = { state, words: [], after: "" };
    }
    const { words, state } = this.#reading;
    const end = now() + budget;
    do {
      const terms = this.#read(this.#reading.after, slice);
      const last = terms.at(-1)?.[0] ?? firstMark;
      for (const [term, count] of terms) {
        if (spaced.test(term) && word.test(term)) words.push({ word: term, count });
      }
      this.#reading.after = last;
      if (terms.length < slice || last >= firstMark) {
        this.#current = new Vocabulary(withNames(words));
        this.#of = state;
        this.#reading = undefined;
        return false;
      }
    } while (now() < end);
    return true;
  }

  #isOld({ version, rows, time }: State): boolean {
    const of = this.#of;
    if (of === undefined) return true;
    if (of.version === version) return false;
    return rows <= fewRows || rows > of.rows * growth || time - of.time > longest;
  }
}

/** The words for themes, sectors and countries are right, too, whether a text has them or not. */
function* withNames(words: readonly KnownWord[]): Generator<KnownWord> {
  const names = namingWords().filter((each) => spaced.test(each) && word.test(each));
  let at = 0;
  for (const name of names) {
    for (let each = words[at]; each !== undefined && each.word < name; each = words[++at]) {
      yield each;
    }
    if (words[at]?.word !== name) yield { word: name, count: 0 };
  }
  yield* words.slice(at);
}
