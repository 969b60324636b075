import { html } from "hono/html";
import type { Entry } from "../../index/directory-index.ts";
import type { AccountsOf } from "../accounts-of.ts";
import { followHandle } from "../entries.ts";
import type { FollowableFeed } from "../feeds-at.ts";
import { day, type Html, number, outwardLink, webHref } from "../text.ts";
import { askOffers } from "./ask-offers.ts";
import { feedOffer } from "./feed-offer.ts";
import { handleToCopy } from "./handle.ts";
import { serverForm } from "./server-form.ts";

/** What the box about following needs to know. */
export interface FollowData {
  entry: Entry;
  /** Whether this node publishes the listing. */
  here: boolean;
  /** Followers, where they are known. */
  followers: number | undefined;
  /** Its account elsewhere, and where it has moved: of a co-op of this node. */
  elsewhere?: AccountsOf;
  /** The feed that brings others like it. */
  feed?: FollowableFeed | undefined;
}

/** How to follow a co-op; or why it can't be followed, and what can be done about that. */
export function followBox(data: FollowData): Html {
  const { entry } = data;
  const handle = followHandle(entry);
  if (handle === undefined) return notFollowable(data);
  const { movedTo, verified } = data.elsewhere ?? {};
  if (movedTo !== undefined) return movedBox(movedTo);
  if (verified !== undefined) return verifiedBox(verified, handle);
  const { account } = entry.listing;
  return html`<section class="box follow" aria-labelledby="follow-heading">
    <h2 id="follow-heading">Follow</h2>
    ${
      account === undefined
        ? ""
        : html`<p>
              Its own account in the fediverse:
              ${outwardLink(account, undefined, data.here ? "me" : "nofollow")}
            </p>
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

function movedBox(movedTo: string): Html {
  return html`<section class="box follow" aria-labelledby="follow-heading">
    <h2 id="follow-heading">Moved</h2>
    <p>This account has moved, and can be followed at its new place:</p>
    <p>${outwardLink(movedTo)}</p>
  </section>`;
}

/** The co-op’s own account comes first, as it is there that it speaks. */
function verifiedBox(
  { url, handle: own, at }: NonNullable<AccountsOf["verified"]>,
  handle: string,
): Html {
  return html`<section class="box follow" aria-labelledby="follow-heading">
    <h2 id="follow-heading">Follow</h2>
    <p>${handleToCopy(own)}</p>
    <p class="aside">
      The co-op’s <a href="${webHref(url) ?? ""}" rel="me noopener noreferrer">own account</a>,
      verified: it linked back to this page on ${day(at)}. Copy the name and paste it into the
      search of your Mastodon account, or of any other account in the fediverse; then press Follow.
    </p>
    ${serverForm(url)}
    <p class="aside">Its profile in this directory can be followed, too: ${handleToCopy(handle)}</p>
  </section>`;
}

function notFollowable({ entry, here, feed }: FollowData): Html {
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
    ${feed === undefined ? "" : html`<p>But its field and its place can be followed:</p>`}
    ${feedOffer(feed)} ${askOffers(entry, here)}
  </section>`;
}
