import type { InboxContext } from "@fedify/fedify";
import {
  Accept,
  Announce,
  Block,
  Create,
  Delete,
  EmojiReact,
  Flag,
  Follow,
  Like,
  Move,
  Offer,
  QuoteRequest,
  Reject,
  Undo,
  Update,
} from "@fedify/fedify/vocab";
import { getLogger } from "@logtape/logtape";
import { blocking } from "../directory/blocked.ts";
import { changesUrl } from "../replication/describe.ts";
import * as followers from "../store/followers.ts";
import { actorDocument, NODE, readIdentifier } from "./actors.ts";
import { answerAccept, answerReject, answerUndo, onOffer } from "./answers.ts";
import { onBlock, onFlag } from "./blocks.ts";
import { onCreate, onDelete, onNoteUpdate } from "./conversation.ts";
import { deliverable } from "./deliverable.ts";
import type { FederationData } from "./federation.ts";
import { onMove } from "./moves.ts";
import { onQuoteRequest } from "./quotes.ts";
import { onAnnounce, onLike, undoReaction } from "./reactions.ts";
import { isTheirs } from "./receive.ts";
import { activityDocument, fingerprint, send } from "./send.ts";
import { idLength } from "./size.ts";

type Context = InboxContext<FederationData>;

/**
 * What we do with each type of activity; every other type is accepted and let
 * lie. Handlers may be called again with the same activity: they write what is
 * so, and count nothing.
 */
export const inbox = [
  [Follow, onFollow],
  [Undo, onUndo],
  [Accept, onAccept],
  [Offer, onOffer],
  [Reject, answerReject],
  [Update, onUpdate],
  [Delete, onDelete],
  [Move, onMove],
  [Create, onCreate],
  [Like, onLike],
  [EmojiReact, onLike],
  [Announce, onAnnounce],
  [QuoteRequest, onQuoteRequest],
  [Block, onBlock],
  [Flag, onFlag],
] as const;

const handled: ReadonlySet<string> = new Set(
  inbox.map(([{ typeId }]) => typeId.href.replace(/^.*[#/]/, "")),
);

/** Whether something signed is of a type that isn't handled, maybe one that nobody has heard of. */
export function isUnheardOf(headers: Headers, activity: unknown): boolean {
  if (!headers.has("signature") && !headers.has("signature-input")) return false;
  if (typeof activity !== "object" || activity === null || !("type" in activity)) return false;
  const types = [activity.type].flat();
  return types.every((type) => typeof type === "string" && !handled.has(type));
}

const log = getLogger(["fragaria", "federation"]);

/**
 * Somebody follows one of our actors: granted, unless it has moved to another
 * account, or they are blocked.
 */
async function onFollow(context: Context, follow: Follow): Promise<void> {
  const { db, node, insecure, clock } = context.data;
  const { id, actorId, objectId } = follow;
  const followed = context.parseUri(objectId);
  if (id === null || actorId === null || followed?.type !== "actor") return;
  // What we answer has both in it.
  if (id.href.length > idLength || actorId.href.length > idLength) return;
  const { identifier } = followed;
  const document = await actorDocument(db, node, identifier);
  if (typeof document === "string") return;
  const { coop } = readIdentifier(identifier) ?? {};
  const blocked = await blocking(db, actorId.href, coop === undefined ? {} : { coop });
  if (blocked === "domain") return;

  // Throws when the actor can't be had just now: then this is tried again.
  const follower = await follow.getActor(context);
  const inboxUrl = follower?.inboxId;
  // Who signed is who the Follow names, so whoever is found there must be the same.
  if (follower?.id?.href !== actorId.href || inboxUrl == null) {
    log.info("{actor} can't follow: no such actor with an inbox is there", { actor: actorId.href });
    return;
  }
  const shared = follower.endpoints?.sharedInbox ?? null;
  if (!deliverable(inboxUrl, insecure) || (shared !== null && !deliverable(shared, insecure))) {
    log.warn("{actor} names an inbox that we don't deliver to", { actor: actorId.href });
    return;
  }
  const refused = document["movedTo"] !== undefined || blocked === "person";
  if (!refused) {
    await followers.add(db, {
      followed: identifier,
      actor: actorId.href,
      inbox: inboxUrl.href,
      sharedInbox: shared?.href ?? null,
      activity: id.href,
      since: clock(),
    });
  }
  // A node that wants to be known here. What isn't a node finds no way in by this.
  if (identifier === NODE && actorId.pathname === "/actor") context.data.wake(actorId.origin);
  const own = context.getActorUri(identifier).href;
  const answer = activityDocument(refused ? "Reject" : "Accept", {
    id: `${own}#${refused ? "rejects" : "accepts"}/${fingerprint(id.href)}`,
    actor: own,
    // The whole Follow with the id that it came with, and nothing in it but ids.
    object: { id: id.href, type: "Follow", actor: actorId.href, object: own },
    to: [actorId.href],
  });
  await send(context, identifier, [follower], answer);
}

/**
 * Somebody stops following. The Follow may stand in the Undo whole, or only its
 * id, or, from a snac2 that we haven't answered yet, the followed actor. Only
 * who signed the Undo is let go, whoever is named in it. What is said about
 * relations is undone by its id, as are likes, boosts and blocks.
 */
async function onUndo(context: Context, undo: Undo): Promise<void> {
  const { db } = context.data;
  const { actorId, objectId } = undo;
  if (actorId === null || (await answerUndo(context, undo))) return;
  const named = context.parseUri(objectId);
  if (named?.type === "actor") {
    await followers.remove(db, named.identifier, actorId.href);
    return;
  }
  if (await undoReaction(context, undo)) return;
  const undone = await undo.getObject({ ...context, suppressError: true });
  if (undone instanceof Follow) {
    const followed = context.parseUri(undone.objectId);
    if (followed?.type !== "actor") return;
    await followers.remove(db, followed.identifier, actorId.href);
  } else if (objectId !== null) {
    await followers.removeByActivity(db, objectId.href, actorId.href);
  }
}

/** A peer lets our node follow it, or somebody confirms a relation. */
async function onAccept(context: Context, accept: Accept): Promise<void> {
  if (accept.actorId === null || (await answerAccept(context, accept))) return;
  const { db, clock } = context.data;
  await followers.accepted(db, NODE, accept.actorId.href, clock());
}

/** A peer's wake-up: its feed has something new. Or something has changed that was said to us. */
async function onUpdate(context: Context, update: Update): Promise<void> {
  const { actorId, objectId } = update;
  if (actorId === null || objectId === null || (await onNoteUpdate(context, update))) return;
  if (objectId.href !== changesUrl(actorId.origin) || actorId.pathname !== "/actor") return;
  context.data.wake(actorId.origin);
}

/**
 * Logs what couldn't be read, and what a handler couldn't do, which Fedify tries
 * again. A few words do for faults of others, who can send any number of them.
 */
export function onInboxError(_context: unknown, error: Error): void {
  // Fedify also reads what is asked for by GET there, and finds no JSON.
  if (isTheirs(error) || error instanceof SyntaxError) {
    const { message } = error;
    log.info("An activity makes no sense, or its sender isn't there: {message}", { message });
  } else {
    log.error("An activity could not be handled: {error}", { error });
  }
}
