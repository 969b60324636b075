import { html, raw } from "hono/html";
import type { Precision } from "../../coop/codes.ts";
import { type Box, widthOf } from "../../coop/earth.ts";
import type { SearchQuery } from "../../coop/query.ts";
import type { FacetValue, MapPoint, MapResult } from "../../index/directory-index.ts";
import type { Group } from "../../index/map.ts";
import type { Silent } from "../../store/shown-hosts.ts";
import { pageOf } from "../entries.ts";
import type { Page } from "../layout.ts";
import { boxOf, moved, spotOn, type View, viewOf, widened, world, zoomed } from "../map-view.ts";
import type { Fault } from "../parameters.ts";
import { counted, type Html, number } from "../text.ts";
import { chips } from "./chips.ts";
import { faultNotice } from "./faults.ts";
import type { Names } from "./filter-label.ts";
import { leafNotice, type Onward } from "./leaf.ts";
import { ground, isTooClose, scaleBar, share, townNames } from "./map-drawing.ts";
import { narrowings, pointWords, searchHref } from "./search-address.ts";
import { silentWords } from "./silent.ts";
import { nearestTown } from "./towns.ts";

/** What the map page shows. */
export interface MapData {
  /** The host of this node. */
  host: string;
  /** The search, without what of the map is seen. */
  query: SearchQuery;
  view: View;
  found: MapResult;
  /** Countries, and what the chosen regions directly contain, with their counts. */
  regions: FacetValue[];
  /** What could not be understood, and was left out. */
  faults: Fault[];
  names: Names;
  /** On a leaf, where this map goes on. */
  leaf: Onward | undefined;
  silent: Silent;
}

/** The map: what a search finds, where it is, with links that go closer. */
export function mapPage(data: MapData): Page {
  const { query, view, found, faults, names } = data;
  const what = query.q === undefined ? "" : ` for “${query.q}”`;
  return {
    title: `Map of ${counted(found.total, "co-op")}${what}`,
    current: "map",
    head: raw('<meta name="robots" content="noindex" />'),
    body: html`<div class="map-page">
      <h1 class="unseen">Where co-ops are</h1>
      ${faultNotice(faults)}
      ${data.leaf === undefined ? "" : leafNotice(data.host, data.leaf, "the same map")}
      ${wordsForm(query)}
      ${chips(narrowings(query, names), (rest) => href(rest, boxOf(view)), href({ q: query.q }, undefined))}
      <div class="map-and-list">
        <div class="map-side">
          <p class="total" role="status">${summary(data)}</p>
          ${moves(query, view)} ${drawing(data)} ${caption(data)}
        </div>
        ${regionList(data)}
      </div>
      ${silentWords(data.silent)}
    </div>`,
  };
}

/** The address of a part of the map, or with a path, of another page that asks the same there. */
function href(query: SearchQuery, box: Box | undefined, path = "/map"): string {
  return searchHref({ ...query, bbox: box }, path);
}

/** Searches on the map; the filters stay. */
function wordsForm({ q, ...filters }: SearchQuery): Html {
  const kept = new URL(searchHref(filters), "http://localhost").searchParams;
  return html`<form class="searchbox" action="/map" method="get" role="search">
    <label for="q">Search by name, place or what it does</label>
    <div class="field">
      <input
        id="q"
        name="q"
        type="search"
        value="${q ?? ""}"
        maxlength="200"
        autocomplete="off"
        enterkeyhint="search"
      />
      <button type="submit">Search</button>
    </div>
    ${[...kept].map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}" />`)}
  </form>`;
}

/** How much of what the search finds is on this map, and how much on none. */
function summary({ query, view, found }: MapData): Html {
  const { total, placed, inBox } = found;
  const what = query.count === "listings" ? "listing" : "co-op";
  const lacking = total - placed;
  return html`<strong>${counted(inBox, what)}</strong> on this
    map${
      inBox === 0 ? "" : html` (<a href="${href(query, boxOf(view), "/search")}">as a list</a>)`
    }.
    <span class="for"
      >The search finds <a href="${href(query, undefined, "/search")}">${number(total)}</a>${
        lacking === 0
          ? total === inBox
            ? ""
            : html`: ${number(total - inBox)} elsewhere`
          : html`:
            ${placed === inBox ? "" : html`${number(placed - inBox)} elsewhere, and `}${number(lacking)}
            that
            ${lacking === 1 ? "doesn’t say where it is and is" : "don’t say where they are and are"}
            on no map`
      }.</span
    >`;
}

function moves(query: SearchQuery, view: View): Html {
  const to = (next: View, label: string, sign: string) =>
    html`<li>
      <a href="${href(query, boxOf(next))}" aria-label="${label}" title="${label}">${sign}</a>
    </li>`;
  const whole = view.width >= 1;
  return html`<nav class="moves" aria-label="Move the map">
    <ul>
      ${to(zoomed(view, 2), "Closer", "+")}
      ${whole ? "" : to(zoomed(view, 0.5), "Farther away", "−")}
      ${
        whole
          ? ""
          : html`${to(moved(view, -0.5, 0), "West", "←")} ${to(moved(view, 0, -0.5), "North", "↑")}
              ${to(moved(view, 0, 0.5), "South", "↓")} ${to(moved(view, 0.5, 0), "East", "→")}
              <li><a href="${href(query, boxOf(world))}">Whole earth</a></li>`
      }
      <li><a href="#regions">Past the map</a></li>
    </ul>
  </nav>`;
}

function drawing(data: MapData): Html {
  const { query, view, found, host } = data;
  return html`<svg class="big-map" role="group" aria-label="Map, with links to go closer">
    ${ground(view)} ${townNames(view, [...found.groups, ...found.points])} ${scaleBar(view)}
    ${found.groups.map((group) => cluster(query, view, group))}
    ${found.points.map((each) => point(host, view, each))}
  </svg>`;
}

/** Groups by how many they are: each ten times as large as the one before. */
const sizes = [10, 100, 1000, 10_000];

function cluster(query: SearchQuery, view: View, group: Group): Html {
  const { left, top } = spotOn(view, group);
  const { box } = group;
  const next = viewOf(widened(box));
  // A group that hardly falls apart gets half the map.
  const closer = next.width < view.width * 0.6 ? next : zoomed(viewAround(view, group), 2);
  // What is at one place, or can’t be seen from closer, is better read as a list.
  const atOnePlace = widthOf(box) < 1e-4 && box.north - box.south < 1e-4;
  const asList = atOnePlace || closer.width > view.width * 0.9;
  const town = nearestTown(group);
  const where = town === undefined ? `at ${pointWords(group)}` : `around ${town.name}`;
  const shown = shortWords(group.count);
  const exactly = shown === number(group.count) ? "" : ` (${number(group.count)})`;
  const label = `${shown}${exactly} co-ops ${where}${asList ? ": as a list" : ""}`;
  const size = sizes.filter((least) => group.count >= least).length;
  return html`<a
    class="cluster size-${size}"
    href="${asList ? href(query, box, "/search") : href(query, boxOf(closer))}"
    aria-label="${label}"
    >${reach(left, top)}<circle
      class="dot"
      cx="${share(left)}"
      cy="${share(top)}"
      r="${10 + size * 3}"
    />
    <text x="${share(left)}" y="${share(top)}" dy="0.35em">${shown}</text></a
  >`;
}

const shortened = new Intl.NumberFormat("en-GB", {
  notation: "compact",
  maximumSignificantDigits: 2,
});

/** A number for a small circle: `999`, but `1.2K`. */
function shortWords(count: number): string {
  return count < 1000 ? number(count) : shortened.format(count);
}

/** The same scale with a group in its middle. */
function viewAround(view: View, group: Group): View {
  const { left, top } = spotOn(view, group);
  return moved(view, left - 0.5, top - 0.5);
}

function point(host: string, view: View, { id, name, precision, ...place }: MapPoint): Html {
  const { left, top } = spotOn(view, place);
  return html`<a
    class="single ${isVague(precision) ? "vague" : ""}"
    href="${pageOf(host, id)}"
    aria-label="${name}"
    >${reach(left, top)}<circle class="dot" cx="${share(left)}" cy="${share(top)}" r="6"
      ><title>${name}</title></circle
    ></a
  >`;
}

/** What of a mark can be hit, however small it is: marks are far enough apart for that. */
function reach(left: number, top: number): Html {
  return html`<circle class="reach" cx="${share(left)}" cy="${share(top)}" r="12" />`;
}

function isVague(precision: Precision | undefined): boolean {
  return precision === "locality" || precision === "region";
}

function caption({ view, found, query }: MapData): Html {
  const vague = found.points.some(({ precision }) => isVague(precision));
  return html`<p class="aside">
    ${
      found.total === 0
        ? html`Nothing in this directory matches. <a href="/map">See all co-ops</a>.`
        : found.inBox === 0
          ? found.placed === 0
            ? "None of them says where it is."
            : html`None of them is here.
                <a href="${href(query, undefined)}">Show where they are</a>.`
          : "A circle with a number goes closer; a dot is one co-op."
    }
    ${vague ? "Of those with a ring no more than the town or the region is known." : ""}
    ${
      isTooClose(view)
        ? "The outlines that this map has are too coarse for so close a look."
        : "Outlines from Natural Earth; they say nothing about whose a border is."
    }
    The same map <a href="${href(query, boxOf(view), "/api/v1/map")}">as JSON</a>.
  </p>`;
}

/** The same numbers by country, or in a chosen region by what it contains. */
function regionList({ query, regions }: MapData): Html {
  const chosen = new Set<string>(query.region);
  const shown = regions.filter(({ value, count }) => count > 0 && !chosen.has(value));
  return html`<section class="region-list" id="regions" aria-labelledby="regions-heading">
    <h2 id="regions-heading">By region</h2>
    ${
      shown.length === 0
        ? html`<p class="aside">No region is known for what is on this map.</p>`
        : html`<p class="aside">Of what is on this map.</p>
            <ul class="tally">
              ${shown.map(
                ({ value, label, count }) =>
                  html`<li>
                    <a href="${href({ ...query, region: [value] }, undefined)}"
                      ><span class="label" dir="auto">${label}</span>
                      <span class="count">${number(count)}</span></a
                    >
                  </li>`,
              )}
            </ul>`
    }
  </section>`;
}
