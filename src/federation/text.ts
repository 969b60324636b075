import type { JsonObject } from "../coop/canonical-json.ts";

const entities: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/** Text as it may stand in HTML, in an attribute too. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => entities[character] ?? character);
}

const links =
  /(https?:\/\/[^\s<>"]*[^\s<>".,;:!?'’”)\]])|(?<![\p{L}\p{N}_&/])#([\p{L}\p{N}_]*\p{L}[\p{L}\p{N}_]*)/gu;

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
 */
export function toHtml(text: string, origin: string): Html {
  const tags = new Map<string, JsonObject>();
  const inline = (line: string) => {
    let html = "";
    let at = 0;
    for (const match of line.matchAll(links)) {
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
