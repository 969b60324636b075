import { AppError } from "../errors.ts";
import * as changes from "../store/changes.ts";
import * as replies from "../store/replies.ts";
import type { Db, Tx } from "../store/schema.ts";
import { newId } from "./ids.ts";

/** How many are kept of one post, and of one co-op besides its posts. */
export const mostReplies = { post: 2000, coop: 2000 } as const;

/** How many of one author are taken in within a day, however they have come. */
const mostOfAuthor = 60;

/** Characters that are kept of one, and of what to know before reading it. */
export const replySize = { content: 5000, warning: 500 } as const;

const day = 86_400_000;

/** What a note on another server is about here. */
export interface About {
  coop: string;
  post: string | null;
  kind: replies.Reply["kind"];
}

/** A note as it came. */
export type Note = Pick<
  replies.Reply,
  | "id"
  | "audience"
  | "author"
  | "host"
  | "handle"
  | "profile"
  | "inbox"
  | "url"
  | "content"
  | "warning"
  | "language"
  | "attachments"
  | "published"
>;

/**
 * Takes a note in that somebody has written about posts or to co-ops of this node.
 *
 * @param approved That it may quote the post, and was asked for.
 * @returns Its keys here, of those that are kept: none where there is no room.
 */
export async function takeNote(
  db: Db,
  note: Note,
  about: About[],
  now: number,
  approved = false,
): Promise<string[]> {
  return db.transaction().execute((tx) => take(tx, note, about, now, approved));
}

async function take(
  tx: Tx,
  note: Note,
  about: About[],
  now: number,
  approved: boolean,
): Promise<string[]> {
  const known = await replies.byId(tx, note.id);
  if (known.some(({ author }) => author !== note.author)) return [];
  if ((await replies.countBy(tx, note.author, now - day)) >= mostOfAuthor) return [];
  const kept: string[] = [];
  for (const { coop, post, kind } of about) {
    const before = known.find((each) => each.coop === coop);
    if (before === undefined && (await isFull(tx, coop, post))) continue;
    const allowed = approved && before?.hidden == null;
    const row: replies.Reply = {
      ...note,
      key: before?.key ?? newId(),
      coop,
      post,
      kind,
      edited: before?.edited ?? null,
      received: before?.received ?? now,
      hidden: before?.hidden ?? null,
      approved: before?.approved ?? (allowed ? now : null),
      reported: null,
      report: null,
      flagged: null,
    };
    await replies.put(tx, row);
    kept.push(row.key);
  }
  return kept;
}

async function isFull(tx: Tx, coop: string, post: string | null): Promise<boolean> {
  return post === null
    ? (await replies.count(tx, { coop })) >= mostReplies.coop
    : (await replies.count(tx, { post })) >= mostReplies.post;
}

/** Gives a note that is known the text that it has now. Nothing happens to one by somebody else. */
export async function reviseNote(
  db: Db,
  {
    id,
    author,
    ...now
  }: Pick<Note, "id" | "author" | "content" | "warning" | "audience"> & {
    edited: number;
  },
): Promise<void> {
  await db.transaction().execute((tx) => revise(tx, id, author, now));
}

async function revise(
  tx: Tx,
  id: string,
  author: string,
  now: Pick<replies.Reply, "content" | "warning" | "audience" | "edited">,
): Promise<void> {
  for (const row of await replies.byId(tx, id)) {
    if (row.author === author) await replies.put(tx, { ...row, ...now });
  }
}

/**
 * Hides what somebody has written from everybody but those who look after the
 * co-op, or shows it again. A quote that is hidden may quote the post no more.
 *
 * @throws {AppError} `not-found`.
 */
export async function hideReply(db: Db, key: string, hide: boolean, now: number): Promise<void> {
  await db.transaction().execute((tx) => setHidden(tx, key, hide ? now : null));
}

async function setHidden(tx: Tx, key: string, hidden: number | null): Promise<void> {
  const row = await demand(tx, key);
  if ((row.hidden === null) === (hidden === null)) return;
  await replies.update(tx, key, { hidden });
  if (hidden === null || row.approved === null) return;
  await changes.append(tx, [{ kind: "reply", subject: key, origin: "" }]);
}

/**
 * Reports what somebody has written to those who run its server.
 *
 * @param words Of whoever reports it; they are sent along.
 * @throws {AppError} `not-found`; `conflict` when it was reported before.
 */
export async function reportReply(db: Db, key: string, words: string, now: number): Promise<void> {
  await db.transaction().execute((tx) => report(tx, key, words, now));
}

async function report(tx: Tx, key: string, words: string, now: number): Promise<void> {
  const row = await demand(tx, key);
  if (row.reported !== null) throw new AppError("conflict", "this was reported before");
  await replies.update(tx, key, { reported: now, report: words });
  await changes.append(tx, [{ kind: "reply", subject: key, origin: "" }]);
}

async function demand(tx: Tx, key: string): Promise<replies.Reply> {
  const row = await replies.get(tx, key);
  if (row === undefined) {
    throw new AppError("not-found", "this is not there any more: its author may have deleted it");
  }
  return row;
}
