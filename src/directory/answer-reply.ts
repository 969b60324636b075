import type { z } from "zod";
import { AppError } from "../errors.ts";
import * as answers from "../store/answers.ts";
import * as changes from "../store/changes.ts";
import * as messages from "../store/messages.ts";
import * as reactions from "../store/reactions.ts";
import * as replies from "../store/replies.ts";
import type { Db, Tx } from "../store/schema.ts";
import { PostContent } from "./post-content.ts";
import { newId } from "./ids.ts";
import { lockHosted } from "./publish.ts";
import { invalid } from "./sign-listing.ts";

/** How many answers a co-op can give in all. */
const mostAnswers = 20_000;

/** Answers are short: their text is a post's, in one language. */
const Content = PostContent.refine(
  (map) => Object.keys(map).length === 1,
  "an answer is in one language",
);

/**
 * Answers what somebody has written to a co-op: to everybody, where that was for
 * everybody, and else to its author alone.
 *
 * @returns The answer's id.
 * @throws {AppError} `bad-request`; `not-found` when it is gone; `conflict`.
 */
export async function answerReply(
  db: Db,
  key: string,
  content: z.infer<typeof Content>,
  now: number,
): Promise<string> {
  const checked = Content.safeParse(content);
  if (!checked.success) throw invalid("the answer", checked.error);
  const id = newId();
  const text = JSON.stringify(checked.data);
  await db.transaction().execute((tx) => write(tx, key, id, text, now));
  return id;
}

async function write(tx: Tx, key: string, id: string, content: string, now: number): Promise<void> {
  const reply = await replies.get(tx, key);
  if (reply === undefined) {
    throw new AppError("not-found", "this is not there any more: its author may have deleted it");
  }
  const coop = await lockHosted(tx, reply.coop);
  if (coop.content === null) {
    throw new AppError("conflict", "the co-op isn't published: it has no account to answer with");
  }
  if ((await answers.countOf(tx, reply.coop)) >= mostAnswers) {
    throw new AppError("conflict", `a co-op can give ${mostAnswers} answers`);
  }
  const { post, audience, author, handle, inbox } = reply;
  await answers.add(tx, {
    id,
    coop: reply.coop,
    post,
    parent: reply.id,
    audience,
    author,
    handle,
    inbox,
    content,
    published: now,
    announced: null,
    deleted: null,
  });
  await changes.append(tx, [{ kind: "answer", subject: id, origin: "" }]);
}

/**
 * Deletes an answer, here and wherever it was sent; its text is erased.
 *
 * @throws {AppError} `not-found`.
 */
export async function deleteAnswer(db: Db, id: string, now: number): Promise<void> {
  await db.transaction().execute((tx) => erase(tx, id, now));
}

async function erase(tx: Tx, id: string, now: number): Promise<void> {
  const answer = await answers.get(tx, id);
  if (answer === undefined) throw new AppError("not-found", `there is no answer “${id}”`);
  if (answer.deleted !== null) return;
  await answers.erase(tx, id, now);
  await reactions.removePost(tx, id);
  await messages.forgetDeleted(tx, now - 1);
  await changes.append(tx, [{ kind: "answer", subject: id, origin: "" }]);
}
