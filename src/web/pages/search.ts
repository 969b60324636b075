import { html, raw } from "hono/html";
import type { SearchQuery } from "../../coop/query.ts";
import type { SearchResult } from "../../index/directory-index.ts";
import type { Silent } from "../../store/shown-hosts.ts";
import type { FollowableFeed } from "../feeds-at.ts";
import type { Page } from "../layout.ts";
import type { Fault } from "../parameters.ts";
import { searchScript } from "../script.ts";
import { counted, type Html } from "../text.ts";
import { chips } from "./chips.ts";
import { filters } from "./facets.ts";
import { feedOffer } from "./feed-offer.ts";
import { faultAttributes, faultNote, faultNotice } from "./faults.ts";
import type { Names } from "./filter-label.ts";
import { leafNotice, type Onward } from "./leaf.ts";
import { resultItem } from "./result.ts";
import { silentWords } from "./silent.ts";
import { foundWords, type Narrowing, narrowings, searchHref } from "./search-address.ts";

/** What the search page shows. */
export interface SearchData {
  /** The host of this node. */
  host: string;
  /** The search as far as it could be understood. */
  query: SearchQuery;
  result: SearchResult;
  /** What could not be understood, and was left out. */
  faults: Fault[];
  /** What was written into the field, faulty or not. */
  written: string;
  /** What federations and sources are called. */
  names: Names;
  /** When nothing was found: the same search with one thing less, and what it would find. */
  wider: { label: string; query: SearchQuery; total: number }[];
  /** On a leaf, where this search goes on. */
  leaf: Onward | undefined;
  /** What is left out of all searches because its hosts are silent. */
  silent: Silent;
  /** The feed that brings what the search finds, if there is one. */
  feed: FollowableFeed | undefined;
}

/** The search: a form, what it found, and ways to narrow and to widen it. */
export function searchPage(data: SearchData): Page {
  const { query, result, faults, names } = data;
  const chosen = narrowings(query, names);
  const choices = filters({ query, facets: result.facets, faults, names });
  const what = query.q === undefined ? "" : ` for “${query.q}”`;
  return {
    title: `${foundWords(result.total, query)}${what}`,
    current: "search",
    head: head(query, chosen),
    script: searchScript.path,
    body: html`<div class="search">
      <form class="query" id="search" action="/search" method="get" role="search">
        <h1 class="unseen">Search the directory</h1>
        <label for="q">Search by name, place or what it does</label>
        <div class="field">
          <input
            id="q"
            name="q"
            type="search"
            value="${data.written}"
            maxlength="200"
            autocomplete="off"
            enterkeyhint="search"
            ${faultAttributes(faults, "q")}
          />
          <button type="submit">Search</button>
        </div>
        ${faultNote(faults, "q")}
        ${query.sort === undefined ? "" : html`<input type="hidden" name="sort" value="${query.sort}" />`}
        ${
          query.in_year === undefined
            ? ""
            : html`<input type="hidden" name="in_year" value="${query.in_year}" />`
        }
        ${query.also?.map((each) => html`<input type="hidden" name="also" value="${each}" />`) ?? ""}
        ${
          query.limit === undefined
            ? ""
            : html`<input type="hidden" name="limit" value="${query.limit}" />`
        }
      </form>
      ${
        choices.length === 0
          ? ""
          : html`<details class="filters" ${faults.length > 0 ? raw("open") : ""}>
              <summary>Filters${chosen.length === 0 ? "" : ` (${chosen.length})`}</summary>
              <div class="filters-body">
                ${choices}
                <p class="apply"><button type="submit" form="search">Apply filters</button></p>
              </div>
            </details>`
      }
      <div class="found">
        ${faultNotice(faults)}
        ${data.leaf === undefined ? "" : leafNotice(data.host, data.leaf, "the same search")}
        <p class="total" role="status">
          <strong>${foundWords(result.total, query)}</strong>${
            result.examples === 0 ? "" : html`, and ${counted(result.examples, "worked example")}`
          }${what === "" ? "" : html` <span class="for">${what}</span>`}
        </p>
        ${meant(query, result)} ${chips(chosen, searchHref, searchHref({ q: query.q }))}
        ${feedOffer(data.feed)} ${result.items.length === 0 ? nothing(data) : found(data)}
        ${elsewhere(query)} ${silentWords(data.silent)}
      </div>
    </div>`,
  };
}

/** Searches with filters are endless in number: nobody should crawl them. */
function head(query: SearchQuery, chosen: Narrowing[]): Html {
  const plain = chosen.length <= 1 && query.cursor === undefined && query.q === undefined;
  return html`${plain ? "" : raw('<meta name="robots" content="noindex" />')}`;
}

/** What was searched for in place of what was typed, and what else may have been meant. */
function meant(query: SearchQuery, { corrected, suggestion }: SearchResult): Html | string {
  if (corrected !== undefined) {
    return html`<p class="meant">
      Nothing has “${corrected.from}”: this is what <strong>${corrected.to}</strong> finds.
    </p>`;
  }
  if (suggestion === undefined) return "";
  const { cursor: _, ...first } = query;
  return html`<p class="meant">
    Did you mean <a href="${searchHref({ ...first, q: suggestion })}">${suggestion}</a>?
  </p>`;
}

function found({ host, query, result }: SearchData): Html {
  const { cursor, ...first } = query;
  return html`${sorting(query)}
    <ol class="results">
      ${result.items.map((entry) => resultItem(host, entry))}
    </ol>
    <nav class="pages" aria-label="Pages of results">
      ${cursor === undefined ? "" : html`<a href="${searchHref(first)}">Back to the beginning</a>`}
      ${
        result.previous === null
          ? ""
          : html`<a rel="prev" href="${searchHref({ ...query, cursor: result.previous })}"
              ><span aria-hidden="true">←</span> Previous page</a
            >`
      }
      ${
        result.next === null
          ? html`<span class="aside">That is all.</span>`
          : html`<a class="next" rel="next" href="${searchHref({ ...query, cursor: result.next })}"
              >Next page <span aria-hidden="true">→</span></a
            >`
      }
    </nav>`;
}

/** The same question, asked elsewhere. */
function elsewhere(query: SearchQuery): Html {
  const { cursor: _, sort: _sort, limit: _limit, ...same } = query;
  return html`<p class="aside elsewhere">
    The same search <a href="${searchHref(same, "/map")}">on the map</a>,
    <a href="${searchHref(same, "/stats")}">in numbers</a>,
    <a href="${searchHref(placesOf(same), "/supply")}">what is needed and offered there</a> and
    <a href="${searchHref(same, "/api/v1/coops")}">as JSON</a>.
  </p>`;
}

/** What of a search the page of supply knows. */
function placesOf({ theme, sector, region, type, level, status, source, ...more }: SearchQuery) {
  const { near, radius_km, bbox } = more;
  return { theme, sector, region, type, level, status, source, near, radius_km, bbox };
}

/** By what a search can be sorted, and what that is called. */
const sorts = {
  relevance: "best match",
  nearest: "nearest",
  name: "name",
  updated: "last changed",
  quality: "most complete",
} as const;
type Sort = keyof typeof sorts;

function sorting(query: SearchQuery): Html {
  // Without words nothing matches better than another: then it is the name.
  const needed: Partial<Record<Sort, unknown>> = {
    relevance: query.q,
    nearest: query.near,
    name: true,
    updated: true,
    quality: true,
  };
  const possible = (Object.keys(sorts) as Sort[]).filter((sort) => needed[sort] !== undefined);
  const usual = query.q === undefined ? "name" : "relevance";
  const current = possible.find((sort) => sort === query.sort) ?? usual;
  const { cursor: _, ...first } = query;
  return html`<p class="sorting">
    Sort by
    ${possible.map((sort, index) => [
      index === 0 ? "" : html` <span aria-hidden="true">·</span> `,
      sort === current
        ? html`<strong aria-current="true">${sorts[sort]}</strong>`
        : html`<a href="${searchHref({ ...first, sort: sort === usual ? undefined : sort })}"
            >${sorts[sort]}</a
          >`,
    ])}
  </p>`;
}

function nothing({ query, wider }: SearchData): Html {
  return html`<div class="nothing">
    <h2>Nothing in this directory matches</h2>
    ${
      wider.length === 0
        ? html`<ul>
            ${
              query.q === undefined
                ? ""
                : html`<li>Fewer or other words may help; accents and capitals don’t matter.</li>`
            }
            <li>
              Not every co-op is listed: this node knows what was published here and on the nodes
              that it follows (<a href="/network">network</a>).
            </li>
            <li><a href="/search">See all that is listed</a></li>
          </ul>`
        : html`<p>With a little less it does:</p>
            <ul>
              ${wider.map(
                ({ label, query: less, total }) =>
                  html`<li>
                    <a href="${searchHref(less)}">${label}</a>
                    <span class="count">${counted(total, "co-op")}</span>
                  </li>`,
              )}
            </ul>`
    }
  </div>`;
}
