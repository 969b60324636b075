import type { Context } from "@fedify/fedify";
import type { Recipient } from "@fedify/fedify/vocab";
import type { JsonObject } from "../coop/canonical-json.ts";
import { feedFolder } from "../directory/group-news.ts";
import type * as changes from "../store/changes.ts";
import * as coops from "../store/coops.ts";
import * as news from "../store/news.ts";
import * as posts from "../store/posts.ts";
import { actorDocument, coopIdentifier } from "./actors.ts";
import type { FederationData } from "./federation.ts";
import { findMentions } from "./mentions.ts";
import { tellNeighbours } from "./neighbours.ts";
import { announceDocument, audienceOf, createDocument, noteDocument, postUrl } from "./posts.ts";
import { activityDocument, send, undoDocument } from "./send.ts";
import { mentioned, recipients, tellFollowers } from "./tell-followers.ts";

/**
 * A post was published, changed, pinned or deleted: the followers of its co-op
 * learn of it, and of the classes that announce it, and whom it names.
 */
export async function deliverPost(
  context: Context<FederationData>,
  { subject: id }: changes.Change,
): Promise<void> {
  const { db, node, clock } = context.data;
  const row = await posts.get(db, id);
  if (row === undefined || row.due !== null) return;
  const coop = await coops.get(db, row.coop);
  if (coop === undefined || coop.deleted !== null) return;
  const author = coopIdentifier(coop.id);
  const url = postUrl(node, row);
  const before = posts.mentionsOf(row);
  if (row.deleted !== null) {
    const object = { id: url, type: "Tombstone" };
    await tellReaders(context, row, "Delete", { id: `${url}#delete`, object }, before);
    await posts.noteMentions(db, id, []);
    return;
  }
  const named = await findMentions(context, row);
  const post = { ...row, mentions: JSON.stringify(named) };
  const { announced, edited, pinned } = post;
  if (announced === null) {
    const told = [...(await recipients(context, author)), ...(await mentioned(context, named))];
    const create = createDocument(node, post);
    await send(context, author, told, create);
    await tellNeighbours(context, author, actorsOf(named), create);
  } else if (edited !== post.announcedEdit) {
    // To those who didn't have it, it is new; others let that lie.
    const known = new Set(before.map(({ actor }) => actor));
    const newly = named.filter(({ actor }) => !known.has(actor));
    const create = createDocument(node, post);
    await send(context, author, await mentioned(context, newly), create);
    await tellNeighbours(context, author, actorsOf(newly), create);
    const update = { id: `${url}#updates/${edited}`, object: noteDocument(node, post) };
    // Who was named until now has the old text.
    await tellReaders(context, post, "Update", update, [...before, ...named]);
  }
  if (pinned !== post.announcedPin) await deliverPin(context, author, post);
  const by = await deliverClasses(context, post);
  await posts.noteMentions(db, id, named);
  await posts.announce(db, id, {
    announced: announced ?? clock(),
    announcedEdit: edited,
    announcedPin: pinned,
    announcedBy: JSON.stringify(by),
  });
}

/**
 * Classes pass a post of their co-op on to those who follow them, or take that
 * back as they are no longer to.
 *
 * @returns Which have passed it on by now, as `posts.announcedBy()` has it.
 */
async function deliverClasses(
  context: Context<FederationData>,
  post: posts.Post,
): Promise<Record<string, number | null>> {
  const { db, node, clock } = context.data;
  const told = posts.announcedBy(post);
  const wanted = new Set(posts.classesOf(post));
  for (const key of new Set([...Object.keys(told), ...wanted])) {
    const before = told[key] ?? null;
    if ((before !== null) === wanted.has(key)) continue;
    const identifier = `${coopIdentifier(post.coop)}/classes/${key}`;
    const actor = context.getActorUri(identifier).href;
    const at = before ?? (post.announced === null ? post.published : clock());
    const announce = announceDocument(node, post, actor, at);
    told[key] = before === null ? at : null;
    // It may be one that can't be followed any more.
    if (typeof (await actorDocument(db, node, identifier)) === "string") continue;
    const everybody = await recipients(context, identifier);
    const document = before === null ? announce : undoDocument(announce);
    await send(context, identifier, everybody, document);
  }
  return told;
}

/** Tells everybody who may have a post what has become of it. */
async function tellReaders(
  context: Context<FederationData>,
  post: posts.Post,
  type: "Update" | "Delete",
  { id, object }: { id: string; object: JsonObject },
  named: posts.Mention[],
): Promise<void> {
  const author = coopIdentifier(post.coop);
  const actor = context.getActorUri(author).href;
  const readers: Recipient[] = await mentioned(context, named);
  const keys = [...Object.keys(posts.announcedBy(post)), ...posts.classesOf(post)];
  const classes = [...new Set(keys)].map((key) => `${author}/classes/${key}`);
  const url = postUrl(context.data.node, post);
  const feeds = (await news.boostsOf(context.data.db, url))
    .filter(({ announced }) => announced !== null)
    .map(({ feed }) => feedFolder + feed);
  for (const identifier of [author, ...classes, ...feeds]) {
    readers.push(...(await recipients(context, identifier)));
  }
  const { to, cc } = audienceOf(context.data.node, post);
  // Also those whom it no longer names: they have it, too.
  const others = actorsOf(named);
  const passedOn = [...classes, ...feeds].map(
    (identifier) => `${context.getActorUri(identifier).href}/followers`,
  );
  const all = [...new Set([...cc, ...others, ...passedOn])];
  const document = activityDocument(type, { id, actor, object, to, cc: all });
  await send(context, author, readers, document);
  await tellNeighbours(context, author, others, document);
}

function actorsOf(named: posts.Mention[]): string[] {
  return named.flatMap(({ actor }) => actor ?? []);
}

/** A post is kept on top of the profile from now on, or no longer. */
async function deliverPin(
  context: Context<FederationData>,
  author: string,
  post: posts.Post,
): Promise<void> {
  const object = postUrl(context.data.node, post);
  const target = `${context.getActorUri(author).href}/featured`;
  const [type, id] =
    post.pinned === null
      ? (["Remove", `${object}#unpins/${post.announcedPin}`] as const)
      : (["Add", `${object}#pins/${post.pinned}`] as const);
  await tellFollowers(context, author, type, { id, object, target });
}
