import type { Context } from "hono";
import { z } from "zod";
import { openDraft } from "../../directory/draft.ts";
import { deletePost, editPost, pinPost, post } from "../../directory/post.ts";
import { AppError } from "../../errors.ts";
import * as posts from "../../store/posts.ts";
import { type Form, freshForm, readForm } from "../forms.ts";
import { newsPage, postEditPage } from "../pages/editor-news.ts";
import { goTo, respondPrivately } from "../private.ts";
import { demandCoopRole } from "../session.ts";
import type { Site } from "../site.ts";
import { placeOf } from "./place.ts";

const Text = {
  text: z.string().trim().min(1, "Write something.").max(5000, "Use at most 5,000 characters."),
  language: z.string().regex(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/, "Choose a language."),
};
const PostForm = z.discriminatedUnion("do", [
  z.object({ do: z.literal("post"), ...Text, pinned: z.literal("yes").optional() }),
  z.object({ do: z.literal("pin"), id: z.string() }),
  z.object({ do: z.literal("unpin"), id: z.string() }),
  z.object({ do: z.literal("delete"), id: z.string() }),
]);

/** `GET /admin/coops/:id/news` */
export async function showNews(site: Site, c: Context, id: string): Promise<Response> {
  await demandCoopRole(site, c, id, "editor");
  const { content } = await openDraft(site.db, site.node, id);
  const { inLanguage } = content;
  const language = typeof inLanguage === "string" ? inLanguage : "en";
  return news(site, c, id, freshForm({ language }));
}

async function news(site: Site, c: Context, id: string, form: Form): Promise<Response> {
  const { session } = await demandCoopRole(site, c, id, "editor");
  const place = placeOf(session, await openDraft(site.db, site.node, id));
  const page = newsPage(place, await posts.of(site.db, id, { limit: 100 }), form);
  return respondPrivately(site, c, page, { session, status: form.faults.length > 0 ? 400 : 200 });
}

/** `POST /admin/coops/:id/news`: posts, pins and deletes. */
export async function sendNews(site: Site, c: Context, id: string): Promise<Response> {
  await demandCoopRole(site, c, id, "editor");
  const read = await readForm(c, PostForm);
  if (!("data" in read)) return news(site, c, id, read.form);
  const { data } = read;
  const path = `/admin/coops/${id}/news`;
  const { db } = site;
  const now = site.clock();
  if (data.do === "post") {
    const pinned = data.pinned === "yes";
    await post(db, id, { [data.language]: data.text }, now, { pinned });
    return goTo(path, "posted");
  }
  await demandOwn(site, id, data.id);
  if (data.do === "delete") {
    await deletePost(db, data.id, now);
    return goTo(path, "post-deleted");
  }
  await pinPost(db, data.id, data.do === "pin", now);
  return goTo(path, "pinned");
}

/** `GET /admin/coops/:id/news/:post` */
export async function showPostEditor(
  site: Site,
  c: Context,
  id: string,
  postId: string,
): Promise<Response> {
  await demandCoopRole(site, c, id, "editor");
  const [language = "en", text = ""] = textsOf(await demandOwn(site, id, postId))[0] ?? [];
  return postEditor(site, c, id, postId, freshForm({ language, text }));
}

async function postEditor(
  site: Site,
  c: Context,
  id: string,
  postId: string,
  form: Form,
): Promise<Response> {
  const { session } = await demandCoopRole(site, c, id, "editor");
  const own = await demandOwn(site, id, postId);
  const page = postEditPage(placeOf(session, await openDraft(site.db, site.node, id)), own, form);
  return respondPrivately(site, c, page, { session, status: form.faults.length > 0 ? 400 : 200 });
}

/** `POST /admin/coops/:id/news/:post`: gives it another text in its main language. */
export async function sendPostEdit(
  site: Site,
  c: Context,
  id: string,
  postId: string,
): Promise<Response> {
  await demandCoopRole(site, c, id, "editor");
  const own = await demandOwn(site, id, postId);
  const read = await readForm(c, z.object(Text));
  if (!("data" in read)) return postEditor(site, c, id, postId, read.form);
  const others = textsOf(own).slice(1);
  const { language, text } = read.data;
  const content = {
    [language]: text,
    ...Object.fromEntries(others.filter(([tag]) => tag !== language)),
  };
  await editPost(site.db, postId, content, site.clock());
  return goTo(`/admin/coops/${id}/news`, "post-edited");
}

function textsOf({ content }: posts.Post): [string, string][] {
  return Object.entries(JSON.parse(content) as Record<string, string>);
}

/** A post of this co-op: rights end there. */
async function demandOwn({ db }: Site, coop: string, id: string): Promise<posts.Post> {
  const found = await posts.get(db, id);
  if (found?.coop !== coop) throw new AppError("not-found", "There is no such post of this co-op.");
  if (found.deleted !== null) throw new AppError("gone", "This post was deleted.");
  return found;
}
