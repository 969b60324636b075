import * as answers from "../store/answers.ts";
import * as blocks from "../store/blocks.ts";
import type { NewChange } from "../store/changes.ts";
import * as flags from "../store/flags.ts";
import * as followers from "../store/followers.ts";
import * as reactions from "../store/reactions.ts";
import * as replies from "../store/replies.ts";
import type { Db, Tx } from "../store/schema.ts";
import { pruneAllowances } from "./allowance.ts";

/** How long what isn't for everybody, or belongs to no post, is kept; and reports. Milliseconds. */
export const conversationMemory = 31_536_000_000;

/**
 * Forgets what others made of a post that is deleted, within the transaction
 * that deletes it. The co-op's answers below it go, too.
 *
 * @returns What the log is to be told beside the post.
 */
export async function forgetPost(tx: Tx, post: string, now: number): Promise<NewChange[]> {
  await replies.removePost(tx, post);
  await reactions.removePost(tx, post);
  const said = await answers.ofPost(tx, post);
  for (const { id } of said) {
    await answers.erase(tx, id, now);
    await reactions.removePost(tx, id);
  }
  return said.map(({ id }) => ({ kind: "answer", subject: id, origin: "" }));
}

/** Forgets all that was said to a co-op that is deleted, and whom it has blocked. */
export async function forgetCoop(tx: Tx, coop: string): Promise<void> {
  await replies.removeCoop(tx, coop);
  await reactions.removeCoop(tx, coop);
  await answers.removeCoop(tx, coop);
  await blocks.removeCoop(tx, coop);
  await flags.removeCoop(tx, coop);
}

/** Forgets an actor elsewhere that is gone: whom it followed, what it wrote, liked and passed on. */
export async function forgetActor(db: Db, actor: string): Promise<void> {
  await db.transaction().execute((tx) => forget(tx, actor));
}

async function forget(tx: Tx, actor: string): Promise<void> {
  await followers.removeActor(tx, actor);
  await replies.removeAuthor(tx, actor);
  await reactions.removeActor(tx, actor);
  await blocks.removeBlocker(tx, actor);
}

/** Forgets what is too old to be kept. */
export async function pruneConversation(db: Db, now: number): Promise<void> {
  await replies.prune(db, now - conversationMemory);
  await flags.prune(db, now - conversationMemory);
  await pruneAllowances(db, now);
}
