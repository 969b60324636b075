import { html } from "hono/html";
import { themes } from "../../coop/codes.ts";
import type { SearchQuery } from "../../coop/query.ts";
import { sectorLabel } from "../../coop/sectors.ts";
import { isLacking, type Supply, type ThemeSupply } from "../../index/supply.ts";
import type { Page } from "../layout.ts";
import type { Fault } from "../parameters.ts";
import { counted, type Html, number } from "../text.ts";
import { faultAttributes, faultNote } from "./faults.ts";
import { placeFields } from "./filter-fields.ts";
import { narrowings, searchHref } from "./search-address.ts";

/** What the page of a place's supply shows. */
export interface SupplyData {
  /** The place, as far as it could be understood. */
  query: SearchQuery;
  /** What was written into the field of the region. */
  written: string;
  supply: Supply;
  faults: Fault[];
}

/** What a place needs and buys, and who there could supply it. */
export function supplyPage({ query, written, supply, faults }: SupplyData): Page {
  const { organisations, themes: all } = supply;
  const rows = all
    .filter((each) => demand(each) + each.offering + each.working > 0)
    .toSorted((a, b) => Number(isLacking(b)) - Number(isLacking(a)) || demand(b) - demand(a));
  const place = narrowings(query).map(({ label }) => label);
  return {
    title: "What a place needs",
    description: "What co-ops of a place look for and buy, and which co-ops there could supply it.",
    body: html`<h1>What a place needs, and who is there</h1>
      <p class="lead">
        What the co-ops of a region look for and buy, theme by theme, beside the co-ops there that
        offer it or work in it; and where there is nobody yet.
      </p>
      ${form(query, written, faults)}
      <p class="total" role="status">
        <strong>${counted(organisations, "co-op")}</strong>
        <span class="for">${place.length === 0 ? "everywhere" : place.join(" · ")}</span>
      </p>
      ${rows.length === 0 ? html`<p>No co-op there says what it does, offers or looks for.</p>` : table(query, rows)}
      <p class="aside">
        Only what listings say is counted, each organisation once in a row. What a public body buys
        is known from the co-ops that say that they have its contract. “Buy” counts co-ops that name
        a listed supplier of the theme. Offers and needs that have expired are left out.
        <a href="${searchHref(query, "/api/v1/supply")}">The same as JSON</a>;
        <a href="${searchHref(query, "/relations")}">who has to do with whom</a>.
      </p>`,
  };
}

function demand({ needing, buying }: ThemeSupply): number {
  return needing + buying;
}

function form(query: SearchQuery, written: string, faults: Fault[]): Html {
  return html`<form id="search" class="place-form" action="/supply" method="get">
    <div>
      <label for="region">Country or region</label>
      <input
        id="region"
        name="region"
        value="${written}"
        maxlength="100"
        autocomplete="off"
        placeholder="Lancashire, or GB-LAN"
        ${faultAttributes(faults, "region")}
      />
      ${faultNote(faults, "region")}
    </div>
    ${placeFields({ query, faults })}
    <button type="submit">Show</button>
  </form>`;
}

const columns = [
  ["needing", "Look for it"],
  ["buying", "Buy it"],
  ["offering", "Offer it"],
  ["working", "Work in it"],
  ["contracted", "With a public contract"],
  ["supplying", "Supply others"],
] as const;

function table(query: SearchQuery, rows: ThemeSupply[]): Html {
  return html`<div class="scrolling wide" tabindex="0" role="region" aria-label="Supply by theme">
    <table>
      <thead>
        <tr>
          <th scope="col">Theme</th>
          ${columns.map(([, label]) => html`<th scope="col" class="figure">${label}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map((row) => tableRow(query, row))}
      </tbody>
    </table>
  </div>`;
}

function tableRow(query: SearchQuery, row: ThemeSupply): Html {
  const links: Partial<Record<(typeof columns)[number][0], SearchQuery>> = {
    needing: { ...query, needs: [row.theme] },
    offering: { ...query, offers: [row.theme] },
    working: { ...query, theme: [row.theme] },
    contracted: { ...query, theme: [row.theme], relation: ["public-contract-with"] },
    supplying: { ...query, theme: [row.theme], relation: ["supplies"] },
  };
  return html`<tr>
    <th scope="row">
      ${themes[row.theme].label}
      ${isLacking(row) ? html`<span class="badge status">Nobody here yet</span>` : ""}
      ${sectorList(query, row)}
    </th>
    ${columns.map(([name]) => {
      const link = links[name];
      const count = number(row[name]);
      return html`<td class="figure">
        ${row[name] === 0 || link === undefined ? count : html`<a href="${searchHref(link)}">${count}</a>`}
      </td>`;
    })}
  </tr>`;
}

/** The sectors of a theme, those without anybody among them. */
function sectorList(query: SearchQuery, { sectors }: ThemeSupply): Html | string {
  if (sectors.length === 0) return "";
  return html`<details class="more">
    <summary>Sectors</summary>
    <ul>
      ${sectors.map(
        ({ sector, working }) =>
          html`<li>
            ${
              working === 0
                ? (sectorLabel(sector) ?? sector)
                : html`<a href="${searchHref({ ...query, sector: [sector] })}"
                    >${sectorLabel(sector) ?? sector}</a
                  >`
            }
            <span class="count">${working === 0 ? "nobody" : number(working)}</span>
          </li>`,
      )}
    </ul>
  </details>`;
}
