import { z } from "zod";
import { AppError } from "../errors.ts";
import * as changes from "../store/changes.ts";
import * as messages from "../store/messages.ts";
import * as posts from "../store/posts.ts";
import type { Db, Tx } from "../store/schema.ts";
import { invalid, lockHosted, newId } from "./publish.ts";

/** Plain text in one or more languages, the main one first. */
export const PostContent = z
  .record(z.string().regex(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/), z.string().trim().min(1).max(5000))
  .refine((map) => Object.keys(map).length > 0, "a post needs a text")
  .refine((map) => Object.keys(map).length <= 10, "a post has at most ten languages");
export type PostContent = z.infer<typeof PostContent>;

/**
 * Publishes a post of a hosted co-op: on its page, and to its followers.
 *
 * @param pinned Keeps it on top of the profile: the one thing that someone who
 *   finds the co-op on another server is sure to see.
 * @returns The post's id.
 */
export async function post(
  db: Db,
  coop: string,
  content: PostContent,
  now: number,
  { pinned = false } = {},
): Promise<string> {
  const checked = PostContent.safeParse(content);
  if (!checked.success) throw invalid("the post", checked.error);
  const id = newId();
  const row = {
    id,
    coop,
    content: JSON.stringify(checked.data),
    published: now,
    edited: null,
    deleted: null,
    pinned: pinned ? now : null,
    ...posts.untold,
  };
  await db.transaction().execute((tx) => insert(tx, row));
  return id;
}

async function insert(tx: Tx, row: posts.Post): Promise<void> {
  const author = await lockHosted(tx, row.coop);
  if (author.handle === null || author.content === null) {
    throw new AppError(
      "conflict",
      `the co-op “${row.coop}” isn't published by itself yet: it has no actor to post with`,
    );
  }
  await write(tx, row);
}

/** Gives a post another text, here and at the followers. The same text again changes nothing. */
export async function editPost(
  db: Db,
  id: string,
  content: PostContent,
  now: number,
): Promise<void> {
  const checked = PostContent.safeParse(content);
  if (!checked.success) throw invalid("the post", checked.error);
  const text = JSON.stringify(checked.data);
  await db.transaction().execute((tx) => rewrite(tx, id, text, now));
}

async function rewrite(tx: Tx, id: string, content: string, now: number): Promise<void> {
  const row = await standing(tx, id);
  if (row.content !== content) await write(tx, { ...row, content, edited: now });
}

/** Keeps a post on top of the profile, or no longer, here and at the followers. */
export async function pinPost(db: Db, id: string, pinned: boolean, now: number): Promise<void> {
  await db.transaction().execute((tx) => pin(tx, id, pinned ? now : null));
}

async function pin(tx: Tx, id: string, pinned: number | null): Promise<void> {
  const row = await standing(tx, id);
  if ((row.pinned === null) !== (pinned === null)) await write(tx, { ...row, pinned });
}

/** Deletes a post, here and at the followers; its text is erased. */
export async function deletePost(db: Db, id: string, now: number): Promise<void> {
  await db.transaction().execute((tx) => erase(tx, id, now));
}

async function erase(tx: Tx, id: string, now: number): Promise<void> {
  const row = await posts.lock(tx, id);
  if (row?.deleted != null) return;
  await posts.put(tx, { ...(await standing(tx, id)), content: "{}", deleted: now, pinned: null });
  await messages.forgetDeleted(tx, now - 1);
  await log(tx, id);
}

/** A post that was not deleted, nor will be while it is changed. */
async function standing(tx: Tx, id: string): Promise<posts.Post> {
  const row = await posts.lock(tx, id);
  if (row === undefined) throw new AppError("not-found", `there is no post “${id}”`);
  if (row.deleted !== null) throw new AppError("gone", `the post “${id}” was deleted`);
  return row;
}

async function write(tx: Tx, row: posts.Post): Promise<void> {
  await posts.put(tx, row);
  await log(tx, row.id);
}

async function log(tx: Tx, id: string): Promise<void> {
  await changes.append(tx, [{ kind: "post", subject: id, origin: "" }]);
}
