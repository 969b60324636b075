import { html } from "hono/html";
import type { FollowableFeed } from "../feeds-at.ts";
import type { Html } from "../text.ts";
import { handleToCopy } from "./handle.ts";
import { serverForm } from "./server-form.ts";

/** Offers to follow the feed that brings what a page shows; nothing where there is none. */
export function feedOffer(feed: FollowableFeed | undefined): Html | string {
  if (feed === undefined) return "";
  return html`<details class="feed-offer">
    <summary>Follow: <strong class="handle" translate="no">${feed.handle}</strong></summary>
    <p>
      Brings what is new of <a href="${feed.url}">${feed.title}</a> to your account on Mastodon, or
      anywhere else in the fediverse: several co-ops in one post, every six hours at most.
    </p>
    ${serverForm(feed.url)}
    <p class="aside">Or paste ${handleToCopy(feed.handle)} into the search of your account.</p>
  </details>`;
}

/** How to follow a feed, in a box of its own. */
export function feedBox(feed: FollowableFeed, followers: number): Html {
  return html`<section class="box follow" aria-labelledby="follow-heading">
    <h2 id="follow-heading">Follow</h2>
    <p>${handleToCopy(feed.handle)}</p>
    <p class="aside">
      Copy this and paste it into the search of your Mastodon account, or of any other account in
      the fediverse; then press
      Follow.${
        followers === 0 ? "" : ` ${followers} ${followers === 1 ? "follows" : "follow"} it so far.`
      }
    </p>
    ${serverForm(feed.url)}
  </section>`;
}
