import type { Context } from "@fedify/fedify";
import { readFeedName } from "../coop/feeds.ts";
import type * as changes from "../store/changes.ts";
import * as feeds from "../store/feeds.ts";
import { feedIdentifier, feedUrl, hasFeeds } from "./feed-actors.ts";
import { feedCreate, feedNote } from "./feed-posts.ts";
import type { FederationData } from "./federation.ts";
import { send } from "./send.ts";
import { recipients, tellFollowers } from "./tell-followers.ts";

/** A post of a feed was written, or what it names is less than before: the feed's followers learn of it. */
export async function deliverFeedPost(
  context: Context<FederationData>,
  { subject: id }: changes.Change,
): Promise<void> {
  const { db, node, clock } = context.data;
  const post = await feeds.getPost(db, id);
  const feed = post && readFeedName(post.feed);
  if (post === undefined || feed === undefined || !(await hasFeeds(db))) return;
  const identifier = feedIdentifier(feed);
  const url = `${feedUrl(node, feed)}/posts/${id}`;
  const { announced, edited } = post;
  if (post.deleted !== null) {
    // Who was never told of it needn't be told that it is gone.
    if (announced === null) return;
    const object = { id: url, type: "Tombstone" };
    await tellFollowers(context, identifier, "Delete", { id: `${url}#delete`, object });
    return;
  }
  const note = await feedNote(db, node, feed, id);
  if (note === undefined) return;
  if (announced === null) {
    const everybody = await recipients(context, identifier);
    await send(context, identifier, everybody, feedCreate(node, feed, note));
  } else if (edited !== post.announcedEdit) {
    const update = { id: `${url}#updates/${edited}`, object: note };
    await tellFollowers(context, identifier, "Update", update);
  }
  await feeds.announce(db, id, { announced: announced ?? clock(), announcedEdit: edited });
}
