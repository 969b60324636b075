import { html } from "hono/html";
import { cosine, type Point } from "../../coop/earth.ts";
import { latitudeAt, mercator } from "../../index/clusters.ts";
import { aspect, spotOn, type View } from "../map-view.ts";
import type { Html } from "../text.ts";
import { type Land, lands } from "./outlines.ts";
import { towns } from "./towns.ts";

/** Units of the drawing of the land, across; it grows with the map. */
const width = 1000;
const height = width * aspect;

/** Closer than this, outlines of this scale would put places into the sea. */
const closest = 0.006;
/** Names of towns are shown when the map is no wider. */
const townsWithin = 0.2;

/** Whether the map is so close that it has no outlines of countries. */
export function isTooClose(view: View): boolean {
  return view.width < closest;
}

/** Land and sea, filling the map whatever its size. */
export function ground(view: View): Html | string {
  if (isTooClose(view)) return "";
  const scale = width / view.width;
  const paths: string[] = [];
  for (const land of lands()) {
    // Across the date line the same land is on the other side as well.
    for (const turn of [-1, 0, 1]) {
      const west = (land.box.west + 180) / 360 + turn;
      const east = (land.box.east + 180) / 360 + turn;
      if (east < view.x || west > view.x + view.width) continue;
      const top = mercator(land.box.north);
      if (top > view.y + view.width * aspect || mercator(land.box.south) < view.y) continue;
      paths.push(outline(land, view, turn, scale));
    }
  }
  return html`<svg viewBox="0 0 ${width} ${height}" preserveAspectRatio="none" aria-hidden="true">
    <path class="land" d="${paths.join("")}" />
  </svg>`;
}

/** A path of what can be told apart at this scale; of what is a spot, none. */
function outline({ ring }: Land, view: View, turn: number, scale: number): string {
  let path = "";
  let corners = 0;
  let last: [number, number] | undefined;
  for (const [longitude, latitude] of ring) {
    const x = Math.round(((longitude + 180) / 360 + turn - view.x) * scale);
    const y = Math.round((mercator(latitude) - view.y) * scale);
    if (last !== undefined && Math.hypot(x - last[0], y - last[1]) < 3) continue;
    path += last === undefined ? `M${x} ${y}l` : `${x - last[0]} ${y - last[1]} `;
    last = [x, y];
    corners += 1;
  }
  return corners < 3 ? "" : `${path.trim()}Z`;
}

/** The largest towns, so far apart that neither names nor what is on the map cover one another. */
export function townNames(view: View, marks: Point[]): Html[] {
  if (view.width > townsWithin) return [];
  const spots = marks.map((each) => spotOn(view, each));
  const taken = new Set<string>();
  const names: Html[] = [];
  for (const { name, latitude, longitude } of towns()) {
    const { left, top } = spotOn(view, { latitude, longitude });
    if (left < 0.02 || left > 0.9 || top < 0.04 || top > 0.96) continue;
    const cell = `${Math.floor(left * 4)} ${Math.floor(top * 7)}`;
    if (taken.has(cell)) continue;
    const reachesTo = left + 0.02 + name.length * 0.01;
    const isCovered = spots.some(
      (spot) =>
        spot.left > left - 0.025 && spot.left < reachesTo && Math.abs(spot.top - top) < 0.04,
    );
    if (isCovered) continue;
    taken.add(cell);
    names.push(
      html`<circle class="town" cx="${share(left)}" cy="${share(top)}" r="1.5" />
        <text class="town" x="${share(left)}" y="${share(top)}" dx="5" dy="4">${name}</text>`,
    );
  }
  return names;
}

/** A line as long as a round number of kilometres in the middle of the map, and the number. */
export function scaleBar(view: View): Html | string {
  // On more than half of the earth no length is right everywhere.
  if (view.width > 0.5) return "";
  const middle = latitudeAt(view.y + (view.width * aspect) / 2);
  const whole = 40_030 * view.width * cosine(middle);
  const power = 10 ** Math.floor(Math.log10(whole / 4));
  const km = ([5, 2, 1].find((each) => each * power <= whole / 4) ?? 1) * power;
  const words = km < 1 ? `${Math.round(km * 1000)} m` : `${km.toLocaleString("en-GB")} km`;
  const to = share(0.02 + km / whole);
  return html`<line class="scale" x1="2%" x2="${to}" y1="96%" y2="96%" />
    <text class="scale" x="2%" y="96%" dy="-5">${words}</text>`;
}

/** A part of the map's width or height, as SVG has it. */
export function share(part: number): string {
  return `${Math.round(part * 10_000) / 100}%`;
}
