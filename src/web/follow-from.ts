import type { Context } from "hono";
import { AppError } from "../errors.ts";
import { followPage, readHome } from "../federation/remote-follow.ts";
import { followHandle, pageOf } from "./entries.ts";
import { feedBy } from "./feeds-at.ts";
import { otherToFollow } from "./follow-other.ts";
import { clientOf, type Rate } from "./joining/rate.ts";
import { respond } from "./layout.ts";
import { followFromPage } from "./pages/follow-from.ts";
import type { Site } from "./site.ts";

/** How often a client may have a server asked: this many times in so many milliseconds. */
export const followRate = { most: 30, span: 600_000 };

/**
 * `GET /follow?of=…&server=…`: leads somebody to the page of their own server on
 * which they can follow a co-op or a feed. A page and no redirect, so that everybody sees
 * where they are led.
 */
export async function followFrom(site: Site, c: Context, rate: Rate): Promise<Response> {
  const of = c.req.query("of") ?? "";
  const whom =
    (await feedToFollow(site, of)) ??
    (await coopToFollow(site, of)) ??
    (await otherToFollow(site, of));
  if (whom === undefined) {
    throw new AppError(
      "not-found",
      "No co-op and no feed that can be followed is known by this address here.",
    );
  }
  const written = (c.req.query("server") ?? "").slice(0, 500);
  const page = { of, ...whom, written };
  const home = readHome(written);
  if (home === undefined) {
    const fault = "Write the name of your server, such as mastodon.social, or your handle there.";
    return respond(site, followFromPage({ ...page, fault }), written === "" ? 200 : 400);
  }
  if (!rate.admit(clientOf(c), site.clock())) {
    throw new AppError("rate-limited", "That was asked too often. Try again in ten minutes.");
  }
  const scheme = site.node.origin.startsWith("http:") ? "http:" : "https:";
  const found = await followPage(home, of, scheme);
  if (found === undefined) {
    const fault = `${home.host} doesn’t answer. Is its name spelled so?`;
    return respond(site, followFromPage({ ...page, fault }), 502);
  }
  return respond(site, followFromPage({ ...page, home: home.host, found }));
}

/** Whom somebody is about to follow: by which name, and where there is more of them. */
interface Followed {
  handle: string;
  name: string;
  page: string;
}

async function coopToFollow(site: Site, of: string): Promise<Followed | undefined> {
  const entries = await site.index.lookup(of);
  const entry = entries.find(({ listing }) => listing.id === of);
  const handle = entry && followHandle(entry);
  if (entry === undefined || handle === undefined) return undefined;
  return { handle, name: entry.listing.name, page: pageOf(site.node.host, of) };
}

async function feedToFollow(site: Site, of: string): Promise<Followed | undefined> {
  const feed = await feedBy(site, of);
  return feed && { handle: feed.handle, name: feed.title, page: feed.url };
}
