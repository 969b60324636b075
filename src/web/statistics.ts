import type { Context } from "hono";
import { writeCsv } from "../directory/write-csv.ts";
import { populations } from "../coop/populations.ts";
import type { SearchQuery } from "../coop/query.ts";
import { mostCells, type TooLarge } from "../index/statistics.ts";
import type { Cells, Side, Table } from "../index/table.ts";
import * as shownHosts from "../store/shown-hosts.ts";
import { prefersCsv } from "./accept.ts";
import { unlessKnown } from "./answer.ts";
import { beyond, sameOn } from "./beyond.ts";
import { searchHref } from "./pages/search-address.ts";
import { demandParameters, InvalidRequest } from "./parameters.ts";
import type { Site } from "./site.ts";
import { rulesOf } from "./statistics-rules.ts";
import { type Asked, askedBy, StatisticsQuery } from "./statistics-query.ts";
import { measureLabel, statWords, valueLabel } from "./statistics-words.ts";

/** A table, and all that must be known of it to read it and to cite it. */
export interface Statement {
  asked: Asked;
  table: Table;
  /** The search for all that the table is of; of a series by year, without a year. */
  base: SearchQuery;
  /** The same table again. */
  address: string;
  seq: number;
  epoch: string;
  /** Epoch ms. */
  time: number;
  /** Of hosts: those that are shown, that wait for somebody who vouches for them, and that are silent. */
  hosts: { shown: number; waiting: number; silent: number };
  /** Listings that are left out because their hosts are silent. */
  silentListings: number;
  /** Published totals that the table can be held against, and how many of them are listed. */
  coverage: { words: string; total: number; listed: number; source: string; url: string }[];
}

/** Answers a question of the statistics, and says what the answer is of. */
export async function statementOf(
  site: Site,
  query: Partial<StatisticsQuery>,
): Promise<Statement | TooLarge> {
  const time = site.clock();
  const asked = askedBy(query, new Date(time).getUTCFullYear());
  const { seq, epoch } = site.index;
  const table = await site.index.statistics(asked.question);
  if (table.kind === "too-large") return table;
  const { year } = asked.question;
  const base = { ...asked.question.query, ...(year !== undefined && { in_year: year }) };
  const { shown, waiting } = await shownHosts.sums(site.db);
  const silent = await shownHosts.silent(site.db);
  const { format: _, ...same } = query;
  return {
    asked,
    table,
    base,
    address: site.node.origin + searchHref(same, "/stats"),
    seq,
    epoch,
    time,
    hosts: { shown: shown.all, waiting, silent: silent.hosts },
    silentListings: silent.listings,
    coverage: await coverageOf(site, table, base),
  };
}

/** A published total is told where the table is of its region, or has it as a row or column. */
async function coverageOf(site: Site, table: Table, { region = [] }: SearchQuery) {
  const shown = new Set(
    [table.rows, table.cols].flatMap((side) => side?.values ?? []).concat(region),
  );
  const meant = populations.filter((each) => shown.has(each.region));
  return Promise.all(
    meant.map(async ({ words, total, query, source, url }) => {
      const found = await site.index.search({ ...query, limit: 1, facets: ["none"] });
      return { words, total, listed: found.total, source, url };
    }),
  );
}

/** `GET /api/v1/stats`: a table as JSON or CSV. */
export async function tabulateCoops(site: Site, c: Context): Promise<Response> {
  const url = new URL(c.req.url);
  const query = demandParameters(StatisticsQuery, url.searchParams);
  const accept = c.req.header("accept") ?? null;
  const asCsv = query.format === "csv" || (query.format === undefined && prefersCsv(accept));
  const demand = async () => {
    const statement = await statementOf(site, query);
    if ("kind" in statement) throw tooLarge(statement);
    return statement;
  };
  if (asCsv) {
    return new Response(csvOf(site, await demand()), {
      headers: {
        "access-control-allow-origin": "*",
        "cache-control": "no-cache",
        "content-disposition": 'attachment; filename="statistics.csv"',
        "content-type": "text/csv; charset=utf-8; header=present",
        vary: "Accept",
        "x-content-type-options": "nosniff",
      },
    });
  }
  const { hosts, listings } = await shownHosts.silent(site.db);
  const hub = await beyond(site);
  const response = await unlessKnown(site, c, [`silent ${hosts} ${listings}`], async () => ({
    ...jsonOf(site, await demand()),
    ...(hub && { directory: sameOn(hub, url.pathname, url.searchParams) }),
  }));
  response.headers.append("vary", "Accept");
  return response;
}

/** A table that has too many cells: what would make it smaller. */
export function tooLarge({ rows, cols }: TooLarge): InvalidRequest {
  const size = `${rows} rows and ${cols} columns make ${rows * cols} cells, and ${mostCells} are the most`;
  return new InvalidRequest([
    {
      parameter: rows >= cols ? "rows" : "cols",
      detail: `${size}: choose a coarser dimension (section instead of class, country instead of region), or narrow the table with filters.`,
    },
  ]);
}

function jsonOf(site: Site, statement: Statement) {
  const { asked, table, base, seq, epoch, time, hosts, silentListings } = statement;
  const { measure, stat, year, compare, span, matched } = asked.question;
  const parametersOf = (query: SearchQuery) => searchHref(query).replace(/^\/search\??/, "");
  return {
    measure: { name: measure, label: measureLabel(measure) },
    stat: measure === "organisations" ? "count" : stat,
    year: year ?? null,
    compare: compare ?? null,
    from: span.from ?? null,
    to: span.to ?? null,
    panel: matched ? "matched" : "all",
    rows: table.rows && sideOf(table.rows),
    cols: table.cols && sideOf(table.cols),
    cells: cellsOf(table.cells),
    margins: {
      rows: table.rowMargin && cellsOf(table.rowMargin),
      cols: table.colMargin && cellsOf(table.colMargin),
    },
    total: table.total && cellsOf(table.total),
    undated: table.undated,
    // With what a row and a column have as `search` behind it, the search for what a cell counts.
    search: `${site.node.origin}/api/v1/coops?${parametersOf(base)}`,
    defaults: asked.defaults,
    rules: rulesOf(statement),
    coverage: {
      organisations: table.total?.organisations[0] ?? null,
      contributors: table.total?.contributors[0] ?? null,
      populations: statement.coverage,
    },
    node: site.node.host,
    scope: site.role === "hub" ? "directory" : "own",
    seq,
    epoch,
    time: new Date(time).toISOString(),
    hosts,
    silent_listings: silentListings,
    cite: citationOf(site, statement),
  };
}

function sideOf({ dimension, values }: Side) {
  return {
    dimension,
    values: values.map((value) => ({
      value,
      label: valueLabel(dimension, value),
      search:
        dimension === "year"
          ? `in_year=${value}`
          : `also=${encodeURIComponent(`${dimension}:${value}`)}`,
    })),
  };
}

/** Arrays of JSON, with null where nobody reported; all names with underscores. */
function cellsOf({ carriedValue, compared, ...cells }: Cells) {
  return {
    ...plain(cells),
    ...(carriedValue && plain({ carried_value: carriedValue })),
    ...(compared && { compared: plain(compared) }),
  };
}

function plain(cells: Readonly<Record<string, Uint32Array | Float64Array>>) {
  const entries = Object.entries(cells).map(([name, values]) => [
    name,
    Array.from<number, number | null>(values, (value) => (Number.isNaN(value) ? null : value)),
  ]);
  return Object.fromEntries(entries) as Record<string, (number | null)[]>;
}

/** What to write under a figure that was taken from here. */
export function citationOf(site: Site, { asked, address, seq, time }: Statement): string {
  const { measure, stat, year, compare } = asked.question;
  const what =
    measureLabel(measure) +
    (measure === "organisations" ? "" : ` (${statWords[stat].toLowerCase()})`);
  const when = [year, compare].filter((each) => each !== undefined).join(" and ");
  const day = new Date(time).toISOString().slice(0, 10);
  return `${site.name} (${site.node.host}), ${[what, when].filter((each) => each !== "").join(", ")}, state ${seq} of its feed, ${address}, retrieved ${day}.`;
}

/** One line for each cell, and what a citation needs below, each line with a # before it. */
function csvOf(site: Site, statement: Statement): string {
  const { asked, table, time, seq, epoch, hosts, base } = statement;
  const { measure, stat, year, compare, matched } = asked.question;
  const { rows, cols, cells } = table;
  const columns = Object.entries({
    organisations: cells.organisations,
    contributors: cells.contributors,
    value: cells.value,
    lower: cells.lower,
    upper: cells.upper,
    carried: cells.carried,
    carried_value: cells.carriedValue,
    compared_organisations: cells.compared?.organisations,
    compared_contributors: cells.compared?.contributors,
    compared_value: cells.compared?.value,
    difference: cells.compared?.difference,
    both: cells.compared?.both,
  }).flatMap(([name, values]) => (values === undefined ? [] : [{ name, values }]));
  const labelled = (side: Side | null, value: string) =>
    side === null ? [] : [value, valueLabel(side.dimension, value)];
  const heads = (side: Side | null) =>
    side === null ? [] : [side.dimension, `${side.dimension}_label`];
  // Twice the same dimension has two names all the same.
  const head = [
    ...heads(rows),
    ...heads(cols).map((name) => (rows?.dimension === cols?.dimension ? `${name}_2` : name)),
  ];
  const across = cols?.values ?? [""];
  const lines = (rows?.values ?? [""]).flatMap((row, r) =>
    across.map((col, c) => [
      ...labelled(rows, row),
      ...labelled(cols, col),
      ...columns.map(({ values }) => numberOf(values[r * across.length + c])),
    ]),
  );
  const notes: [string, string][] = [
    ["measure", measureLabel(measure)],
    ["statistic", measure === "organisations" ? "count" : stat],
    ["year", year === undefined ? "the latest of each" : String(year)],
    ...(compare === undefined ? [] : [["compared with", String(compare)] as [string, string]]),
    ["panel", matched ? "matched" : "all"],
    ["search", site.node.origin + searchHref(base)],
    ...rulesOf(statement).map((rule): [string, string] => ["rule", rule]),
    ["node", site.node.host],
    ["scope", site.role === "hub" ? "directory" : "own"],
    ["state of the feed", `${epoch}.${seq}`],
    ["time", new Date(time).toISOString()],
    ["hosts", `${hosts.shown} shown, ${hosts.waiting} waiting, ${hosts.silent} silent`],
    ["cite", citationOf(site, statement)],
  ];
  return writeCsv([
    [...head, ...columns.map(({ name }) => name)],
    ...lines,
    ...notes.map(([name, text]) => [`# ${name}`, text]),
  ]);
}

/** An empty cell where nobody reported. */
function numberOf(value = NaN): number | string {
  return Number.isNaN(value) ? "" : value;
}
