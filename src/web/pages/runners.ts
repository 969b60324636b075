import { html, raw } from "hono/html";

/** A leaflet, its stem at the origin, with the notched edge of the strawberry's. */
const leaflet =
  "M0 0C-9-2-14-9-13-16L-10-17-10-21-6-22-5-25 0-26 5-25 6-22 10-21 10-17 13-16C14-9 9-2 0 0Z";
const berry = "M0 14C-6 11-8 6-7 2-6-1-3-2 0-2S6-1 7 2C8 6 6 11 0 14Z";

/** A plant: leaves of three leaflets on their stalks, and berries where it bears some. */
function plant(x: number, size: number, berries: boolean): string {
  const leaf = (turn: number, length: number) =>
    `<g transform="rotate(${turn})"><path class="stalk" d="M0 0V-${length}"/>` +
    [-68, 68, 0]
      .map(
        (side) =>
          `<path class="leaf" d="${leaflet}" transform="translate(0 -${length}) rotate(${side})"/>`,
      )
      .join("") +
    "</g>";
  const fruit = (side: number) =>
    `<path class="stalk" d="M0 0C${side * 4}-16 ${side * 22}-22 ${side * 25}-4"/><path class="berry" d="${berry}" transform="translate(${side * 25} -2)"/>`;
  return `<g transform="translate(${x} 118) scale(${size})">${leaf(-50, 27)}${leaf(48, 29)}${leaf(0, 40)}${berries ? fruit(-1) + fruit(1) : ""}</g>`;
}

/** Strawberry plants and the runners between them: many nodes, one field. */
export const runners = html`<svg
  class="runners"
  viewBox="0 0 420 130"
  aria-hidden="true"
  focusable="false"
>
  ${raw(
    '<path class="runner" d="M70 118C96 62 150 62 182 118M182 118C214 50 270 50 300 118M300 118C322 78 352 78 372 118M372 118C388 96 404 94 420 106"/>' +
      plant(70, 1, true) +
      plant(182, 0.62, false) +
      plant(300, 0.85, true) +
      plant(372, 0.42, false),
  )}
</svg>`;
