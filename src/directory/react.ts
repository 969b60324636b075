import * as reactions from "../store/reactions.ts";
import type { Db, Tx } from "../store/schema.ts";

/** How many are counted of one post. */
export const mostReactions = 20_000;

/**
 * Notes that somebody likes a post of this node, or passes it on. Safe to
 * repeat; one too many is let lie.
 */
export async function react(db: Db, reaction: reactions.Reaction): Promise<void> {
  await db.transaction().execute((tx) => write(tx, reaction));
}

async function write(tx: Tx, reaction: reactions.Reaction): Promise<void> {
  if ((await reactions.count(tx, reaction.post)) >= mostReactions) return;
  await reactions.put(tx, reaction);
}
