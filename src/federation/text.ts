import type { JsonObject } from "../coop/canonical-json.ts";
import { type Token, tokensOf } from "../coop/plain-text.ts";
import type { Mention } from "../store/posts.ts";
import { smallEnough, summarySize } from "./size.ts";

const entities: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/** Text as it may stand in HTML, in an attribute too. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => entities[character] ?? character);
}

/** The text of a profile as HTML, with fewer links where they would make it too long. */
export function summaryHtml(text: string, origin: string): string {
  const linked = (most: number) => () => toHtml(text, origin, most).html;
  return smallEnough(summarySize, linked(Infinity), linked(20), linked(0));
}

/** What `tag` says of somebody who is named as `@user@host`. */
export function mentionTag(name: string, actor: string): JsonObject {
  return { type: "Mention", href: actor, name };
}

/** Plain text made ready for the fediverse. */
export interface Html {
  html: string;
  /** The hashtags and the people that stand in it, for `tag`. */
  tags: JsonObject[];
}

/**
 * Turns plain text into the HTML that other servers let through: paragraphs,
 * line breaks, links, hashtags and mentions.
 *
 * @param origin Where hashtags lead: the search of this node.
 * @param most How many addresses, hashtags and names become links; the others stay text.
 * @param mentions Who was found of those whose names stand in it.
 */
export function toHtml(
  text: string,
  origin: string,
  most = Infinity,
  mentions: Mention[] = [],
): Html {
  const tags = new Map<string, JsonObject>();
  const people = new Map(mentions.map((mention) => [mention.name, mention]));
  let made = 0;
  const inline = (token: Token): string => {
    const escaped = escapeHtml(token.text);
    if (token.kind === "text") return escaped;
    if (made >= most) return escaped;
    made += 1;
    if (token.kind === "link") {
      return `<a href="${escaped}" rel="nofollow noopener noreferrer">${escaped}</a>`;
    }
    if (token.kind === "hashtag") {
      const { word } = token;
      const href = `${origin}/search?q=${encodeURIComponent(word)}`;
      tags.set(`#${word.toLowerCase()}`, { type: "Hashtag", href, name: `#${word}` });
      return `<a href="${escapeHtml(href)}" class="mention hashtag" rel="tag">#<span>${escapeHtml(word)}</span></a>`;
    }
    const { name } = token;
    const { actor = null, url } = people.get(name) ?? {};
    if (actor === null) return escaped;
    tags.set(name, mentionTag(name, actor));
    const [, user = ""] = token.text.split("@");
    // As Mastodon writes it (text_formatter.rb).
    return `<span class="h-card" translate="no"><a href="${escapeHtml(url ?? actor)}" class="u-url mention">@<span>${escapeHtml(user)}</span></a></span>`;
  };
  const html = tokensOf(text)
    .map((lines) => `<p>${lines.map((line) => line.map(inline).join("")).join("<br>")}</p>`)
    .join("");
  return { html, tags: [...tags.values()] };
}
