import { none } from "../coop/dimensions.ts";
import { type Axis, axisOf, isUndated, type StatisticalColumns } from "./dimensions.ts";
import type { Measure } from "./measures.ts";
import { combosAt } from "./tally.ts";

/** Years that a table shows as rows or columns. */
export interface Span {
  from: number | undefined;
  to: number | undefined;
}

/** At most so many years stand in one table. */
const mostYears = 300;

/**
 * The years in which there were co-ops, as an axis: of a measure those for which
 * any of them has figures, else all from the first that was founded on.
 *
 * @param rows All that there ever were.
 */
export function yearsOf(
  columns: StatisticalColumns,
  measure: Measure,
  rows: Uint32Array,
  { from, to }: Span,
): number[] {
  if (measure.runs !== undefined) {
    return columns.figures
      .years(measure.runs.value)
      .filter((year) => year >= (from ?? -Infinity) && year <= (to ?? Infinity))
      .slice(-mostYears);
  }
  let [first, last] = [Infinity, 0];
  for (let at = 0; at < rows.length; at++) {
    const row = rows[at] as number;
    const founded = columns.founded[row] ?? 0;
    if (founded === 0) continue;
    first = Math.min(first, founded);
    last = Math.max(last, founded, columns.dissolved[row] ?? 0);
  }
  const end = to ?? last;
  const begin = Math.max(from ?? first, end - mostYears + 1);
  return begin > end ? [] : Array.from({ length: end - begin + 1 }, (_, at) => begin + at);
}

/** An axis of which each value is its own key: of a figure the year is known, whatever its co-op is. */
export function plainAxis(values: string[]): Axis {
  const cells = Uint32Array.from(values, (_, at) => at);
  const start = Uint32Array.from({ length: values.length + 1 }, (_, at) => at);
  return { values, keys: new Uint32Array(0), combos: cells, start, cells };
}

/** The years for which any of the rows has figures, as an axis without those that have none. */
export function figureYears(
  columns: StatisticalColumns,
  rows: Uint32Array,
  { from = 0, to = 9999 }: Span,
): Axis {
  const isMeant = (value: string) => value !== none && Number(value) >= from && Number(value) <= to;
  return axisOf(columns, "figure_year", [rows], isMeant);
}

/** Rows that were there in some of the years, and in which: from the position `begin` to before `end`. */
export interface Lives {
  rows: Uint32Array;
  begin: Uint16Array;
  end: Uint16Array;
}

/** The lives of co-ops among years; those that are in none of them are left out. */
export function livesOf(
  columns: StatisticalColumns,
  years: readonly number[],
  rows: Uint32Array,
): Lives {
  const { founded, dissolved } = columns;
  const placeOf = placesOf(years);
  const lives: Lives = {
    rows: new Uint32Array(rows.length),
    begin: new Uint16Array(rows.length),
    end: new Uint16Array(rows.length),
  };
  let found = 0;
  for (let at = 0; at < rows.length; at++) {
    const row = rows[at] as number;
    if (isUndated(columns, row)) continue;
    const begin = placeOf(founded[row] ?? 0);
    const end = dissolved[row] === 0 ? years.length : placeOf(dissolved[row] ?? 0);
    if (begin >= end) continue;
    lives.rows[found] = row;
    lives.begin[found] = begin;
    lives.end[found] = end;
    found += 1;
  }
  return {
    rows: lives.rows.subarray(0, found),
    begin: lives.begin.subarray(0, found),
    end: lives.end.subarray(0, found),
  };
}

/** The position of the first of the years that isn't before this one. */
function placesOf(years: readonly number[]): (year: number) => number {
  const first = years[0] ?? 0;
  const last = years.at(-1) ?? 0;
  const places = new Uint16Array(last - first + 1);
  let place = 0;
  for (let year = first; year <= last; year++) {
    while ((years[place] ?? Infinity) < year) place++;
    places[year - first] = place;
  }
  return (year) => {
    if (year <= first) return 0;
    return year > last ? years.length : (places[year - first] ?? 0);
  };
}

/**
 * How many co-ops there were in each year and for each value of another axis:
 * each is added where it begins and taken away where it ends, and the years are
 * summed up.
 *
 * @returns Year by year, the number for each value, and the number of all.
 */
export function countYears(
  years: number,
  other: Axis,
  { rows, begin, end }: Lives,
): { cells: Int32Array; whole: Int32Array } {
  const width = other.values.length;
  const cells = new Int32Array((years + 1) * width);
  const whole = new Int32Array(years + 1);
  const combos = combosAt(other, rows);
  for (let at = 0; at < rows.length; at++) {
    const from = begin[at] ?? 0;
    const to = end[at] ?? 0;
    whole[from] = (whole[from] ?? 0) + 1;
    whole[to] = (whole[to] ?? 0) - 1;
    const combo = combos[at] ?? 0;
    const last = other.start[combo + 1] ?? 0;
    for (let each = other.start[combo] ?? 0; each < last; each++) {
      const cell = other.cells[each] ?? 0;
      cells[from * width + cell] = (cells[from * width + cell] ?? 0) + 1;
      cells[to * width + cell] = (cells[to * width + cell] ?? 0) - 1;
    }
  }
  for (let at = width; at < cells.length; at++) {
    cells[at] = (cells[at] ?? 0) + (cells[at - width] ?? 0);
  }
  for (let at = 1; at <= years; at++) whole[at] = (whole[at] ?? 0) + (whole[at - 1] ?? 0);
  return { cells, whole };
}
