import type { Context, Federation } from "@fedify/fedify";
import type { Recipient } from "@fedify/fedify/vocab";
import type { JsonObject } from "../coop/canonical-json.ts";
import type { Listing } from "../coop/listing.ts";
import { coopIdOf } from "../directory/publish.ts";
import { followableKeys } from "../directory/retire-classes.ts";
import type { Watch } from "../events.ts";
import { type Job, repeat } from "../jobs.ts";
import * as changes from "../store/changes.ts";
import * as coops from "../store/coops.ts";
import * as followers from "../store/followers.ts";
import * as posts from "../store/posts.ts";
import * as retiredClasses from "../store/retired-classes.ts";
import * as unreachable from "../store/unreachable.ts";
import { actorDocument, coopIdentifier } from "./actors.ts";
import type { FederationData } from "./federation.ts";
import { createDocument, noteDocument, postUrl } from "./posts.ts";
import { activityDocument, send } from "./send.ts";
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
  const { db, node } = data;
  const context = federation.createContext(new URL(node.origin), data);
  const pace = { every: 0, retry: 1000, retryMost: 60_000 };
  return repeat("telling followers", stop, pace, async (signal) => {
    const seq = await changes.cursor(db, reader);
    const rows = await changes.after(db, seq, 500);
    if (rows.length === 0) await watch.past(seq, 60_000, signal);
    let done = seq;
    try {
      for (const row of rows) {
        await deliverChange(context, row);
        done = row.seq;
      }
    } finally {
      // Also when one of them fails: those before it were sent and needn't be again.
      if (done > seq) await changes.advance(db, reader, done);
    }
    return true;
  });
}

async function deliverChange(
  context: Context<FederationData>,
  { kind, subject, origin }: changes.Change,
): Promise<void> {
  if (kind === "post") await deliverPost(context, subject);
  else if (kind === "coop") await deliverDeletion(context, subject);
  else if (kind === "record" && origin === context.data.node.host) {
    await deliverProfile(context, subject);
  }
}

/** A new version of a listing: followers get the whole actor if its content has changed. */
async function deliverProfile(context: Context<FederationData>, listing: string): Promise<void> {
  const { db, node } = context.data;
  const id = coopIdOf(node, listing);
  const coop = id === undefined ? undefined : await coops.get(db, id);
  if (coop?.content == null || coop.updated === coop.announced) return;
  // What was never announced has no followers yet who knew it otherwise.
  if (coop.announced !== null) {
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
  for (const retired of await retiredClasses.of(db, coop.id)) {
    if (retired.announced === null) await deliverRetirement(context, retired);
  }
  await coops.announce(db, coop.id, coop.updated);
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

async function deliverPost(context: Context<FederationData>, id: string): Promise<void> {
  const { db, node, clock } = context.data;
  const post = await posts.get(db, id);
  if (post === undefined) return;
  const coop = await coops.get(db, post.coop);
  if (coop === undefined || coop.deleted !== null) return;
  const author = coopIdentifier(coop.id);
  const url = postUrl(node, post);
  const { announced, edited, pinned } = post;
  if (post.deleted !== null) {
    const object = { id: url, type: "Tombstone" };
    await tellFollowers(context, author, "Delete", { id: `${url}#delete`, object });
    return;
  }
  if (announced === null) {
    await send(context, author, await recipients(context, author), createDocument(node, post));
  } else if (edited !== post.announcedEdit) {
    const update = { id: `${url}#updates/${edited}`, object: noteDocument(node, post) };
    await tellFollowers(context, author, "Update", update);
  }
  if (pinned !== post.announcedPin) await deliverPin(context, author, post);
  const told = { announced: announced ?? clock(), announcedEdit: edited, announcedPin: pinned };
  await posts.announce(db, id, told);
}

/** A post is kept on top of the profile from now on, or no longer. */
async function deliverPin(
  context: Context<FederationData>,
  author: string,
  post: posts.Post,
): Promise<void> {
  const object = postUrl(context.data.node, post);
  const target = `${context.getActorUri(author).href}/featured`;
  const [type, id] =
    post.pinned === null
      ? (["Remove", `${object}#unpins/${post.announcedPin}`] as const)
      : (["Add", `${object}#pins/${post.pinned}`] as const);
  await tellFollowers(context, author, type, { id, object, target });
}

/** An actor is gone for good: its followers, and those of its classes, are told and let go. */
async function deliverDeletion(context: Context<FederationData>, coop: string): Promise<void> {
  const { db } = context.data;
  for (const identifier of await followers.followed(db, coopIdentifier(coop))) {
    const object = context.getActorUri(identifier).href;
    await tellFollowers(context, identifier, "Delete", { id: "#delete", object });
    await followers.removeAll(db, identifier);
  }
}

/**
 * Sends an activity to everybody, which is to all followers.
 *
 * @param activity Its id may be given as a fragment of the actor's.
 */
async function tellFollowers(
  context: Context<FederationData>,
  identifier: string,
  type: "Update" | "Delete" | "Add" | "Remove",
  { id, object, ...more }: { id: string; object: JsonObject | string; target?: string },
): Promise<void> {
  const actor = context.getActorUri(identifier).href;
  const document = activityDocument(type, {
    id: new URL(id, actor).href,
    actor,
    object,
    to: [PUBLIC],
    cc: [`${actor}/followers`],
  });
  const everybody = await recipients(context, identifier);
  await send(context, identifier, everybody, { ...document, ...more });
}

async function recipients(
  { data: { db } }: Context<FederationData>,
  identifier: string,
): Promise<Recipient[]> {
  const found: Recipient[] = [];
  const away = new Set((await unreachable.all(db)).map(({ host }) => host));
  let page: followers.Follower[];
  let after = "";
  do {
    page = await followers.page(db, identifier, { after, limit: 1000 });
    after = page.at(-1)?.actor ?? "";
    for (const { actor, inbox, sharedInbox } of page) {
      if (away.has(new URL(inbox).host)) continue;
      const endpoints = sharedInbox === null ? null : { sharedInbox: new URL(sharedInbox) };
      found.push({ id: new URL(actor), inboxId: new URL(inbox), endpoints });
    }
  } while (page.length === 1000);
  return found;
}
