import { z } from "zod";
import { AppError } from "../errors.ts";
import * as pictures from "../store/pictures.ts";
import * as posts from "../store/posts.ts";
import type { Tx } from "../store/schema.ts";
import { pictureBounds } from "./pictures/bounds.ts";
import type { Kept } from "./pictures/desk.ts";
import { faultsOf } from "./sign-listing.ts";

/** What can be seen in a picture, for those who can’t: one or a few sentences. */
export const PictureName = z
  .string()
  .trim()
  .min(1, "say what can be seen in the picture, for those who can’t see it")
  .max(pictureBounds.name, `use at most ${pictureBounds.name} characters`);

/** A picture that was taken in, and what can be seen in it. */
export interface Attached extends Kept {
  name: string;
}

/** The pictures that a post is to have, in their order: new ones, and some that it has. */
export type Attaching = (Attached | Pick<posts.PostPicture, "id" | "name">)[];

const Names = z
  .array(PictureName)
  .max(pictureBounds.perPost, `a post has at most ${pictureBounds.perPost} pictures`);

/**
 * Gives a post these pictures and no others, within the transaction in which it
 * is written. Without them it keeps what it has.
 *
 * @returns The post with its pictures.
 * @throws {AppError} `bad-request` with every fault; `conflict` when the co-op has too many.
 */
export async function attach(
  tx: Tx,
  post: posts.Post,
  wanted: Attaching | undefined,
  now: number,
): Promise<posts.Post> {
  if (wanted === undefined) return post;
  const names = Names.safeParse(wanted.map(({ name }) => name));
  if (!names.success) {
    throw new AppError("bad-request", `the pictures can't be used: ${faultsOf(names.error)}`);
  }
  const had = posts.picturesOf(post);
  const shown = wanted.map((each, at) => {
    const { id, mediaType, width, height } = "digest" in each ? each : ownOf(had, each.id);
    return { id, mediaType, width, height, name: names.data[at] ?? "" };
  });
  const ids = new Set(shown.map(({ id }) => id));
  const gone = had.filter(({ id }) => !ids.has(id)).map(({ id }) => id);
  await pictures.erase(tx, gone, now);
  const known = new Set(had.map(({ id }) => id));
  const added = wanted.filter((each) => "digest" in each && !known.has(each.id)) as Attached[];
  await addPictures(tx, post.coop, post.id, added, now);
  return { ...post, pictures: shown.length === 0 ? null : JSON.stringify(shown) };
}

function ownOf(had: posts.PostPicture[], id: string): posts.PostPicture {
  const own = had.find((each) => each.id === id);
  if (own === undefined) throw new AppError("bad-request", `the post has no picture “${id}”`);
  return own;
}

/**
 * Writes down whose these pictures are.
 *
 * @param post Null for those of the profile.
 * @throws {AppError} `conflict` when the co-op would have too many.
 */
export async function addPictures(
  tx: Tx,
  coop: string,
  post: string | null,
  added: Kept[],
  now: number,
): Promise<void> {
  if (added.length === 0) return;
  if ((await pictures.count(tx, coop)) + added.length > pictureBounds.perCoop) {
    throw new AppError("conflict", `a co-op has at most ${pictureBounds.perCoop} pictures`);
  }
  const rows = added.map(({ id, mediaType, size, digest }) => {
    return { id, coop, post, mediaType, size, digest, created: now, erased: null };
  });
  await pictures.add(tx, rows);
}

/** What has become of the pictures of a file that a co-op takes along, by their names in it. */
export type Brought = Map<string, Kept>;

/**
 * Gives a post that comes along the pictures that came with it.
 *
 * @param told Their names in the file, and what can be seen in them.
 * @param brought What is left of them: each is given once.
 */
export async function attachBrought(
  tx: Tx,
  post: posts.Post,
  told: { file: string; name: string }[],
  brought: Brought,
  now: number,
): Promise<posts.Post> {
  const added: Attached[] = [];
  for (const { file, name } of told) {
    const kept = brought.get(file);
    if (kept !== undefined) added.push({ ...kept, name });
    brought.delete(file);
  }
  return added.length === 0 ? post : attach(tx, post, added, now);
}
