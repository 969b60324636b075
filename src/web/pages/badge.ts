import { html } from "hono/html";
import type { Listing } from "../../coop/listing.ts";
import type { Html } from "../text.ts";
import { provenanceWords, statusWords } from "../words.ts";

/** What must be seen of a listing at first glance: how it came here, and whether it is real. */
export function badges(listing: Listing): Html {
  const { kind } = listing.provenance;
  return html`${
      listing.example === true ? html`<span class="badge example">Worked example</span> ` : ""
    }<span class="badge ${kind}">${provenanceWords[kind]}</span>${
      listing.status === undefined || listing.status === "active"
        ? ""
        : html` <span class="badge status">${statusWords[listing.status]}</span>`
    }`;
}
