import type { Context, InboxContext } from "@fedify/fedify";
import { Activity } from "@fedify/fedify/vocab";
import type { JsonObject } from "../coop/canonical-json.ts";
import { audible } from "../directory/blocked.ts";
import type { Identity } from "../directory/identity.ts";
import { readIdentifier } from "./actors.ts";
import type { FederationData } from "./federation.ts";
import { inbox } from "./inbox.ts";

type Handler = (context: InboxContext<FederationData>, activity: Activity) => Promise<void>;

/** Whether an actor is one of this node. */
export function isNeighbour(node: Pick<Identity, "origin">, actor: string): boolean {
  return URL.parse(actor)?.origin === node.origin;
}

/**
 * Gives an activity to actors of this node, to whom nothing is sent: who handles
 * what comes in from elsewhere handles it, without the way through the network
 * and without a signature, as it is the node's own word.
 *
 * @param identifier Whose activity it is.
 * @param actors To whom it goes; those elsewhere are passed over.
 */
export async function tellNeighbours(
  context: Context<FederationData>,
  identifier: string,
  actors: string[],
  document: JsonObject,
): Promise<void> {
  const { db, node } = context.data;
  const own = context.getActorUri(identifier).href;
  const hears = await audible(db, readIdentifier(identifier)?.coop ?? "", document["type"]);
  const isTold = actors.some((actor) => {
    return isNeighbour(node, actor) && actor !== own && hears({ actor, inbox: `${actor}/inbox` });
  });
  if (!isTold) return;
  const activity = await Activity.fromJsonLd(document, context);
  // As Fedify picks it: the first type of which it is one.
  const [, handler] = inbox.find(([type]) => activity instanceof type) ?? [];
  // Handlers use nothing of the context of an inbox that others haven't.
  await (handler as Handler | undefined)?.(context as InboxContext<FederationData>, activity);
}
