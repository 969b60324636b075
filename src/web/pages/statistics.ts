import { html, raw } from "hono/html";
import type { SearchResult } from "../../index/directory-index.ts";
import type { Silent } from "../../store/shown-hosts.ts";
import type { FollowableFeed } from "../feeds-at.ts";
import type { Page } from "../layout.ts";
import type { Fault } from "../parameters.ts";
import type { Statement } from "../statistics.ts";
import { filtersIn, type StatisticsQuery } from "../statistics-query.ts";
import { tableTitle } from "../statistics-words.ts";
import { counted, type Html, moment, number, outwardLink, percent } from "../text.ts";
import { chips } from "./chips.ts";
import { filters } from "./facets.ts";
import { faultNotice } from "./faults.ts";
import { feedOffer } from "./feed-offer.ts";
import type { Names } from "./filter-label.ts";
import { leafNotice, type Onward } from "./leaf.ts";
import { narrowings, searchHref } from "./search-address.ts";
import { silentWords } from "./silent.ts";
import { questionFields } from "./statistics-form.ts";
import { statisticsTable } from "./statistics-table.ts";

/** What the page of the statistics shows. */
export interface StatisticsData {
  /** The host of this node. */
  host: string;
  /** The question as far as it could be understood. */
  query: Partial<StatisticsQuery>;
  /** The answer; undefined where the table would be too large. */
  statement: Statement | undefined;
  cite: string | undefined;
  /** How it was counted. */
  rules: string[];
  facets: SearchResult["facets"];
  faults: Fault[];
  names: Names;
  /** On a leaf, where the same table is of more. */
  leaf: Onward | undefined;
  silent: Silent;
  /** The feed that brings what is counted, if there is one. */
  feed: FollowableFeed | undefined;
}

/** The statistics: what to count by what, the table, and how it came about. */
export function statisticsPage(data: StatisticsData): Page {
  const { query, statement, faults, facets, names } = data;
  const chosen = narrowings(filtersIn(query), names);
  const title = tableTitle({ ...statement?.asked.question, ...query });
  const narrowing = new Set(Object.keys(filtersIn(query)));
  const bare = Object.fromEntries(Object.entries(query).filter(([name]) => !narrowing.has(name)));
  return {
    title: `Statistics: ${title}`,
    current: "stats",
    description: "Co-ops, members and work in numbers, by any two facts.",
    head: html`<meta name="robots" content="noindex" />`,
    body: html`<div class="search statistics">
      <form class="query" id="search" action="/stats" method="get" aria-label="Table">
        <h1>Statistics</h1>
        ${questionFields(query, statement?.table.reported ?? [], faults)} ${kept(query)}
      </form>
      <details class="filters" ${faults.length > 0 ? raw("open") : ""}>
        <summary>Filters${chosen.length === 0 ? "" : ` (${chosen.length})`}</summary>
        <div class="filters-body">
          ${wordField(query)} ${filters({ query: filtersIn(query), facets, faults, names })}
          <p class="apply"><button type="submit" form="search">Apply filters</button></p>
        </div>
      </details>
      <div class="found">
        ${faultNotice(faults)}
        ${data.leaf === undefined ? "" : leafNotice(data.host, data.leaf, "the same table")}
        ${chips(chosen, (rest) => searchHref({ ...bare, ...rest }, "/stats"), searchHref(bare, "/stats"))}
        ${statement === undefined ? "" : answer(title, data, statement)} ${feedOffer(data.feed)}
        ${silentWords(data.silent)}
      </div>
    </div>`,
  };
}

/** Filters without a field of their own: they come from links, and stay until they are removed. */
function kept({ in_year: year, also = [] }: Partial<StatisticsQuery>): Html {
  return html`${year === undefined ? "" : html`<input type="hidden" name="in_year" value="${year}" />`}
  ${also.map((each) => html`<input type="hidden" name="also" value="${each}" />`)}`;
}

function wordField({ q }: Partial<StatisticsQuery>): Html {
  return html`<div class="facet fields">
    <label for="q">Words</label>
    <input id="q" form="search" name="q" type="search" maxlength="200" value="${q ?? ""}" />
  </div>`;
}

function answer(
  title: string,
  { query, cite, rules, names }: StatisticsData,
  statement: Statement,
): Html {
  const { table, base, seq, time, hosts } = statement;
  const { measure } = statement.asked.question;
  const whole = table.total;
  const organisations = whole?.organisations[0] ?? 0;
  const contributors = whole?.contributors[0] ?? 0;
  const csv: Partial<StatisticsQuery> = { ...query, format: "csv" };
  const download = searchHref(csv, "/api/v1/stats");
  return html`<h2 class="table-title" id="table-title">${title}</h2>
    ${
      whole === null
        ? ""
        : html`<p class="total" role="status">
            <strong><a href="${searchHref(base)}">${counted(organisations, "co-op")}</a></strong
            >${
              measure === "organisations"
                ? ""
                : html`, of which
                  ${number(contributors)}${
                    organisations === 0 ? "" : ` (${percent((100 * contributors) / organisations)})`
                  }
                  reported this`
            }${query.q === undefined ? "" : html` <span class="for">for “${query.q}”</span>`}
          </p>`
    }
    ${statisticsTable(statement, names)}
    <p class="pages">
      <a href="${download}">Table as CSV</a>
      <a href="${searchHref(query, "/api/v1/stats")}">as JSON</a>
    </p>
    <h2>How this was counted</h2>
    <ul class="aside rules-of-table">
      ${rules.map((rule) => html`<li>${rule}</li>`)}
      ${statement.coverage.map(
        ({ words, total, listed, source, url }) =>
          html`<li>
            Of the ${number(total)} ${words}, ${number(listed)} (${percent((100 * listed) / total)})
            are listed here. Source of the total: ${outwardLink(url, source)}.
          </li>`,
      )}
      <li>
        ${hosts.shown === 0 ? "Only this node’s own listings" : html`Listings of this node and of ${counted(hosts.shown, "other host")}`}
        are
        counted${
          hosts.waiting === 0
            ? ""
            : html`; ${counted(hosts.waiting, "host")} more
              ${hosts.waiting === 1 ? "waits" : "wait"} for somebody who vouches for
              ${hosts.waiting === 1 ? "it" : "them"}`
        }.
        State ${number(seq)} of the feed, ${moment(time)}.
      </li>
    </ul>
    <h2>Cite this</h2>
    <p class="citation">${cite}</p>`;
}
