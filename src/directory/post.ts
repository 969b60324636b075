import { z } from "zod";
import { AppError } from "../errors.ts";
import * as changes from "../store/changes.ts";
import * as coops from "../store/coops.ts";
import * as posts from "../store/posts.ts";
import type { Db, Tx } from "../store/schema.ts";
import { invalid, newId } from "./publish.ts";

/** Plain text in one or more languages, the main one first. */
export const PostContent = z
  .record(z.string().regex(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/), z.string().trim().min(1).max(5000))
  .refine((map) => Object.keys(map).length > 0, "a post needs a text");
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
  const author = await coops.get(db, coop);
  if (author === undefined) throw new AppError("not-found", `this node hosts no co-op “${coop}”`);
  if (author.deleted !== null) throw new AppError("gone", `the co-op “${coop}” was deleted`);
  if (author.handle === null) {
    throw new AppError(
      "conflict",
      `the co-op “${coop}” was imported: it has no actor to post with`,
    );
  }
  const id = newId();
  const row = {
    id,
    coop,
    content: JSON.stringify(checked.data),
    published: now,
    edited: null,
    deleted: null,
    pinned: pinned ? now : null,
  };
  await db.transaction().execute((tx) => write(tx, row));
  return id;
}

/** Deletes a post, here and at the followers; its text is erased. */
export async function deletePost(db: Db, id: string, now: number): Promise<void> {
  const row = await posts.get(db, id);
  if (row === undefined) throw new AppError("not-found", `there is no post “${id}”`);
  if (row.deleted !== null) return;
  await db
    .transaction()
    .execute((tx) => write(tx, { ...row, content: "{}", deleted: now, pinned: null }));
}

async function write(tx: Tx, row: posts.Post): Promise<void> {
  await posts.put(tx, row);
  await changes.append(tx, [{ kind: "post", subject: row.id, origin: "" }]);
}
