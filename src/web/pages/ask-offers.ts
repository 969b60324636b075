import { html } from "hono/html";
import type { Entry } from "../../index/directory-index.ts";
import { type Html, outwardLink } from "../text.ts";

/**
 * What can be asked about a listing that its co-op has not published itself:
 * at the node that publishes it, and nowhere else.
 */
export function askOffers({ listing }: Entry, here: boolean): Html {
  const { pathname, host } = new URL(listing.id);
  if (!here) {
    return html`<h3>Is this your co-op?</h3>
      <p>
        Claim it, have it corrected, or object to its being listed at
        ${outwardLink(listing.id, host, "")}, the node that publishes it.
      </p>`;
  }
  return html`<h3>Is this your co-op?</h3>
    <ul class="offers">
      <li><a href="${pathname}/claim" rel="nofollow">This is our co-op: claim it</a></li>
      <li><a href="${pathname}/correct" rel="nofollow">Something is wrong</a></li>
      <li><a href="${pathname}/object" rel="nofollow">We don’t want to be listed</a></li>
    </ul>`;
}
