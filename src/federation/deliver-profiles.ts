import type { Context } from "@fedify/fedify";
import type { Listing } from "../coop/listing.ts";
import { forgetActor } from "../directory/forget-conversation.ts";
import { coopIdOf } from "../directory/ids.ts";
import { followableKeys } from "../directory/retire-classes.ts";
import type * as changes from "../store/changes.ts";
import * as coops from "../store/coops.ts";
import * as followers from "../store/followers.ts";
import * as posts from "../store/posts.ts";
import * as retiredClasses from "../store/retired-classes.ts";
import { actorDocument, coopIdentifier } from "./actors.ts";
import type { FederationData } from "./federation.ts";
import { mentioned, tellFollowers } from "./tell-followers.ts";

/** A new version of a listing: followers get the whole actor if its content has changed. */
export async function deliverProfile(
  context: Context<FederationData>,
  { subject: listing, origin }: changes.Change,
): Promise<void> {
  const { db, node } = context.data;
  if (origin !== node.host) return;
  const id = coopIdOf(node, listing);
  const coop = id === undefined ? undefined : await coops.get(db, id);
  if (coop?.content == null || coop.updated === coop.announced) return;
  // What was never announced has no followers yet who knew it otherwise.
  if (coop.announced !== null) await deliverUpdate(context, coop);
  for (const retired of await retiredClasses.of(db, coop.id)) {
    if (retired.announced === null) await deliverRetirement(context, retired);
  }
  await coops.announce(db, coop.id, coop.updated);
}

/** Sends the whole actor of a co-op, and those of its classes, as they are now. */
export async function deliverUpdate(
  context: Context<FederationData>,
  coop: coops.HostedCoop,
): Promise<void> {
  const { db, node } = context.data;
  if (coop.content === null) return;
  const keys = followableKeys(JSON.parse(coop.content) as Listing);
  const own = coopIdentifier(coop.id);
  for (const identifier of [own, ...keys.map((key) => `${own}/classes/${key}`)]) {
    const document = await actorDocument(db, node, identifier);
    if (typeof document === "string") continue;
    // Named by its content, and not by its seq: after the log was put back, another has that.
    const update = { id: `#updates/${coop.updated}`, object: document };
    await tellFollowers(context, identifier, "Update", update);
  }
}

/** A class can't be followed any more: its followers are told that it is gone. */
async function deliverRetirement(
  context: Context<FederationData>,
  retired: retiredClasses.RetiredClass,
): Promise<void> {
  const { db, clock } = context.data;
  const identifier = `${coopIdentifier(retired.coop)}/classes/${retired.key}`;
  const object = context.getActorUri(identifier).href;
  // It may come back, and go again.
  await tellFollowers(context, identifier, "Delete", { id: `#deletes/${retired.retired}`, object });
  await followers.removeAll(db, identifier);
  await retiredClasses.announce(db, retired, clock());
}

/**
 * An actor is gone for good: its followers, those of its classes, and whom its
 * posts named, are told and let go.
 */
export async function deliverDeletion(
  context: Context<FederationData>,
  { subject: coop }: changes.Change,
): Promise<void> {
  const { db } = context.data;
  const own = coopIdentifier(coop);
  const others = await mentioned(context, await posts.mentionedBy(db, coop));
  for (const identifier of new Set([own, ...(await followers.followed(db, own))])) {
    const object = context.getActorUri(identifier).href;
    const also = identifier === own ? others : [];
    await tellFollowers(context, identifier, "Delete", { id: "#delete", object }, also);
    await followers.removeAll(db, identifier);
  }
  await posts.forgetMentions(db, coop);
  // Its neighbours are told of it so.
  await forgetActor(db, context.getActorUri(own).href);
}
