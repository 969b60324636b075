import { html } from "hono/html";
import type { DimensionName } from "../../coop/dimensions.ts";
import { isTimed } from "../../index/dimensions.ts";
import { ratioName } from "../../index/measures.ts";
import type { Cells, Side } from "../../index/table.ts";
import { cellSearch, type Fact } from "../cell-search.ts";
import type { Statement } from "../statistics.ts";
import { dimensionWords, valueLabel } from "../statistics-words.ts";
import { counted, type Html, number, percent } from "../text.ts";
import type { Names } from "./filter-label.ts";
import { lineChart } from "./line-chart.ts";
import { searchHref } from "./search-address.ts";

/** More cells than this are for programs, not for a page. */
const mostShown = 6000;

/** Dimensions whose codes say nothing about an order: the largest comes first. */
const bySize: ReadonlySet<DimensionName> = new Set<DimensionName>([
  "country",
  "region",
  "district",
  "nuts1",
  "nuts2",
  "nuts3",
  "quebec_region",
  "other_region",
  "legal_form",
  "language",
  "member_of",
  "data_set",
  "theme",
]);

/** The table, with a picture of it where one direction is enough for one. */
export function statisticsTable(statement: Statement, names: Names): Html {
  const { table } = statement;
  const height = table.rows?.values.length ?? 1;
  const width = table.cols?.values.length ?? 1;
  if (height * width === 0) {
    return nothing(statement);
  }
  if (height * width > mostShown) {
    return html`<p class="notice">
      ${number(height)} rows and ${number(width)} columns make ${number(height * width)} cells: too
      many for a page. The CSV below has them all; filters or a coarser dimension make the table
      smaller.
    </p>`;
  }
  return html`${picture(statement)}
    <div class="scrolling wide" role="region" aria-labelledby="table-title" tabindex="0">
      <table class="statistics-table">
        ${head(statement, names)}
        <tbody>
          ${inOrder(table.rows, table.rowMargin ?? table.cells).map((row) =>
            bodyRow(statement, names, row),
          )}
        </tbody>
        ${foot(statement)}
      </table>
    </div>`;
}

/** Says why the table is empty, as far as it is known. */
function nothing({ table: { undated }, address }: Statement): Html {
  if (undated === null || undated === 0) {
    return html`<p class="nothing">There is nothing to count: no co-op here matches.</p>`;
  }
  const url = new URL(address);
  for (const name of ["year", "compare"]) url.searchParams.delete(name);
  return html`<p class="nothing">
    ${counted(undated, "co-op")}
    ${undated === 1 ? "matches, but doesn’t say" : "match, but none of them says"} when it was
    founded, and so ${undated === 1 ? "it is" : "they are"} in no year.
    ${
      url.search === new URL(address).search
        ? ""
        : html`<a href="${url.pathname + url.search}">Count without a year</a>`
    }
  </p>`;
}

/** A series by year is a line. */
function picture({ table, asked }: Statement): Html | string {
  const side = table.rows;
  if (side === null || table.cols !== null || !isTimed(side.dimension)) return "";
  const { value, carried } = table.cells;
  const points = side.values.map((year, at) => ({
    year: Number(year),
    value: known(value[at]),
    carried: (carried?.[at] ?? 0) > 0,
  }));
  if (points.filter((point) => point.value !== null).length < 2) return "";
  return lineChart(points, (each) => amount(asked.question.measure, each));
}

/** The positions of the values, in the order in which they are shown. */
function inOrder(side: Side | null, { organisations }: Cells): number[] {
  const all = [...(side?.values ?? [""]).keys()];
  if (side === null || !bySize.has(side.dimension)) return all;
  const last = (at: number) => Number(side.values[at] === "none");
  const size = (at: number) => organisations[at] ?? 0;
  return all.toSorted((a, b) => last(a) - last(b) || size(b) - size(a) || a - b);
}

function colsInOrder({ table }: Statement): number[] {
  return inOrder(table.cols, table.colMargin ?? table.cells);
}

function head(statement: Statement, names: Names): Html {
  const { rows, cols, colMargin, rowMargin } = statement.table;
  return html`<thead>
    <tr>
      <th scope="col">${rows === null ? "" : dimensionWords[rows.dimension]}</th>
      ${colsInOrder(statement).map(
        (at) =>
          html`<th scope="col" class="figure" dir="auto">
            ${
              cols === null
                ? html`<span class="unseen">Value</span>`
                : valueLabel(cols.dimension, cols.values[at] ?? "", names)
            }
          </th>`,
      )}
      ${cols !== null && rowMargin !== null ? html`<th scope="col" class="figure">All</th>` : ""}
      ${cols === null && rows !== null && colMargin !== null ? html`<th scope="col"><span class="unseen">Size</span></th>` : ""}
    </tr>
  </thead>`;
}

function bodyRow(statement: Statement, names: Names, row: number): Html {
  const { rows, cols, cells, rowMargin, colMargin } = statement.table;
  const width = cols?.values.length ?? 1;
  const value = rows?.values[row] ?? "";
  const facts = (col?: number): Fact[] => [
    ...(rows === null ? [] : [[rows.dimension, value] as const]),
    ...(cols === null || col === undefined
      ? []
      : [[cols.dimension, cols.values[col] ?? ""] as const]),
  ];
  return html`<tr>
    <th scope="row" dir="auto">
      ${rows === null ? "All" : valueLabel(rows.dimension, value, names)}
    </th>
    ${colsInOrder(statement).map((col) => cell(statement, cells, row * width + col, facts(col)))}
    ${cols !== null && rowMargin !== null ? cell(statement, rowMargin, row, facts()) : ""}
    ${cols === null && rows !== null && colMargin !== null ? barCell(cells, row) : ""}
  </tr>`;
}

function foot(statement: Statement): Html | string {
  const { rows, cols, colMargin, total } = statement.table;
  if (rows === null || colMargin === null) return "";
  return html`<tfoot>
    <tr>
      <th scope="row">All, each once</th>
      ${colsInOrder(statement).map((col) =>
        cell(
          statement,
          colMargin,
          col,
          cols === null ? [] : [[cols.dimension, cols.values[col] ?? ""]],
        ),
      )}
      ${cols !== null && total !== null ? cell(statement, total, 0, []) : ""}
      ${cols === null && total !== null ? html`<td></td>` : ""}
    </tr>
  </tfoot>`;
}

/** A value, who it is from, and the way to them. */
function cell({ asked, base }: Statement, cells: Cells, at: number, facts: Fact[]): Html {
  const { measure, stat, year, compare } = asked.question;
  const organisations = cells.organisations[at] ?? 0;
  const counting = measure === "organisations";
  const shown = (value: number | undefined) => {
    const there = known(value);
    return there === null ? "–" : amount(measure, there);
  };
  const href = searchHref(cellSearch(base, facts));
  const link = (text: string) =>
    organisations === 0 ? html`${text}` : html`<a href="${href}">${text}</a>`;
  const { lower, upper, carried, compared } = cells;
  const second = compared?.value[at];
  return html`<td class="figure">
    ${
      compared === undefined
        ? link(shown(cells.value[at]))
        : html`<span class="of-year">${year}</span> ${link(shown(cells.value[at]))}`
    }
    ${
      stat === "quartiles" && !counting && known(cells.value[at]) !== null
        ? html`<span class="beside">${shown(lower?.[at])} to ${shown(upper?.[at])}</span>`
        : ""
    }
    ${
      counting || organisations === 0
        ? ""
        : html`<span class="beside"
            >${number(cells.contributors[at] ?? 0)} of ${number(organisations)}</span
          >`
    }
    ${
      (carried?.[at] ?? 0) === 0
        ? ""
        : html`<span class="beside"
            >${number(carried?.[at] ?? 0)} carried forward: ${shown(cells.carriedValue?.[at])}</span
          >`
    }
    ${
      compared === undefined
        ? ""
        : html`<span class="second"
              ><span class="of-year">${compare}</span> ${
                (compared.organisations[at] ?? 0) === 0 || compare === undefined
                  ? shown(second)
                  : html`<a href="${searchHref(cellSearch({ ...base, in_year: compare }, facts))}"
                      >${shown(second)}</a
                    >`
              }</span
            >
            <span class="beside"
              >${difference(measure, compared.difference[at])}${number(compared.both[at] ?? 0)} in
              both</span
            >`
    }
  </td>`;
}

function difference(measure: string, value: number | undefined): string {
  const there = known(value);
  return there === null ? "" : `${there > 0 ? "+" : ""}${amount(measure, there)}; `;
}

/** A value, or null where nobody reported. */
function known(value = NaN): number | null {
  return Number.isNaN(value) ? null : value;
}

/** One bar as long as its value is among those of the table. */
function barCell({ value }: Cells, at: number): Html {
  const sizes = Array.from(value, (each) => Math.abs(known(each) ?? 0));
  const most = Math.max(...sizes, 0);
  const share = most === 0 ? 0 : (100 * (sizes[at] ?? 0)) / most;
  return html`<td class="bar-cell">
    <svg class="bar" width="100%" height="10" aria-hidden="true" focusable="false">
      <rect
        class="${(value[at] ?? 0) < 0 ? "loss" : ""}"
        width="${share.toFixed(2)}%"
        height="10"
      />
    </svg>
  </td>`;
}

const decimals = new Intl.NumberFormat("en-GB", { maximumFractionDigits: 1 });

function amount(measure: string, value: number): string {
  if (measure === ratioName) return percent(100 * value);
  return Number.isInteger(value) ? number(value) : decimals.format(value).replace("-", "−");
}
