import type { Actor } from "@fedify/fedify/vocab";
import type { JsonObject } from "../coop/canonical-json.ts";
import { RelationKind } from "../coop/codes.ts";
import { activityContext, namespace } from "./vocabulary.ts";
import { activityDocument } from "./send.ts";

/** An offer of a relation, by whichever side it is looked at. */
export interface Offered {
  /** The id of the Offer. */
  id: string;
  relationship: string;
  /** The co-op that claims the relation, and the actor that is to confirm it. */
  subject: string;
  object: string;
}

/** The relation as an object of ActivityStreams, with its kind as a full URL. */
function relation({ relationship, subject, object }: Offered): JsonObject {
  return { type: "Relationship", subject, relationship: namespace + relationship, object };
}

/** The kind of a relation from its URL; undefined for those that this version doesn't know. */
export function relationOf(url: string | undefined): RelationKind | undefined {
  if (url === undefined) return undefined;
  const name = url.replace(namespace, "").replace(/^coop:/, "");
  return RelationKind.safeParse(name).data;
}

/** An Offer without what only its delivery needs, as it stands in answers to it. */
function bareOffer(offered: Offered): JsonObject {
  const { id, subject, object } = offered;
  return { id, type: "Offer", actor: subject, object: relation(offered), target: object };
}

/**
 * Asks an actor to confirm a relation (Activity Vocabulary 5.2, “Representing
 * Relationships Between Entities”; answered as in FEP-0837).
 */
export function offerDocument(offered: Offered): JsonObject {
  return addressed("Offer", offered.id, offered.subject, offered.object, relation(offered), {
    target: offered.object,
  });
}

/** Confirms it. The result is the attestation, which is a record at its own URL. */
export function acceptDocument(offered: Offered, id: string, result: string): JsonObject {
  const { subject, object } = offered;
  return addressed("Accept", id, object, subject, bareOffer(offered), { result });
}

export function rejectDocument(offered: Offered, id: string): JsonObject {
  const { subject, object } = offered;
  return addressed("Reject", id, object, subject, bareOffer(offered));
}

/** Takes an Accept back. */
export function undoAcceptDocument(offered: Offered, accept: string): JsonObject {
  const { subject, object } = offered;
  const undone = { id: accept, type: "Accept", actor: object, object: offered.id };
  return addressed("Undo", undoId(accept), object, subject, undone);
}

/** Takes an Offer back. */
export function undoOfferDocument(offered: Offered): JsonObject {
  const { id, subject, object } = offered;
  return addressed("Undo", undoId(id), subject, object, bareOffer(offered));
}

function undoId(activity: string): string {
  return activity.replace("#", "#undos/");
}

function addressed(
  type: string,
  id: string,
  actor: string,
  to: string,
  object: JsonObject,
  more: JsonObject = {},
): JsonObject {
  const document = activityDocument(type, { id, actor, object, to: [to] });
  return { ...document, "@context": activityContext, ...more };
}

/** What an actor is called on its server. */
export function handleOf({
  preferredUsername,
  id,
}: Pick<Actor, "preferredUsername" | "id">): string {
  const host = id?.host ?? "";
  return preferredUsername == null ? host : `@${String(preferredUsername).slice(0, 200)}@${host}`;
}
