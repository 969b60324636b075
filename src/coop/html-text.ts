/** Characters of foreign HTML that are read; Mastodon's posts have at most some thousands. */
const read = 100_000;

/** Elements that begin and end on a line of their own, with a blank one around them. */
const blocks = new Set(
  "address article aside blockquote dd details div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header hr main nav ol p pre section summary table tr ul".split(
    " ",
  ),
);

/** Elements whose content is no text for people (HTML 13.2.5, raw text and what is replaced). */
const unread =
  /^(?:script|style|template|textarea|title|iframe|noembed|noframes|noscript|xmp|svg|math|object|select)$/;

/** The entities that servers of the fediverse write; what they don't is left as it stands. */
const entities: Record<string, string> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
  nbsp: " ",
  hellip: "…",
  mdash: "—",
  ndash: "–",
  laquo: "«",
  raquo: "»",
  lsquo: "‘",
  rsquo: "’",
  ldquo: "“",
  rdquo: "”",
  middot: "·",
  bull: "•",
  euro: "€",
  copy: "©",
};

/** What would change how a page looks: control characters, and marks that turn its direction. */
const unseen =
  // oxlint-disable-next-line no-control-regex -- these are what is taken out
  /[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u202A-\u202E\u2066-\u2069\uFEFF]/g;

/**
 * Foreign HTML as plain text: paragraphs with a blank line between them, line
 * breaks, items of lists with a dash, and links as their text with the address
 * behind it, where the text doesn't say it. What comes out is to be escaped like
 * any text. Takes time in proportion to the length, whatever comes.
 *
 * @param most Characters that it may have; a longer one ends with an ellipsis.
 */
export function textOfHtml(html: string, most: number): string {
  const source = html.slice(0, read);
  const lines = new Lines();
  const lastEnd = source.lastIndexOf(">");
  let link: { href: string; from: number } | undefined;
  const endLink = () => {
    if (link !== undefined) lines.write(addressBehind(lines.since(link.from), link.href));
    link = undefined;
  };
  let at = 0;
  while (at < source.length) {
    const open = source.indexOf("<", at);
    const until = open === -1 ? source.length : open;
    lines.write(decode(source.slice(at, until)));
    if (open === -1) break;
    // A tag that doesn't end was cut off; what isn't one is text.
    if (!/[a-zA-Z/!?]/.test(source[open + 1] ?? "")) {
      lines.write("<");
      at = open + 1;
      continue;
    }
    if (open > lastEnd) break;
    const comment = source.startsWith("<!--", open);
    const end = source.indexOf(comment ? "-->" : ">", open);
    if (end === -1) break;
    at = end + (comment ? 3 : 1);
    const [, closing, word = ""] = /^<(\/?)([a-zA-Z][^\s/>]*)/.exec(source.slice(open, at)) ?? [];
    const name = word.toLowerCase();
    if (closing === "" && unread.test(name)) at = endOf(source, name, at);
    else if (name === "br") lines.breakLine();
    else if (name === "li") lines.item(closing === "");
    else if (name === "td" || name === "th") lines.write(" ");
    else if (blocks.has(name)) {
      lines.break(2);
      if (name === "pre") lines.kept = closing === "";
    } else if (name === "a") {
      endLink();
      const href = closing === "" ? hrefOf(source.slice(open, at)) : undefined;
      if (href !== undefined) link = { href, from: lines.text.length };
    }
  }
  endLink();
  return cut(lines.text.trim().toWellFormed(), most);
}

/** The text as it grows: white space collapsed, breaks written once something follows. */
class Lines {
  text = "";
  /** Within `pre`, where line breaks are kept. */
  kept = false;
  #breaks = 0;
  #space = false;

  break(lines: 1 | 2): void {
    this.#breaks = Math.max(this.#breaks, lines);
    this.#space = false;
  }

  /** Two of them make a paragraph. */
  breakLine(): void {
    this.break(this.#breaks === 0 ? 1 : 2);
  }

  item(begins: boolean): void {
    this.break(1);
    if (begins) this.write("– ");
  }

  write(raw: string): void {
    const text = raw.replace(/\u2028|\u2029/g, "\n").replace(unseen, "");
    for (const [index, line] of (this.kept ? text.split("\n") : [text]).entries()) {
      if (index > 0) this.break(1);
      const words = line.trim().replace(/\s+/g, " ");
      if (/^\s/.test(line)) this.#space = true;
      if (words === "") continue;
      if (this.#breaks > 0 && this.text !== "") this.text += "\n".repeat(this.#breaks);
      else if (this.#space && this.text !== "") this.text += " ";
      this.#breaks = 0;
      this.text += words;
      this.#space = /\s$/.test(line);
    }
  }

  since(from: number): string {
    return this.text.slice(from).trim();
  }
}

/** Where the content of an element ends that nobody reads. */
function endOf(source: string, name: string, from: number): number {
  const closing = new RegExp(`</${name}[\\s/>]`, "gi");
  closing.lastIndex = from;
  const found = closing.exec(source);
  if (found === null) return source.length;
  const end = source.indexOf(">", found.index);
  return end === -1 ? source.length : end + 1;
}

/** The address that a link leads to, if it is one of the web. */
function hrefOf(tag: string): string | undefined {
  const [, double, single, bare] =
    /\shref\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))/i.exec(tag.slice(0, 5000)) ?? [];
  const url = URL.parse(decode(double ?? single ?? bare ?? "").trim());
  if (url === null || !/^https?:$/.test(url.protocol) || url.href.length > 2000) return undefined;
  return url.href;
}

/** What stands behind the text of a link: nothing where it is a name, or says where it leads. */
function addressBehind(shown: string, href: string): string {
  if (/^[@#]/.test(shown)) return "";
  const bare = (url: string) => url.replace(/^https?:\/\/(?:www\.)?/i, "").replace(/\/$/, "");
  const [said, leads] = [bare(shown), bare(href)];
  if (said === leads || safely(decodeURI, leads) === said) return "";
  if (said.endsWith("…") && said.length > 8 && leads.startsWith(said.slice(0, -1))) return "";
  return shown === "" ? href : ` (${href})`;
}

function safely(change: (text: string) => string, text: string): string {
  try {
    return change(text);
  } catch {
    return text; // not percent-encoded UTF-8
  }
}

function decode(text: string): string {
  return text.replace(
    /&(?:#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6})|([a-zA-Z]{2,6}));/g,
    (whole, ...found) => {
      const [decimal, hexadecimal, name] = found as (string | undefined)[];
      if (name !== undefined) return entities[name] ?? whole;
      const code = decimal === undefined ? Number.parseInt(hexadecimal ?? "", 16) : Number(decimal);
      return code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)
        ? "\uFFFD"
        : String.fromCodePoint(code);
    },
  );
}

function cut(text: string, most: number): string {
  if (text.length <= most) return text;
  // Not within a pair of surrogates.
  const kept = text.slice(0, most - 1).replace(/[\uD800-\uDBFF]$/, "");
  return `${kept.trimEnd()}…`;
}
