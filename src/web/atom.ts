import { createHash } from "node:crypto";
import type { Context } from "hono";
import { type Feed, feedTitle } from "../coop/feeds.ts";
import type { Listing } from "../coop/listing.ts";
import { coopOf } from "../coop/listing-record.ts";
import { whereaboutsOf } from "../directory/group-news.ts";
import type { Identity } from "../directory/identity.ts";
import { coopUrl } from "../directory/ids.ts";
import { feedUrl } from "../federation/feed-actors.ts";
import { postUrl } from "../federation/posts.ts";
import { toHtml } from "../federation/text.ts";
import { mentionsOf, type Post, textsOf, warningsOf } from "../store/posts.ts";

/** Whose news they are. */
export interface Publisher {
  id: string;
  name: string;
  /** When the co-op came to this node, epoch ms: when it has no news, nothing was later. */
  since: number;
}

/** News as an Atom feed (RFC 4287). What was deleted isn't in it any more. */
export function newsFeed(node: Identity, { id, name, since }: Publisher, posts: Post[]): string {
  const page = coopUrl(node, id);
  const entries = posts.map((post): Entry => {
    const url = postUrl(node, post);
    const [[language, text] = ["en", ""]] = textsOf(post);
    return {
      id: url,
      page: url,
      language,
      title: warningsOf(post)[language] ?? text,
      published: Number(post.published),
      updated: changed(post),
      html: contentOf(node, post),
    };
  });
  return atom({ page, title: `News of ${name}`, author: name, since }, entries);
}

/**
 * What is new in the directory of what a feed is about, as an Atom feed: an entry
 * for each co-op, under the id of its listing.
 *
 * @param since When the feed began, epoch ms: nothing was later if nothing is new.
 */
export function newCoopsFeed(
  node: Identity,
  feed: Feed,
  news: { entry: { record: string; listing: Listing }; gathered: number }[],
  since: number,
): string {
  const entries = news.map(({ entry: { record, listing }, gathered }): Entry => {
    const { name, summary = "", inLanguage = "en" } = listing;
    const text = [summary, whereaboutsOf(listing)].filter((part) => part !== "").join("\n\n");
    const { html } = toHtml(text, node.origin);
    const [page, moment] = [coopOf(record), Number(gathered)];
    const times = { published: moment, updated: moment };
    return { id: record, page, language: inLanguage, title: name, ...times, html };
  });
  const title = `New co-ops: ${feedTitle(feed)}`;
  return atom({ page: feedUrl(node, feed), title, author: node.host, since }, entries);
}

/** A feed: the latest entries of a page, which is below its address. */
interface Whole {
  page: string;
  title: string;
  author: string;
  /** Epoch ms. */
  since: number;
}

interface Entry {
  id: string;
  page: string;
  language: string;
  title: string;
  /** Epoch ms. */
  published: number;
  updated: number;
  html: string;
}

function atom({ page, title, author, since }: Whole, entries: Entry[]): string {
  const self = `${page}/news.atom`;
  const updated = Math.max(since, ...entries.map((each) => each.updated));
  return `<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom">
<id>${xml(self)}</id>
<title>${xml(title)}</title>
<updated>${time(updated)}</updated>
<author><name>${xml(author)}</name><uri>${xml(page)}</uri></author>
<link rel="self" type="application/atom+xml" href="${xml(self)}"/>
<link rel="alternate" type="text/html" href="${xml(page)}"/>
${entries.map(entryXml).join("")}</feed>
`;
}

function entryXml({ id, page, language, title, published, updated, html }: Entry): string {
  return `<entry xml:lang="${xml(language)}">
<id>${xml(id)}</id>
<title>${xml(shortened(title))}</title>
<published>${time(published)}</published>
<updated>${time(updated)}</updated>
<link rel="alternate" type="text/html" href="${xml(page)}"/>
<content type="html">${xml(html)}</content>
</entry>
`;
}

/** Hands a feed out, or says that it is the one that is known already. */
export function serveAtom(feed: string, { req }: Context): Response {
  const etag = `"${createHash("sha256").update(feed).digest("base64url").slice(0, 22)}"`;
  const headers = { etag, "cache-control": "no-cache", "x-content-type-options": "nosniff" };
  const known = (req.header("if-none-match") ?? "").split(",").map((each) => each.trim());
  // Proxies that compress make weak names of ours (RFC 9110, 8.8.3.2).
  if (known.some((each) => each.replace(/^W\//, "") === etag)) {
    return new Response(null, { status: 304, headers });
  }
  const type = "application/atom+xml; charset=utf-8";
  return new Response(feed, { headers: { ...headers, "content-type": type } });
}

/** All its languages, with what to know before reading them. */
function contentOf(node: Identity, post: Post): string {
  const mentions = mentionsOf(post);
  const warnings = warningsOf(post);
  return textsOf(post)
    .map(([language, text]) => {
      const { html } = toHtml(text, node.origin, Infinity, mentions);
      const warning = warnings[language];
      const folded =
        warning === undefined
          ? html
          : `<details><summary>${xml(warning)}</summary>${html}</details>`;
      return `<div lang="${xml(language)}">${folded}</div>`;
    })
    .join("");
}

function shortened(text: string): string {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length <= 80 ? line : `${line.slice(0, 79).toWellFormed()}…`;
}

function changed({ published, edited }: Post): number {
  return Number(edited ?? published);
}

function time(moment: number): string {
  return new Date(moment).toISOString();
}

const entities: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/** Text as it may stand in XML 1.0, which has no way to write most control characters. */
function xml(text: string): string {
  return (
    text
      .toWellFormed()
      // oxlint-disable-next-line no-control-regex -- these are what is taken out
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "")
      .replace(/[&<>"]/g, (character) => entities[character] ?? character)
  );
}
