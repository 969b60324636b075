import { type Axis, combosOf } from "./dimensions.ts";
import type { StatName } from "./measures.ts";
import { ascending, Quantiles, quantile } from "./quantiles.ts";

/**
 * The places of a table in flat arrays: its cells row by row, then the margin of
 * each row, the margin of each column, and the whole.
 */
export interface Layout {
  rows: Axis;
  cols: Axis;
  /** Where the margins begin. */
  rowsAt: number;
  colsAt: number;
  wholeAt: number;
  size: number;
}

export function layoutOf(rows: Axis, cols: Axis): Layout {
  const rowsAt = rows.values.length * cols.values.length;
  const colsAt = rowsAt + rows.values.length;
  const wholeAt = colsAt + cols.values.length;
  return { rows, cols, rowsAt, colsAt, wholeAt, size: wholeAt + 1 };
}

/**
 * Whether it is less work to count pairs of combinations first and to spread
 * them over cells then: as long as there are far fewer pairs than rows.
 */
function byPairs(pairs: number, rows: number): boolean {
  return pairs <= 65_536 + rows / 8;
}

/** Counts rows in each place of a table; in margins each counts once. */
export function countRows(layout: Layout, rows: Uint32Array): Uint32Array {
  const { rows: down, cols: across } = layout;
  return counts(layout, combosAt(down, rows), combosAt(across, rows));
}

/** The combination of each row. */
export function combosAt({ keys, combos, looked }: Axis, rows: Uint32Array): Uint32Array {
  return looked?.get(rows) ?? combosOf(keys, combos, rows);
}

/** Counts in each place what has these combinations. */
function counts(layout: Layout, rowCombos: Uint32Array, colCombos: Uint32Array): Uint32Array {
  return Uint32Array.from(sums(layout, rowCombos, colCombos, undefined));
}

/**
 * Sums up values in each place, each in all cells that its combinations stand
 * for, and in each margin once.
 *
 * @param values 1 for each when undefined.
 */
function sums(
  layout: Layout,
  rowCombos: Uint32Array,
  colCombos: Uint32Array,
  values: Float64Array | undefined,
): Float64Array {
  const found = new Float64Array(layout.size);
  const { rows, cols, rowsAt, colsAt, wholeAt } = layout;
  const width = cols.start.length - 1;
  const height = rows.start.length - 1;
  const ofRow = new Float64Array(height);
  const ofCol = new Float64Array(width);
  if (byPairs(width * height, rowCombos.length)) {
    const pairs = new Float64Array(width * height);
    if (values === undefined) countPairs(pairs, width, rowCombos, colCombos);
    else sumPairs(pairs, width, rowCombos, colCombos, values);
    for (let pair = 0; pair < pairs.length; pair++) {
      const value = pairs[pair] as number;
      if (value === 0) continue;
      const row = Math.floor(pair / width);
      const col = pair - row * width;
      ofRow[row] = (ofRow[row] as number) + value;
      ofCol[col] = (ofCol[col] as number) + value;
      spread(layout, row, col, value, found);
    }
  } else {
    for (let at = 0; at < rowCombos.length; at++) {
      const row = rowCombos[at] as number;
      const col = colCombos[at] as number;
      const value = values === undefined ? 1 : (values[at] as number);
      ofRow[row] = (ofRow[row] as number) + value;
      ofCol[col] = (ofCol[col] as number) + value;
      spread(layout, row, col, value, found);
    }
  }
  addMargin(found, rowsAt, rows, ofRow);
  addMargin(found, colsAt, cols, ofCol);
  found[wholeAt] = ofRow.reduce((sum, each) => sum + each, 0);
  return found;
}

function countPairs(
  pairs: Float64Array,
  width: number,
  rowCombos: Uint32Array,
  colCombos: Uint32Array,
): void {
  for (let at = 0; at < rowCombos.length; at++) {
    const pair = (rowCombos[at] as number) * width + (colCombos[at] as number);
    pairs[pair] = (pairs[pair] as number) + 1;
  }
}

function sumPairs(
  pairs: Float64Array,
  width: number,
  rowCombos: Uint32Array,
  colCombos: Uint32Array,
  values: Float64Array,
): void {
  for (let at = 0; at < rowCombos.length; at++) {
    const pair = (rowCombos[at] as number) * width + (colCombos[at] as number);
    pairs[pair] = (pairs[pair] as number) + (values[at] as number);
  }
}

/** Adds a value to each cell that a pair of combinations stands for. */
function spread(
  { rows, cols }: Layout,
  row: number,
  col: number,
  value: number,
  found: Float64Array,
): void {
  for (let r = rows.start[row] as number; r < (rows.start[row + 1] as number); r++) {
    const base = (rows.cells[r] as number) * cols.values.length;
    for (let c = cols.start[col] as number; c < (cols.start[col + 1] as number); c++) {
      const cell = base + (cols.cells[c] as number);
      found[cell] = (found[cell] as number) + value;
    }
  }
}

/** Gives what was counted for combinations to the values of a margin. */
function addMargin(
  found: Float64Array,
  margin: number,
  { start, cells }: Axis,
  ofCombo: Float64Array,
): void {
  for (let combo = 0; combo < ofCombo.length; combo++) {
    for (let at = start[combo] as number; at < (start[combo + 1] as number); at++) {
      const cell = margin + (cells[at] as number);
      found[cell] = (found[cell] as number) + (ofCombo[combo] as number);
    }
  }
}

/** Figures with the combinations of their rows in both directions of a table. */
export interface Entries {
  rowCombos: Uint32Array;
  colCombos: Uint32Array;
  values: Float64Array;
  /** Of a ratio: what each value is a part of. */
  of: Float64Array | undefined;
}

/** What figures come to in each place of a table. */
export interface Tally {
  contributors: Uint32Array;
  /** NaN where nothing was contributed. */
  value: Float64Array;
  lower?: Float64Array;
  upper?: Float64Array;
}

/** Computes a statistic in each place of a table. */
export function tally(layout: Layout, entries: Entries, stat: StatName): Tally {
  const { rowCombos, colCombos, values, of } = entries;
  const contributors = counts(layout, rowCombos, colCombos);
  const summed = (each: Float64Array) => sums(layout, rowCombos, colCombos, each);
  if (stat === "ratio") {
    const parts = summed(values);
    const wholes = summed(of ?? values);
    return { contributors, value: parts.map((part, at) => part / (wholes[at] ?? 0)) };
  }
  const each = of === undefined ? values : values.map((value, at) => value / (of[at] ?? 0));
  if (stat === "sum" || stat === "mean") {
    const value = summed(each);
    for (let at = 0; at < value.length; at++) {
      const count = contributors[at] ?? 0;
      if (stat === "mean" || count === 0) value[at] = (value[at] ?? 0) / count;
    }
    return { contributors, value };
  }
  const parts = stat === "median" ? [0.5] : [0.25, 0.5, 0.75];
  // Laid out in order first: then what is walked along lies side by side.
  const order = ascending(each);
  const sorted = new Float64Array(order.length);
  for (let at = 0; at < order.length; at++) sorted[at] = each[order[at] as number] as number;
  const quantiles = new Quantiles(parts, contributors);
  quantiles.walk(layout, inOrder(rowCombos, order), inOrder(colCombos, order), sorted);
  for (const [at, found] of quantiles.found.entries()) {
    found[layout.wholeAt] = quantile(parts[at] ?? 0, sorted);
  }
  const [first = new Float64Array(0), second, third] = quantiles.found;
  return second === undefined || third === undefined
    ? { contributors, value: first }
    : { contributors, value: second, lower: first, upper: third };
}

function inOrder(numbers: Uint32Array, order: Uint32Array): Uint32Array {
  const found = new Uint32Array(order.length);
  for (let at = 0; at < order.length; at++) found[at] = numbers[order[at] as number] as number;
  return found;
}
