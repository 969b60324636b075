import { setTimeout as sleep } from "node:timers/promises";
import type { Context } from "@fedify/fedify";
import { type Mention, mentionsOf, namesOf, type Post } from "../store/posts.ts";
import { findAccount } from "./account.ts";
import { actorDocument, identifierOf } from "./actors.ts";
import { deliverable } from "./deliverable.ts";
import type { FederationData } from "./federation.ts";

/** How many people a post can name: the others stay text. */
export const mentionsMost = 10;

/** Milliseconds for all whom a post names together. */
const patience = 10_000;

/**
 * Finds the people whom a post names as `@user@host`, in any of its languages, the
 * main one first. Who was found before isn't looked for again.
 *
 * @returns One for each name; without an actor where nobody was found in time.
 */
export async function findMentions(
  context: Context<FederationData>,
  post: Post,
): Promise<Mention[]> {
  const known = new Map(mentionsOf(post).map((mention) => [mention.name, mention]));
  const late = sleep(patience, undefined, { ref: false });
  return Promise.all(
    namesOf(post)
      .slice(0, mentionsMost)
      .map(async (name) => {
        const before = known.get(name);
        if (before !== undefined && before.actor !== null) return before;
        return (await Promise.race([find(context, name), late])) ?? { name, actor: null };
      }),
  );
}

async function find(context: Context<FederationData>, name: string): Promise<Mention | undefined> {
  const { db, node, insecure } = context.data;
  const [, user = "", host = ""] = name.split("@");
  if (host === node.host) {
    const identifier = await identifierOf(db, user);
    if (identifier === undefined) return undefined;
    const document = await actorDocument(db, node, identifier);
    if (typeof document === "string") return undefined;
    const actor = context.getActorUri(identifier).href;
    return { name, actor, url: actor };
  }
  const found = await findAccount({ node, insecure }, name);
  if ("fault" in found) return undefined;
  const { id, inbox, sharedInbox, page } = found.account;
  const open = (url: string) => deliverable(new URL(url), insecure);
  if (!open(inbox)) return undefined;
  return {
    name,
    actor: id,
    url: page ?? id,
    inbox,
    ...(sharedInbox !== undefined && open(sharedInbox) && { sharedInbox }),
  };
}
