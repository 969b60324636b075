import type { Column } from "./columns.ts";

/**
 * The inner loops of a selection: each goes over a block of rows. Those over a
 * column are written out for each width of numbers, as V8 compiles a loop over
 * one sort of typed array to half the time of one over three. Whoever calls sees
 * to it that all indices are within bounds.
 */

/** Rows that are looked at in one go: their masks and lists stay in the nearest cache. */
export const block = 4096;

/** A byte of every row of a block: the bits of the filters that it fails. */
export interface Masks {
  readonly bytes: Uint8Array;
  /** The same four by four, the first in the lowest bits. */
  readonly words: Int32Array;
}

export function newMasks(): Masks {
  const bytes = new Uint8Array(block);
  return { bytes, words: new Int32Array(bytes.buffer) };
}

/** Four rows that are held and nothing else. */
const plain = 0x01010101;

/**
 * Begins the masks of a block of rows: what the table has for their states. Most
 * rows have the state 1, for which it has 0: four of those are dealt with at once.
 *
 * @param states Of all rows, from the beginning of their buffer on.
 * @param from A multiple of 4.
 */
export function stateIn(
  states: Uint8Array,
  table: Uint8Array,
  { bytes, words }: Masks,
  from: number,
  size: number,
): void {
  const even = size - (size % 4);
  const fours = new Int32Array(states.buffer, from, even / 4);
  const skips = table[1] === 0;
  for (let four = 0; four < fours.length; four++) {
    if (skips && fours[four] === plain) {
      words[four] = 0;
      continue;
    }
    const i = four * 4;
    bytes[i] = table[states[from + i] as number] as number;
    bytes[i + 1] = table[states[from + i + 1] as number] as number;
    bytes[i + 2] = table[states[from + i + 2] as number] as number;
    bytes[i + 3] = table[states[from + i + 3] as number] as number;
  }
  for (let i = even; i < size; i++) bytes[i] = table[states[from + i] as number] as number;
}

/** The same for the rows of a list; those that the columns don't know have the state 0. */
export function stateAt(
  states: Uint8Array,
  table: Uint8Array,
  { bytes }: Masks,
  rows: Uint32Array,
  from: number,
  size: number,
): void {
  for (let i = 0; i < size; i++) bytes[i] = table[states[rows[from + i] as number] ?? 0] as number;
}

/** Adds to each row's mask what the table has for its set. Rows from `from` on. */
export function missIn(
  column: Column,
  table: Uint8Array,
  { bytes, words }: Masks,
  from: number,
  size: number,
): void {
  const to = from + size - (size % 4);
  if (column instanceof Uint8Array) miss8(column, table, words, from, to);
  else if (column instanceof Uint16Array) miss16(column, table, words, from, to);
  else miss32(column, table, words, from, to);
  for (let row = to; row < from + size; row++) {
    bytes[row - from] = (bytes[row - from] as number) | (table[column[row] as number] as number);
  }
}

/** The same for the rows of a list. */
export function missAt(
  column: Column,
  table: Uint8Array,
  { bytes }: Masks,
  rows: Uint32Array,
  from: number,
  size: number,
): void {
  if (column instanceof Uint8Array) missAt8(column, table, bytes, rows, from, size);
  else if (column instanceof Uint16Array) missAt16(column, table, bytes, rows, from, size);
  else missAt32(column, table, bytes, rows, from, size);
}

/**
 * Lists the rows of a block with exactly this mask: four at a time are passed
 * over that have none, and the rest is without a branch, which couldn't be
 * foretold.
 *
 * @param at Where the list goes on; it must have room for the whole block.
 * @returns Where it ends then.
 */
export function listIn(
  { bytes, words }: Masks,
  wanted: number,
  from: number,
  size: number,
  list: Uint32Array,
  at: number,
): number {
  const fours = size >> 2;
  const pattern = Math.imul(wanted, plain);
  let end = at;
  for (let four = 0; four < fours; four++) {
    const other = (words[four] as number) ^ pattern;
    // Whether one of the four bytes is 0 (Warren, Hacker's Delight, 6-1).
    if (((other - plain) & ~other & 0x80808080) === 0) continue;
    const i = four * 4;
    list[end] = from + i;
    // 1 where the two are the same, as bytes aren't negative.
    end += (((bytes[i] as number) ^ wanted) - 1) >>> 31;
    list[end] = from + i + 1;
    end += (((bytes[i + 1] as number) ^ wanted) - 1) >>> 31;
    list[end] = from + i + 2;
    end += (((bytes[i + 2] as number) ^ wanted) - 1) >>> 31;
    list[end] = from + i + 3;
    end += (((bytes[i + 3] as number) ^ wanted) - 1) >>> 31;
  }
  for (let i = fours * 4; i < size; i++) {
    list[end] = from + i;
    end += (((bytes[i] as number) ^ wanted) - 1) >>> 31;
  }
  return end;
}

/** The same of the rows of a list. */
export function listAt(
  { bytes }: Masks,
  wanted: number,
  rows: Uint32Array,
  from: number,
  size: number,
  list: Uint32Array,
  at: number,
): number {
  let end = at;
  for (let i = 0; i < size; i++) {
    list[end] = rows[from + i] as number;
    end += (((bytes[i] as number) ^ wanted) - 1) >>> 31;
  }
  return end;
}

/** Each set has so many counters, used by turns: adding to one again waits for the last time. */
export const lanes = 4;

/**
 * Counts a part of a list by number of the set.
 *
 * @param banks `lanes` counters of each set.
 */
export function countAt(
  column: Column,
  rows: Uint32Array,
  from: number,
  to: number,
  banks: Uint32Array,
): void {
  const even = to - ((to - from) % lanes);
  if (column instanceof Uint8Array) count8(column, rows, from, even, banks);
  else if (column instanceof Uint16Array) count16(column, rows, from, even, banks);
  else count32(column, rows, from, even, banks);
  for (let i = even; i < to; i++) {
    const at = (column[rows[i] as number] as number) * lanes;
    banks[at] = (banks[at] as number) + 1;
  }
}

/** What the counters of each set add up to. */
export function summed(banks: Uint32Array): Uint32Array {
  const counts = new Uint32Array(banks.length / lanes);
  for (let set = 0; set < counts.length; set++) {
    const at = set * lanes;
    counts[set] =
      (banks[at] as number) +
      (banks[at + 1] as number) +
      (banks[at + 2] as number) +
      (banks[at + 3] as number);
  }
  return counts;
}

function miss8(
  column: Uint8Array,
  table: Uint8Array,
  words: Int32Array,
  from: number,
  to: number,
): void {
  for (let i = from, four = 0; i < to; i += 4, four++) {
    const first = table[column[i] as number] as number;
    const second = table[column[i + 1] as number] as number;
    const third = table[column[i + 2] as number] as number;
    const fourth = table[column[i + 3] as number] as number;
    words[four] = (words[four] as number) | first | (second << 8) | (third << 16) | (fourth << 24);
  }
}

function missAt8(
  column: Uint8Array,
  table: Uint8Array,
  mask: Uint8Array,
  rows: Uint32Array,
  from: number,
  size: number,
): void {
  for (let i = 0; i < size; i++) {
    const set = column[rows[from + i] as number] as number;
    mask[i] = (mask[i] as number) | (table[set] as number);
  }
}

function count8(
  column: Uint8Array,
  rows: Uint32Array,
  from: number,
  to: number,
  banks: Uint32Array,
): void {
  for (let i = from; i < to; i += lanes) {
    const a = (column[rows[i] as number] as number) * lanes;
    const b = (column[rows[i + 1] as number] as number) * lanes + 1;
    const c = (column[rows[i + 2] as number] as number) * lanes + 2;
    const d = (column[rows[i + 3] as number] as number) * lanes + 3;
    banks[a] = (banks[a] as number) + 1;
    banks[b] = (banks[b] as number) + 1;
    banks[c] = (banks[c] as number) + 1;
    banks[d] = (banks[d] as number) + 1;
  }
}

function miss16(
  column: Uint16Array,
  table: Uint8Array,
  words: Int32Array,
  from: number,
  to: number,
): void {
  for (let i = from, four = 0; i < to; i += 4, four++) {
    const first = table[column[i] as number] as number;
    const second = table[column[i + 1] as number] as number;
    const third = table[column[i + 2] as number] as number;
    const fourth = table[column[i + 3] as number] as number;
    words[four] = (words[four] as number) | first | (second << 8) | (third << 16) | (fourth << 24);
  }
}

function missAt16(
  column: Uint16Array,
  table: Uint8Array,
  mask: Uint8Array,
  rows: Uint32Array,
  from: number,
  size: number,
): void {
  for (let i = 0; i < size; i++) {
    const set = column[rows[from + i] as number] as number;
    mask[i] = (mask[i] as number) | (table[set] as number);
  }
}

function count16(
  column: Uint16Array,
  rows: Uint32Array,
  from: number,
  to: number,
  banks: Uint32Array,
): void {
  for (let i = from; i < to; i += lanes) {
    const a = (column[rows[i] as number] as number) * lanes;
    const b = (column[rows[i + 1] as number] as number) * lanes + 1;
    const c = (column[rows[i + 2] as number] as number) * lanes + 2;
    const d = (column[rows[i + 3] as number] as number) * lanes + 3;
    banks[a] = (banks[a] as number) + 1;
    banks[b] = (banks[b] as number) + 1;
    banks[c] = (banks[c] as number) + 1;
    banks[d] = (banks[d] as number) + 1;
  }
}

function miss32(
  column: Uint32Array,
  table: Uint8Array,
  words: Int32Array,
  from: number,
  to: number,
): void {
  for (let i = from, four = 0; i < to; i += 4, four++) {
    const first = table[column[i] as number] as number;
    const second = table[column[i + 1] as number] as number;
    const third = table[column[i + 2] as number] as number;
    const fourth = table[column[i + 3] as number] as number;
    words[four] = (words[four] as number) | first | (second << 8) | (third << 16) | (fourth << 24);
  }
}

function missAt32(
  column: Uint32Array,
  table: Uint8Array,
  mask: Uint8Array,
  rows: Uint32Array,
  from: number,
  size: number,
): void {
  for (let i = 0; i < size; i++) {
    const set = column[rows[from + i] as number] as number;
    mask[i] = (mask[i] as number) | (table[set] as number);
  }
}

function count32(
  column: Uint32Array,
  rows: Uint32Array,
  from: number,
  to: number,
  banks: Uint32Array,
): void {
  for (let i = from; i < to; i += lanes) {
    const a = (column[rows[i] as number] as number) * lanes;
    const b = (column[rows[i + 1] as number] as number) * lanes + 1;
    const c = (column[rows[i + 2] as number] as number) * lanes + 2;
    const d = (column[rows[i + 3] as number] as number) * lanes + 3;
    banks[a] = (banks[a] as number) + 1;
    banks[b] = (banks[b] as number) + 1;
    banks[c] = (banks[c] as number) + 1;
    banks[d] = (banks[d] as number) + 1;
  }
}
