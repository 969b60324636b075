import type { Context } from "hono";
import * as shownHosts from "../store/shown-hosts.ts";
import { parseMeasure, statNames, statsOf } from "../index/measures.ts";
import { onward } from "./beyond.ts";
import { feedFor } from "./feeds-at.ts";
import { filterNames } from "./filter-names.ts";
import { respond } from "./layout.ts";
import { statisticsPage } from "./pages/statistics.ts";
import { readMost } from "./parameters.ts";
import { narrowed } from "./show.ts";
import type { Site } from "./site.ts";
import { statementOf, tooLarge } from "./statistics.ts";
import { citationOf } from "./statistics-csv.ts";
import { rulesOf } from "./statistics-rules.ts";
import { StatisticsQuery } from "./statistics-query.ts";

/** What the page shows before anybody chooses. */
const first = { rows: "type" } as const;

/** `GET /stats`: what can't be understood is said, and the rest is counted. */
export async function showStatistics(site: Site, c: Context): Promise<Response> {
  // Links that people share pick up parameters on the way: those are no fault of theirs.
  const given = [...new URL(c.req.url).searchParams];
  const parameters = new URLSearchParams(given.filter(([name]) => name in StatisticsQuery.shape));
  if ((parameters.get("near") ?? "").trim() === "") parameters.delete("radius_km");
  forgive(parameters);
  const { data, faults } = readMost(StatisticsQuery, parameters);
  const { rows, cols, measure, stat, year, compare, from, to, panel, format: _, ...filters } = data;
  const query: Partial<StatisticsQuery> = {
    rows: rows === undefined && cols === undefined ? first.rows : rows,
    cols,
    measure,
    stat,
    year,
    compare,
    from,
    to,
    panel,
    ...narrowed(filters),
  };
  const statement = await statementOf(site, query);
  if ("kind" in statement) faults.push(...tooLarge(statement).faults);
  const table = "kind" in statement ? undefined : statement;
  const found = await site.index.search({ ...(table?.base ?? narrowed(filters)), limit: 1 });
  const names = await filterNames(site, filters, found.facets);
  const page = statisticsPage({
    host: site.node.host,
    query,
    statement: table,
    cite: table && citationOf(site, table),
    rules: table === undefined ? [] : rulesOf(table),
    facets: found.facets,
    faults,
    names,
    leaf: await onward(site, "/stats", parameters),
    silent: await shownHosts.silent(site.db),
    feed: await feedFor(site, narrowed(filters)),
  });
  return respond(site, page, faults.length === 0 ? 200 : 400);
}

/**
 * Fields of the form that belong to the table shown before: who chooses another
 * measure, or other rows, need not clear them first.
 */
function forgive(parameters: URLSearchParams): void {
  const measure = parseMeasure(parameters.get("measure") || "organisations");
  const stat = parameters.get("stat");
  const stats: string[] = measure === undefined ? [] : statsOf(measure);
  const isStat = statNames.some((each) => each === stat);
  if (measure !== undefined && isStat && !stats.includes(stat ?? "")) parameters.delete("stat");
  const timed = ["rows", "cols"].some((side) =>
    ["year", "figure_year"].includes(parameters.get(side) ?? ""),
  );
  if (!timed) for (const name of ["from", "to"]) parameters.delete(name);
  if ((!timed && !parameters.get("compare")) || stats.length === 0) parameters.delete("panel");
}
