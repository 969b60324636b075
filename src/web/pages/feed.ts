import { html } from "hono/html";
import { type Feed, feedQuery, feedTitle } from "../../coop/feeds.ts";
import type { Entry } from "../../index/directory-index.ts";
import type { FollowableFeed } from "../feeds-at.ts";
import type { Page } from "../layout.ts";
import { counted, type Html } from "../text.ts";
import { feedBox } from "./feed-offer.ts";
import { resultItem } from "./result.ts";
import { searchHref } from "./search-address.ts";

/** What the page of a feed shows. */
export interface FeedData {
  host: string;
  feed: Feed;
  /** Where it can be followed, if anywhere. */
  followable: FollowableFeed | undefined;
  /** Whether that is this node. */
  here: boolean;
  /** How many co-ops there are of it. */
  total?: number;
  followers?: number;
  /** What came lately. */
  news: { entry: Entry; gathered: number }[];
}

/** A feed: what it brings, what it has brought, and how to follow it. */
export function feedPage(data: FeedData): Page {
  const { feed, followable, here } = data;
  const title = feedTitle(feed);
  return {
    title: `New co-ops: ${title}`,
    description: `New co-operatives in the directory: ${title}. Can be followed from Mastodon.`,
    ...(here && followable && { head: alternate(followable.url) }),
    body: html`<p class="eyebrow"><a href="/feeds">Feeds</a></p>
      <h1>New co-ops: ${title}</h1>
      ${here && followable !== undefined ? onHub(data, followable) : onLeaf(data)}`,
  };
}

function alternate(url: string): Html {
  return html`<link rel="alternate" type="application/activity+json" href="${url}" />
    <link
      rel="alternate"
      type="application/atom+xml"
      title="What is new"
      href="${url}/news.atom"
    />`;
}

function onHub(data: FeedData, followable: FollowableFeed): Html {
  const { host, feed, total = 0, followers = 0, news } = data;
  const all = html`<a href="${searchHref(feedQuery(feed))}"
    >${total === 1 ? "the one co-op" : `all ${counted(total, "co-op")}`} of it in the directory</a
  >`;
  return html`<p class="lead">
      Who follows this is told which co-ops are new, several in one post, every six hours at most.
      See ${total === 0 ? html`<a href="/search">the directory</a>` : all}.
    </p>
    ${feedBox(followable, followers)}
    <section aria-labelledby="news-heading">
      <h2 id="news-heading">What has come</h2>
      ${
        news.length === 0
          ? html`<p>Nothing in the last thirty days.</p>`
          : html`<ol class="results">
              ${news.map(({ entry }) => resultItem(host, entry))}
            </ol>`
      }
      <p class="aside"><a href="${followable.url}/news.atom">What is new as an Atom feed</a></p>
    </section>`;
}

function onLeaf({ host, followable }: FeedData): Html {
  return html`<p class="notice">
      ${host} lists only the co-ops that it hosts itself, so it has no feeds of its own.
      ${
        followable === undefined
          ? "It doesn’t know yet of any node that has the whole directory."
          : html`The whole directory has them:
              <a href="${followable.url}">this feed on ${new URL(followable.url).host}</a>.`
      }
    </p>
    ${followable === undefined ? "" : feedBox(followable, 0)}`;
}
