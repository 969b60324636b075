import type { Identity } from "../directory/identity.ts";
import { coopUrl } from "../directory/ids.ts";
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
  const self = `${page}/news.atom`;
  const updated = Math.max(since, ...posts.map(changed));
  return `<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom">
<id>${xml(self)}</id>
<title>${xml(`News of ${name}`)}</title>
<updated>${time(updated)}</updated>
<author><name>${xml(name)}</name><uri>${xml(page)}</uri></author>
<link rel="self" type="application/atom+xml" href="${xml(self)}"/>
<link rel="alternate" type="text/html" href="${xml(page)}"/>
${posts.map((post) => entry(node, post)).join("")}</feed>
`;
}

function entry(node: Identity, post: Post): string {
  const url = postUrl(node, post);
  const [[language, text] = ["en", ""]] = textsOf(post);
  const title = warningsOf(post)[language] ?? text;
  return `<entry xml:lang="${xml(language)}">
<id>${xml(url)}</id>
<title>${xml(shortened(title))}</title>
<published>${time(Number(post.published))}</published>
<updated>${time(changed(post))}</updated>
<link rel="alternate" type="text/html" href="${xml(url)}"/>
<content type="html">${xml(contentOf(node, post))}</content>
</entry>
`;
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
