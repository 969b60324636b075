import { html } from "hono/html";
import type { Figures, Listing } from "../../coop/listing.ts";
import { type Html, listed, outwardLink, partialDate } from "../text.ts";
import { chart } from "./chart.ts";
import { type Cell, type Series, seriesOf, valueWords, yearsOf } from "./series.ts";

/** What there is by year: bars for what people compare, and everything in a table with its sources. */
export function figuresSection(listing: Listing): Html | string {
  const { figures = [] } = listing;
  if (figures.length === 0) return "";
  const years = yearsOf(figures);
  const series = seriesOf(listing);
  const sources = sourcesOf(figures);
  const charts = series.filter(({ part, cells }) => !part && cells.size > 1);
  return html`<section class="years" id="figures" aria-labelledby="figures-heading">
    <h2 id="figures-heading">Figures by year</h2>
    ${
      listing.example === true
        ? html`<p class="aside">Synthetic: invented for this worked example.</p>`
        : ""
    }
    ${
      charts.length === 0
        ? ""
        : html`<div class="charts">
            ${charts.map(
              (each, index) =>
                html`<figure>
                  <figcaption><strong>${each.label}</strong>${unit(each)}</figcaption>
                  ${chart(`chart-${index}`, each, years)}
                </figure>`,
            )}
          </div>`
    }
    ${table(listing, series, years, sources)} ${notes(series, charts)} ${sourceList(sources)}
  </section>`;
}

function unit({ currency }: Series): Html | string {
  return currency === undefined ? "" : html` <span class="aside">${currency}</span>`;
}

/** Rows of the listing's figures that have the same source. */
interface Source {
  /** By which cells name it, where there are several. */
  mark: number;
  text: string | undefined;
  url: string | undefined;
  rows: Figures[];
}

function sourcesOf(figures: Figures[]): Source[] {
  const groups = Map.groupBy(figures, ({ source, isBasedOn }) =>
    JSON.stringify([source, isBasedOn]),
  );
  return [...groups.values()].map((rows, index) => ({
    mark: index + 1,
    text: rows[0]?.source,
    url: rows[0]?.isBasedOn,
    rows: rows.toSorted((a, b) => a.year - b.year),
  }));
}

/** The latest year comes first: it is what is asked for most, and what a narrow page shows. */
function table(listing: Listing, series: Series[], from: number[], sources: Source[]): Html {
  const years = from.toReversed();
  const several = sources.length > 1;
  const marksOf = (year: number) =>
    several ? sources.filter(({ rows }) => rows.some((row) => row.year === year)) : [];
  const inHead = new Map(years.map((year) => [year, marksOf(year).length === 1]));
  const ofCell = ({ row }: Cell) =>
    several && inHead.get(row.year) === false
      ? sources.filter(({ rows }) => rows.includes(row))
      : [];
  return html`<div class="scrolling" role="region" aria-labelledby="figures-caption" tabindex="0">
    <table class="by-year" role="table">
      <caption class="unseen" id="figures-caption">
        All figures, the latest year first
      </caption>
      <thead role="rowgroup">
        <tr role="row">
          <td role="cell"></td>
          ${years.map(
            (year) =>
              html`<th role="columnheader" scope="col" class="figure">
                ${year}${inHead.get(year) === true ? marks(marksOf(year)) : ""}
              </th>`,
          )}
        </tr>
      </thead>
      <tbody role="rowgroup">
        ${series.map(
          (each) =>
            html`<tr role="row" class="${each.part ? "part" : "whole"}">
              <th role="rowheader" scope="row">
                ${
                  each.own
                    ? html`<span lang="${listing.inLanguage ?? ""}" dir="auto">${each.label}</span>`
                    : each.label
                }${unit(each)}
              </th>
              ${years.map((year) => {
                const cell = each.cells.get(year);
                return cell === undefined
                  ? html`<td role="cell" class="figure nothing-known"></td>`
                  : html`<td role="cell" class="figure" data-label="${year}">
                      ${valueWords(cell.value)}${
                        cell.estimate ? html` <abbr title="estimated">est.</abbr>` : ""
                      }${marks(ofCell(cell))}
                    </td>`;
              })}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

function marks(sources: Source[]): Html[] {
  return sources.map(
    ({ mark }) =>
      html`<sup><a href="#figures-source-${mark}" aria-label="Source ${mark}">${mark}</a></sup>`,
  );
}

/** How to read what is shown, as far as it occurs. */
function notes(series: Series[], charts: Series[]): Html {
  const cells = series.flatMap((each) => [...each.cells.values()]);
  const drawn = charts.length > 0;
  const words = ["What is left empty isn’t known: it is not zero."];
  if (cells.some(({ estimate }) => estimate)) {
    words.push(
      drawn ? "Estimates are marked “est.”, and pale in the charts." : "“est.” marks an estimate.",
    );
  }
  if (drawn && charts.some(({ cells: own }) => [...own.values()].some(isBound))) {
    words.push("A dashed outline is the most that a number can be.");
  }
  return html`<p class="aside">${words.join(" ")}</p>`;
}

function isBound({ value }: Cell): boolean {
  return typeof value === "object";
}

function sourceList(sources: Source[]): Html {
  const [only] = sources;
  if (sources.length === 1 && only !== undefined) {
    return html`<p class="aside">Source: ${sourceWords(only)}</p>`;
  }
  return html`<ol class="aside sources">
    ${sources.map(
      (source) => html`<li id="figures-source-${source.mark}">${sourceWords(source)}</li>`,
    )}
  </ol>`;
}

function sourceWords({ text, url, rows }: Source): Html {
  const name = url === undefined ? html`${text ?? "not stated"}` : outwardLink(url, text);
  // In a span of its own: years after a name from right to left would swap.
  return html`<span dir="auto">${name}</span> (${times(rows)})`;
}

/** The years of rows, with the days at which things were counted. */
function times(rows: Figures[]): Html {
  const ends = new Set(rows.map(({ year, asOf }) => asOf?.replace(`${year}-`, "")));
  const [end] = ends;
  const years = runs(rows.map(({ year }) => year));
  if (ends.size === 1 && end === undefined) return html`${listed(years)}`;
  if (ends.size === 1 && end !== undefined && /^\d\d-\d\d$/.test(end) && rows.length > 1) {
    return html`${listed(years)}, each as of ${dayOfYear(end)}`;
  }
  return html`${rows.map(({ year, asOf }, index) => [
    index === 0 ? "" : "; ",
    asOf === undefined ? html`${year}` : html`${year} as of ${partialDate(asOf)}`,
  ])}`;
}

const daysOfYear = new Intl.DateTimeFormat("en-GB", {
  day: "numeric",
  month: "long",
  timeZone: "UTC",
});

/** `12-31` → `31 December`. */
function dayOfYear(end: string): string {
  // Any leap year has them all.
  return daysOfYear.format(new Date(`2000-${end}`));
}

/** Years that follow one another, as one: `2018–2021`. */
function runs(years: number[]): string[] {
  const found: [number, number][] = [];
  for (const year of new Set(years)) {
    const last = found.at(-1);
    if (last !== undefined && year === last[1] + 1) last[1] = year;
    else found.push([year, year]);
  }
  return found.map(([from, to]) => (from === to ? String(from) : `${from}–${to}`));
}
