import { html } from "hono/html";
import type { Post } from "../../store/posts.ts";
import { type Html, languageName, moment, paragraphs } from "../text.ts";

/** What a co-op has published, the pinned first, then the newest. */
export function postSection(posts: Post[]): Html | string {
  if (posts.length === 0) return "";
  return html`<section class="news" aria-labelledby="news-heading">
    <h2 id="news-heading">News</h2>
    ${posts.map((post) => postArticle(post))}
  </section>`;
}

/** One post, in all its languages. */
export function postArticle(post: Post): Html {
  const texts = Object.entries(JSON.parse(post.content) as Record<string, string>);
  const path = `/coops/${post.coop}/posts/${post.id}`;
  return html`<article class="post" id="post-${post.id}">
    <p class="aside">
      <a href="${path}">${moment(Number(post.published))}</a>${
        post.edited === null ? "" : html`, changed ${moment(Number(post.edited))}`
      }${post.pinned === null ? "" : " · pinned"}
    </p>
    ${texts.map(([language, text], index) =>
      index === 0
        ? html`<div lang="${language}" dir="auto">${paragraphs(text)}</div>`
        : html`<details>
            <summary>${languageName(language)}</summary>
            <div lang="${language}" dir="auto">${paragraphs(text)}</div>
          </details>`,
    )}
  </article>`;
}
