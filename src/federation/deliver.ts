import type { Federation } from "@fedify/fedify";
import { Create, Delete, Note, type Recipient, Tombstone, Update } from "@fedify/fedify/vocab";
import type { Listing } from "../coop/listing.ts";
import type { Watch } from "../events.ts";
import { type Job, repeat } from "../jobs.ts";
import * as changes from "../store/changes.ts";
import * as coops from "../store/coops.ts";
import * as followers from "../store/followers.ts";
import * as posts from "../store/posts.ts";
import { actorDocument, coopIdentifier } from "./actors.ts";
import { type FederationData, toActor } from "./federation.ts";
import { createDocument, noteDocument, postUrl } from "./posts.ts";
import { tidied } from "./tidy.ts";
import { PUBLIC } from "./vocabulary.ts";

/** This reader's cursor on the change log. */
const reader = "deliver";

/**
 * Tells followers what has changed: the one place that sends news. It reads
 * the change log, so that nothing is sent before it is true, and whatever was
 * written while it wasn't running is sent when it comes back. A change that
 * was handed to the queue twice has the same activity id twice.
 */
export function deliver(
  federation: Federation<FederationData>,
  data: FederationData,
  watch: Watch,
  stop: AbortSignal,
): Job {
  const pace = { every: 0, retry: 1000, retryMost: 60_000 };
  return repeat("telling followers", stop, pace, async (signal) => {
    const seq = await changes.cursor(data.db, reader);
    const rows = await changes.after(data.db, seq, 500);
    for (const row of rows) await deliverChange(federation, data, row);
    const last = rows.at(-1);
    if (last !== undefined) await changes.advance(data.db, reader, last.seq);
    else await watch.past(seq, 60_000, signal);
    return true;
  });
}

async function deliverChange(
  federation: Federation<FederationData>,
  data: FederationData,
  change: changes.Change,
): Promise<void> {
  switch (change.kind) {
    case "record":
      if (change.origin === data.node.host) await deliverProfile(federation, data, change);
      break;
    case "post":
      await deliverPost(federation, data, change.subject);
      break;
    case "coop":
      await deliverDeletion(federation, data, change.subject);
      break;
  }
}

/** A new version of a listing: followers get the whole actor if its content has changed. */
async function deliverProfile(
  federation: Federation<FederationData>,
  data: FederationData,
  change: changes.Change,
): Promise<void> {
  const [, id] = /\/coops\/([0-9a-z]+)\/listing$/.exec(change.subject) ?? [];
  const coop = id === undefined ? undefined : await coops.get(data.db, id);
  if (coop?.content == null || coop.updated === coop.announced) return;
  // What was never announced has no followers yet who knew it otherwise.
  if (coop.announced !== null) {
    const { stakeholders = [] } = JSON.parse(coop.content) as Listing;
    const classes = stakeholders.filter(({ followable }) => followable);
    const own = coopIdentifier(coop.id);
    for (const identifier of [own, ...classes.map(({ key }) => `${own}/classes/${key}`)]) {
      await sendProfile(federation, data, identifier, change.seq);
    }
  }
  await coops.announce(data.db, coop.id, coop.updated);
}

async function sendProfile(
  federation: Federation<FederationData>,
  data: FederationData,
  identifier: string,
  seq: number,
): Promise<void> {
  const context = federation.createContext(new URL(data.node.origin), data);
  const document = await actorDocument(data.db, data.node, identifier);
  if (typeof document === "string") return;
  const actor = context.getActorUri(identifier);
  await send(
    federation,
    data,
    identifier,
    async () =>
      new Update({
        id: new URL(`#updates/${seq}`, actor),
        actor,
        tos: [new URL(PUBLIC)],
        ccs: [context.getFollowersUri(identifier)],
        object: await toActor(document, context),
      }),
  );
}

async function deliverPost(
  federation: Federation<FederationData>,
  data: FederationData,
  id: string,
): Promise<void> {
  const post = await posts.get(data.db, id);
  if (post === undefined) return;
  const coop = await coops.get(data.db, post.coop);
  if (coop === undefined || coop.deleted !== null) return;
  const context = federation.createContext(new URL(data.node.origin), data);
  const identifier = coopIdentifier(post.coop);
  const actor = context.getActorUri(identifier);
  const tos = [new URL(PUBLIC)];
  const ccs = [context.getFollowersUri(identifier)];
  const url = postUrl(data.node, post);
  await send(federation, data, identifier, async () => {
    if (post.deleted !== null) {
      const object = new Tombstone({ id: new URL(url) });
      return new Delete({ id: new URL(`${url}#delete`), actor, tos, ccs, object });
    }
    if (post.edited !== null) {
      const id = new URL(`${url}#updates/${post.edited}`);
      const object = await Note.fromJsonLd(noteDocument(data.node, post), context);
      return new Update({ id, actor, tos, ccs, object });
    }
    return Create.fromJsonLd(createDocument(data.node, post), context);
  });
}

/** An actor is gone for good: its followers, and those of its classes, are told and let go. */
async function deliverDeletion(
  federation: Federation<FederationData>,
  data: FederationData,
  id: string,
): Promise<void> {
  for (const identifier of await followers.followed(data.db, coopIdentifier(id))) {
    const actor = new URL(identifier, `${data.node.origin}/`);
    await send(
      federation,
      data,
      identifier,
      async () =>
        new Delete({ id: new URL("#delete", actor), actor, tos: [new URL(PUBLIC)], object: actor }),
    );
    await followers.removeAll(data.db, identifier);
  }
}

/** Hands an activity for all followers of an actor to the queue, if it has any. */
async function send(
  federation: Federation<FederationData>,
  data: FederationData,
  identifier: string,
  activity: () => Promise<Update | Delete | Create>,
): Promise<void> {
  const recipients = await recipientsOf(data, identifier);
  if (recipients.length === 0) return;
  const context = federation.createContext(new URL(data.node.origin), data);
  await context.sendActivity({ identifier }, recipients, tidied(await activity()), {
    fanout: "skip",
    preferSharedInbox: true,
    // What one actor says arrives in the order in which it was said.
    orderingKey: identifier,
  });
}

async function recipientsOf(data: FederationData, identifier: string): Promise<Recipient[]> {
  const recipients: Recipient[] = [];
  let page: followers.Follower[];
  do {
    const after = recipients.at(-1)?.id?.href ?? "";
    page = await followers.page(data.db, identifier, { after, limit: 1000 });
    for (const { actor, inbox, sharedInbox } of page) {
      const endpoints = sharedInbox === null ? null : { sharedInbox: new URL(sharedInbox) };
      recipients.push({ id: new URL(actor), inboxId: new URL(inbox), endpoints });
    }
  } while (page.length === 1000);
  return recipients;
}
