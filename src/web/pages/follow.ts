import { html } from "hono/html";
import type { Entry } from "../../index/directory-index.ts";
import { followHandle } from "../entries.ts";
import { type Html, number, outwardLink } from "../text.ts";
import { alikeLink, askOffers } from "./ask-offers.ts";
import { serverForm } from "./server-form.ts";

/** What the box about following needs to know. */
export interface FollowData {
  entry: Entry;
  /** Whether this node publishes the listing. */
  here: boolean;
  /** Followers, where they are known. */
  followers: number | undefined;
}

/** A handle that one touch selects; where it is too long for its line, it breaks before its host. */
export function handleToCopy(handle: string): Html {
  const at = handle.lastIndexOf("@");
  return html`<code class="handle copy" translate="no"
    >${handle.slice(0, at)}<wbr />${handle.slice(at)}</code
  >`;
}

/** How to follow a co-op; or why it can't be followed, and what can be done about that. */
export function followBox(data: FollowData): Html {
  const { entry } = data;
  const handle = followHandle(entry);
  if (handle === undefined) return notFollowable(data);
  const { account } = entry.listing;
  return html`<section class="box follow" aria-labelledby="follow-heading">
    <h2 id="follow-heading">Follow</h2>
    ${
      account === undefined
        ? ""
        : html`<p>Its own account in the fediverse: ${outwardLink(account)}</p>
            <p>Its profile in this directory can be followed, too:</p>`
    }
    <p>${handleToCopy(handle)}</p>
    <p class="aside">
      Copy this and paste it into the search of your Mastodon account, or of any other account in
      the fediverse; then press
      Follow.${
        data.followers === undefined || data.followers === 0
          ? ""
          : ` ${number(data.followers)} ${data.followers === 1 ? "follows" : "follow"} it so far.`
      }
    </p>
    ${serverForm(entry.listing.id)}
    ${entry.listing.provenance.kind === "mandated" ? askOffers(entry, data.here) : ""}
  </section>`;
}

function notFollowable({ entry, here }: FollowData): Html {
  const { provenance, name } = entry.listing;
  if (provenance.kind !== "imported") {
    return html`<section class="box follow" aria-labelledby="follow-heading">
      <h2 id="follow-heading">Not followable</h2>
      <p>This listing has no account that could be followed.</p>
    </section>`;
  }
  return html`<section class="box follow" aria-labelledby="follow-heading">
    <h2 id="follow-heading">Not followable yet</h2>
    <p>
      This listing was imported from open data; <span dir="auto">${name}</span> has not published
      it, so there is no account that could speak for it.
    </p>
    ${alikeLink(entry)} ${askOffers(entry, here)}
  </section>`;
}
