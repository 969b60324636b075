import type { Context } from "hono";
import { z } from "zod";
import { answerReply, deleteAnswer } from "../../directory/answer-reply.ts";
import { block } from "../../directory/block.ts";
import { openDraft } from "../../directory/draft.ts";
import { hideReply, reportReply } from "../../directory/reply.ts";
import type { Session } from "../../directory/sign-in.ts";
import { AppError } from "../../errors.ts";
import * as answers from "../../store/answers.ts";
import * as posts from "../../store/posts.ts";
import * as replies from "../../store/replies.ts";
import { type Form, freshForm, readForm } from "../forms.ts";
import { conversationPage, type Item, replyPage } from "../pages/editor-conversation.ts";
import { goTo, respondPrivately } from "../private.ts";
import { demandCoopRole } from "../session.ts";
import { withTallies } from "../show-conversation.ts";
import type { Site } from "../site.ts";
import { placeOf } from "./place.ts";

/** How much of it is on a page. */
const pageSize = 50;

const ReplyForm = z.discriminatedUnion("do", [
  z.object({
    do: z.literal("answer"),
    text: z.string().trim().min(1, "Write something.").max(5000, "Use at most 5,000 characters."),
    language: z.string().regex(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/, "Choose a language."),
  }),
  z.object({
    do: z.literal("report"),
    words: z
      .string()
      .trim()
      .min(1, "Say what is wrong with it.")
      .max(1000, "Use at most 1,000 characters."),
  }),
  z.object({ do: z.literal("delete"), answer: z.string() }),
  z.object({ do: z.enum(["hide", "show", "block-person", "block-domain"]) }),
]);

/** `GET /admin/coops/:id/conversation` */
export async function showConversation(site: Site, c: Context, id: string): Promise<Response> {
  const { session } = await demandCoopRole(site, c, id, "editor");
  const [, received, key] = /^(\d{1,15})\.([0-9a-z]+)$/.exec(c.req.query("before") ?? "") ?? [];
  const before =
    received === undefined || key === undefined ? undefined : { received: Number(received), key };
  const found = await replies.of(site.db, id, { before, limit: pageSize });
  const last = found.length === pageSize ? found.at(-1) : undefined;
  const place = placeOf(session, await openDraft(site.db, site.node, id));
  const page = conversationPage(place, {
    items: await itemsOf(site, id, found),
    next: last && `${last.received}.${last.key}`,
  });
  return respondPrivately(site, c, page, { session });
}

/** With the posts that they are about, and what was answered. */
async function itemsOf(site: Site, coop: string, found: replies.Reply[]): Promise<Item[]> {
  const { db } = site;
  const parents = found.map(({ id }) => id);
  const said = await withTallies(site, await answers.to(db, coop, parents));
  const items: Item[] = [];
  for (const reply of found) {
    const post = reply.post === null ? undefined : await posts.get(db, reply.post);
    const own = said.filter(({ parent }) => parent === reply.id);
    items.push({ reply, post, answers: own });
  }
  return items;
}

/** `GET /admin/coops/:id/conversation/:key` */
export async function showReply(
  site: Site,
  c: Context,
  id: string,
  key: string,
): Promise<Response> {
  const { session } = await demandCoopRole(site, c, id, "editor");
  const { content } = await openDraft(site.db, site.node, id);
  const { inLanguage } = content;
  const language = typeof inLanguage === "string" ? inLanguage : "en";
  return one(site, c, session, await demandOwn(site, id, key), freshForm({ language }));
}

async function one(
  site: Site,
  c: Context,
  session: Session,
  reply: replies.Reply,
  form: Form,
): Promise<Response> {
  const place = placeOf(session, await openDraft(site.db, site.node, reply.coop));
  const [item] = await itemsOf(site, reply.coop, [reply]);
  const whole = item ?? { reply, post: undefined, answers: [] };
  const page = replyPage(place, whole, site.node.host, form);
  return respondPrivately(site, c, page, { session, status: form.faults.length > 0 ? 400 : 200 });
}

/** `POST /admin/coops/:id/conversation/:key`: answers, hides, reports and blocks. */
export async function sendReply(
  site: Site,
  c: Context,
  id: string,
  key: string,
): Promise<Response> {
  const { session } = await demandCoopRole(site, c, id, "editor");
  const reply = await demandOwn(site, id, key);
  const read = await readForm(c, ReplyForm);
  if (!("data" in read)) return one(site, c, session, reply, read.form);
  const { db } = site;
  const { data } = read;
  const now = site.clock();
  const all = `/admin/coops/${id}/conversation`;
  const path = `${all}/${key}`;
  switch (data.do) {
    case "answer":
      await answerReply(db, key, { [data.language]: data.text }, now);
      return goTo(path, "answered");
    case "report":
      await reportReply(db, key, data.words, now);
      return goTo(path, "reported");
    case "delete":
      await demandAnswer(site, id, data.answer);
      await deleteAnswer(db, data.answer, now);
      return goTo(path, "answer-deleted");
    case "hide":
    case "show":
      await hideReply(db, key, data.do === "hide", now);
      return goTo(all, data.do === "hide" ? "reply-hidden" : "reply-shown");
    default: {
      const scope =
        data.do === "block-person"
          ? ({ kind: "person", subject: reply.author } as const)
          : ({ kind: "domain", subject: reply.host } as const);
      await block(db, { coop: id, ...scope }, { account: session.account.id, why: null }, now);
      return goTo(`/admin/coops/${id}/blocks`, "blocked");
    }
  }
}

/** Something that was written to this co-op: rights end there. */
async function demandOwn({ db }: Site, coop: string, key: string): Promise<replies.Reply> {
  const found = await replies.get(db, key);
  if (found?.coop === coop) return found;
  throw new AppError(
    "not-found",
    "This is not there any more: its author may have deleted it, or your co-op the news.",
  );
}

async function demandAnswer({ db }: Site, coop: string, id: string): Promise<void> {
  if ((await answers.get(db, id))?.coop === coop) return;
  throw new AppError("not-found", "There is no such answer of this co-op.");
}
