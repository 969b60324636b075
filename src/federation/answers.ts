import type { InboxContext } from "@fedify/fedify";
import {
  type Accept,
  type Offer,
  type Reject,
  Relationship,
  type Undo,
} from "@fedify/fedify/vocab";
import { getLogger } from "@logtape/logtape";
import { lapseOffer } from "../directory/lapse.ts";
import { acceptOffer, endAcceptance, takeOffer } from "../directory/offer.ts";
import * as offers from "../store/offers.ts";
import { actorDocument, readIdentifier } from "./actors.ts";
import { deliverable } from "./deliverable.ts";
import type { FederationData } from "./federation.ts";
import { handleOf, relationOf } from "./relations.ts";
import { idLength } from "./size.ts";

type Context = InboxContext<FederationData>;

const log = getLogger(["fragaria", "federation"]);

/** Somebody claims a relation to one of our co-ops, and asks for its confirmation. */
export async function onOffer(context: Context, offer: Offer): Promise<void> {
  const { db, node, insecure, clock } = context.data;
  const { id, actorId } = offer;
  if (id === null || actorId === null) return;
  if (id.href.length > idLength || actorId.href.length > idLength) return;
  const claimed = await offer.getObject({ ...context, suppressError: true });
  if (!(claimed instanceof Relationship)) return;
  const relationship = relationOf(claimed.relationshipId?.href);
  // Whoever claims something of others can't ask in their name.
  if (relationship === undefined || claimed.subjectId?.href !== actorId.href) return;
  const asked = context.parseUri(claimed.objectId);
  const parts = asked?.type === "actor" ? readIdentifier(asked.identifier) : undefined;
  if (asked?.type !== "actor" || parts === undefined || parts.key !== undefined) return;
  if (actorId.host === node.host || id.host !== actorId.host) return;
  if (typeof (await actorDocument(db, node, asked.identifier)) === "string") return;

  // Throws when the actor can't be had just now: then this is tried again.
  const actor = await offer.getActor(context);
  if (actor?.id?.href !== actorId.href || actor.inboxId === null) return;
  if (!deliverable(actor.inboxId, insecure)) return;
  const kept = await takeOffer(
    db,
    node,
    {
      coop: parts.coop,
      subject: actorId.href,
      relationship,
      offer: id.href,
      name: handleOf(actor),
      inbox: actor.inboxId.href,
    },
    clock(),
  );
  if (!kept) log.warn("An offer by {actor} is let lie: too many wait", { actor: actorId.href });
}

/** The answer to an offer of one of our co-ops. Says whether it was one. */
export async function answerAccept(context: Context, accept: Accept): Promise<boolean> {
  const { db, node, clock } = context.data;
  const offer = await offerOf(context, accept);
  if (offer === undefined) return false;
  const { id, actorId, resultId } = accept;
  // One without an id on its actor's host can be named by nobody.
  if (id === null || id.host !== actorId?.host) return true;
  if (offer.accept === id.href) return true;
  const result = resultId?.host === id.host ? resultId.href : null;
  await acceptOffer(db, node, offer, { accept: id.href, result }, clock());
  return true;
}

/** A relation is not confirmed, or no longer. */
export async function answerReject(context: Context, reject: Reject): Promise<void> {
  const { db, node, clock } = context.data;
  const offer = await offerOf(context, reject);
  if (offer !== undefined) await endAcceptance(db, node, offer, clock(), clock());
}

/** An Accept or an Offer is taken back. Says whether it was one. */
export async function answerUndo(context: Context, undo: Undo): Promise<boolean> {
  const { db, node, clock } = context.data;
  const { actorId, objectId } = undo;
  if (actorId === null || objectId === null) return false;
  const offer = await offers.byAccept(db, objectId.href);
  if (offer?.object === actorId.href) {
    await endAcceptance(db, node, offer, null, clock());
    return true;
  }
  return lapseOffer(db, node, objectId.href, actorId.href, clock());
}

/** The offer that an answer is about, if its actor is the one that was asked. */
async function offerOf(
  { data: { db } }: Context,
  { actorId, objectId }: Accept | Reject,
): Promise<offers.Offer | undefined> {
  if (actorId === null || objectId === null) return undefined;
  const offer = await offers.get(db, objectId.href);
  return offer?.object === actorId.href ? offer : undefined;
}
