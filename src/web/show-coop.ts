import type { Context } from "hono";
import type { Listing } from "../coop/listing.ts";
import { listingId } from "../coop/listing-record.ts";
import { movedTo } from "../directory/move-node.ts";
import { coopUrl } from "../directory/ids.ts";
import { AppError } from "../errors.ts";
import * as coops from "../store/coops.ts";
import * as followers from "../store/followers.ts";
import * as posts from "../store/posts.ts";
import * as records from "../store/records.ts";
import { accountsOf } from "./accounts-of.ts";
import { newsFeed, serveAtom } from "./atom.ts";
import { coopMatches } from "./coop-matches.ts";
import { hostedEntry, pageOf, relatedPages, replicaEntry } from "./entries.ts";
import { feedLike } from "./feeds-at.ts";
import { respond } from "./layout.ts";
import { coopPage } from "./pages/coop.ts";
import { postPage } from "./pages/post.ts";
import { withdrawnPage } from "./pages/withdrawn.ts";
import { tiesOf } from "./relations/ties.ts";
import { conversationOf, type Posted, withTallies } from "./show-conversation.ts";
import type { Site } from "./site.ts";

/**
 * `GET /coops/:id`: a co-op that this node hosts.
 *
 * @param members Behind which of its members the list of them begins, by URL.
 */
export async function showCoop(site: Site, id: string, members?: string): Promise<Response> {
  const coop = await hosted(site, id);
  const url = coopUrl(site.node, id);
  const entry = await hostedEntry(site, id);
  const headers = coop.handle === null ? undefined : { link: activityLink(url) };
  const latest = coop.handle === null ? [] : await newsOf(site, id);
  if (entry === undefined) {
    if (coop.content === null) throw await noListing(site, url);
    const handle = `@${coop.handle}@${site.node.host}`;
    const { movedTo } = await accountsOf(site, id);
    return respond(site, withdrawnPage({ handle, url, posts: latest, movedTo }), 200, headers);
  }
  const data = {
    entry,
    organisation: await site.index.organisation(entry.record),
    host: site.node.host,
    here: true,
    posts: latest,
    followers: coop.handle === null ? undefined : await followers.count(site.db, `coops/${id}`),
    now: site.clock(),
    pageOf: await relatedPages(site, entry.listing),
    ties: await tiesOf(site, entry, members),
    matches: await coopMatches(site, entry),
    feed: await feedLike(site, entry.listing),
    elsewhere: await accountsOf(site, id),
  };
  return respond(site, coopPage(data), 200, headers);
}

/** `GET /directory/:host/…`: this node's copy of what another one publishes. */
export async function showReplica(
  site: Site,
  host: string,
  path: string,
  members?: string,
): Promise<Response> {
  const entry = await replicaEntry(site, host, path);
  if (entry === undefined) return movedListing(site, host, path);
  if (entry.origin === site.node.host) {
    return new Response(null, {
      status: 308,
      headers: { location: new URL(entry.listing.id).pathname },
    });
  }
  const data = {
    entry,
    organisation: await site.index.organisation(entry.record),
    host: site.node.host,
    here: false,
    posts: [],
    followers: undefined,
    now: site.clock(),
    pageOf: await relatedPages(site, entry.listing),
    ties: await tiesOf(site, entry, members),
    matches: await coopMatches(site, entry),
    feed: await feedLike(site, entry.listing),
  };
  return respond(site, coopPage(data));
}

/** Where the listing is that stands for one that was held here, if both sides say so. */
async function movedListing(site: Site, host: string, path: string): Promise<Response> {
  const schemes = site.node.origin.startsWith("http:") ? ["https", "http"] : ["https"];
  for (const scheme of schemes) {
    const present = await movedTo(site.db, `${scheme}://${host}/${path}`);
    if (present === undefined) continue;
    const location = pageOf(site.node.host, present);
    return new Response(null, { status: 308, headers: { location } });
  }
  throw new AppError("not-found", "No such listing is held here.");
}

/**
 * `GET /coops/:id/posts/:post`
 *
 * @param after Behind which reply the page begins.
 */
export async function showPost(
  site: Site,
  id: string,
  postId: string,
  after?: string,
): Promise<Response> {
  const coop = await hosted(site, id);
  const speaks = coop.content !== null;
  const none = speaks ? undefined : await noListing(site, coopUrl(site.node, id));
  if (none?.code === "not-found") throw none;
  const post = await posts.get(site.db, postId);
  // News that came along from another node are as private as the draft, or wait for their time.
  if (post === undefined || post.coop !== id || post.due !== null || !speaks) {
    throw new AppError("not-found", "There is no such post.");
  }
  if (post.deleted !== null) throw new AppError("gone", "This post was deleted.");
  const url = `${coopUrl(site.node, id)}/posts/${postId}`;
  const entry = await hostedEntry(site, id);
  const name = entry?.listing.name ?? `@${coop.handle}@${site.node.host}`;
  const conversation = await conversationOf(site, post, name, after);
  const page = postPage({ name, url, post, conversation });
  return respond(site, page, 200, { link: activityLink(url) });
}

async function hosted(site: Site, id: string): Promise<coops.HostedCoop> {
  const coop = await coops.get(site.db, id);
  if (coop === undefined) throw new AppError("not-found", "This node hosts no such co-op.");
  if (coop.deleted !== null) throw new AppError("gone", "This co-op’s page was deleted for good.");
  return coop;
}

/** It was withdrawn; or it is a private draft, of which nobody may know. */
async function noListing(site: Site, url: string): Promise<AppError> {
  return (await records.get(site.db, listingId(url))) === undefined
    ? new AppError("not-found", "This node hosts no such co-op.")
    : new AppError("gone", "This listing was withdrawn from the directory.");
}

/** `GET /coops/:id/news.atom`: the same news for feed readers. */
export async function showNewsFeed(site: Site, c: Context, id: string): Promise<Response> {
  const coop = await hosted(site, id);
  if (coop.content === null) throw await noListing(site, coopUrl(site.node, id));
  const { name } = JSON.parse(coop.content) as Listing;
  const latest = await posts.of(site.db, id, { limit: 20 });
  const feed = newsFeed(site.node, { id, name, since: Number(coop.created) }, latest);
  return serveAtom(feed, c);
}

/** The latest posts, those that are pinned on top. */
async function newsOf(site: Site, id: string): Promise<Posted[]> {
  const pinned = await posts.pinned(site.db, id);
  const latest = await posts.of(site.db, id, { limit: 20 });
  const ids = new Set(pinned.map((post) => post.id));
  const shown = [...pinned, ...latest.filter((post) => !ids.has(post.id))].slice(0, 20);
  return withTallies(site, shown);
}

/** Says where the same is as a document for the fediverse. */
export function activityLink(url: string): string {
  return `<${url}>; rel="alternate"; type="application/activity+json"`;
}
