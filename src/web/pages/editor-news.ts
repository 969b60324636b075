import { html } from "hono/html";
import type { Post } from "../../store/posts.ts";
import type { Form } from "../forms.ts";
import type { Page } from "../layout.ts";
import type { Html } from "../text.ts";
import { languageOptions } from "./editor-more.ts";
import { type Place, editorTabs } from "./editor-tabs.ts";
import { button, buttonForm, faultSummary, hidden, select, textArea, tick } from "./form.ts";
import { postArticle } from "./posts.ts";

const labels = { text: "Text", language: "Language" };

/** What a co-op has posted, and a field for more. */
export function newsPage(place: Place, posts: Post[], form: Form): Page {
  const action = `/admin/coops/${place.id}/news`;
  return {
    title: `News of ${place.name}`,
    body: html`${editorTabs(place, "news")}
      <h1>News</h1>
      ${faultSummary(form, labels)}
      <form class="form" method="post" action="${action}" novalidate>
        ${hidden("do", "post")} ${textFields(form, "What is new?")}
        ${tick(form, {
          name: "pinned",
          label: "Keep it on top of the profile",
          hint: "Whoever finds you on another server sees what is pinned first",
          unmarked: true,
        })}
        <p class="actions">${button("Publish")}</p>
      </form>
      <section class="news" aria-labelledby="posts">
        <h2 id="posts">Published</h2>
        ${
          posts.length === 0
            ? html`<p>Nothing yet.</p>`
            : posts.map(
                (post) =>
                  html`${postArticle(post)}
                    <div class="actions">
                      <a href="${action}/${post.id}">Edit</a>
                      ${buttonForm(
                        action,
                        post.pinned === null ? "Pin to the profile" : "Don’t pin any more",
                        { do: post.pinned === null ? "pin" : "unpin", id: post.id },
                      )}
                    </div>`,
              )
        }
      </section>`,
  };
}

function textFields(form: Form, label: string): Html {
  return html`${textArea(form, {
    name: "text",
    label,
    hint: "Plain text. Web addresses and #hashtags become links.",
    rows: 5,
    maxlength: 5000,
    required: true,
  })}
  ${select(form, { name: "language", label: "Language", options: languageOptions(), required: true })}`;
}

/** A post that is being changed. */
export function postEditPage(place: Place, post: Post, form: Form): Page {
  const action = `/admin/coops/${place.id}/news`;
  const others = Object.keys(JSON.parse(post.content) as Record<string, string>).length - 1;
  return {
    title: `A post of ${place.name}`,
    body: html`${editorTabs(place, "news")}
      <h1>Edit a post</h1>
      ${faultSummary(form, labels)}
      <form class="form" method="post" action="${action}/${post.id}" novalidate>
        ${textFields(form, "Text")}
        ${others > 0 ? html`<p class="hint">Its texts in other languages stay as they are.</p>` : ""}
        <p class="actions">${button("Save the change")}</p>
      </form>
      <section class="block" aria-labelledby="delete-post">
        <h2 id="delete-post">Delete it</h2>
        <p>It goes away here and at everybody who follows.</p>
        ${buttonForm(action, "Delete the post", { do: "delete", id: post.id }, "danger")}
      </section>`,
  };
}
