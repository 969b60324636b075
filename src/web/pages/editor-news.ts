import { html } from "hono/html";
import type { StakeholderClass } from "../../coop/listing.ts";
import { mentionsMost } from "../../federation/mentions.ts";
import { mentionsOf, namesOf, type Post, textsOf } from "../../store/posts.ts";
import type { Form } from "../forms.ts";
import type { Page } from "../layout.ts";
import { localWords } from "../local-time.ts";
import { type Html, listed } from "../text.ts";
import { type Place, editorTabs } from "./editor-tabs.ts";
import { button, buttonForm, faultSummary, hidden } from "./form.ts";
import {
  classTicks,
  laterFields,
  pictureFold,
  postLabels,
  postTicks,
  textFields,
  timeFields,
} from "./post-fields.ts";
import { postArticle } from "./posts.ts";

/** What a co-op has to say. */
export interface News {
  /** What is to be published, the next first. */
  waiting: Post[];
  published: Post[];
  /** The classes that can be followed. */
  classes: StakeholderClass[];
}

/** What a co-op has posted and is going to, and a field for more. */
export function newsPage(place: Place, { waiting, published, classes }: News, form: Form): Page {
  const action = `/admin/coops/${place.id}/news`;
  return {
    title: `News of ${place.name}`,
    body: html`${editorTabs(place, "news")}
      <h1>News</h1>
      ${faultSummary(form, postLabels)}
      <form class="form" method="post" action="${action}" enctype="multipart/form-data" novalidate>
        ${hidden("do", "post")} ${textFields(form, "What is new?")} ${pictureFold(form)}
        ${laterFields(form)} ${postTicks(form, classes)}
        <p class="actions">${button("Publish")}</p>
      </form>
      ${
        waiting.length === 0
          ? ""
          : html`<section class="news" aria-labelledby="waiting">
              <h2 id="waiting">To be published</h2>
              ${waiting.map((post) => waitingItem(action, post))}
            </section>`
      }
      <section class="news" aria-labelledby="posts">
        <h2 id="posts">Published</h2>
        ${
          published.length === 0
            ? html`<p>Nothing yet.</p>`
            : published.map((post) => publishedItem(action, post))
        }
      </section>`,
  };
}

function waitingItem(action: string, post: Post): Html {
  const { id, due, zone } = post;
  return html`${postArticle(post, `On ${localWords(Number(due), zone ?? "UTC")}`)}
    <div class="actions">
      <a href="${action}/${id}">Edit</a>
      ${buttonForm(action, "Publish now", { do: "publish", id })}
      ${buttonForm(action, "Don’t publish it", { do: "delete", id }, "danger")}
    </div>`;
}

function publishedItem(action: string, post: Post): Html {
  const { id, pinned, listed } = post;
  return html`${postArticle(post)} ${mentionNote(post)}
    <div class="actions">
      <a href="${action}/${id}">Edit</a>
      ${buttonForm(action, pinned === null ? "Pin to the profile" : "Don’t pin any more", {
        do: pinned === null ? "pin" : "unpin",
        id,
      })}
      ${buttonForm(action, listed === null ? "Let feeds pass it on" : "Keep it out of feeds", {
        do: listed === null ? "list" : "unlist",
        id,
      })}
    </div>`;
}

/** Who was named and couldn't be told. */
function mentionNote(post: Post): Html | string {
  const names = namesOf(post);
  const sought = names.slice(0, mentionsMost);
  const mentions = new Map(mentionsOf(post).map(({ name, actor }) => [name, actor]));
  const lost = sought.filter((name) => mentions.get(name) === null);
  const open = sought.filter((name) => !mentions.has(name));
  const more = names.slice(mentionsMost);
  const lines = [
    lost.length === 0
      ? ""
      : `Nobody was found by the name of ${listed(lost)}: it stays text, and nobody is told. Change the post to look again.`,
    open.length === 0 ? "" : `${listed(open)} will be looked for when the post is sent.`,
    more.length === 0
      ? ""
      : `A post tells at most ${mentionsMost} people: ${listed(more)} stays text.`,
  ].filter((line) => line !== "");
  return lines.length === 0 ? "" : html`<p class="hint" role="note">${lines.join(" ")}</p>`;
}

/** A post that is being changed. */
export function postEditPage(
  place: Place,
  post: Post,
  classes: StakeholderClass[],
  form: Form,
): Page {
  const action = `/admin/coops/${place.id}/news`;
  const others = textsOf(post).length - 2;
  const waits = post.due !== null;
  return {
    title: `A post of ${place.name}`,
    body: html`${editorTabs(place, "news")}
      <h1>Edit a post</h1>
      ${faultSummary(form, postLabels)}
      <form
        class="form"
        method="post"
        action="${action}/${post.id}"
        enctype="multipart/form-data"
        novalidate
      >
        ${textFields(form, "Text")} ${pictureFold(form)}
        ${others > 0 ? html`<p class="hint">Its texts in other languages stay as they are.</p>` : ""}
        ${waits ? timeFields(form, true) : ""} ${classTicks(form, classes)}
        <p class="actions">${button("Save the change")}</p>
      </form>
      ${
        waits
          ? ""
          : html`<section class="block" aria-labelledby="delete-post">
              <h2 id="delete-post">Delete it</h2>
              <p>It goes away here and at everybody who follows.</p>
              ${buttonForm(action, "Delete the post", { do: "delete", id: post.id }, "danger")}
            </section>`
      }`,
  };
}
