import { html } from "hono/html";
import type { Entry } from "../../index/directory-index.ts";
import { day, type Html, moment, outwardLink, partialDate } from "../text.ts";
import { definitions } from "./definitions.ts";
import { licenceLink } from "./licence.ts";

const kinds = {
  claimed: "Claimed: the co-op speaks for itself.",
  mandated: "Published on the co-op’s behalf by a federation that it has mandated.",
  imported: "Imported from open data: the co-op itself has not published this.",
} as const;

/** Where a listing comes from, under which terms, and how that can be checked. */
export function provenanceSection(entry: Entry): Html {
  const { listing, record, origin, digest, issued } = entry;
  const { provenance } = listing;
  const rows: [string, Html | undefined][] = [
    ["Source", html`${kinds[provenance.kind]}`],
    ["Credit", provenance.creditText === undefined ? undefined : html`${provenance.creditText}`],
    [
      "Based on",
      provenance.isBasedOn === undefined ? undefined : outwardLink(provenance.isBasedOn),
    ],
    [
      "Licence of the source",
      provenance.license === undefined ? undefined : licenceLink(provenance.license),
    ],
    [
      "Retrieved",
      provenance.retrieved === undefined ? undefined : partialDate(provenance.retrieved),
    ],
    ["Licence of this listing", licenceLink(listing.license)],
    ["Content changed", day(Date.parse(listing.updated))],
    ["Published by", html`${origin}`],
    ["Signed", moment(issued)],
    ["Digest", html`<code class="digest">${digest}</code> <span class="aside">SHA-256</span>`],
    ["Record", outwardLink(record, "the signed record as JSON", "")],
  ];
  return html`<section class="provenance" aria-labelledby="provenance-heading">
    <h2 id="provenance-heading">Where this comes from</h2>
    ${definitions(rows)}
  </section>`;
}
