import { type Feed, feedName, feedOf, feedTitle, readFeedName } from "../coop/feeds.ts";
import type { Listing } from "../coop/listing.ts";
import type { SearchQuery } from "../coop/query.ts";
import { beyond } from "./beyond.ts";
import type { Site } from "./site.ts";

/** A feed as it can be followed: here, or, as a leaf has none, on a hub. */
export interface FollowableFeed {
  /** What it is about. */
  title: string;
  /** `@housing.gb-sct@hub.example` */
  handle: string;
  /** Its actor, and its page. */
  url: string;
}

/** Where feeds are followed that this node leads to; undefined on a leaf that knows no hub. */
export async function feedsAt(site: Site): Promise<{ host: string; url: string } | undefined> {
  if (site.role === "hub") return { host: site.node.host, url: site.node.origin };
  return beyond(site);
}

/** A feed, where it can be followed. */
export function feedOn(at: { host: string; url: string }, feed: Feed): FollowableFeed {
  const name = feedName(feed);
  return { title: feedTitle(feed), handle: `@${name}@${at.host}`, url: `${at.url}/feeds/${name}` };
}

/** The feed that brings what a search finds, if there is one. */
export async function feedFor(site: Site, query: SearchQuery): Promise<FollowableFeed | undefined> {
  const feed = feedOf(query);
  const at = feed && (await feedsAt(site));
  return at && feed && feedOn(at, feed);
}

/** The feed that brings co-ops like this one: of its first theme in its region, as far as it says so. */
export async function feedLike(
  site: Site,
  { theme, location }: Listing,
): Promise<FollowableFeed | undefined> {
  const [first] = theme ?? [];
  const country = location && `iso3166-1:${location.address.addressCountry}`;
  const places = [location?.region?.[0], country, undefined];
  for (const region of places) {
    const query = {
      ...(first && { theme: [first] }),
      ...(region !== undefined && { region: [region] }),
    };
    const found = await feedFor(site, query);
    if (found !== undefined && Object.keys(query).length > 0) return found;
  }
  return undefined;
}

/** The feed with this URL, if people can follow it and this node leads to it. */
export async function feedBy(site: Site, url: string): Promise<FollowableFeed | undefined> {
  const at = await feedsAt(site);
  const start = `${at?.url}/feeds/`;
  const feed = url.startsWith(start) ? readFeedName(url.slice(start.length)) : undefined;
  return at && feed && feedOn(at, feed);
}
