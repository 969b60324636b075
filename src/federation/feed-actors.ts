import type { JsonObject } from "../coop/canonical-json.ts";
import { type Feed, feedName, feedTitle, readFeedName } from "../coop/feeds.ts";
import { feedFolder } from "../directory/group-news.ts";
import type { Identity } from "../directory/identity.ts";
import type { Db } from "../store/schema.ts";
import * as settings from "../store/settings.ts";
import { actorFrame } from "./actor-frame.ts";
import { field, link } from "./profile.ts";
import { toHtml } from "./text.ts";

/** What our code calls the actor of a feed: the path of its URL. */
export function feedIdentifier(feed: Feed): string {
  return feedFolder + feedName(feed);
}

/** The feed whose actor has this identifier, if there can be one. */
export function feedOfIdentifier(identifier: string): Feed | undefined {
  if (!identifier.startsWith(feedFolder)) return undefined;
  return readFeedName(identifier.slice(feedFolder.length));
}

/** The URL of a feed's actor, which is its page, too. */
export function feedUrl(node: Pick<Identity, "origin">, feed: Feed): string {
  return `${node.origin}/${feedIdentifier(feed)}`;
}

/**
 * Whether this node has feeds: a hub, which holds all that there is. What a
 * leaf holds are its own co-ops, and those are followed one by one.
 */
export async function hasFeeds(db: Db): Promise<boolean> {
  return (await settings.role(db)) === "hub";
}

/** Since when feeds are there: as long as the node's first key. */
export function feedsBegan(node: Identity): number {
  return Date.parse(node.history[0]?.from ?? "1970-01-01T00:00:00Z");
}

/** The actor of a feed. It is what its name says, and nothing of it is stored. */
export function feedActor(node: Identity, feed: Feed): JsonObject {
  const id = feedUrl(node, feed);
  const title = feedTitle(feed);
  const began = new Date(feedsBegan(node)).toISOString();
  return {
    ...actorFrame(node, id, feedName(feed)),
    type: "Service",
    name: `New co-ops: ${title}`,
    summary: toHtml(introduction(node, feed), node.origin).html,
    url: id,
    published: began,
    updated: began,
    discoverable: true,
    indexable: true,
    attachment: [
      field("Co-ops", link(id)),
      field("Directory", link(`${node.origin}/`)),
      field("How often", "When there is something new, at most every six hours"),
    ],
  };
}

/** What a feed says of itself. */
export function introduction(node: Identity, feed: Feed): string {
  const about = feedName(feed) === "all" ? "of the directory" : `of “${feedTitle(feed)}”`;
  return [
    `Tells which co-operatives ${about} are new at ${node.host}, a node of the directory of co-ops that nobody owns.`,
    "Several are told in one post, every six hours at most. It is written by a program.",
  ].join("\n");
}
