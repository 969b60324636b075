import { html } from "hono/html";
import type { Ties } from "../relations/ties.ts";
import { type Html, number } from "../text.ts";

/** The co-ops that say that they are members of this one, and that it has confirmed. */
export function memberSection({ total, items, next }: Ties["members"]): Html | string {
  if (total === 0) return "";
  return html`<section id="members" aria-labelledby="members-heading">
    <h2 id="members-heading">Member co-ops: ${number(total)}</h2>
    <ul class="member-list">
      ${items.map(({ name, page }) => html`<li><a href="${page}" dir="auto">${name}</a></li>`)}
    </ul>
    <p class="aside">
      Co-ops of the directory that say so in their listings, and that are confirmed here as members.
    </p>
    ${
      next === undefined
        ? ""
        : html`<p class="pages">
            <a class="next" href="?members=${encodeURIComponent(next)}#members">More members</a>
          </p>`
    }
  </section>`;
}
