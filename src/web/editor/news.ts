import type { Context } from "hono";
import { z } from "zod";
import type { Listing, StakeholderClass } from "../../coop/listing.ts";
import { type Editable, openDraft } from "../../directory/draft.ts";
import { deletePost, editPost, listPost, pinPost, post } from "../../directory/post.ts";
import { publishNow } from "../../directory/publish-due.ts";
import { AppError } from "../../errors.ts";
import * as posts from "../../store/posts.ts";
import { type Form, freshForm, readForm } from "../forms.ts";
import { zoneOf } from "../local-time.ts";
import { newsPage, postEditPage } from "../pages/editor-news.ts";
import { goTo, respondPrivately } from "../private.ts";
import { demandCoopRole } from "../session.ts";
import { withTallies } from "../show-conversation.ts";
import type { Site } from "../site.ts";
import { placeOf } from "./place.ts";
import {
  chosenAgain,
  described,
  isNew,
  pictureFields,
  pictureForm,
  pictureValues,
  takePictures,
} from "./post-pictures.ts";
import { fitting, readPosting, readText, textFields, valuesOf } from "./post-form.ts";

const Several = z.union([z.array(z.string()), z.string().transform((one) => [one])]);
const yes = z.literal("yes").optional();

function postForm(now: number) {
  return z.discriminatedUnion("do", [
    z
      .object({
        do: z.literal("post"),
        ...textFields,
        ...pictureFields,
        pinned: yes,
        listed: yes,
        classes: Several.optional(),
      })
      .check(fitting(now))
      .check(described()),
    ...(["pin", "unpin", "list", "unlist", "publish", "delete"] as const).map((act) =>
      z.object({ do: z.literal(act), id: z.string() }),
    ),
  ]);
}

/** `GET /admin/coops/:id/news` */
export async function showNews(site: Site, c: Context, id: string): Promise<Response> {
  await demandCoopRole(site, c, id, "editor");
  const draft = await openDraft(site.db, site.node, id);
  const { inLanguage } = draft.content;
  const language = typeof inLanguage === "string" ? inLanguage : "en";
  const zone = await usualZone(site, draft);
  return news(site, c, id, freshForm({ language, zone }));
}

/** The time zone in which the co-op said a time before, or that of its country. */
async function usualZone({ db }: Site, { coop, content }: Editable): Promise<string> {
  const said = (await posts.all(db, coop.id)).findLast(({ zone }) => zone !== null)?.zone;
  if (said != null) return said;
  const { address } = (content["location"] ?? {}) as Partial<NonNullable<Listing["location"]>>;
  return zoneOf(address?.addressCountry);
}

async function news(site: Site, c: Context, id: string, form: Form): Promise<Response> {
  const { session } = await demandCoopRole(site, c, id, "editor");
  const draft = await openDraft(site.db, site.node, id);
  const page = newsPage(
    placeOf(session, draft),
    {
      waiting: await posts.scheduled(site.db, id),
      published: await withTallies(site, await posts.of(site.db, id, { limit: 100 })),
      classes: followableClasses(draft),
    },
    form,
  );
  return respondPrivately(site, c, page, { session, status: form.faults.length > 0 ? 400 : 200 });
}

/** The classes of a co-op that can be followed, as it is published. */
function followableClasses({ coop }: Editable): StakeholderClass[] {
  const listing = coop.content === null ? undefined : (JSON.parse(coop.content) as Listing);
  return (listing?.stakeholders ?? []).filter(({ followable }) => followable === true);
}

/** `POST /admin/coops/:id/news`: posts, now or later, marks and deletes. */
export async function sendNews(site: Site, c: Context, id: string): Promise<Response> {
  await demandCoopRole(site, c, id, "editor");
  const now = site.clock();
  const { size, advice } = pictureForm;
  const read = await readForm(c, postForm(now), size, advice);
  if (!("data" in read)) return news(site, c, id, chosenAgain(read.form));
  const { data } = read;
  const path = `/admin/coops/${id}/news`;
  if (data.do === "post") {
    const { content, posting } = readPosting(data);
    const taken = await takePictures(site.pictures, data, read.form);
    if ("form" in taken) return news(site, c, id, chosenAgain(taken.form));
    const pictures = taken.pictures.filter(isNew);
    await post(site.db, id, content, now, { ...posting, pictures });
    return goTo(path, posting.due === undefined ? "posted" : "post-waits");
  }
  const own = await demandOwn(site, id, data.id);
  return goTo(path, await act(site, own, data.do, now));
}

/** Does with a post what a button says; returns what is said then. */
async function act(
  { db }: Site,
  { id, due }: posts.Post,
  what: "pin" | "unpin" | "list" | "unlist" | "publish" | "delete",
  now: number,
): Promise<string> {
  if (what === "delete") {
    await deletePost(db, id, now);
    return due === null ? "post-deleted" : "post-cancelled";
  }
  if (what === "publish") {
    await publishNow(db, id, now);
    return "posted";
  }
  if (what === "list" || what === "unlist") {
    await listPost(db, id, what === "list", now);
    return what === "list" ? "post-listed" : "post-unlisted";
  }
  await pinPost(db, id, what === "pin", now);
  return "pinned";
}

/** `GET /admin/coops/:id/news/:post` */
export async function showPostEditor(
  site: Site,
  c: Context,
  id: string,
  postId: string,
): Promise<Response> {
  await demandCoopRole(site, c, id, "editor");
  const own = await demandOwn(site, id, postId);
  const values = { ...valuesOf(own, "UTC"), ...pictureValues(own) };
  return postEditor(site, c, id, postId, freshForm(values));
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
  const draft = await openDraft(site.db, site.node, id);
  const page = postEditPage(placeOf(session, draft), own, followableClasses(draft), form);
  return respondPrivately(site, c, page, { session, status: form.faults.length > 0 ? 400 : 200 });
}

/**
 * `POST /admin/coops/:id/news/:post`: gives it other texts, pictures and classes,
 * or another time if it waits.
 */
export async function sendPostEdit(
  site: Site,
  c: Context,
  id: string,
  postId: string,
): Promise<Response> {
  await demandCoopRole(site, c, id, "editor");
  const own = await demandOwn(site, id, postId);
  const now = site.clock();
  // What waits has a time.
  const due = own.due === null ? textFields.due : z.string().max(30);
  const fields = z
    .object({ ...textFields, ...pictureFields, due, classes: Several.optional() })
    .check(fitting(now))
    .check(described());
  const { size, advice } = pictureForm;
  const read = await readForm(c, fields, size, advice);
  if (!("data" in read)) return postEditor(site, c, id, postId, chosenAgain(read.form));
  const { content, ...more } = readText(read.data, own);
  const taken = await takePictures(site.pictures, read.data, read.form);
  if ("form" in taken) return postEditor(site, c, id, postId, chosenAgain(taken.form));
  await editPost(site.db, postId, content, now, {
    ...more,
    pictures: taken.pictures,
    classes: read.data.classes ?? [],
  });
  return goTo(`/admin/coops/${id}/news`, own.due === null ? "post-edited" : "post-waits");
}

/** A post of this co-op: rights end there. */
async function demandOwn({ db }: Site, coop: string, id: string): Promise<posts.Post> {
  const found = await posts.get(db, id);
  if (found?.coop !== coop) throw new AppError("not-found", "There is no such post of this co-op.");
  if (found.deleted !== null) throw new AppError("gone", "This post was deleted.");
  return found;
}
