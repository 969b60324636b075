import type { Fault } from "./lint-rule.ts";

const tags = new Set(
  "p br span a del s pre blockquote code b strong u i em ul ol li ruby rt rp".split(" "),
);
const attributes: Record<string, readonly string[]> = {
  a: ["href", "rel", "class", "target", "translate"],
  span: ["class", "translate"],
  ol: ["start", "reversed"],
  li: ["value"],
  p: ["class"],
};
const schemes = new Set(
  "http: https: dat: dweb: ipfs: ipns: ssb: gopher: xmpp: magnet: gemini:".split(" "),
);
const classes = /^([hpuedt]-.*|mention|hashtag|ellipsis|invisible)$/;

/** Anchor of an HTML text: its attributes and the text within. */
export interface Anchor {
  href: string;
  rel: string[];
  class: string[];
  text: string;
}

/** Attributes of a tag, entities decoded. */
export function attributesOf(tag: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const match of tag.matchAll(/([a-zA-Z][\w:-]*)\s*=\s*("([^"]*)"|'([^']*)'|([^\s"'>]+))/g)) {
    found[(match[1] ?? "").toLowerCase()] = decode(match[3] ?? match[4] ?? match[5] ?? "");
  }
  return found;
}

/** The anchors of an HTML text in their order. */
export function anchorsOf(html: string): Anchor[] {
  return [...html.matchAll(/<a(\s[^>]*)?>(.*?)<\/a>/gis)].map((match) => {
    const found = attributesOf(match[1] ?? "");
    return {
      href: found["href"] ?? "",
      rel: words(found["rel"]),
      class: words(found["class"]),
      text: decode((match[2] ?? "").replace(/<[^>]*>/g, "")).trim(),
    };
  });
}

/**
 * What Mastodon would strip or turn into plain text: tags, attributes, classes and link schemes
 * outside the lists of lib/sanitize_ext/sanitize_config.rb.
 */
export function htmlFaults(html: string, path: string): Fault[] {
  const faults: Fault[] = [];
  const add = (message: string) => faults.push({ path, message });
  for (const match of html.matchAll(/<(\/?)([a-zA-Z][\w-]*)([^>]*)>/g)) {
    const name = (match[2] ?? "").toLowerCase();
    if (!tags.has(name)) add(`<${name}> is stripped`);
    else if (match[1] === "") {
      for (const [key, value] of Object.entries(attributesOf(match[3] ?? ""))) {
        if (!(attributes[name] ?? []).includes(key)) add(`${key} of <${name}> is stripped`);
        else if (key === "href" && !schemes.has(URL.parse(value)?.protocol ?? ""))
          add(`link to "${value}" becomes plain text`);
        else if (key === "class") {
          for (const word of words(value))
            if (!classes.test(word)) add(`class "${word}" is stripped`);
        }
      }
    }
  }
  if (/<!--|<!|<\?/.test(html)) add("comments and declarations are stripped");
  return faults;
}

function words(value: string | undefined): string[] {
  return (value ?? "").split(/\s+/).filter((word) => word !== "");
}

function decode(text: string): string {
  return text
    .replace(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)))
    .replace(/&#x([0-9a-f]+);/gi, (_, code: string) => String.fromCodePoint(parseInt(code, 16)))
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&#39;", "'")
    .replaceAll("&amp;", "&");
}
