import type { JsonObject } from "../coop/canonical-json.ts";
import type { Identity } from "../directory/identity.ts";
import { coopUrl } from "../directory/publish.ts";
import type { Post } from "../store/posts.ts";
import { activityDocument } from "./send.ts";
import { objectSize, smallEnough } from "./size.ts";
import { toHtml } from "./text.ts";
import { noteContext, PUBLIC } from "./vocabulary.ts";

/** The URL of a post. */
export function postUrl(node: Identity, post: Pick<Post, "id" | "coop">): string {
  return `${coopUrl(node, post.coop)}/posts/${post.id}`;
}

/** How much of a post a Note has. */
interface Extent {
  languages: number;
  links: number;
  characters: number;
}

const all: Extent = { languages: Infinity, links: Infinity, characters: Infinity };

/** What is left out of a post that is too large for the fediverse, the least first. */
const sparing: Extent[] = [
  { ...all, languages: 1 },
  { ...all, languages: 1, links: 20 },
  { ...all, languages: 1, links: 0 },
  { languages: 1, links: 0, characters: 2000 },
];

/**
 * A post as a Note: the one type that every server shows whole. One that would be
 * too large has only its main language, then fewer links, then less text; all of
 * it is on its page.
 */
export function noteDocument(node: Identity, post: Post): JsonObject {
  const made = (extent: Extent) => () => noteOf(node, post, extent);
  return smallEnough(objectSize, made(all), ...sparing.map(made));
}

function noteOf(node: Identity, post: Post, extent: Extent): JsonObject {
  const texts = Object.entries(JSON.parse(post.content) as Record<string, string>);
  const htmls = texts.slice(0, extent.languages).map(([language, text]) => {
    const shown = cut(text, extent.characters);
    return [language, toHtml(shown, node.origin, extent.links)] as const;
  });
  const id = postUrl(node, post);
  const author = coopUrl(node, post.coop);
  return {
    "@context": noteContext,
    id,
    type: "Note",
    attributedTo: author,
    // The main language comes first: that is how others know it.
    content: htmls[0]?.[1].html ?? "",
    contentMap: Object.fromEntries(htmls.map(([language, { html }]) => [language, html])),
    url: id,
    published: new Date(post.published).toISOString(),
    ...(post.edited === null ? {} : { updated: new Date(post.edited).toISOString() }),
    to: [PUBLIC],
    cc: [`${author}/followers`],
    // Those of the text that is shown: others are looked for in it and not found.
    tag: htmls[0]?.[1].tags ?? [],
    sensitive: false,
  };
}

function cut(text: string, characters: number): string {
  return text.length <= characters ? text : `${text.slice(0, characters - 1).toWellFormed()}…`;
}

/** The activity that a post was published with. */
export function createDocument(node: Identity, post: Post): JsonObject {
  const actor = coopUrl(node, post.coop);
  const create = activityDocument("Create", {
    id: `${postUrl(node, post)}/activity`,
    actor,
    object: noteDocument(node, post),
    to: [PUBLIC],
    cc: [`${actor}/followers`],
  });
  return { ...create, published: new Date(post.published).toISOString() };
}
