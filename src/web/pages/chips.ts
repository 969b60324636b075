import { html } from "hono/html";
import type { SearchQuery } from "../../coop/query.ts";
import type { Html } from "../text.ts";
import type { Narrowing } from "./search-address.ts";

/**
 * What narrows what is shown, each with a link to the same without it.
 *
 * @param href Where the same is with only these filters.
 * @param all Where it is without any.
 */
export function chips(
  chosen: Narrowing[],
  href: (rest: SearchQuery) => string,
  all: string,
): Html | string {
  if (chosen.length === 0) return "";
  return html`<ul class="chips" aria-label="Active filters">
    ${chosen.map(
      ({ label, rest }) =>
        html`<li>
          <a href="${href(rest)}"
            ><span class="unseen">Remove the filter </span><span dir="auto">${label}</span>
            <span class="cross" aria-hidden="true">×</span></a
          >
        </li>`,
    )}
    <li class="all"><a href="${all}">Remove all</a></li>
  </ul>`;
}
