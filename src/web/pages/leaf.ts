import { html } from "hono/html";
import type { Html } from "../text.ts";

/** Where a leaf's search goes on. */
export interface Onward {
  /** The hub, and the same page there; undefined while the leaf knows no hub. */
  hub?: { host: string; href: string } | undefined;
}

/** Says on a page of a leaf that it holds only its own, and where the rest is. */
export function leafNotice(host: string, { hub }: Onward): Html {
  return html`<p class="notice">
    ${host} holds only the co-ops that it hosts itself, a part of the directory.
    ${
      hub === undefined
        ? "It doesn’t know of any node yet that has all of it."
        : html`<a href="${hub.href}">The same on ${hub.host}</a>, which has all of it.`
    }
  </p>`;
}
