import { html } from "hono/html";
import type { Precision } from "../../coop/codes.ts";
import type { Box } from "../../coop/earth.ts";
import type { Html } from "../text.ts";
import { precisionWords } from "../words.ts";
import { type Land, lands, type Ring } from "./outlines.ts";

/** How far a box is from another one, in degrees, by the wider of the two gaps. */
function gap(a: Box, b: Box): number {
  return Math.max(a.west - b.east, b.west - a.east, a.south - b.north, b.south - a.north);
}

function around(a: Box, b: Box): Box {
  return {
    west: Math.min(a.west, b.west),
    east: Math.max(a.east, b.east),
    south: Math.min(a.south, b.south),
    north: Math.max(a.north, b.north),
  };
}

/** Pixels of the drawing, which grows with its column. */
const width = 300;
const height = 210;

/** Outlines this close belong together; farther ones would make the country small. Degrees. */
const near = 3;
/** A country that is smaller is shown among its neighbours. Degrees of latitude. */
const least = 6;
/** Outlines at this scale are off by as much, and so a place by the sea may lie in it. Degrees. */
const blur = 0.6;

export interface Spot {
  /** ISO 3166-1 alpha-2. */
  country: string;
  countryName: string;
  latitude: number;
  longitude: number;
  precision: Precision | undefined;
}

/**
 * Where in its country a place is: an outline with a dot, and nothing from
 * elsewhere.
 *
 * @returns Undefined where the outline isn't known (small islands), or the
 *   place lies far outside of it.
 */
export function locatorMap(spot: Spot): Html | undefined {
  const { latitude, longitude, country, countryName, precision } = spot;
  const here = { west: longitude, east: longitude, south: latitude, north: latitude };
  const own = lands().filter((land) => land.country === country);
  const [home] = own.toSorted((a, b) => gap(a.box, here) - gap(b.box, here) || size(a) - size(b));
  if (home === undefined || gap(home.box, here) > blur) return undefined;
  const view = frame(grown(home.box, own));
  const x = (east: number) => (east - view.west) * view.scale * view.squeeze;
  const y = (north: number) => (view.north - north) * view.scale;
  const seen = lands().filter(({ box }) => gap(box, view) <= 0);
  const path = (land: Land) => outline(land.ring, x, y);
  const others = seen.filter((land) => land.country !== country).map(path);
  const words = `${countryName}, with a mark at ${precision === undefined ? "the place" : precisionWords[precision]}`;
  return html`<svg class="map" viewBox="0 0 ${width} ${height}" role="img" aria-label="${words}">
    <path class="abroad" d="${others.join("")}" />
    <path
      class="home"
      d="${seen
        .filter((land) => land.country === country)
        .map(path)
        .join("")}"
    />
    ${
      precision === "region"
        ? html`<circle
            class="vicinity"
            cx="${round(x(longitude))}"
            cy="${round(y(latitude))}"
            r="16"
          />`
        : ""
    }
    <circle class="place" cx="${round(x(longitude))}" cy="${round(y(latitude))}" r="5" />
  </svg>`;
}

function size({ box }: Land): number {
  return (box.east - box.west) * (box.north - box.south);
}

/** The box with all that lies near it, and near that. */
function grown(box: Box, lands_: Land[]): Box {
  const next = lands_
    .filter((land) => gap(land.box, box) <= near)
    .reduce((whole, land) => around(whole, land.box), box);
  const same = (["west", "east", "south", "north"] as const).every(
    (side) => next[side] === box[side],
  );
  return same ? box : grown(next, lands_);
}

/** What the drawing shows: the box with a margin, in the proportions of the drawing. */
function frame(box: Box) {
  const middle = (box.south + box.north) / 2;
  // Degrees of longitude are narrower towards the poles.
  const squeeze = Math.max(Math.cos((middle * Math.PI) / 180), 0.15);
  const tall = Math.max((box.north - box.south) * 1.12, least);
  const wide = Math.max((box.east - box.west) * 1.12 * squeeze, (least * width) / height);
  const scale = Math.min(width / wide, height / tall);
  const center = (box.west + box.east) / 2;
  return {
    west: center - width / scale / squeeze / 2,
    east: center + width / scale / squeeze / 2,
    south: middle - height / scale / 2,
    north: middle + height / scale / 2,
    scale,
    squeeze,
  };
}

/** A path of what can be told apart at this size. */
function outline(ring: Ring, x: (east: number) => number, y: (north: number) => number): string {
  let path = "";
  let last: [number, number] | undefined;
  for (const [east, north] of ring) {
    const point: [number, number] = [Math.round(x(east)), Math.round(y(north))];
    if (last !== undefined && Math.hypot(point[0] - last[0], point[1] - last[1]) < 2) continue;
    path += `${last === undefined ? "M" : "L"}${point[0]} ${point[1]}`;
    last = point;
  }
  return `${path}Z`;
}

function round(value: number): string {
  return String(Math.round(value * 10) / 10);
}
