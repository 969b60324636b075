import type { InboxContext } from "@fedify/fedify";
import type { QuoteRequest } from "@fedify/fedify/vocab";
import type { JsonObject } from "../coop/canonical-json.ts";
import { blocking } from "../directory/blocked.ts";
import type { Identity } from "../directory/identity.ts";
import { coopUrl } from "../directory/ids.ts";
import { takeNote } from "../directory/reply.ts";
import * as replies from "../store/replies.ts";
import { coopIdentifier } from "./actors.ts";
import { postAt } from "./addressed.ts";
import { asCame } from "./as-came.ts";
import { isBy, read } from "./conversation.ts";
import { correspondent } from "./correspondent.ts";
import type { FederationData } from "./federation.ts";
import { activityDocument, fingerprint, send } from "./send.ts";
import { idLength } from "./size.ts";
import { quoteContext } from "./vocabulary.ts";

/**
 * Somebody asks whether they may quote a post (FEP-044f). They may, unless the
 * co-op or the node has blocked them, or has hidden this very quote.
 */
export async function onQuoteRequest(
  context: InboxContext<FederationData>,
  request: QuoteRequest,
): Promise<void> {
  const { db, node, clock } = context.data;
  const { id, actorId, objectId, instrumentId } = request;
  if (id === null || actorId === null || objectId === null || instrumentId === null) return;
  if (id.host !== actorId.host || instrumentId.host !== actorId.host) return;
  if ([id, instrumentId].some(({ href }) => href.length > idLength)) return;
  const post = await postAt(context.data, objectId.href);
  if (post === undefined) return;
  const blocked = await blocking(db, actorId.href, { coop: post.coop });
  if (blocked === "domain") return;
  const author = await correspondent(context, request);
  if (author === undefined) return;

  let approved: replies.Reply | undefined;
  if (blocked === undefined) {
    const note = await request.getInstrument(asCame);
    const written = note !== null && isBy(note, actorId) ? await read(note, clock()) : undefined;
    const known = (await replies.byId(db, instrumentId.href)).find(
      ({ coop }) => coop === post.coop,
    );
    // Of a quote that came by its id alone nothing may be known but that it is there.
    const unread = known ?? {
      id: instrumentId.href,
      url: instrumentId.href,
      content: "",
      warning: null,
      language: null,
      attachments: 0,
      audience: "public" as const,
      published: clock(),
    };
    const about = [{ coop: post.coop, post: post.id, kind: "quote" as const }];
    const [key] = await takeNote(db, { ...unread, ...written, ...author }, about, clock(), true);
    const kept = key === undefined ? undefined : await replies.get(db, key);
    if (kept !== undefined && kept.approved !== null) approved = kept;
  }
  const own = coopUrl(node, post.coop);
  const answer = activityDocument(approved === undefined ? "Reject" : "Accept", {
    id: `${own}#${approved === undefined ? "rejects" : "accepts"}/${fingerprint(id.href)}`,
    actor: own,
    // The whole request with the id that it came with, and nothing in it but ids.
    object: {
      "@context": quoteContext,
      id: id.href,
      type: "QuoteRequest",
      actor: actorId.href,
      object: objectId.href,
      instrument: instrumentId.href,
    },
    to: [actorId.href],
  });
  const result = approved === undefined ? {} : { result: authorizationUrl(node, approved) };
  const recipient = { id: actorId, inboxId: new URL(author.inbox) };
  await send(context, coopIdentifier(post.coop), [recipient], { ...answer, ...result });
}

/** Where it is to be read that a quote is allowed. */
export function authorizationUrl(
  node: Identity,
  { coop, post, key }: Pick<replies.Reply, "coop" | "post" | "key">,
): string {
  return `${coopUrl(node, coop)}/posts/${post}/quotes/${key}`;
}

/** That a quote is allowed, as it is served while it is (FEP-044f). */
export function authorizationDocument(node: Identity, quote: replies.Reply): JsonObject {
  const own = coopUrl(node, quote.coop);
  return {
    "@context": quoteContext,
    id: authorizationUrl(node, quote),
    type: "QuoteAuthorization",
    attributedTo: own,
    interactingObject: quote.id,
    interactionTarget: `${own}/posts/${quote.post}`,
  };
}
