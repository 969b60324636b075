import { html, raw } from "hono/html";

const leaf = "M0 0C-7-5-8-15 0-22 8-15 7-5 0 0Z";

/** A plant of three leaflets, and of berries where it bears some. */
function plant(x: number, size: number, berry: boolean): string {
  const leaves = [-62, 0, 62, -28, 28]
    .map(
      (turn, at) => `<path class="leaf leaf-${at % 2}" d="${leaf}" transform="rotate(${turn})"/>`,
    )
    .join("");
  const fruit = berry
    ? '<path class="berry" d="M0 15C-6 12-8 7-7 3-6 0-3-1 0-1S6 0 7 3C8 7 6 12 0 15Z" transform="translate(9 1)"/>'
    : "";
  return `<g transform="translate(${x} 92) scale(${size})">${fruit}${leaves}</g>`;
}

/** Strawberry plants and the runners between them: many nodes, one field. */
export const runners = html`<svg
  class="runners"
  viewBox="0 0 420 120"
  aria-hidden="true"
  focusable="false"
>
  ${raw(
    '<path class="runner" d="M58 92C84 40 132 40 160 90M160 92C190 26 262 26 296 90M296 92C318 56 352 56 374 90M296 92C330 30 400 34 418 70"/>' +
      plant(58, 1.35, true) +
      plant(160, 1, false) +
      plant(296, 1.6, true) +
      plant(374, 0.8, false),
  )}
</svg>`;
