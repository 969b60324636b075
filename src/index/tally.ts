import { type Axis, keysAt } from "./dimensions.ts";
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
 * them over cells then: as long as there are not many more pairs than rows.
 */
function byPairs(pairs: number, rows: number): boolean {
  return pairs <= 4096 + 4 * rows;
}

/** Counts rows in each place of a table; in margins each counts once. */
export function countRows(layout: Layout, rows: Uint32Array): Uint32Array {
  const { rows: down, cols: across } = layout;
  const rowCombos = combosAt(down, rows);
  const colCombos = combosAt(across, rows);
  return countCombos(layout, rowCombos, colCombos);
}

/** The combination of each row, by its number among those that occur. */
export function combosAt(axis: Axis, rows: Uint32Array): Uint32Array {
  const { keys, combos, occurring, looked } = axis;
  const known = looked?.get(rows);
  if (known !== undefined) return known;
  const found = keysAt(keys, rows);
  for (let at = 0; at < found.length; at++) {
    found[at] = occurring[combos[found[at] as number] as number] as number;
  }
  return found;
}

/** Counts in each place what has these combinations. */
export function countCombos(
  layout: Layout,
  rowCombos: Uint32Array,
  colCombos: Uint32Array,
): Uint32Array {
  const counts = new Uint32Array(layout.size);
  const add = (cell: number, count: number) => {
    counts[cell] = (counts[cell] ?? 0) + count;
  };
  const width = layout.cols.start.length - 1;
  const height = layout.rows.start.length - 1;
  if (byPairs(width * height, rowCombos.length)) {
    const pairs = new Uint32Array(width * height);
    for (let at = 0; at < rowCombos.length; at++) {
      const pair = (rowCombos[at] as number) * width + (colCombos[at] as number);
      pairs[pair] = (pairs[pair] as number) + 1;
    }
    spreadPairs(layout, pairs, add);
  } else {
    spread(layout, rowCombos, colCombos, (cell) => add(cell, 1));
  }
  counts[layout.wholeAt] = rowCombos.length;
  return counts;
}

/** Gives what was counted for pairs of combinations to their cells and margins. */
function spreadPairs(
  { rows, cols, rowsAt, colsAt }: Layout,
  pairs: Uint32Array | Float64Array,
  add: (cell: number, count: number) => void,
): void {
  const width = cols.start.length - 1;
  const height = rows.start.length - 1;
  const columns = new Float64Array(width);
  for (let row = 0; row < height; row++) {
    let whole = 0;
    const from = rows.start[row] ?? 0;
    const to = rows.start[row + 1] ?? 0;
    for (let col = 0; col < width; col++) {
      const count = pairs[row * width + col] ?? 0;
      if (count === 0) continue;
      whole += count;
      columns[col] = (columns[col] ?? 0) + count;
      const end = cols.start[col + 1] ?? 0;
      for (let r = from; r < to; r++) {
        const base = (rows.cells[r] ?? 0) * cols.values.length;
        for (let c = cols.start[col] ?? 0; c < end; c++) add(base + (cols.cells[c] ?? 0), count);
      }
    }
    for (let r = from; r < to; r++) add(rowsAt + (rows.cells[r] ?? 0), whole);
  }
  for (let col = 0; col < width; col++) {
    const end = cols.start[col + 1] ?? 0;
    for (let c = cols.start[col] ?? 0; c < end; c++) {
      add(colsAt + (cols.cells[c] ?? 0), columns[col] ?? 0);
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
  const contributors = countCombos(layout, rowCombos, colCombos);
  if (stat === "ratio") {
    const parts = sums(layout, entries, values);
    const wholes = sums(layout, entries, of ?? values);
    return { contributors, value: parts.map((part, at) => part / (wholes[at] ?? 0)) };
  }
  const each = of === undefined ? values : values.map((value, at) => value / (of[at] ?? 0));
  if (stat === "sum" || stat === "mean") {
    const value = sums(layout, entries, each);
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

/** Sums up values in each place. */
function sums(
  layout: Layout,
  { rowCombos, colCombos }: Entries,
  values: Float64Array,
): Float64Array {
  const found = new Float64Array(layout.size);
  let whole = 0;
  for (let at = 0; at < values.length; at++) whole += values[at] as number;
  const width = layout.cols.start.length - 1;
  const height = layout.rows.start.length - 1;
  if (byPairs(width * height, values.length)) {
    const pairs = new Float64Array(width * height);
    for (let at = 0; at < values.length; at++) {
      const pair = (rowCombos[at] as number) * width + (colCombos[at] as number);
      pairs[pair] = (pairs[pair] as number) + (values[at] as number);
    }
    spreadPairs(layout, pairs, (cell, sum) => {
      found[cell] = (found[cell] ?? 0) + sum;
    });
  } else {
    spread(layout, rowCombos, colCombos, (cell, at) => {
      found[cell] = (found[cell] ?? 0) + (values[at] ?? 0);
    });
  }
  found[layout.wholeAt] = whole;
  return found;
}

/** Visits all places that each entry belongs to, but for the whole: cells, and margins once a value. */
function spread(
  { rows, cols, rowsAt, colsAt }: Layout,
  rowCombos: Uint32Array,
  colCombos: Uint32Array,
  visit: (cell: number, at: number) => void,
): void {
  const { start: rowStart, cells: rowCells } = rows;
  const { start: colStart, cells: colCells } = cols;
  const width = cols.values.length;
  for (let at = 0; at < rowCombos.length; at++) {
    const rowCombo = rowCombos[at] as number;
    const colCombo = colCombos[at] as number;
    const rowEnd = rowStart[rowCombo + 1] as number;
    const colFrom = colStart[colCombo] as number;
    const colEnd = colStart[colCombo + 1] as number;
    for (let r = rowStart[rowCombo] as number; r < rowEnd; r++) {
      const rowCell = rowCells[r] as number;
      visit(rowsAt + rowCell, at);
      const base = rowCell * width;
      for (let c = colFrom; c < colEnd; c++) visit(base + (colCells[c] as number), at);
    }
    for (let c = colFrom; c < colEnd; c++) visit(colsAt + (colCells[c] as number), at);
  }
}
