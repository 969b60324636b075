/**
 * The order in which values ascend, as positions. Radix sort by the bits of the
 * numbers: at a million values about ten times as fast as sort().
 */
export function ascending(values: Float64Array): Uint32Array {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length * 2);
  const size = values.length;
  const low = new Uint32Array(size);
  const high = new Uint32Array(size);
  let whole = true;
  for (let at = 0; at < size && whole; at++) {
    const value = values[at] ?? 0;
    low[at] = value;
    whole = low[at] === value;
  }
  if (!whole) {
    for (let at = 0; at < size; at++) {
      const top = bits[at * 2 + 1] ?? 0;
      const negative = top >>> 31 === 1;
      // IEEE 754 orders like integers once the sign bit, or for negative numbers every bit, is turned.
      low[at] = (bits[at * 2] ?? 0) ^ (negative ? 0xffffffff : 0);
      high[at] = top ^ (negative ? 0xffffffff : 0x80000000);
    }
  }
  let order = new Uint32Array(size);
  for (let at = 0; at < size; at++) order[at] = at;
  let spare = new Uint32Array(size);
  for (const word of whole ? [low] : [low, high]) {
    for (let shift = 0; shift < 32; shift += 11) {
      if (!sortBy(word, shift, order, spare)) continue;
      [order, spare] = [spare, order];
    }
  }
  return order;
}

/** Sorts by eleven bits and keeps the order of equals; false where all are equal. */
function sortBy(
  words: Uint32Array,
  shift: number,
  order: Uint32Array,
  sorted: Uint32Array,
): boolean {
  const next = new Uint32Array(2049);
  const size = order.length;
  for (let at = 0; at < size; at++) {
    const digit = ((words[at] ?? 0) >>> shift) & 2047;
    next[digit + 1] = (next[digit + 1] ?? 0) + 1;
  }
  const first = ((words[0] ?? 0) >>> shift) & 2047;
  if (next[first + 1] === size) return false;
  for (let digit = 1; digit < 2049; digit++) {
    next[digit] = (next[digit] ?? 0) + (next[digit - 1] ?? 0);
  }
  for (let at = 0; at < size; at++) {
    const each = order[at] ?? 0;
    const digit = ((words[each] ?? 0) >>> shift) & 2047;
    const to = next[digit] ?? 0;
    sorted[to] = each;
    next[digit] = to + 1;
  }
  return true;
}

/** The smallest of these parts that are not below it: which ranks a quantile lies between. */
interface Place {
  low: number;
  high: number;
  /** How far from the one to the other. */
  share: number;
}

/** Where the quantile `part` of so many values lies (type 7 of Hyndman and Fan, 1996). */
function placeOf(part: number, count: number): Place {
  const at = part * (count - 1);
  const low = Math.floor(at);
  return { low, high: Math.ceil(at), share: at - low };
}

/**
 * Quantiles of many cells at once: their values come in ascending order, mixed.
 * Exact, by type 7 of Hyndman and Fan (1996), as in R, NumPy and spreadsheets:
 * between the two values that it lies between, in proportion.
 */
export class Quantiles {
  readonly #parts: readonly number[];
  readonly #counts: Uint32Array;
  readonly #seen: Uint32Array;
  /** By cell: the next rank that is wanted. */
  readonly #next: Uint32Array;
  readonly #found: Float64Array[];

  /**
   * @param parts From 0 to 1, ascending: 0.5 is the median.
   * @param counts How many values each cell will get.
   */
  constructor(parts: readonly number[], counts: Uint32Array) {
    this.#parts = parts;
    this.#counts = counts;
    this.#seen = new Uint32Array(counts.length);
    this.#next = new Uint32Array(counts.length);
    this.#found = parts.map(() => new Float64Array(counts.length).fill(NaN));
    const [first = 0] = parts;
    for (let cell = 0; cell < counts.length; cell++) {
      const count = counts[cell] ?? 0;
      this.#next[cell] = count === 0 ? 0xffffffff : placeOf(first, count).low;
    }
  }

  /** The next value of a cell: not smaller than those before. */
  add(cell: number, value: number): void {
    const rank = this.#seen[cell] ?? 0;
    this.#seen[cell] = rank + 1;
    if (rank === this.#next[cell]) this.#take(cell, rank, value);
  }

  #take(cell: number, rank: number, value: number): void {
    let next = 0xffffffff;
    for (let at = 0; at < this.#parts.length; at++) {
      const found = this.#found[at];
      const { low, high, share } = placeOf(this.#parts[at] ?? 0, this.#counts[cell] ?? 0);
      if (found === undefined) continue;
      if (low === rank) found[cell] = value;
      else if (high === rank) found[cell] = (found[cell] ?? 0) * (1 - share) + value * share;
      if (low > rank) next = Math.min(next, low);
      else if (high > rank) next = Math.min(next, high);
    }
    this.#next[cell] = next;
  }

  /** By part and cell; NaN for cells without a value. */
  get found(): readonly Float64Array[] {
    return this.#found;
  }
}
