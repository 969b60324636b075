import type { DimensionName } from "../coop/dimensions.ts";
import type { Axis } from "./dimensions.ts";
import type { Figures, Measure, Reported, StatName } from "./measures.ts";
import { combosAt, type Entries, type Layout, type Tally, tally } from "./tally.ts";

/**
 * Flat arrays, row by row; margins have one for each of their values, the whole
 * has one. NaN stands where nobody reported.
 */
export interface Cells {
  organisations: Uint32Array;
  /** How many of them reported the measure. */
  contributors: Uint32Array;
  value: Float64Array;
  /** Of quartiles, of which `value` is the second. */
  lower?: Float64Array;
  upper?: Float64Array;
  /** Figures that only repeat the year before: how many, and the same statistic of them alone. */
  carried?: Uint32Array;
  carriedValue?: Float64Array;
  /** The second year. */
  compared?: {
    organisations: Uint32Array;
    contributors: Uint32Array;
    value: Float64Array;
    /** By how much the first year has more. */
    difference: Float64Array;
    /** How many contributed to both. */
    both: Uint32Array;
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
  /** The measures of which anybody reports anything, whatever the table is of. */
  reported: string[];
}

/** All that is known of every place of a table. */
export interface Results extends Tally {
  organisations: Uint32Array;
  /** Undefined where no figure is carried forward. */
  carried?: Tally;
  compared?: Results & { both: Uint32Array };
}

/** What is reported; with the year that it is of as a combination, where that decides on the place. */
export interface Part {
  reported: Reported;
  rowCombo?: number;
  colCombo?: number;
}

/** What figures come to in each place of a table: what is new, and what is carried forward. */
export function resultsOf(
  layout: Layout,
  measure: Measure,
  stat: StatName,
  organisations: Uint32Array,
  parts: readonly Part[],
): Results {
  if (measure.runs === undefined) {
    return { organisations, contributors: organisations, value: Float64Array.from(organisations) };
  }
  const news = joined(parts.map((part) => entriesOf(layout, part, part.reported.news)));
  const carried = joined(parts.map((part) => entriesOf(layout, part, part.reported.carried)));
  return {
    organisations,
    ...tally(layout, news, stat),
    ...(carried.values.length > 0 && { carried: tally(layout, carried, stat) }),
  };
}

function entriesOf(
  layout: Layout,
  { rowCombo, colCombo }: Part,
  { rows, values, of }: Figures,
): Entries {
  const combos = (axis: Axis, combo: number | undefined) =>
    combo === undefined ? combosAt(axis, rows) : new Uint32Array(rows.length).fill(combo);
  return {
    rowCombos: combos(layout.rows, rowCombo),
    colCombos: combos(layout.cols, colCombo),
    values,
    of,
  };
}

/** Entries one after another. */
function joined(all: readonly Entries[]): Entries {
  const [only] = all;
  if (only !== undefined && all.length === 1) return only;
  const size = all.reduce((sum, { values }) => sum + values.length, 0);
  const whole: Entries = {
    rowCombos: new Uint32Array(size),
    colCombos: new Uint32Array(size),
    values: new Float64Array(size),
    of: only?.of && new Float64Array(size),
  };
  let at = 0;
  for (const { rowCombos, colCombos, values, of } of all) {
    whole.rowCombos.set(rowCombos, at);
    whole.colCombos.set(colCombos, at);
    whole.values.set(values, at);
    if (of !== undefined) whole.of?.set(of, at);
    at += values.length;
  }
  return whole;
}

/** What is asked for, as plain data. */
export function tableOf(
  { rows, cols }: { rows?: DimensionName | undefined; cols?: DimensionName | undefined },
  layout: Layout,
  results: Results,
  rest: { margins: "rows" | "cols" | "both"; undated: number | null; reported: string[] },
): Table {
  const { margins, undated, reported } = rest;
  const { rowsAt, colsAt, wholeAt, size } = layout;
  const part = (from: number, to: number) => cellsOf(results, from, to);
  return {
    kind: "table",
    rows: rows === undefined ? null : { dimension: rows, values: layout.rows.values },
    cols: cols === undefined ? null : { dimension: cols, values: layout.cols.values },
    cells: part(0, rowsAt),
    rowMargin: margins === "cols" ? null : part(rowsAt, colsAt),
    colMargin: margins === "rows" ? null : part(colsAt, wholeAt),
    total: margins === "both" ? part(wholeAt, size) : null,
    undated,
    reported,
  };
}

function cellsOf(results: Results, from: number, to: number): Cells {
  const { lower, upper, carried: repeated, compared } = results;
  const part = <T extends Uint32Array | Float64Array>(numbers: T) => numbers.slice(from, to) as T;
  const cells: Cells = {
    organisations: part(results.organisations),
    contributors: part(results.contributors),
    value: part(results.value),
  };
  if (lower !== undefined) cells.lower = part(lower);
  if (upper !== undefined) cells.upper = part(upper);
  if (repeated !== undefined) {
    cells.carried = part(repeated.contributors);
    cells.carriedValue = part(repeated.value);
  }
  if (compared !== undefined) {
    const { organisations, contributors, value, both } = compared;
    cells.compared = {
      organisations: part(organisations),
      contributors: part(contributors),
      value: part(value),
      difference: part(results.value).map((each, at) => each - (value[from + at] ?? NaN)),
      both: part(both),
    };
  }
  return cells;
}
