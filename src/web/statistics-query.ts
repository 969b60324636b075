import { z } from "zod";
import { dimensionNames } from "../coop/dimensions.ts";
import { checkTogether, SearchQuery } from "../coop/query.ts";
import { isTimed } from "../index/dimensions.ts";
import { amounts, measureNames, parseMeasure, statNames, statsOf } from "../index/measures.ts";
import type { StatisticsQuestion } from "../index/statistics.ts";

const { sort: _, cursor: _cursor, limit: _limit, facets: _facets, ...filters } = SearchQuery.shape;

const Dimension = z.enum(dimensionNames);

const Measure = z.string().transform((text, context) => {
  const measure = parseMeasure(text);
  if (measure !== undefined) return measure.name;
  const amount = amounts.find((each) => text.split(":")[0] === each);
  context.addIssue({
    code: "custom",
    message:
      amount === undefined
        ? `“${text}” is not a measure. The measures are ${measureNames().join(", ")}, and so on for other currencies`
        : `an amount needs its currency, such as ${amount}:EUR: amounts of different currencies don’t add up`,
  });
  return z.NEVER;
});

const Year = z
  .string()
  .regex(/^[12]\d{3}$/, "not a year, such as 2015")
  .transform(Number);

/** The parameters of `/api/v1/stats` and `/stats`: those of a search, and what the table is of. */
export const StatisticsQuery = z
  .strictObject({
    rows: Dimension.optional().describe("What the rows are; one row for all when it is left out"),
    cols: Dimension.optional().describe("What the columns are"),
    measure: Measure.optional().describe(
      "organisations (also when it is left out), members, members:worker, workers, turnover:EUR …",
    ),
    stat: z
      .enum(statNames)
      .optional()
      .describe("sum (also when it is left out), mean, median, quartiles; ratio for a ratio"),
    year: Year.optional().describe(
      "Co-ops founded by then and not dissolved by then, and their figures of that year; the latest of each when it is left out",
    ),
    compare: Year.optional().describe("A second year beside it"),
    from: Year.optional().describe("The first year of rows or columns that are years"),
    to: Year.optional().describe("The last year of rows or columns that are years"),
    panel: z
      .enum(["all", "matched"])
      .optional()
      .describe("matched: only figures of those that have one in every year compared or shown"),
    format: z.enum(["json", "csv"]).optional().describe("Else by Accept"),
    ...filters,
  })
  .superRefine(checkTogether)
  .superRefine(checkQuestion);
export type StatisticsQuery = z.infer<typeof StatisticsQuery>;

/** What of the parameters doesn't fit together, and what would. */
function checkQuestion(query: StatisticsQuery, context: z.core.$RefinementCtx): void {
  const { rows, cols, stat, year, compare, from, to, panel, in_year: inYear } = query;
  const fault = (path: string, message: string) =>
    context.addIssue({ code: "custom", path: [path], message });
  const measure = parseMeasure(query.measure ?? "organisations");
  const stats = measure === undefined ? [] : statsOf(measure);
  const timed = isTimed(rows) || isTimed(cols);
  if (stat !== undefined && !stats.includes(stat)) {
    fault(
      "stat",
      stats.length === 0
        ? "co-ops are counted, nothing else: name a measure beside it, such as measure=members"
        : `can’t be ${stat} for ${measure?.name}: the values are ${stats.join(", ")}`,
    );
  }
  if (isTimed(rows) && isTimed(cols)) {
    fault("cols", "the rows are years already: choose a dimension that isn’t year or figure_year");
  }
  if (timed && year !== undefined) {
    fault("year", "the table shows every year: leave it out, or choose years with from and to");
  }
  if (compare !== undefined && year === undefined) {
    fault("compare", "needs year beside it, such as year=2015");
  }
  if (compare !== undefined && compare === year) fault("compare", "is the same year as year");
  for (const [name, value] of [
    ["from", from],
    ["to", to],
  ] as const) {
    if (value !== undefined && !timed) {
      fault(name, "needs rows=year or rows=figure_year beside it");
    }
  }
  if (from !== undefined && to !== undefined && from > to)
    fault("to", `is before from, which is ${from}`);
  if (panel === "matched" && !timed && compare === undefined) {
    fault("panel", "matched needs several years: compare, or rows=year");
  }
  if (panel === "matched" && stats.length === 0) {
    fault("panel", "matched needs a measure that co-ops report, such as measure=members");
  }
  if (inYear !== undefined && (year !== undefined || rows === "year" || cols === "year")) {
    fault("in_year", "the table has a year of its own: leave it out");
  }
}

/** What of the parameters filters, as a search does. */
export function filtersIn(query: Partial<StatisticsQuery>): SearchQuery {
  return Object.fromEntries(Object.entries(query).filter(([name]) => name in filters));
}

/** The question, and which filters nobody asked for. */
export interface Asked {
  question: StatisticsQuestion;
  /** Filters that hold unless something else is asked for. */
  defaults: ("status" | "level")[];
}

/**
 * What is counted unless something else is asked for: active co-ops of the
 * primary level. Of a year, all that there were, whatever their status is now.
 *
 * @param thisYear The last year that a series of co-ops shows by itself.
 */
export function askedBy(query: Partial<StatisticsQuery>, thisYear: number): Asked {
  const {
    rows,
    cols,
    measure: name,
    stat,
    year,
    compare,
    from,
    to,
    panel,
    format: _,
    ...rest
  } = query;
  const measure = parseMeasure(name ?? "organisations");
  const ofYear =
    year !== undefined || rows === "year" || cols === "year" || rest.in_year !== undefined;
  const defaults: Asked["defaults"] = [];
  const filter: SearchQuery = { ...rest };
  if (filter.level === undefined) {
    filter.level = ["primary"];
    defaults.push("level");
  }
  if (filter.status === undefined && !ofYear) {
    filter.status = ["active"];
    defaults.push("status");
  }
  return {
    question: {
      query: filter,
      rows,
      cols,
      measure: measure?.name ?? "organisations",
      stat: stat ?? (measure && statsOf(measure)[0]) ?? "sum",
      year,
      compare,
      span: { from, to: to ?? (measure?.runs === undefined ? thisYear : undefined) },
      matched: panel === "matched",
    },
    defaults,
  };
}
