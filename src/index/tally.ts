import type { Axis } from "./dimensions.ts";
import type { StatName } from "./measures.ts";
import { ascending, Quantiles } from "./quantiles.ts";

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

/** Counts rows in each place of a table; in margins each counts once. */
export function countRows(layout: Layout, rows: Uint32Array): Uint32Array {
  const counts = new Uint32Array(layout.size);
  const { keys: rowKeys, start: rowStart, cells: rowCells } = layout.rows;
  const { keys: colKeys, start: colStart, cells: colCells } = layout.cols;
  const width = layout.cols.values.length;
  const ofRowKey = new Uint32Array(rowStart.length - 1);
  const ofColKey = new Uint32Array(colStart.length - 1);
  for (let at = 0; at < rows.length; at++) {
    const row = rows[at] ?? 0;
    const rowKey = rowKeys[row] ?? 0;
    const colKey = colKeys[row] ?? 0;
    ofRowKey[rowKey] = (ofRowKey[rowKey] ?? 0) + 1;
    ofColKey[colKey] = (ofColKey[colKey] ?? 0) + 1;
    const rowEnd = rowStart[rowKey + 1] ?? 0;
    const colFrom = colStart[colKey] ?? 0;
    const colEnd = colStart[colKey + 1] ?? 0;
    for (let r = rowStart[rowKey] ?? 0; r < rowEnd; r++) {
      const base = (rowCells[r] ?? 0) * width;
      for (let c = colFrom; c < colEnd; c++) {
        const cell = base + (colCells[c] ?? 0);
        counts[cell] = (counts[cell] ?? 0) + 1;
      }
    }
  }
  addMargin(counts, layout.rowsAt, layout.rows, ofRowKey);
  addMargin(counts, layout.colsAt, layout.cols, ofColKey);
  counts[layout.wholeAt] = rows.length;
  return counts;
}

function addMargin(counts: Uint32Array, at: number, { start, cells }: Axis, ofKey: Uint32Array) {
  for (let key = 0; key < ofKey.length; key++) {
    const count = ofKey[key] ?? 0;
    if (count === 0) continue;
    for (let each = start[key] ?? 0; each < (start[key + 1] ?? 0); each++) {
      const cell = at + (cells[each] ?? 0);
      counts[cell] = (counts[cell] ?? 0) + count;
    }
  }
}

/** Figures with the keys of their rows in both directions of a table. */
export interface Entries {
  rowKeys: Uint32Array;
  colKeys: Uint32Array;
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
  const contributors = new Uint32Array(layout.size);
  const sums = new Float64Array(layout.size);
  const wholes = new Float64Array(stat === "ratio" ? layout.size : 0);
  const { of } = entries;
  const values = of === undefined || stat === "ratio" ? entries.values : shares(entries.values, of);
  if (stat === "ratio" && of !== undefined) {
    spread(layout, entries, undefined, (cell, at) => {
      contributors[cell] = (contributors[cell] ?? 0) + 1;
      sums[cell] = (sums[cell] ?? 0) + (values[at] ?? 0);
      wholes[cell] = (wholes[cell] ?? 0) + (of[at] ?? 0);
    });
    return { contributors, value: sums.map((sum, at) => sum / (wholes[at] ?? 0)) };
  }
  if (stat === "sum" || stat === "mean") {
    spread(layout, entries, undefined, (cell, at) => {
      contributors[cell] = (contributors[cell] ?? 0) + 1;
      sums[cell] = (sums[cell] ?? 0) + (values[at] ?? 0);
    });
    const value = sums.map((sum, cell) => {
      const count = contributors[cell] ?? 0;
      return count === 0 || stat === "mean" ? sum / count : sum;
    });
    return { contributors, value };
  }
  spread(layout, entries, undefined, (cell) => {
    contributors[cell] = (contributors[cell] ?? 0) + 1;
  });
  const quantiles = new Quantiles(stat === "median" ? [0.5] : [0.25, 0.5, 0.75], contributors);
  spread(layout, entries, ascending(values), (cell, at) => quantiles.add(cell, values[at] ?? 0));
  const [first, second, third] = quantiles.found;
  if (first === undefined) throw new Error("a median is always computed");
  return second === undefined || third === undefined
    ? { contributors, value: first }
    : { contributors, value: second, lower: first, upper: third };
}

/** How many entries there are in each place. */
export function countEntries(layout: Layout, entries: Entries): Uint32Array {
  const counts = new Uint32Array(layout.size);
  spread(layout, entries, undefined, (cell) => {
    counts[cell] = (counts[cell] ?? 0) + 1;
  });
  return counts;
}

function shares(values: Float64Array, of: Float64Array): Float64Array {
  return values.map((value, at) => value / (of[at] ?? 0));
}

/** Visits all places that each entry belongs to: its cells, and each margin once a value. */
function spread(
  layout: Layout,
  { rowKeys, colKeys, values }: Entries,
  order: Uint32Array | undefined,
  visit: (cell: number, at: number) => void,
): void {
  const { start: rowStart, cells: rowCells } = layout.rows;
  const { start: colStart, cells: colCells } = layout.cols;
  const { rowsAt, colsAt, wholeAt } = layout;
  const width = layout.cols.values.length;
  for (let step = 0; step < values.length; step++) {
    const at = order === undefined ? step : (order[step] ?? 0);
    const rowKey = rowKeys[at] ?? 0;
    const colKey = colKeys[at] ?? 0;
    const rowEnd = rowStart[rowKey + 1] ?? 0;
    const colFrom = colStart[colKey] ?? 0;
    const colEnd = colStart[colKey + 1] ?? 0;
    for (let r = rowStart[rowKey] ?? 0; r < rowEnd; r++) {
      const rowCell = rowCells[r] ?? 0;
      visit(rowsAt + rowCell, at);
      const base = rowCell * width;
      for (let c = colFrom; c < colEnd; c++) visit(base + (colCells[c] ?? 0), at);
    }
    for (let c = colFrom; c < colEnd; c++) visit(colsAt + (colCells[c] ?? 0), at);
    visit(wholeAt, at);
  }
}
