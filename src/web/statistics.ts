import type { Context } from "hono";
import { populations } from "../coop/populations.ts";
import type { SearchQuery } from "../coop/query.ts";
import { mostCells, type TooLarge } from "../index/statistics.ts";
import type { Cells, Side, Table } from "../index/table.ts";
import * as shownHosts from "../store/shown-hosts.ts";
import { prefersCsv } from "./accept.ts";
import { unlessHeld, unlessKnown } from "./answer.ts";
import { beyond, sameOn } from "./beyond.ts";
import { searchHref } from "./pages/search-address.ts";
import { demandParameters, InvalidRequest } from "./parameters.ts";
import type { Site } from "./site.ts";
import { citationOf, csvOf } from "./statistics-csv.ts";
import { rulesOf } from "./statistics-rules.ts";
import { type Asked, askedBy, StatisticsQuery } from "./statistics-query.ts";
import { measureLabel, valueLabel } from "./statistics-words.ts";

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
  const { hosts, listings } = await shownHosts.silent(site.db);
  const deciding = [`silent ${hosts} ${listings}`, asCsv ? "csv" : "json"];
  const hub = await beyond(site);
  const response = asCsv
    ? await unlessHeld(site, c, deciding, async (headers) => {
        const more = {
          "content-disposition": 'attachment; filename="statistics.csv"',
          "content-type": "text/csv; charset=utf-8; header=present",
        };
        return new Response(csvOf(site, await demand()), { headers: { ...headers, ...more } });
      })
    : await unlessKnown(site, c, deciding, async () => ({
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
