import { html } from "hono/html";
import type { Listing } from "../../coop/listing.ts";
import type { Entry } from "../../index/directory-index.ts";
import { followHandle } from "../entries.ts";
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
    ["Mandate", mandate(provenance)],
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
    [
      "For other servers",
      followHandle(entry) === undefined ? undefined : html`${consent(listing)}`,
    ],
    ["Content changed", day(Date.parse(listing.updated))],
    ["Published by", html`${origin}`],
    ...(digest === "" ? [] : signature(record, digest, issued)),
  ];
  return html`<section class="provenance" aria-labelledby="provenance-heading">
    <h2 id="provenance-heading">Where this comes from</h2>
    ${definitions(rows)}
  </section>`;
}

/** By what the listing can be checked. What is only previewed isn’t signed. */
function signature(record: string, digest: string, issued: number): [string, Html][] {
  return [
    ["Signed", moment(issued)],
    ["Digest", html`<code class="digest">${digest}</code> <span class="aside">SHA-256</span>`],
    ["Record", outwardLink(record, "the signed record as JSON", "")],
  ];
}

/** On whose word a federation publishes for the co-op. */
function mandate({ mandate: given }: Listing["provenance"]): Html | undefined {
  if (given === undefined) return undefined;
  const { by, url, basis, date } = given;
  const federation = url === undefined ? html`${by}` : outwardLink(url, by);
  return html`Published by <span dir="auto">${federation}</span> on the co-op’s behalf:
    <span dir="auto">${basis}</span>, ${partialDate(date)}`;
}

/** What other servers of the fediverse may do with the profile and its posts (FEP-5feb). */
function consent({ discoverable, indexable }: Listing): string {
  const profile = discoverable
    ? "They may recommend the profile"
    : "They should not recommend the profile";
  return discoverable === indexable
    ? `${profile} or let its posts be searched`
    : `${profile}, ${indexable ? "but may" : "and should not"} let its posts be searched`;
}
