import type { DimensionName } from "../coop/dimensions.ts";
import type { SearchQuery } from "../coop/query.ts";
import type { Columns } from "./columns.ts";
import {
  type Axis,
  axisOf,
  isTimed,
  isUndated,
  type StatisticalColumns,
  wasThere,
  wholeAxis,
} from "./dimensions.ts";
import {
  figuresOf,
  inAll,
  keepRows,
  type Measure,
  parseMeasure,
  reportedMeasures,
  type StatName,
} from "./measures.ts";
import { resultsOf, type Table, tableOf } from "./table.ts";
import { both, placeCandidates } from "./place-filter.ts";
import { select } from "./select.ts";
import { countYears, figureYears, livesOf, plainAxis, type Span, yearsOf } from "./series.ts";
import { countRows, type Layout, layoutOf } from "./tally.ts";

/** At most so many cells are in a table. */
export const mostCells = 100_000;

/** What a table is asked for: plain data. */
export interface StatisticsQuestion {
  /** The filters of a search; its order and page don't matter. */
  query: SearchQuery;
  rows?: DimensionName | undefined;
  cols?: DimensionName | undefined;
  /** A name that `parseMeasure` reads. */
  measure: string;
  /** Of all measures but the number of organisations. */
  stat: StatName;
  /** The co-ops that there were in this year, and their figures of it; else the latest of each. */
  year?: number | undefined;
  /** A second year beside it. */
  compare?: number | undefined;
  /** Which years `year` and `figure_year` show, as rows or columns. */
  span: Span;
  /** Only figures of those that have one in every year compared or shown. */
  matched: boolean;
}

/** Answers a question from the columns, for a search whose text finds these rows; all when undefined. */
export function statistics(
  columns: Columns,
  question: StatisticsQuestion,
  textRows: Uint32Array | undefined,
): Table | TooLarge {
  const { in_year, ...query } = question.query;
  const candidates = both(textRows, placeCandidates(columns, query));
  return tabulate(columns, question, (when) => {
    const year = when ?? in_year;
    const time = year === "ever" ? ({ ever: true } as const) : { in_year: year };
    return select(columns, { ...query, ...time }, candidates).rows;
  });
}

/** The table would have more than `mostCells`. */
export interface TooLarge {
  kind: "too-large";
  rows: number;
  cols: number;
}

/**
 * Finds what a search finds, worked examples apart.
 *
 * @param when In a year, whatever became of it since; `ever` for all that there
 *   were; undefined for what the search finds by itself.
 */
export type Find = (when: number | "ever" | undefined) => Uint32Array;

/**
 * A table: one pass over the rows that a search finds counts organisations, one
 * over their figures does the rest.
 */
export function tabulate(
  columns: StatisticalColumns,
  question: StatisticsQuestion,
  find: Find,
): Table | TooLarge {
  const measure = parseMeasure(question.measure);
  if (measure === undefined) throw new TypeError(`“${question.measure}” is no measure`);
  return isTimed(question.rows) || isTimed(question.cols)
    ? byYear(columns, question, measure, find)
    : atOnce(columns, question, measure, find);
}

function atOnce(
  columns: StatisticalColumns,
  question: StatisticsQuestion,
  measure: Measure,
  find: Find,
): Table | TooLarge {
  const { year, compare, stat, matched } = question;
  const found = find(year);
  const before = compare === undefined ? undefined : find(compare);
  const all = before === undefined ? [found] : [found, before];
  const side = (name: DimensionName | undefined) =>
    name === undefined ? wholeAxis(columns.size) : axisOf(columns, name, all);
  const layout = layoutOf(side(question.rows), side(question.cols));
  if (layout.rowsAt > mostCells) return tooLarge(layout);

  const read = (rows: Uint32Array, when: number | undefined) =>
    figuresOf(columns.figures, measure, when ?? 0, marksOf(columns.size, rows));
  let first = read(found, year);
  let second = before && read(before, compare);
  const both = second && inAll(columns.size, [first, second]);
  if (matched && second !== undefined && both !== undefined) {
    first = keepRows(first, (row) => both[row] === 1);
    second = keepRows(second, (row) => both[row] === 1);
  }
  const organisations = countRows(layout, found);
  const results = resultsOf(layout, measure, stat, organisations, [{ reported: first }]);
  if (before !== undefined && second !== undefined && both !== undefined) {
    const counted = measure.runs === undefined ? shared(columns.size, found, before) : rowsOf(both);
    const compared = resultsOf(layout, measure, stat, countRows(layout, before), [
      { reported: second },
    ]);
    results.compared = { ...compared, both: countRows(layout, counted) };
  }
  return tableOf(question, layout, results, {
    margins: "both",
    undated: year === undefined ? null : undatedOf(columns, find("ever")),
    reported: reportedMeasures(columns.figures),
  });
}

function byYear(
  columns: StatisticalColumns,
  question: StatisticsQuestion,
  measure: Measure,
  find: Find,
): Table | TooLarge {
  const { rows, cols, stat, span, matched } = question;
  const timedRows = isTimed(rows);
  const byPopulation = (timedRows ? rows : cols) === "year";
  const otherName = timedRows ? cols : rows;
  const found = find(byPopulation ? "ever" : undefined);
  const years = byPopulation
    ? plainAxis(yearsOf(columns, measure, found, span).map(String))
    : figureYears(columns, found, span);
  const numbers = years.values.map(Number);
  const lives = byPopulation ? livesOf(columns, numbers, found) : undefined;
  const shown = lives?.rows ?? found;
  const other =
    otherName === undefined ? wholeAxis(columns.size) : axisOf(columns, otherName, [shown]);
  const sides = (time: Axis) => (timedRows ? layoutOf(time, other) : layoutOf(other, time));
  const layout = sides(years);
  if (layout.rowsAt > mostCells) return tooLarge(layout);

  const organisations =
    lives === undefined
      ? countRows(layout, shown)
      : placed(layout, timedRows, countYears(numbers.length, other, lives));
  const wanted = marksOf(columns.size, shown);
  let yearly = numbers.map((year) => {
    const figures = figuresOf(columns.figures, measure, year, wanted);
    return byPopulation ? keepRows(figures, (row) => wasThere(columns, row, year)) : figures;
  });
  if (matched && measure.runs !== undefined) {
    const inEvery = inAll(columns.size, yearly);
    yearly = yearly.map((figures) => keepRows(figures, (row) => inEvery[row] === 1));
  }
  // Of a figure the year is known: its key is the number of the year itself.
  const results = resultsOf(
    sides(plainAxis(years.values)),
    measure,
    stat,
    organisations,
    yearly.map((reported, at) =>
      timedRows ? { reported, rowCombo: at } : { reported, colCombo: at },
    ),
  );
  return tableOf(question, layout, results, {
    margins: timedRows ? "rows" : "cols",
    undated: byPopulation ? undatedOf(columns, found) : null,
    reported: reportedMeasures(columns.figures),
  });
}

function tooLarge({ rows, cols }: Layout): TooLarge {
  return { kind: "too-large", rows: rows.values.length, cols: cols.values.length };
}

/** The numbers by year where a table has them; margins across years stay empty. */
function placed(
  layout: Layout,
  timedRows: boolean,
  { cells, whole }: { cells: Int32Array; whole: Int32Array },
): Uint32Array {
  const places = new Uint32Array(layout.size);
  const height = layout.rows.values.length;
  const width = layout.cols.values.length;
  for (let row = 0; row < height; row++) {
    for (let col = 0; col < width; col++) {
      const at = timedRows ? row * width + col : col * height + row;
      places[row * width + col] = cells[at] ?? 0;
    }
  }
  places.set(
    whole.subarray(0, timedRows ? height : width),
    timedRows ? layout.rowsAt : layout.colsAt,
  );
  return places;
}

function marksOf(size: number, rows: Uint32Array): Uint8Array {
  const marks = new Uint8Array(size);
  for (let at = 0; at < rows.length; at++) marks[rows[at] as number] = 1;
  return marks;
}

function rowsOf(marks: Uint8Array): Uint32Array {
  const rows = new Uint32Array(marks.length);
  let found = 0;
  for (let row = 0; row < marks.length; row++) if (marks[row] === 1) rows[found++] = row;
  return rows.subarray(0, found);
}

function shared(size: number, some: Uint32Array, others: Uint32Array): Uint32Array {
  const marks = marksOf(size, some);
  return others.filter((row) => marks[row] === 1);
}

function undatedOf(columns: StatisticalColumns, rows: Uint32Array): number {
  let count = 0;
  for (let at = 0; at < rows.length; at++) {
    if (isUndated(columns, rows[at] as number)) count += 1;
  }
  return count;
}
