import { createHash } from "node:crypto";
import type { Context } from "@fedify/fedify";
import { Activity, type Recipient } from "@fedify/fedify/vocab";
import type { JsonObject } from "../coop/canonical-json.ts";
import { signDocument } from "../coop/proof.ts";
import type { Identity } from "../directory/identity.ts";
import { audible } from "../directory/blocked.ts";
import type { Db } from "../store/schema.ts";
import { activityKey } from "./actor-frame.ts";
import { readIdentifier } from "./actors.ts";
import type { FederationData } from "./federation.ts";
import { activityContext } from "./vocabulary.ts";

/** What an activity is made of. */
interface Parts {
  id: string;
  actor: string;
  /** Whole, or by its id. */
  object: JsonObject | string;
  to: string[];
  cc?: string[];
}

/** An activity as a document, with the context that its object needs. */
export function activityDocument(type: string, { id, actor, object, to, cc }: Parts): JsonObject {
  const whole = typeof object === "string" ? {} : object;
  const { "@context": context = activityContext, ...inner } = whole;
  return {
    "@context": context,
    id,
    type,
    actor,
    to,
    ...(cc && { cc }),
    object: typeof object === "string" ? object : inner,
  };
}

/** Takes an activity back, whole as it was sent, from whom it went to. */
export function undoDocument(document: JsonObject): JsonObject {
  const { id, actor, to, cc } = document as {
    id: string;
    actor: string;
    to: string[];
    cc: string[];
  };
  return activityDocument("Undo", { id: `${id}/undo`, actor, object: document, to, cc });
}

/** A short name for a URL, to make an id with that is the same whenever it is made. */
export function fingerprint(url: string): string {
  return createHash("sha256").update(url).digest("hex").slice(0, 32);
}

/**
 * Hands an activity to the queue, signed and otherwise just as it is written
 * here. Fedify's own way with it, compaction, loses our terms and addresses,
 * puts languages in order of the alphabet and unwraps lists of one.
 *
 * Nothing goes to who is blocked, but what takes something back (`store/blocks.ts`).
 *
 * @param identifier Whose activity it is.
 * @param self The node, or what it was at the address at which the actor speaks.
 */
export async function send(
  context: Context<FederationData>,
  identifier: string,
  recipients: Recipient[],
  document: JsonObject,
  self: Pick<Identity, "origin" | "keyName"> = context.data.node,
): Promise<void> {
  const { db, node, clock } = context.data;
  const told = await willing(db, identifier, recipients, document["type"]);
  if (told.length === 0) return;
  const actor = `${self.origin}/${identifier}`;
  const key = {
    method: activityKey(self, actor),
    privateKey: node.signing.privateKey,
  };
  const created = `${new Date(clock()).toISOString().slice(0, 19)}Z`;
  const { proof, ...rest } = signDocument(document, key, created);
  // Written out, as W3C and FEP-8b32 do: others than we and Fedify take it from there.
  const signed: JsonObject = {
    ...rest,
    proof: { ...proof, "@context": document["@context"] ?? [] },
  };
  const activity = await Activity.fromJsonLd(signed, context);
  activity.toJsonLd = () => Promise.resolve(signed);
  await context.sendActivity(
    // The RSA key only: with the other one Fedify would make a second proof.
    (await context.getActorKeyPairs(identifier)).map(({ privateKey }) => {
      return { privateKey, keyId: new URL(`${actor}#main-key`) };
    }),
    told,
    activity,
    {
      // Fan-out would parse it again, and write it in Fedify's way.
      fanout: "skip",
      preferSharedInbox: true,
    },
  );
}

/** Without those who are blocked, or don't want to hear from this actor. */
async function willing(
  db: Db,
  identifier: string,
  recipients: Recipient[],
  type: unknown,
): Promise<Recipient[]> {
  const hears = await audible(db, readIdentifier(identifier)?.coop ?? "", type);
  return recipients.filter(({ id, inboxId }) => {
    return inboxId !== null && hears({ actor: id?.href, inbox: inboxId.href });
  });
}
