import { html } from "hono/html";
import type { Entry } from "../../index/directory-index.ts";
import { pagePath } from "../entries.ts";
import type { Html } from "../text.ts";
import { provenanceWords } from "../words.ts";

/**
 * Says on top of a page that the organisation is found under another listing.
 *
 * @param organisation All its listings, that which stands for it first.
 */
export function standsFor(host: string, entry: Entry, [first]: Entry[]): Html | string {
  if (first === undefined || first.record === entry.record) return "";
  return html`<p class="notice">
    This organisation has more than one listing. It is found and counted under
    <a href="${pagePath(host, first)}" lang="${first.listing.inLanguage ?? ""}" dir="auto"
      >${first.listing.name}</a
    >, as listed by ${first.origin}.
  </p>`;
}

/** The other listings of the same organisation: who publishes them, and on which ground. */
export function alsoListed(host: string, entry: Entry, organisation: Entry[]): Html | string {
  const others = organisation.filter(({ record }) => record !== entry.record);
  if (others.length === 0) return "";
  const stands = organisation[0]?.record === entry.record;
  return html`<section class="also-listed" aria-labelledby="also-heading">
    <h2 id="also-heading">Also listed by</h2>
    <ul>
      ${others.map(
        (other) =>
          html`<li>
            ${other.origin}, as
            <a href="${pagePath(host, other)}" lang="${other.listing.inLanguage ?? ""}" dir="auto"
              >${other.listing.name}</a
            >
            <span class="badge ${other.listing.provenance.kind}"
              >${provenanceWords[other.listing.provenance.kind]}</span
            >
          </li>`,
      )}
    </ul>
    <p class="aside">
      The same organisation, by a number in a register that they share or by the word of a node.
      ${stands ? "It is found and counted under this listing." : ""}
    </p>
  </section>`;
}
