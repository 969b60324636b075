import type { JsonObject } from "../coop/canonical-json.ts";
import type { Identity } from "../directory/identity.ts";
import { pictureUrl } from "../directory/pictures/desk.ts";
import { coopUrl } from "../directory/ids.ts";
import {
  type Mention,
  mentionsOf,
  namesOf,
  picturesOf,
  type Post,
  textsOf,
  warningsOf,
} from "../store/posts.ts";
import { activityDocument } from "./send.ts";
import { objectSize, smallEnough } from "./size.ts";
import { mentionTag, toHtml } from "./text.ts";
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
  const mentions = mentionedIn(post);
  const htmls = textsOf(post)
    .slice(0, extent.languages)
    .map(([language, text]) => {
      const shown = cut(text, extent.characters);
      return [language, toHtml(shown, node.origin, extent.links, mentions)] as const;
    });
  const [main] = htmls;
  const id = postUrl(node, post);
  return {
    "@context": noteContext,
    id,
    type: "Note",
    attributedTo: coopUrl(node, post.coop),
    ...warning(
      post,
      htmls.map(([language]) => language),
    ),
    // The main language comes first: that is how others know it.
    content: main?.[1].html ?? "",
    contentMap: Object.fromEntries(htmls.map(([language, { html }]) => [language, html])),
    url: id,
    published: new Date(post.published).toISOString(),
    ...(post.edited === null ? {} : { updated: new Date(post.edited).toISOString() }),
    ...audienceOf(node, post),
    tag: tagsOf(main?.[1].tags ?? [], mentions),
    interactionPolicy: { canQuote: { automaticApproval: [PUBLIC] } },
    ...attachments(node, post),
  };
}

/** What is shown instead of the text, and of pictures, until somebody asks for them. */
function warning(post: Post, languages: string[]): JsonObject {
  const warnings = warningsOf(post);
  const shown = languages.flatMap((language) => {
    const said = warnings[language];
    return said === undefined ? [] : [[language, said] as const];
  });
  const [main] = shown;
  if (main === undefined) return { sensitive: false };
  return { summary: main[1], summaryMap: Object.fromEntries(shown), sensitive: true };
}

/** Its pictures, as `Document`: so does Mastodon, so everybody knows it. */
function attachments(node: Identity, post: Post): JsonObject {
  const documents = picturesOf(post).map(({ id, mediaType, width, height, name }) => {
    return { type: "Document", mediaType, url: pictureUrl(node, id), name, width, height };
  });
  return documents.length === 0 ? {} : { attachment: documents };
}

/**
 * The hashtags of the text that is shown, as others are looked for in it and not
 * found; and all whom the post names, in whatever language: who is addressed
 * learns from here that it is about them.
 */
function tagsOf(shown: JsonObject[], named: (Mention & { actor: string })[]): JsonObject[] {
  const tags = new Map(shown.map((tag) => [tag["name"], tag]));
  for (const { name, actor } of named) tags.set(name, mentionTag(name, actor));
  return [...tags.values()];
}

/** Whom a post names in one of its languages, of those who were found. */
function mentionedIn(post: Post): (Mention & { actor: string })[] {
  const names = new Set(namesOf(post));
  return mentionsOf(post).flatMap((mention) => {
    const { actor, name } = mention;
    return actor !== null && names.has(name) ? [{ ...mention, actor }] : [];
  });
}

/** To whom a post is addressed. */
export function audienceOf(node: Identity, post: Post): { to: string[]; cc: string[] } {
  const followers = `${coopUrl(node, post.coop)}/followers`;
  return { to: [PUBLIC], cc: [followers, ...mentionedIn(post).map(({ actor }) => actor)] };
}

function cut(text: string, characters: number): string {
  return text.length <= characters ? text : `${text.slice(0, characters - 1).toWellFormed()}…`;
}

/** The activity that a post was published with. */
export function createDocument(node: Identity, post: Post): JsonObject {
  const create = activityDocument("Create", {
    id: `${postUrl(node, post)}/activity`,
    actor: coopUrl(node, post.coop),
    object: noteDocument(node, post),
    ...audienceOf(node, post),
  });
  return { ...create, published: new Date(post.published).toISOString() };
}

/**
 * The activity by which another actor of this node passes a post on.
 *
 * @param actor Its id.
 * @param at Since when, epoch ms. What is passed on later, or again, is another activity.
 */
export function announceDocument(
  node: Identity,
  post: Post,
  actor: string,
  at: number,
): JsonObject {
  const announce = activityDocument("Announce", {
    id: `${actor}#announces/${post.id}${at === post.published ? "" : `/${at}`}`,
    actor,
    object: postUrl(node, post),
    to: [PUBLIC],
    cc: [`${actor}/followers`, coopUrl(node, post.coop)],
  });
  return { ...announce, published: new Date(at).toISOString() };
}
