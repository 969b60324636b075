import { html } from "hono/html";
import type { Html } from "../text.ts";

/** Where a leaf's search goes on. */
export interface Onward {
  /** The hub, and the same page there; undefined while the leaf knows no hub. */
  hub?: { host: string; href: string } | undefined;
}

/**
 * Says on a page of a leaf that it holds only its own, and where the rest is.
 *
 * @param what What is found there.
 */
export function leafNotice(host: string, { hub }: Onward, what: string): Html {
  return html`<p class="notice">
    ${host} lists only the co-ops that it hosts itself.
    ${
      hub === undefined
        ? "It doesn’t know yet of any node that has the whole directory."
        : html`All others, too: <a href="${hub.href}">${what} on ${hub.host}</a>.`
    }
  </p>`;
}
