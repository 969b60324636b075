import type { Layout } from "./tally.ts";

/**
 * The order in which values ascend, as positions. Radix sort by the bits of the
 * numbers: at a million values about ten times as fast as sort().
 */
export function ascending(values: Float64Array): Uint32Array {
  const size = values.length;
  let sorted: Sorted = { key: new Uint32Array(size), at: new Uint32Array(size) };
  let spare: Sorted = { key: new Uint32Array(size), at: new Uint32Array(size) };
  for (let at = 0; at < size; at++) sorted.at[at] = at;
  const words = isWhole(values) ? [Uint32Array.from(values)] : wordsOf(values);
  for (const word of words) {
    for (let at = 0; at < size; at++) sorted.key[at] = word[sorted.at[at] as number] as number;
    for (let shift = 0; shift < 32; shift += 11) {
      if (sortBy(shift, sorted, spare)) [sorted, spare] = [spare, sorted];
    }
  }
  return sorted.at;
}

/** Whether all are whole numbers of 32 bits: most counts are. */
function isWhole(values: Float64Array): boolean {
  for (let at = 0; at < values.length; at++) {
    const value = values[at] as number;
    if (value >>> 0 !== value) return false;
  }
  return true;
}

/** The halves of the numbers, the low ones first: as integers they are in the same order. */
function wordsOf(values: Float64Array): Uint32Array[] {
  const bits = new Uint32Array(Float64Array.from(values).buffer);
  const low = new Uint32Array(values.length);
  const high = new Uint32Array(values.length);
  for (let at = 0; at < values.length; at++) {
    const top = bits[at * 2 + 1] as number;
    const negative = top >>> 31 === 1;
    // IEEE 754 orders like integers once the sign bit, or for negative numbers every bit, is turned.
    low[at] = (bits[at * 2] as number) ^ (negative ? 0xffffffff : 0);
    high[at] = top ^ (negative ? 0xffffffff : 0x80000000);
  }
  return [low, high];
}

/** Keys, and the positions that they come from. */
interface Sorted {
  key: Uint32Array;
  at: Uint32Array;
}

/** Sorts by eleven bits and keeps the order of equals; false where all are equal. */
function sortBy(shift: number, from: Sorted, to: Sorted): boolean {
  const next = new Uint32Array(2049);
  const { key: keys, at: places } = from;
  const { key: sortedKeys, at: sortedPlaces } = to;
  for (let at = 0; at < keys.length; at++) {
    const digit = ((keys[at] as number) >>> shift) & 2047;
    next[digit + 1] = (next[digit + 1] as number) + 1;
  }
  const first = ((keys[0] ?? 0) >>> shift) & 2047;
  if (next[first + 1] === keys.length) return false;
  for (let digit = 1; digit < 2049; digit++) {
    next[digit] = (next[digit] as number) + (next[digit - 1] as number);
  }
  for (let at = 0; at < keys.length; at++) {
    const key = keys[at] as number;
    const digit = (key >>> shift) & 2047;
    const there = next[digit] as number;
    next[digit] = there + 1;
    sortedKeys[there] = key;
    sortedPlaces[there] = places[at] as number;
  }
  return true;
}

/** The ranks between which a quantile lies, from 0 on. */
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

/** A quantile of values that ascend; NaN of none. */
export function quantile(part: number, sorted: Float64Array): number {
  const { low, high, share } = placeOf(part, sorted.length);
  return (sorted[low] ?? NaN) * (1 - share) + (sorted[high] ?? NaN) * share;
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

  /**
   * Goes along values that ascend, with the combinations of each. Nothing is
   * called for a value that no quantile lies at.
   */
  walk(
    { rows, cols, rowsAt, colsAt }: Layout,
    rowCombos: Uint32Array,
    colCombos: Uint32Array,
    sorted: Float64Array,
  ): void {
    const { start: rowStart, cells: rowCells } = rows;
    const { start: colStart, cells: colCells } = cols;
    const [seen, next] = [this.#seen, this.#next];
    const width = cols.values.length;
    for (let at = 0; at < sorted.length; at++) {
      const rowCombo = rowCombos[at] as number;
      const colCombo = colCombos[at] as number;
      const rowEnd = rowStart[rowCombo + 1] as number;
      const colFrom = colStart[colCombo] as number;
      const colEnd = colStart[colCombo + 1] as number;
      for (let r = rowStart[rowCombo] as number; r < rowEnd; r++) {
        const row = rowCells[r] as number;
        const rank = seen[rowsAt + row] as number;
        seen[rowsAt + row] = rank + 1;
        if (rank === next[rowsAt + row]) this.#take(rowsAt + row, rank, sorted[at] as number);
        for (let c = colFrom; c < colEnd; c++) {
          const cell = row * width + (colCells[c] as number);
          const place = seen[cell] as number;
          seen[cell] = place + 1;
          if (place === next[cell]) this.#take(cell, place, sorted[at] as number);
        }
      }
      for (let c = colFrom; c < colEnd; c++) {
        const cell = colsAt + (colCells[c] as number);
        const rank = seen[cell] as number;
        seen[cell] = rank + 1;
        if (rank === next[cell]) this.#take(cell, rank, sorted[at] as number);
      }
    }
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
