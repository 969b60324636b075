import { html, raw } from "hono/html";
import { type FacetName, type SearchQuery } from "../../coop/query.ts";
import { regionPath } from "../../coop/regions.ts";
import { sectorPath } from "../../coop/sectors.ts";
import type { FacetValue, SearchResult } from "../../index/directory-index.ts";
import type { Fault } from "../parameters.ts";
import { type Html, number } from "../text.ts";
import { facetWords } from "../words.ts";
import { faultNote } from "./faults.ts";
import { filterLabel, type Names } from "./filter-label.ts";
import { countFields, foundedFields, placeFields } from "./filter-fields.ts";

/** So many values are seen at once; the others are unfolded. */
const shownMost = 8;

/** What the filters are made from. */
export interface FilterData {
  query: SearchQuery;
  facets: SearchResult["facets"];
  faults: Fault[];
  names: Names;
}

/** Filters that belong together, in the order in which they are shown. */
interface Group {
  heading: string;
  /** Seen from the start. */
  open: FacetName[];
  /** Unfolded by who wants them, or where something of them is chosen. */
  folded: FacetName[];
  /** What is written or picked beside the facets. */
  fields?: (data: FilterData) => Html;
}

const groups: Group[] = [
  { heading: "What they do", open: ["theme"], folded: ["sector"] },
  { heading: "Where", open: ["region"], folded: [], fields: placeFields },
  {
    heading: "What kind of co-op",
    open: ["type", "multi_stakeholder"],
    folded: ["stakeholder", "legal_form", "level", "status"],
    fields: foundedFields,
  },
  { heading: "Give and take", open: [], folded: ["needs", "offers", "capital"] },
  { heading: "Ties", open: [], folded: ["member_of", "relation"] },
  {
    heading: "What is known",
    open: [],
    folded: ["figure_year", "women_band", "language", "source"],
    fields: countFields,
  },
];

/**
 * The filters, as checkboxes with counts: values of one filter are
 * alternatives, so each count says what ticking it would bring. Without those
 * where there is nothing to choose from.
 */
export function filters(data: FilterData): Html[] {
  return groups.flatMap(({ heading, open, folded, fields }) => {
    const parts = [
      ...open.flatMap((name) => facet(name, data, true)),
      ...folded.flatMap((name) => facet(name, data, false)),
      ...(fields === undefined ? [] : [fields(data)]),
    ];
    if (parts.length === 0) return [];
    return html`<section class="filter-group">
      <h2>${heading}</h2>
      ${parts}
    </section>`;
  });
}

function facet(
  name: FacetName,
  { query, facets, faults, names }: FilterData,
  open: boolean,
): Html[] {
  const fault = faults.find(({ parameter }) => parameter === name);
  const chosen: readonly string[] = query[name] ?? [];
  const rows = arrange(name, chosen, facets[name] ?? [], names);
  if (!offersChoice(name, rows) && fault === undefined) return [];
  const body = html`${faultNote(faults, name)} ${folded(name, rows)}`;
  if (open) {
    return [
      html`<fieldset class="facet">
        <legend>${facetWords[name]}</legend>
        ${body}
      </fieldset>`,
    ];
  }
  const isOpen = chosen.length > 0 || fault !== undefined;
  return [
    html`<details class="facet" ${isOpen ? raw("open") : ""}>
      <summary>${facetWords[name]}</summary>
      <fieldset>
        <legend class="unseen">${facetWords[name]}</legend>
        ${body}
      </fieldset>
    </details>`,
  ];
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
function arrange(
  name: FacetName,
  chosen: readonly string[],
  values: FacetValue[],
  names: Names,
): Row[] {
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
      const label = filterLabel({ name, value }, names);
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
      <span class="label" dir="auto">${label}</span>
      <span class="count">${number(count)}</span></label
    >
  </li>`;
}
