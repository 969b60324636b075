import type { DimensionName } from "./dimensions.ts";
import { bounded, carried, type Figures, type Measure, news, type StatName } from "./measures.ts";
import { countEntries, type Entries, type Layout, type Tally, tally } from "./tally.ts";

/** Flat arrays, row by row; margins have one for each of their values, the whole has one. */
export interface Cells {
  organisations: number[];
  /** How many of them reported the measure. */
  contributors: number[];
  /** Null where nobody did. */
  value: (number | null)[];
  /** Of quartiles, of which `value` is the second. */
  lower?: (number | null)[];
  upper?: (number | null)[];
  /** Figures that only repeat the year before: how many, and the same statistic of them alone. */
  carried?: number[];
  carriedValue?: (number | null)[];
  /** How many gave only a bound, such as “fewer than 5”: it is in no value. */
  bounded?: number[];
  /** The second year. */
  compared?: {
    organisations: number[];
    contributors: number[];
    value: (number | null)[];
    /** By how much the first year has more. */
    difference: (number | null)[];
    /** How many contributed to both. */
    both: number[];
  };
}

/** A dimension and those of its values that occur, in order; `none` comes last. */
export interface Side {
  dimension: DimensionName;
  values: string[];
}

export interface Table {
  kind: "table";
  rows: Side | null;
  cols: Side | null;
  /** As many as rows times columns, row by row. */
  cells: Cells;
  /** Each co-op once, whatever the other direction has of it. Null across years. */
  rowMargin: Cells | null;
  colMargin: Cells | null;
  total: Cells | null;
  /** Of tables by year: co-ops that are in none, as nobody says when they were founded or closed. */
  undated: number | null;
}

/** All that is known of every place of a table. */
export interface Places extends Tally {
  organisations: Uint32Array;
  /** Undefined where no figure is carried forward, or told as a bound. */
  carried?: Tally;
  bounded?: Uint32Array;
  compared?: Places & { both: Uint32Array };
}

/** Figures of a table; with a key where that isn't the key of the row: the year that they are of. */
export interface Part {
  figures: Figures;
  rowKey?: number;
  colKey?: number;
}

/** What figures come to in each place of a table, each kind of them by itself. */
export function placesOf(
  layout: Layout,
  measure: Measure,
  stat: StatName,
  organisations: Uint32Array,
  parts: readonly Part[],
): Places {
  if (measure.runs === undefined) {
    return { organisations, contributors: organisations, value: Float64Array.from(organisations) };
  }
  const places: Places = { organisations, ...tally(layout, entriesOf(layout, parts, news), stat) };
  const repeated = entriesOf(layout, parts, carried);
  if (repeated.values.length > 0) places.carried = tally(layout, repeated, stat);
  const bounds = entriesOf(layout, parts, bounded);
  if (bounds.values.length > 0) places.bounded = countEntries(layout, bounds);
  return places;
}

function entriesOf({ rows, cols }: Layout, parts: readonly Part[], kind: number): Entries {
  let size = 0;
  for (const { figures } of parts) {
    for (let at = 0; at < figures.size; at++) if (figures.kind[at] === kind) size += 1;
  }
  const ratio = parts.some(({ figures }) => figures.of !== undefined);
  const entries: Entries = {
    rowKeys: new Uint32Array(size),
    colKeys: new Uint32Array(size),
    values: new Float64Array(size),
    of: ratio ? new Float64Array(size) : undefined,
  };
  let to = 0;
  for (const { figures, rowKey, colKey } of parts) {
    for (let at = 0; at < figures.size; at++) {
      if (figures.kind[at] !== kind) continue;
      const row = figures.row[at] ?? 0;
      entries.rowKeys[to] = rowKey ?? rows.keys[row] ?? 0;
      entries.colKeys[to] = colKey ?? cols.keys[row] ?? 0;
      entries.values[to] = figures.value[at] ?? 0;
      if (entries.of !== undefined) entries.of[to] = figures.of?.[at] ?? 0;
      to += 1;
    }
  }
  return entries;
}

/** What is asked for, as plain data. */
export function tableOf(
  { rows, cols }: { rows?: DimensionName | undefined; cols?: DimensionName | undefined },
  layout: Layout,
  places: Places,
  { margins, undated }: { margins: "rows" | "cols" | "both"; undated: number | null },
): Table {
  const { rowsAt, colsAt, wholeAt, size } = layout;
  const part = (from: number, to: number) => cellsOf(places, from, to);
  return {
    kind: "table",
    rows: rows === undefined ? null : { dimension: rows, values: layout.rows.values },
    cols: cols === undefined ? null : { dimension: cols, values: layout.cols.values },
    cells: part(0, rowsAt),
    rowMargin: margins === "cols" ? null : part(rowsAt, colsAt),
    colMargin: margins === "rows" ? null : part(colsAt, wholeAt),
    total: margins === "both" ? part(wholeAt, size) : null,
    undated,
  };
}

function cellsOf(places: Places, from: number, to: number): Cells {
  const { lower, upper, carried: repeated, bounded: bounds, compared } = places;
  const whole = (numbers: Uint32Array) => Array.from(numbers.subarray(from, to));
  const known = (numbers: Float64Array) =>
    Array.from(numbers.subarray(from, to), (value) => (Number.isNaN(value) ? null : value));
  const cells: Cells = {
    organisations: whole(places.organisations),
    contributors: whole(places.contributors),
    value: known(places.value),
  };
  if (lower !== undefined) cells.lower = known(lower);
  if (upper !== undefined) cells.upper = known(upper);
  if (repeated !== undefined) {
    cells.carried = whole(repeated.contributors);
    cells.carriedValue = known(repeated.value);
  }
  if (bounds !== undefined) cells.bounded = whole(bounds);
  if (compared !== undefined) {
    cells.compared = {
      organisations: whole(compared.organisations),
      contributors: whole(compared.contributors),
      value: known(compared.value),
      difference: known(places.value.map((value, at) => value - (compared.value[at] ?? NaN))),
      both: whole(compared.both),
    };
  }
  return cells;
}
