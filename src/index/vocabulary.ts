import { type Saved, taken } from "./array-file.ts";

/** A word of the index and in how many listings it stands. */
export interface KnownWord {
  word: string;
  count: number;
}

/** A word that may be meant, and how many slips of the finger lie between. */
export interface NearWord extends KnownWord {
  distance: number;
}

/** The longest word that is looked for, or kept. */
const longest = 40;

/** Beginnings up to this length are leapt over, longer ones walked over. */
const leapt = 4;

/** Nothing that is counted in a band gets so far. */
const far = 100;

/** How far a word of this length may be from what is meant. */
export function allowedDistance(length: number): 0 | 1 | 2 {
  if (length < 4 || length > longest) return 0;
  return length <= 7 ? 1 : 2;
}

/**
 * Sorted words in flat arrays, about 28 bytes each: 460,000 are looked through
 * in some milliseconds, as what two neighbours share is compared once.
 */
export class Vocabulary {
  /** UTF-16 code units of all words, one after the other. */
  readonly #letters: Uint16Array;
  readonly #starts: Uint32Array;
  readonly #counts: Uint32Array;
  /** How many letters a word has in common with the one before it. */
  readonly #shared: Uint8Array;
  /** By length, where a beginning of that length is first met. */
  readonly #blocks: Uint32Array[] = [];

  private constructor(saved: Saved) {
    this.#letters = taken(saved, "letters", Uint16Array);
    this.#starts = taken(saved, "starts", Uint32Array);
    this.#counts = taken(saved, "counts", Uint32Array);
    this.#shared = taken(saved, "shared", Uint8Array);
    for (let length = 1; length <= leapt; length++) {
      this.#blocks.push(Uint32Array.from(this.#startsOf(length)));
    }
  }

  /** @param words In order of their code units, each once. */
  static of(words: Iterable<KnownWord>): Vocabulary {
    const letters = new Pile(Uint16Array);
    const starts = new Pile(Uint32Array);
    const counts = new Pile(Uint32Array);
    const shared = new Pile(Uint8Array);
    let before = "";
    for (const { word, count } of words) {
      if (word.length > longest) continue;
      starts.push(letters.size);
      counts.push(count);
      let same = 0;
      while (same < before.length && before.charCodeAt(same) === word.charCodeAt(same)) same++;
      shared.push(same);
      for (let at = 0; at < word.length; at++) letters.push(word.charCodeAt(at));
      before = word;
    }
    starts.push(letters.size);
    return new Vocabulary({
      letters: letters.done(),
      starts: starts.done(),
      counts: counts.done(),
      shared: shared.done(),
    });
  }

  /** Takes over what `save` gave; undefined when something is missing or of another type. */
  static restore(saved: Saved): Vocabulary | undefined {
    try {
      return new Vocabulary(saved);
    } catch (error) {
      if (error instanceof TypeError) return undefined;
      throw error;
    }
  }

  /** All that it holds, by name: nothing is copied. */
  save(): Saved {
    return {
      letters: this.#letters,
      starts: this.#starts,
      counts: this.#counts,
      shared: this.#shared,
    };
  }

  *#startsOf(length: number): Generator<number> {
    for (let at = 0; at < this.size; at++) if ((this.#shared[at] ?? 0) < length) yield at;
  }

  get size(): number {
    return this.#counts.length;
  }

  /** In how many listings a word stands. */
  count(word: string): number {
    const at = this.#firstFrom(word);
    return at < this.size && this.#word(at) === word ? (this.#counts[at] ?? 0) : 0;
  }

  /** The words that begin so, the most frequent first. */
  beginning(start: string, limit: number): KnownWord[] {
    const found: KnownWord[] = [];
    for (let at = this.#firstFrom(start); at < this.size; at++) {
      if (at > 0 && found.length > 0 && (this.#shared[at] ?? 0) < start.length) break;
      const count = this.#counts[at] ?? 0;
      const least = found.at(-1);
      if (found.length === limit && least !== undefined && count <= least.count) continue;
      const word = this.#word(at);
      if (!word.startsWith(start)) break;
      insert(found, { word, count }, limit, (a, b) => b.count - a.count);
    }
    return found;
  }

  /**
   * The words at most so many slips away: letters too many, too few, taken for
   * another, or two in the wrong order (Damerau-Levenshtein distance, each place
   * touched once). The nearest first, of equals the most frequent.
   */
  near(word: string, distance: number, limit: number): NearWord[] {
    const found: NearWord[] = [];
    if (word.length > longest || distance < 1) return found;
    const table = new Distances(word, distance);
    const shared = this.#shared;
    const starts = this.#starts;
    const letters = this.#letters;
    const size = this.size;
    /** So many letters are in the table, of whatever word was last. */
    let known = 0;
    /** No word that begins with this many letters of the last one is near; 0 for none. */
    let hopeless = 0;
    for (let at = 0; at < size; at++) {
      if (hopeless > 0) {
        at = this.#behind(at, hopeless);
        if (at === size) break;
        hopeless = 0;
      }
      const same = shared[at] as number;
      const start = starts[at] as number;
      const length = (starts[at + 1] as number) - start;
      known = Math.min(known, same);
      while (known < length) {
        known += 1;
        if (!table.add(known, letters[start + known - 1] as number)) {
          hopeless = known;
          break;
        }
      }
      if (hopeless > 0) continue;
      const away = table.distance(length);
      if (away > distance) continue;
      const each = { word: this.#word(at), count: this.#counts[at] ?? 0, distance: away };
      insert(found, each, limit, (a, b) => a.distance - b.distance || b.count - a.count);
    }
    return found;
  }

  /** The first word from this one on that begins otherwise than the one before it. */
  #behind(at: number, length: number): number {
    const shared = this.#shared;
    const blocks = this.#blocks[length - 1];
    if ((shared[at] as number) < length || blocks === undefined) {
      let next = at;
      while (next < this.size && (shared[next] as number) >= length) next++;
      return next;
    }
    let low = 0;
    let high = blocks.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((blocks[middle] as number) < at) low = middle + 1;
      else high = middle;
    }
    return blocks[low] ?? this.size;
  }

  #word(at: number): string {
    const letters = this.#letters.subarray(this.#starts[at], this.#starts[at + 1]);
    return String.fromCharCode(...letters);
  }

  #firstFrom(wanted: string): number {
    let low = 0;
    let high = this.size;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#word(middle) < wanted) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/**
 * The table of distances between the beginnings of two words: a row for each
 * letter of the one, as far as it is known, a column for each of the other. Only
 * the cells that can be within the distance are made.
 */
class Distances {
  readonly #word: Uint16Array;
  readonly #limit: number;
  readonly #width: number;
  readonly #cells: Uint8Array;
  /** The letter of each row. */
  readonly #letters = new Uint16Array(longest + 2);

  constructor(word: string, limit: number) {
    this.#word = Uint16Array.from(word, (each) => each.charCodeAt(0));
    this.#limit = limit;
    this.#width = this.#word.length + 2;
    this.#cells = new Uint8Array(this.#width * (longest + 2)).fill(far);
    for (let column = 0; column <= word.length; column++) this.#cells[column] = column;
  }

  /**
   * Adds a row, in place of any that was there. Returns false if nothing that
   * begins so is near: no row has a cell more than one below the least of the
   * row after it, so two swapped letters don't lead past a row that is too far.
   */
  add(row: number, letter: number): boolean {
    const word = this.#word;
    const width = this.#width;
    const cells = this.#cells;
    const limit = this.#limit;
    const first = Math.max(1, row - limit);
    const last = Math.min(word.length, row + limit);
    const here = row * width;
    const above = here - width;
    const before = row > 1 ? (this.#letters[row - 1] as number) : 0;
    cells[here + first - 1] = first === 1 ? row : far;
    let least = cells[here + first - 1] as number;
    for (let column = first; column <= last; column++) {
      const wanted = word[column - 1] as number;
      let cell = (cells[above + column - 1] as number) + (wanted === letter ? 0 : 1);
      const missing = (cells[above + column] as number) + 1;
      if (missing < cell) cell = missing;
      const added = (cells[here + column - 1] as number) + 1;
      if (added < cell) cell = added;
      if (
        row > 1 &&
        column > 1 &&
        wanted === before &&
        (word[column - 2] as number) === letter &&
        (cells[above - width + column - 2] as number) + 1 < cell
      ) {
        cell = (cells[above - width + column - 2] as number) + 1;
      }
      cells[here + column] = cell;
      if (cell < least) least = cell;
    }
    if (last < word.length) cells[here + last + 1] = far;
    this.#letters[row] = letter;
    return least <= limit;
  }

  /** Between the whole word and the one of so many rows. */
  distance(row: number): number {
    const length = this.#word.length;
    if (Math.abs(length - row) > this.#limit) return far;
    return this.#cells[row * this.#width + length] as number;
  }
}

type Unsigned = Uint8Array<ArrayBuffer> | Uint16Array<ArrayBuffer> | Uint32Array<ArrayBuffer>;

/** Numbers of which it isn't known how many there will be. */
class Pile<T extends Unsigned> {
  #numbers: T;
  size = 0;
  readonly #make: new (length: number) => T;

  constructor(make: new (length: number) => T) {
    this.#make = make;
    this.#numbers = new make(1024);
  }

  push(number: number): void {
    if (this.size === this.#numbers.length) {
      const larger = new this.#make(this.size * 2);
      larger.set(this.#numbers);
      this.#numbers = larger;
    }
    this.#numbers[this.size] = number;
    this.size += 1;
  }

  done(): T {
    return this.#numbers.slice(0, this.size) as T;
  }
}

/** Puts something where it belongs in a sorted list of so many at the most. */
function insert<T>(list: T[], item: T, limit: number, order: (a: T, b: T) => number): void {
  let at = list.length;
  while (at > 0 && order(item, list[at - 1] as T) < 0) at--;
  if (at >= limit) return;
  list.splice(at, 0, item);
  if (list.length > limit) list.pop();
}
