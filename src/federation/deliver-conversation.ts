import type { Context } from "@fedify/fedify";
import type { Recipient } from "@fedify/fedify/vocab";
import type { JsonObject } from "../coop/canonical-json.ts";
import { blockOf } from "../directory/block.ts";
import type { Identity } from "../directory/identity.ts";
import { coopUrl } from "../directory/ids.ts";
import * as answers from "../store/answers.ts";
import type { Change } from "../store/changes.ts";
import * as coops from "../store/coops.ts";
import * as followers from "../store/followers.ts";
import * as replies from "../store/replies.ts";
import { coopIdentifier, NODE } from "./actors.ts";
import { answerActivity, answerAudience, answerUrl } from "./answer-notes.ts";
import type { FederationData } from "./federation.ts";
import { isNeighbour, tellNeighbours } from "./neighbours.ts";
import { authorizationUrl } from "./quotes.ts";
import { activityDocument, fingerprint, send } from "./send.ts";
import { recipients } from "./tell-followers.ts";
import { activityContext, PUBLIC } from "./vocabulary.ts";

/** A co-op has answered somebody, or deleted its answer. */
export async function deliverAnswer(
  context: Context<FederationData>,
  { subject: id }: Change,
): Promise<void> {
  const { db, node, clock } = context.data;
  const answer = await answers.get(db, id);
  const coop = answer && (await coops.get(db, answer.coop));
  if (answer === undefined || coop === undefined || coop.deleted !== null) return;
  const own = coopIdentifier(answer.coop);
  const everybody = answer.audience === "public" ? await recipients(context, own) : [];
  const tell = async (document: JsonObject) => {
    await send(context, own, [...reached(node, answer), ...everybody], document);
    await tellNeighbours(context, own, [answer.author], document);
  };
  if (answer.deleted !== null) {
    if (answer.announced === null) return;
    const url = answerUrl(node, answer);
    const { to, cc } = answerAudience(node, answer);
    const deletion = activityDocument("Delete", {
      id: `${url}#delete`,
      actor: coopUrl(node, answer.coop),
      object: { id: url, type: "Tombstone" },
      to,
      cc,
    });
    await tell(deletion);
  } else if (answer.announced === null) {
    await tell(answerActivity(node, answer));
    await answers.announce(db, id, clock());
  }
}

/** Something that somebody has written is reported to its server, or may quote a post no more. */
export async function deliverReply(
  context: Context<FederationData>,
  { subject: key }: Change,
): Promise<void> {
  const { db, node, clock } = context.data;
  const reply = await replies.get(db, key);
  if (reply === undefined) return;
  if (reply.reported !== null && reply.flagged === null) {
    const flag = flagDocument(node.actor, reply);
    await send(context, NODE, reached(node, reply), flag);
    await tellNeighbours(context, NODE, [reply.author], flag);
    await replies.update(db, key, { flagged: clock() });
  }
  if (reply.hidden !== null && reply.approved !== null) {
    const object = authorizationUrl(node, reply);
    const revocation = activityDocument("Delete", {
      id: `${object}#delete/${reply.approved}`,
      actor: coopUrl(node, reply.coop),
      object,
      to: [PUBLIC],
      cc: [reply.author],
    });
    await send(context, coopIdentifier(reply.coop), reached(node, reply), revocation);
    await replies.update(db, key, { approved: null });
  }
}

/** Where the author of a note is reached; a neighbour isn't sent anything. */
function reached(
  node: Identity,
  { author, inbox }: Pick<replies.Reply, "author" | "inbox">,
): Recipient[] {
  return isNeighbour(node, author) ? [] : [{ id: new URL(author), inboxId: new URL(inbox) }];
}

/**
 * A report, by the node and not by the co-op, as Mastodon sends it: who has
 * reported isn't told (`app/serializers/activitypub/flag_serializer.rb`).
 */
function flagDocument(node: string, { key, author, id, report }: replies.Reply): JsonObject {
  return {
    "@context": activityContext,
    id: `${node}#flags/${key}`,
    type: "Flag",
    actor: node,
    object: [author, id],
    content: report ?? "",
    to: [author],
  };
}

/** Somebody was blocked: they follow no more, and their server is told so. */
export async function deliverBlock(
  context: Context<FederationData>,
  { subject }: Change,
): Promise<void> {
  const { db } = context.data;
  const block = await blockOf(db, subject);
  if (block?.kind !== "person") return;
  for (const follower of await followers.by(db, block.subject, block.coop)) {
    const { followed, activity, actor, inbox } = follower;
    const own = context.getActorUri(followed).href;
    const reject = activityDocument("Reject", {
      id: `${own}#rejects/${fingerprint(activity)}`,
      actor: own,
      object: { id: activity, type: "Follow", actor, object: own },
      to: [actor],
    });
    await send(context, followed, [{ id: new URL(actor), inboxId: new URL(inbox) }], reject);
    await followers.remove(db, followed, actor);
  }
}
