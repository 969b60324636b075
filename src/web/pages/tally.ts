import { html } from "hono/html";
import { number, type Html } from "../text.ts";

/** One row: where it leads, what it is, and how many there are. */
export interface TallyRow {
  href: string;
  label: string;
  count: number;
}

/**
 * A list of ways in, with their counts and a bar for each, so that sizes can
 * be seen at a glance and read exactly.
 */
export function tally(rows: TallyRow[]): Html {
  const most = Math.max(1, ...rows.map(({ count }) => count));
  return html`<ul class="tally">
    ${rows.map(
      ({ href, label, count }) =>
        html`<li>
          <a href="${href}"
            ><span class="label">${label}</span> <span class="count">${number(count)}</span></a
          >
          <svg class="bar" width="100%" height="3" aria-hidden="true" focusable="false">
            <rect width="${((100 * count) / most).toFixed(2)}%" height="3" />
          </svg>
        </li>`,
    )}
  </ul>`;
}
