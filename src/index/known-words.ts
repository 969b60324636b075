import { readArrays, removeArrays, stampOf, writeArrays } from "./array-file.ts";
import { namingWords } from "./code-names.ts";
import { firstMark } from "./text.ts";
import { type KnownWord, Vocabulary } from "./vocabulary.ts";

/** Reads the terms of the index in order, from behind a term on, with how many listings have each. */
export type ReadTerms = (after: string, limit: number) => [term: string, count: number][];

/** Terms that are read at once, before the clock is looked at. */
const slice = 250;

/** An index of so few rows is read through whenever it has changed. */
const fewRows = 20_000;

/**
 * Otherwise when it has grown by this factor, or after so long, milliseconds; but
 * no more than a hundredth of the time is spent on it.
 */
const growth = 1.5;
const longest = 3_600_000;
const seldom = 100;

/** What begins a file of words; raise the number with every change to what is in it. */
const magic = "fragaria words 1\n";

/** For how long the thread that does nothing else reads before others have their turn, milliseconds. */
const budgetOfKeeper = 50;

/** Words that can be misspelt: letters only, of scripts with spaces between words. */
const word = /^(?=.{2})[\p{L}\p{M}]+$/u;
const spaced = /^[\0-\u0dff\u1e00-\u1fff]*$/;

/** What an index was like when its words were read. */
interface State {
  version: number;
  rows: number;
  /** When that was begun, and how long it took, milliseconds. */
  time: number;
  took: number;
}

/** A clock that goes on, also from one process to the next. */
const clock = () => performance.timeOrigin + performance.now();

/**
 * The words of an index, for typing errors and completion: read a little at a
 * time, and again when the index has changed much. Until it has been read
 * again, the words are those of before.
 *
 * Those of a large index are read by one thread, which keeps them in a file
 * beside it (`keep`); the others take them from there (`take`).
 */
export class KnownWords {
  readonly #read: ReadTerms;
  readonly #now: () => number;
  #current = Vocabulary.of([]);
  #of: State | undefined;
  #reading: { state: State; words: KnownWord[]; after: string } | undefined;
  /** The version of the words that are in the file, as far as it is known. */
  #kept: number | undefined;
  /** Another thread reads those of a large index. */
  #given = false;

  /** @param now A clock, milliseconds. */
  constructor(read: ReadTerms, now: () => number = clock) {
    this.#read = read;
    this.#now = now;
  }

  /** The words as far as they are known; of a small index, those that it has now. */
  upToDate(index: { version: number; size: number }): Vocabulary {
    if (this.#given && index.size > fewRows) return this.#current;
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
    const start = now();
    if (this.#reading === undefined) {
      const state = { version: index.version, rows: index.size, time: start, took: 0 };
      if (!this.#isOld(state)) return false;
      this.#reading = { state, words: [], after: "" };
    }
    const { words, state } = this.#reading;
    const end = start + budget;
    do {
      const terms = this.#read(this.#reading.after, slice);
      const last = terms.at(-1)?.[0] ?? firstMark;
      for (const [term, count] of terms) {
        if (spaced.test(term) && word.test(term)) words.push({ word: term, count });
      }
      this.#reading.after = last;
      if (terms.length < slice || last >= firstMark) {
        this.#current = Vocabulary.of(withNames(words));
        this.#of = { ...state, took: state.took + now() - start };
        this.#reading = undefined;
        return false;
      }
    } while (now() < end);
    state.took += now() - start;
    return true;
  }

  #isOld({ version, rows, time }: State): boolean {
    const of = this.#of;
    if (of === undefined) return true;
    if (of.version === version) return false;
    if (rows <= fewRows || rows > of.rows * growth) return true;
    return time - of.time > Math.max(longest, of.took * seldom);
  }

  /**
   * Goes on reading the words of a large index for some milliseconds, as `keepUp`
   * does, and writes them into a file for the other threads. What the file has
   * already isn't read again.
   *
   * @param key Which index it is: words of another are not believed.
   * @returns Whether there is more to read.
   */
  keep(file: string, key: string, index: { version: number; size: number }): boolean {
    if (index.size <= fewRows) return false;
    if (this.#of === undefined) this.#load(file, key);
    if (this.keepUp(index, budgetOfKeeper)) return true;
    const of = this.#of;
    if (of !== undefined && of.version !== this.#kept) {
      const { version: stamp, ...about } = of;
      writeArrays(file, magic, { key, stamp, about, arrays: this.#current.save() });
      this.#kept = stamp;
    }
    return false;
  }

  /**
   * Takes what another thread has put into a file, if that is new. From now on
   * nothing of a large index is read here.
   */
  take(file: string, key: string): void {
    this.#given = true;
    this.#load(file, key);
  }

  #load(file: string, key: string): void {
    const stamp = stampOf(file, magic, key);
    if (stamp === undefined || stamp === this.#kept) return;
    const found = readArrays<Omit<State, "version">>(file, magic, key, () => true);
    const words = found && Vocabulary.restore(found.arrays);
    if (found === undefined || words === undefined) return;
    this.#current = words;
    this.#of = { ...found.about, version: found.stamp };
    this.#kept = found.stamp;
    this.#reading = undefined;
  }

  /** Nothing is known any more: something was removed for good. */
  forget(): void {
    this.#current = Vocabulary.of([]);
    this.#of = undefined;
    this.#reading = undefined;
    this.#kept = undefined;
  }
}

/** Where the words of an index are kept. */
export function wordsOf(index: string): string {
  return `${index}-words`;
}

export function removeWords(index: string): void {
  removeArrays(wordsOf(index));
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
