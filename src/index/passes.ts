import type { Column } from "./columns.ts";

/**
 * The inner loops of a selection. Each runs over one column and a block of
 * rows, and is written out for each width of numbers: V8 compiles a loop over
 * one sort of typed array to half the time of one over three. Whoever calls
 * sees to it that all indices are within bounds.
 */

/** Begins the masks of a block of rows: what the table has for their states. */
export function stateIn(
  states: Uint8Array,
  table: Int32Array,
  mask: Int32Array,
  from: number,
  size: number,
): void {
  for (let i = 0; i < size; i++) mask[i] = table[states[from + i] as number] as number;
}

/** The same for the rows of a list. */
export function stateAt(
  states: Uint8Array,
  table: Int32Array,
  mask: Int32Array,
  rows: Uint32Array,
  from: number,
  size: number,
): void {
  for (let i = 0; i < size; i++) mask[i] = table[states[rows[from + i] as number] ?? 0] as number;
}

/** Adds to each row's mask what the table has for its set. Rows from `from` on. */
export function missIn(
  column: Column,
  table: Int32Array,
  mask: Int32Array,
  from: number,
  size: number,
): void {
  if (column instanceof Uint8Array) miss8(column, table, mask, from, size);
  else if (column instanceof Uint16Array) miss16(column, table, mask, from, size);
  else miss32(column, table, mask, from, size);
}

/** The same for the rows of a list. */
export function missAt(
  column: Column,
  table: Int32Array,
  mask: Int32Array,
  rows: Uint32Array,
  from: number,
  size: number,
): void {
  if (column instanceof Uint8Array) missAt8(column, table, mask, rows, from, size);
  else if (column instanceof Uint16Array) missAt16(column, table, mask, rows, from, size);
  else missAt32(column, table, mask, rows, from, size);
}

/**
 * Lists the rows of a block with exactly this mask. Without a branch, as it
 * couldn't be foretold.
 *
 * @returns How many there are.
 */
export function listIn(
  mask: Int32Array,
  wanted: number,
  from: number,
  size: number,
  list: Uint32Array,
): number {
  let length = 0;
  for (let i = 0; i < size; i++) {
    list[length] = from + i;
    // 1 where the two are the same, as masks aren't negative.
    length += (((mask[i] as number) ^ wanted) - 1) >>> 31;
  }
  return length;
}

/** The same of the rows of a list. */
export function listAt(
  mask: Int32Array,
  wanted: number,
  rows: Uint32Array,
  from: number,
  size: number,
  list: Uint32Array,
): number {
  let length = 0;
  for (let i = 0; i < size; i++) {
    list[length] = rows[from + i] as number;
    length += (((mask[i] as number) ^ wanted) - 1) >>> 31;
  }
  return length;
}

/** Each set has so many counters, used by turns: adding to one again waits for the last time. */
export const lanes = 4;

/**
 * Counts by number of the set the first rows of a list.
 *
 * @param banks `lanes` counters of each set.
 */
export function countAt(column: Column, rows: Uint32Array, size: number, banks: Uint32Array): void {
  const even = size - (size % lanes);
  if (column instanceof Uint8Array) count8(column, rows, even, banks);
  else if (column instanceof Uint16Array) count16(column, rows, even, banks);
  else count32(column, rows, even, banks);
  for (let i = even; i < size; i++) {
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
  table: Int32Array,
  mask: Int32Array,
  from: number,
  size: number,
): void {
  for (let i = 0; i < size; i++) {
    mask[i] = (mask[i] as number) | (table[column[from + i] as number] as number);
  }
}

function missAt8(
  column: Uint8Array,
  table: Int32Array,
  mask: Int32Array,
  rows: Uint32Array,
  from: number,
  size: number,
): void {
  for (let i = 0; i < size; i++) {
    const set = column[rows[from + i] as number] as number;
    mask[i] = (mask[i] as number) | (table[set] as number);
  }
}

function count8(column: Uint8Array, rows: Uint32Array, size: number, banks: Uint32Array): void {
  for (let i = 0; i < size; i += lanes) {
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
  table: Int32Array,
  mask: Int32Array,
  from: number,
  size: number,
): void {
  for (let i = 0; i < size; i++) {
    mask[i] = (mask[i] as number) | (table[column[from + i] as number] as number);
  }
}

function missAt16(
  column: Uint16Array,
  table: Int32Array,
  mask: Int32Array,
  rows: Uint32Array,
  from: number,
  size: number,
): void {
  for (let i = 0; i < size; i++) {
    const set = column[rows[from + i] as number] as number;
    mask[i] = (mask[i] as number) | (table[set] as number);
  }
}

function count16(column: Uint16Array, rows: Uint32Array, size: number, banks: Uint32Array): void {
  for (let i = 0; i < size; i += lanes) {
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
  table: Int32Array,
  mask: Int32Array,
  from: number,
  size: number,
): void {
  for (let i = 0; i < size; i++) {
    mask[i] = (mask[i] as number) | (table[column[from + i] as number] as number);
  }
}

function missAt32(
  column: Uint32Array,
  table: Int32Array,
  mask: Int32Array,
  rows: Uint32Array,
  from: number,
  size: number,
): void {
  for (let i = 0; i < size; i++) {
    const set = column[rows[from + i] as number] as number;
    mask[i] = (mask[i] as number) | (table[set] as number);
  }
}

function count32(column: Uint32Array, rows: Uint32Array, size: number, banks: Uint32Array): void {
  for (let i = 0; i < size; i += lanes) {
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
