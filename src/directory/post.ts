import type { Listing } from "../coop/listing.ts";
import { AppError } from "../errors.ts";
import * as changes from "../store/changes.ts";
import * as coops from "../store/coops.ts";
import * as messages from "../store/messages.ts";
import * as pictures from "../store/pictures.ts";
import * as posts from "../store/posts.ts";
import type { Db, Tx } from "../store/schema.ts";
import { forgetPost } from "./forget-conversation.ts";
import { type PostContent, type PostWarning, type Written, writtenAt } from "./post-content.ts";
import { type Attached, attach, type Attaching } from "./post-pictures.ts";
import { newId } from "./ids.ts";
import { lockHosted } from "./publish.ts";
import { invalid } from "./sign-listing.ts";
import { followableKeys } from "./retire-classes.ts";

/** How many posts of a co-op may wait for their time. */
const scheduledMost = 100;

/** What a post has besides its text. */
export interface Posting extends Omit<Written, "content"> {
  /**
   * Keeps it on top of the profile: the one thing that someone who finds the
   * co-op on another server is sure to see.
   */
  pinned?: boolean | undefined;
  /** Lets the feeds of the directory pass it on. */
  listed?: boolean | undefined;
  pictures?: Attached[] | undefined;
}

/**
 * Publishes a post of a hosted co-op: on its page, and to its followers. One
 * with a time that is still to come waits for it, and nobody else knows of it.
 *
 * @returns The post's id.
 * @throws {AppError} `bad-request` with every fault.
 */
export async function post(
  db: Db,
  coop: string,
  content: PostContent,
  now: number,
  { pinned = false, listed = false, pictures: added, ...rest }: Posting = {},
): Promise<string> {
  const written = check({ content, ...rest }, now);
  const id = newId();
  const { classes = [] } = written;
  const row = {
    id,
    coop,
    ...posts.plain,
    ...textual(written),
    published: written.due ?? now,
    due: written.due ?? null,
    zone: written.due === undefined ? null : (written.zone ?? null),
    classes: classes.length === 0 ? null : JSON.stringify(classes),
    pinned: pinned ? now : null,
    listed: listed ? now : null,
  };
  await db.transaction().execute((tx) => insert(tx, row, added, now));
  return id;
}

function check(written: Written, now: number): Written {
  const checked = writtenAt(now).safeParse(written);
  if (!checked.success) throw invalid("the post", checked.error);
  return checked.data;
}

function textual({ content, warning = {} }: Pick<Written, "content" | "warning">) {
  const none = Object.keys(warning).length === 0;
  return { content: JSON.stringify(content), warning: none ? null : JSON.stringify(warning) };
}

async function insert(
  tx: Tx,
  row: posts.Post,
  added: Attached[] | undefined,
  now: number,
): Promise<void> {
  const author = await lockHosted(tx, row.coop);
  if (author.handle === null || author.content === null) {
    throw new AppError(
      "conflict",
      `the co-op “${row.coop}” isn't published by itself yet: it has no actor to post with`,
    );
  }
  demandClasses(author.content, posts.classesOf(row));
  if (row.due !== null && (await posts.scheduled(tx, row.coop)).length >= scheduledMost) {
    throw new AppError("conflict", `at most ${scheduledMost} posts can wait to be published`);
  }
  await write(tx, await attach(tx, row, added, now));
}

/** Makes sure that a co-op has classes that can announce something. */
function demandClasses(content: string, asked: string[]): void {
  const keys = followableKeys(JSON.parse(content) as Listing);
  const unknown = asked.filter((key) => !keys.includes(key));
  if (unknown.length === 0) return;
  const named = unknown.map((key) => `“${key}”`).join(", ");
  throw new AppError("bad-request", `the co-op has no class ${named} that can be followed`);
}

/** What else of a post becomes another one; what isn't said stays as it is. */
export interface Rewriting {
  /** Null takes it away. */
  warning?: PostWarning | null | undefined;
  /** Only for a post that isn't published yet. */
  due?: number | undefined;
  zone?: string | undefined;
  /** All that it is to have, in their order. */
  pictures?: Attaching | undefined;
  /** The keys of all classes that are to announce it. */
  classes?: string[] | undefined;
}

/** Gives a post another text, here and at the followers. The same text again changes nothing. */
export async function editPost(
  db: Db,
  id: string,
  content: PostContent,
  now: number,
  { warning, pictures: wanted, ...rest }: Rewriting = {},
): Promise<void> {
  const before = warning === undefined ? await warningOf(db, id, content) : warning;
  const written = check({ content, ...(before !== null && { warning: before }), ...rest }, now);
  await db.transaction().execute((tx) => rewrite(tx, id, written, wanted, now));
}

/** The warning that the post has, in the languages that it will have. */
async function warningOf(db: Db, id: string, content: PostContent): Promise<PostWarning | null> {
  const row = await posts.get(db, id);
  const entries = Object.entries(row === undefined ? {} : posts.warningsOf(row));
  const kept = entries.filter(([language]) => Object.hasOwn(content, language));
  return kept.length === 0 ? null : Object.fromEntries(kept);
}

async function rewrite(
  tx: Tx,
  id: string,
  written: Written,
  wanted: Attaching | undefined,
  now: number,
): Promise<void> {
  const row = await standing(tx, id);
  const text = { ...(await attach(tx, row, wanted, now)), ...textual(written) };
  const next = { ...text, classes: await classesNow(tx, row, written.classes) };
  if (row.due !== null) {
    const due = written.due ?? row.due;
    await write(tx, { ...next, due, published: due, zone: written.zone ?? row.zone });
  } else if (written.due !== undefined) {
    throw new AppError("conflict", `the post “${id}” is published already`);
  } else if (seen.some((what) => row[what] !== next[what])) {
    await write(tx, { ...next, edited: now });
  } else if (row.classes !== next.classes) {
    await write(tx, next);
  }
}

/** The classes that announce a post from now on: those that did may be retired. */
async function classesNow(
  tx: Tx,
  row: posts.Post,
  wanted: string[] | undefined,
): Promise<string | null> {
  if (wanted === undefined) return row.classes;
  const before = posts.classesOf(row);
  const coop = await coops.get(tx, row.coop);
  demandClasses(
    coop?.content ?? "{}",
    wanted.filter((key) => !before.includes(key)),
  );
  return wanted.length === 0 ? null : JSON.stringify(wanted);
}

/** What of a post its readers see. */
const seen = ["content", "warning", "pictures"] as const;

/** Keeps a post on top of the profile, or no longer, here and at the followers. */
export async function pinPost(db: Db, id: string, pinned: boolean, now: number): Promise<void> {
  await db.transaction().execute((tx) => mark(tx, id, "pinned", pinned ? now : null));
}

/** Lets the feeds of the directory pass a post on, or no longer. */
export async function listPost(db: Db, id: string, listed: boolean, now: number): Promise<void> {
  await db.transaction().execute((tx) => mark(tx, id, "listed", listed ? now : null));
}

async function mark(
  tx: Tx,
  id: string,
  what: "pinned" | "listed",
  since: number | null,
): Promise<void> {
  const row = await standing(tx, id);
  if ((row[what] === null) !== (since === null)) await write(tx, { ...row, [what]: since });
}

/**
 * Deletes a post, here and at the followers; its text is erased. Of one that was
 * to be published nothing is left.
 */
export async function deletePost(db: Db, id: string, now: number): Promise<void> {
  await db.transaction().execute((tx) => erase(tx, id, now));
}

async function erase(tx: Tx, id: string, now: number): Promise<void> {
  const found = await posts.lock(tx, id);
  if (found?.deleted != null) return;
  const row = await standing(tx, id);
  await pictures.eraseOfPost(tx, id, now);
  if (row.due !== null) {
    await posts.remove(tx, id);
    return;
  }
  const nothing = { content: "{}", warning: null, pictures: null, pinned: null, listed: null };
  await posts.put(tx, { ...row, ...nothing, deleted: now });
  const forgotten = await forgetPost(tx, id, now);
  await messages.forgetDeleted(tx, now - 1);
  await changes.append(tx, [{ kind: "post", subject: id, origin: "" }, ...forgotten]);
}

/** A post that was not deleted, nor will be while it is changed. */
async function standing(tx: Tx, id: string): Promise<posts.Post> {
  const row = await posts.lock(tx, id);
  if (row === undefined) throw new AppError("not-found", `there is no post “${id}”`);
  if (row.deleted !== null) throw new AppError("gone", `the post “${id}” was deleted`);
  return row;
}

/** The end of a transaction. Nobody learns of what waits for its time. */
async function write(tx: Tx, row: posts.Post): Promise<void> {
  await posts.put(tx, row);
  if (row.due === null) await log(tx, row.id);
}

async function log(tx: Tx, id: string): Promise<void> {
  await changes.append(tx, [{ kind: "post", subject: id, origin: "" }]);
}
