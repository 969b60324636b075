import type { JsonObject } from "../coop/canonical-json.ts";
import { smallEnough, summarySize } from "./size.ts";

const entities: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/** Text as it may stand in HTML, in an attribute too. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => entities[character] ?? character);
}

const links =
  /(https?:\/\/[^\s<>"]*[^\s<>".,;:!?'’”)\]])|(?<![\p{L}\p{N}_&/])#([\p{L}\p{N}_]*\p{L}[\p{L}\p{N}_]*)/gu;

/** The text of a profile as HTML, with fewer links where they would make it too long. */
export function summaryHtml(text: string, origin: string): string {
  const linked = (most: number) => () => toHtml(text, origin, most).html;
  return smallEnough(summarySize, linked(Infinity), linked(20), linked(0));
}

/** Plain text made ready for the fediverse. */
export interface Html {
  html: string;
  /** The hashtags that stand in it, for `tag`. */
  tags: JsonObject[];
}

/**
 * Turns plain text into the HTML that other servers let through: paragraphs,
 * line breaks, links and hashtags.
 *
 * @param origin Where hashtags lead: the search of this node.
 * @param most How many addresses and hashtags become links; the others stay text.
 */
export function toHtml(text: string, origin: string, most = Infinity): Html {
  const tags = new Map<string, JsonObject>();
  let made = 0;
  const inline = (line: string) => {
    let html = "";
    let at = 0;
    for (const match of line.matchAll(links)) {
      if (made >= most) break;
      made += 1;
      const [whole, url, word] = match;
      html += escapeHtml(line.slice(at, match.index));
      at = match.index + whole.length;
      if (url !== undefined) {
        html += `<a href="${escapeHtml(url)}" rel="nofollow noopener noreferrer">${escapeHtml(url)}</a>`;
      } else if (word !== undefined) {
        const href = `${origin}/search?q=${encodeURIComponent(word)}`;
        tags.set(word.toLowerCase(), { type: "Hashtag", href, name: `#${word}` });
        html += `<a href="${escapeHtml(href)}" class="mention hashtag" rel="tag">#<span>${escapeHtml(word)}</span></a>`;
      }
    }
    return html + escapeHtml(line.slice(at));
  };
  const html = text
    .trim()
    .split(/\n{2,}/)
    .map((paragraph) => `<p>${paragraph.split("\n").map(inline).join("<br>")}</p>`)
    .join("");
  return { html, tags: [...tags.values()] };
}
