import type { JsonObject } from "../coop/canonical-json.ts";
import type { Identity } from "../directory/identity.ts";
import { coopUrl } from "../directory/publish.ts";
import type { Post } from "../store/posts.ts";
import { activityDocument } from "./send.ts";
import { toHtml } from "./text.ts";
import { noteContext, PUBLIC } from "./vocabulary.ts";

/** The URL of a post. */
export function postUrl(node: Identity, post: Pick<Post, "id" | "coop">): string {
  return `${coopUrl(node, post.coop)}/posts/${post.id}`;
}

/** A post as a Note: the one type that every server shows whole. */
export function noteDocument(node: Identity, post: Post): JsonObject {
  const texts = Object.entries(JSON.parse(post.content) as Record<string, string>);
  const htmls = texts.map(([language, text]) => [language, toHtml(text, node.origin)] as const);
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
