import type { Context } from "hono";
import { type Feed, feedName, feedQuery, readFeedName } from "../coop/feeds.ts";
import { AppError } from "../errors.ts";
import { feedsBegan } from "../federation/feed-actors.ts";
import { INTRODUCTION } from "../federation/feed-posts.ts";
import type { Entry } from "../index/directory-index.ts";
import * as feeds from "../store/feeds.ts";
import * as followers from "../store/followers.ts";
import { prefersActivity } from "./accept.ts";
import { newCoopsFeed, serveAtom } from "./atom.ts";
import { feedOn, feedsAt, type FollowableFeed } from "./feeds-at.ts";
import { respond } from "./layout.ts";
import { feedPage } from "./pages/feed.ts";
import { feedsPage } from "./pages/feeds.ts";
import type { Site } from "./site.ts";

/** Co-ops that the page of a feed shows. */
const shownMost = 30;

/** `GET /feeds`: what can be followed. */
export async function showFeeds(site: Site): Promise<Response> {
  const at = await feedsAt(site);
  const { facets } = await site.index.search({ limit: 1, facets: ["theme", "sector", "region"] });
  const { host } = site.node;
  const all = at && feedOn(at, {});
  return respond(site, feedsPage({ host, all, at, here: site.role === "hub", facets }));
}

/** `GET /feeds/:name`: what has come, and how to follow it. On a leaf, where that is. */
export async function showFeed(site: Site, name: string, c: Context): Promise<Response> {
  const feed = readFeedName(name);
  if (feed === undefined) {
    throw new AppError("not-found", "There is no such feed. What can be followed is at /feeds.");
  }
  const { host } = site.node;
  const at = await feedsAt(site);
  const followable = at && feedOn(at, feed);
  const here = site.role === "hub";
  // Other servers are told that there is no such actor.
  if (!here && prefersActivity(c.req.header("accept") ?? null)) throw noFeeds(site, followable);
  if (!here) return respond(site, feedPage({ host, feed, followable, here, news: [] }));
  const { total } = await site.index.search({ ...feedQuery(feed), limit: 1, facets: ["none"] });
  const count = await followers.count(site.db, `feeds/${name}`);
  const news = await newsOf(site, feed);
  const link = `<${followable?.url}>; rel="alternate"; type="application/activity+json"`;
  return respond(
    site,
    feedPage({ host, feed, followable, here, total, followers: count, news }),
    200,
    { link },
  );
}

/** `GET /feeds/:name/news.atom`: what has come, for feed readers. */
export async function showFeedNews(site: Site, name: string, c: Context): Promise<Response> {
  const feed = readFeedName(name);
  const at = await feedsAt(site);
  if (feed === undefined) throw new AppError("not-found", "There is no such feed.");
  if (site.role !== "hub") throw noFeeds(site, at && feedOn(at, feed));
  const news = await newsOf(site, feed);
  return serveAtom(newCoopsFeed(site.node, feed, news, feedsBegan(site.node)), c);
}

/** `GET /feeds/:name/posts/:post`: for people, what a post says is on the page of its feed. */
export async function showFeedPost(
  site: Site,
  { name, post: id }: { name: string; post: string },
): Promise<Response> {
  const post = id === INTRODUCTION ? undefined : await feeds.getPost(site.db, id);
  const isThere = id === INTRODUCTION ? site.role === "hub" : post?.feed === name;
  if (!isThere || readFeedName(name) === undefined) {
    throw new AppError("not-found", "There is no such post.");
  }
  if (post?.deleted != null) {
    throw new AppError("gone", "All that this post named is no longer in the directory.");
  }
  return new Response(null, {
    status: 302,
    headers: { location: `/feeds/${name}`, vary: "Accept" },
  });
}

/** What came lately and is still there, the newest first. */
async function newsOf(site: Site, feed: Feed): Promise<{ entry: Entry; gathered: number }[]> {
  const items = await feeds.newest(site.db, feedName(feed), shownMost);
  const found = await Promise.all(
    items.map(async ({ subject, gathered }) => {
      const entries = await site.index.organisation(subject);
      const entry = entries.find(({ record }) => record === subject);
      return entry === undefined ? [] : [{ entry, gathered }];
    }),
  );
  return found.flat();
}

/**
 * WebFinger for a feed at a node that has none: says where it is, in words, for
 * whoever runs the server that asks.
 *
 * @returns Undefined for all other requests.
 */
export async function feedElsewhere(site: Site, url: URL): Promise<AppError | undefined> {
  if (url.pathname !== "/.well-known/webfinger" || site.role === "hub") return undefined;
  const resource = (url.searchParams.get("resource") ?? "").toLowerCase();
  const [, name = "", host] = /^(?:acct:)?@?([^@]+)@([^@]+)$/.exec(resource) ?? [];
  const feed = host === site.node.host ? readFeedName(name) : undefined;
  if (feed === undefined) return undefined;
  const at = await feedsAt(site);
  return noFeeds(site, at && feedOn(at, feed));
}

function noFeeds({ node }: Site, followable: FollowableFeed | undefined): AppError {
  const where = followable === undefined ? "" : ` It can be followed as ${followable.handle}.`;
  return new AppError(
    "not-found",
    `${node.host} lists only the co-ops that it hosts itself, so it has no feeds.${where}`,
  );
}
