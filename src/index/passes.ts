import type { Column } from "./columns.ts";

/**
 * The inner loops of a selection. Each runs over one column and a block of
 * rows, and is written out for each width of numbers: V8 compiles a loop over
 * one sort of typed array to half the time of one over three. Whoever calls
 * sees to it that all indices are within bounds.
 */

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

/** Counts by number of the set the first rows of a list. */
export function countAt(
  column: Column,
  rows: Uint32Array,
  size: number,
  counts: Uint32Array,
): void {
  if (column instanceof Uint8Array) count8(column, rows, size, counts);
  else if (column instanceof Uint16Array) count16(column, rows, size, counts);
  else count32(column, rows, size, counts);
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

function count8(column: Uint8Array, rows: Uint32Array, size: number, counts: Uint32Array): void {
  for (let i = 0; i < size; i++) {
    const set = column[rows[i] as number] as number;
    counts[set] = (counts[set] as number) + 1;
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

function count16(column: Uint16Array, rows: Uint32Array, size: number, counts: Uint32Array): void {
  for (let i = 0; i < size; i++) {
    const set = column[rows[i] as number] as number;
    counts[set] = (counts[set] as number) + 1;
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

function count32(column: Uint32Array, rows: Uint32Array, size: number, counts: Uint32Array): void {
  for (let i = 0; i < size; i++) {
    const set = column[rows[i] as number] as number;
    counts[set] = (counts[set] as number) + 1;
  }
}
