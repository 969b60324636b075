import type { Federation } from "@fedify/fedify";
import { getLogger } from "@logtape/logtape";
import * as followers from "../store/followers.ts";
import * as settings from "../store/settings.ts";
import * as unreachable from "../store/unreachable.ts";
import { actorDocument } from "./actors.ts";
import type { FederationData } from "./federation.ts";
import { activityDocument, send } from "./send.ts";
import { PUBLIC } from "./vocabulary.ts";

const log = getLogger(["fragaria", "federation"]);

/** Silence after which it is an absence, in milliseconds. */
const absence = 86_400_000;

/**
 * Notes that the node is there. When it hasn't been for more than a day, each
 * server with followers is sent one actor as it is now: Mastodon delivers
 * nothing more to a domain that has failed on seven days, until it is sent
 * something signed from there (DeliveryFailureTracker).
 */
export async function greetAfterAbsence(
  federation: Federation<FederationData>,
  data: FederationData,
  signal?: AbortSignal,
): Promise<void> {
  const { db, node, clock } = data;
  const now = clock();
  const before = await settings.lastThere(db);
  if (before !== undefined && now - before > absence) {
    const context = federation.createContext(new URL(node.origin), data);
    const away = new Set((await unreachable.all(db)).map(({ host }) => host));
    const greeted = await mostFollowed(db);
    for (const [host, { actor, inbox, sharedInbox, followed }] of greeted) {
      if (signal?.aborted === true) return;
      const document = away.has(host) ? "gone" : await actorDocument(db, node, followed);
      if (typeof document === "string") continue;
      const own = context.getActorUri(followed).href;
      const update = activityDocument("Update", {
        id: `${own}#greetings/${before}`,
        actor: own,
        object: document,
        to: [PUBLIC],
        cc: [`${own}/followers`],
      });
      const endpoints = sharedInbox === null ? null : { sharedInbox: new URL(sharedInbox) };
      const recipient = { id: new URL(actor), inboxId: new URL(inbox), endpoints };
      await send(context, followed, [recipient], update);
    }
    log.info("{count} servers were told that this node is there again", { count: greeted.size });
  }
  await settings.setLastThere(db, now);
}

/** By server, somebody who follows whom most there follow. */
async function mostFollowed(db: FederationData["db"]): Promise<Map<string, followers.Follower>> {
  const counts = new Map<string, { follower: followers.Follower; count: number }>();
  const most = new Map<string, { follower: followers.Follower; count: number }>();
  for await (const follower of followers.all(db)) {
    const { host } = new URL(follower.inbox);
    const key = `${host} ${follower.followed}`;
    const counted = counts.get(key) ?? { follower, count: 0 };
    counted.count += 1;
    counts.set(key, counted);
    if (counted.count > (most.get(host)?.count ?? 0)) most.set(host, counted);
  }
  return new Map([...most].map(([host, { follower }]) => [host, follower]));
}
