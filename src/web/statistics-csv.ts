import { createHash } from "node:crypto";
import { writeCsv } from "../directory/write-csv.ts";
import type { Side } from "../index/table.ts";
import { searchHref } from "./pages/search-address.ts";
import type { Site } from "./site.ts";
import type { Statement } from "./statistics.ts";
import { rulesOf } from "./statistics-rules.ts";
import { measureLabel, tableTitle, valueLabel } from "./statistics-words.ts";

/** What to write under a figure that was taken from here. */
export function citationOf(site: Site, statement: Statement): string {
  const { asked, address, seq, time } = statement;
  const { name, node } = site;
  const where = name === node.host ? name : `${name} (${node.host})`;
  const day = new Date(time).toISOString().slice(0, 10);
  return `${where}, ${tableTitle(asked.question)}, state ${seq} of its feed, ${address}, retrieved ${day}. SHA-256 of its cells as CSV: ${digestOf(cellsOf(statement))}.`;
}

/** By this the numbers that were cited are known again, wherever they are kept. */
function digestOf(cells: string): string {
  return createHash("sha256").update(cells).digest("hex");
}

/** The head, and one line for each cell. */
function cellsOf({ table: { rows, cols, cells } }: Statement): string {
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
  return writeCsv([[...head, ...columns.map(({ name }) => name)], ...lines]);
}

/** The cells, and what a citation needs below, each line with a # before it. */
export function csvOf(site: Site, statement: Statement): string {
  const { asked, time, seq, epoch, hosts, base } = statement;
  const { measure, stat, year, compare, matched } = asked.question;
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
  const mark = "\uFEFF";
  const below = writeCsv(notes.map(([name, text]) => [`# ${name}`, text]));
  return cellsOf(statement) + below.slice(mark.length);
}

/** An empty cell where nobody reported. */
function numberOf(value = NaN): number | string {
  return Number.isNaN(value) ? "" : value;
}
