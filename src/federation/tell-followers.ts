import type { Context } from "@fedify/fedify";
import type { Recipient } from "@fedify/fedify/vocab";
import type { JsonObject } from "../coop/canonical-json.ts";
import * as followers from "../store/followers.ts";
import type { Mention } from "../store/posts.ts";
import type { Db } from "../store/schema.ts";
import * as unreachable from "../store/unreachable.ts";
import type { FederationData } from "./federation.ts";
import { activityDocument, send } from "./send.ts";
import { PUBLIC } from "./vocabulary.ts";

/**
 * Sends an activity to everybody, which is to all followers.
 *
 * @param activity Its id may be given as a fragment of the actor's.
 * @param also Who else is to know of it.
 */
export async function tellFollowers(
  context: Context<FederationData>,
  identifier: string,
  type: "Update" | "Delete" | "Add" | "Remove" | "Move",
  { id, object, ...more }: { id: string; object: JsonObject | string; target?: string },
  also: Recipient[] = [],
): Promise<void> {
  const actor = context.getActorUri(identifier).href;
  const document = activityDocument(type, {
    id: new URL(id, actor).href,
    actor,
    object,
    to: [PUBLIC],
    cc: [`${actor}/followers`],
  });
  const everybody = [...(await recipients(context, identifier)), ...also];
  await send(context, identifier, everybody, { ...document, ...more });
}

/** The followers of an actor, but for those whose servers have been silent for long. */
export async function recipients(
  { data: { db } }: Context<FederationData>,
  identifier: string,
): Promise<Recipient[]> {
  const found: Recipient[] = [];
  const away = await awayHosts(db);
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

/** Those of the people named who are told of it: on servers elsewhere that take something. */
export async function mentioned(
  { data: { db } }: Context<FederationData>,
  named: Mention[],
): Promise<Recipient[]> {
  const away = await awayHosts(db);
  return named.flatMap(({ actor, inbox, sharedInbox }) => {
    if (actor === null || inbox === undefined || away.has(new URL(inbox).host)) return [];
    const endpoints = sharedInbox === undefined ? null : { sharedInbox: new URL(sharedInbox) };
    return [{ id: new URL(actor), inboxId: new URL(inbox), endpoints }];
  });
}

async function awayHosts(db: Db): Promise<Set<string>> {
  return new Set((await unreachable.all(db)).map(({ host }) => host));
}
