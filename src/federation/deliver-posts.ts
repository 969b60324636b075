import type { Context } from "@fedify/fedify";
import type * as changes from "../store/changes.ts";
import * as coops from "../store/coops.ts";
import * as posts from "../store/posts.ts";
import { coopIdentifier } from "./actors.ts";
import type { FederationData } from "./federation.ts";
import { createDocument, noteDocument, postUrl } from "./posts.ts";
import { send } from "./send.ts";
import { recipients, tellFollowers } from "./tell-followers.ts";

/** A post was written, changed, pinned or deleted: the followers of its co-op learn of it. */
export async function deliverPost(
  context: Context<FederationData>,
  { subject: id }: changes.Change,
): Promise<void> {
  const { db, node, clock } = context.data;
  const post = await posts.get(db, id);
  if (post === undefined) return;
  const coop = await coops.get(db, post.coop);
  if (coop === undefined || coop.deleted !== null) return;
  const author = coopIdentifier(coop.id);
  const url = postUrl(node, post);
  const { announced, edited, pinned } = post;
  if (post.deleted !== null) {
    const object = { id: url, type: "Tombstone" };
    await tellFollowers(context, author, "Delete", { id: `${url}#delete`, object });
    return;
  }
  if (announced === null) {
    await send(context, author, await recipients(context, author), createDocument(node, post));
  } else if (edited !== post.announcedEdit) {
    const update = { id: `${url}#updates/${edited}`, object: noteDocument(node, post) };
    await tellFollowers(context, author, "Update", update);
  }
  if (pinned !== post.announcedPin) await deliverPin(context, author, post);
  const told = { announced: announced ?? clock(), announcedEdit: edited, announcedPin: pinned };
  await posts.announce(db, id, told);
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
