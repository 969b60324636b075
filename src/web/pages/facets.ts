import { html, raw } from "hono/html";
import { type FacetName, facetNames, type SearchQuery } from "../../coop/query.ts";
import { regionPath } from "../../coop/regions.ts";
import { sectorPath } from "../../coop/sectors.ts";
import type { FacetValue, SearchResult } from "../../index/directory-index.ts";
import type { Fault } from "../parameters.ts";
import { type Html, number } from "../text.ts";
import { facetWords } from "../words.ts";
import { filterLabel } from "./search-address.ts";

/** So many values are seen at once; the others are unfolded. */
const shownMost = 8;

/**
 * The filters, as checkboxes with counts: values of one filter are
 * alternatives, so each count says what ticking it would bring. None where
 * there is nothing to choose from.
 */
export function filters(
  query: SearchQuery,
  facets: SearchResult["facets"],
  faults: Fault[],
): Html[] {
  return facetNames.flatMap((name) => {
    const fault = faults.find(({ parameter }) => parameter === name);
    const rows = arrange(name, query[name] ?? [], facets[name]);
    if (!offersChoice(name, rows) && fault === undefined) return [];
    return html`<fieldset class="facet">
      <legend>${facetWords[name]}</legend>
      ${fault === undefined ? "" : html`<p class="fault" id="fault-${name}">${fault.detail}</p>`}
      ${folded(name, rows)}
    </fieldset>`;
  });
}

/** Where nearly all co-ops have the same level and status, a filter for it is in the way. */
function offersChoice(name: FacetName, rows: Row[]): boolean {
  const [only] = rows;
  if (rows.length > 1 || (name !== "level" && name !== "status")) return rows.length > 0;
  return only?.chosen === true;
}

interface Row {
  value: string;
  label: string;
  count: number;
  chosen: boolean;
  /** How deep it stands below what contains it. */
  depth: number;
}

/** Sectors and regions stand below what contains them; chosen values are never left out. */
function arrange(name: FacetName, chosen: string[], values: FacetValue[]): Row[] {
  const all = new Map(values.map(({ value, count }) => [value, count]));
  for (const value of chosen) if (!all.has(value)) all.set(value, 0);
  const pathOf = { sector: sectorPath, region: regionPath }[name as string] ?? (() => []);
  const parents = new Map(
    [...all.keys()].map((value) => [
      value,
      pathOf(value)
        .slice(1)
        .find((each) => all.has(each)),
    ]),
  );
  const rows: Row[] = [];
  const add = (parent: string | undefined, depth: number) => {
    for (const [value, count] of all) {
      if (parents.get(value) !== parent) continue;
      const label = filterLabel({ name, value });
      rows.push({ value, label, count, chosen: chosen.includes(value), depth });
      add(value, depth + 1);
    }
  };
  add(undefined, 0);
  return rows;
}

function folded(name: FacetName, rows: Row[]): Html {
  // One or two more are shown rather than folded away.
  const most = rows.length <= shownMost + 2 ? rows.length : shownMost;
  const first = rows.filter((row, index) => index < most || row.chosen);
  const rest = rows.filter((row) => !first.includes(row));
  return html`<ul>
      ${first.map((row) => option(name, row))}
    </ul>
    ${
      rest.length === 0
        ? ""
        : html`<details class="more">
            <summary>${rest.length} more</summary>
            <ul>
              ${rest.map((row) => option(name, row))}
            </ul>
          </details>`
    }`;
}

function option(name: FacetName, { value, label, count, chosen, depth }: Row): Html {
  return html`<li class="depth-${Math.min(depth, 3)}">
    <label
      ><input
        type="checkbox"
        form="search"
        name="${name}"
        value="${value}"
        ${chosen ? raw("checked") : ""}
      />
      <span class="label">${label}</span> <span class="count">${number(count)}</span></label
    >
  </li>`;
}
