import { html } from "hono/html";
import type { Token } from "../../coop/plain-text.ts";
import { mentionsOf, type Post, textsOf, warningsOf } from "../../store/posts.ts";
import { type Html, languageName, linked, moment, outwardLink, paragraphs } from "../text.ts";
import type { Posted } from "../show-conversation.ts";
import { tallyWords } from "./conversation.ts";
import { postPictures } from "./post-pictures.ts";

/** Leads feed readers to the news of the co-op at this address. */
export function feedLink(coop: string): Html {
  return html`<link
    rel="alternate"
    type="application/atom+xml"
    title="News"
    href="${`${coop}/news.atom`}"
  />`;
}

/** What a co-op has published, the pinned first, then the newest. */
export function postSection(posts: Posted[]): Html | string {
  const [first] = posts;
  if (first === undefined) return "";
  return html`<section class="news" aria-labelledby="news-heading">
    <h2 id="news-heading">News</h2>
    ${posts.map((post) => postArticle(post))}
    <p class="aside"><a href="/coops/${first.coop}/news.atom">The news as an Atom feed</a></p>
  </section>`;
}

/**
 * One post, in all its languages.
 *
 * @param time When it was published, where that isn't simply said.
 */
export function postArticle(post: Posted, time?: string): Html {
  const [main] = textsOf(post);
  const warning = warningsOf(post)[main?.[0] ?? ""];
  const body = html`${postTexts(post)}${postPictures(post)}`;
  return html`<article class="post" id="post-${post.id}">
    <p class="aside">${time ?? published(post)}${post.pinned === null ? "" : " · pinned"}</p>
    ${
      warning === undefined
        ? body
        : html`<details class="warned">
            <summary>
              Content warning: <span lang="${main?.[0] ?? ""}" dir="auto">${warning}</span>
            </summary>
            ${body}
          </details>`
    }
    ${madeOf(post)}
  </article>`;
}

/** What was made of it, where anything was. */
function madeOf({ id, coop, tally }: Posted): Html | string {
  const words = tally === undefined ? "" : tallyWords(tally);
  if (words === "") return "";
  return html`<p class="tally"><a href="/coops/${coop}/posts/${id}#conversation">${words}</a></p>`;
}

function published({ id, coop, published: since, edited }: Post): Html {
  return html`<a href="/coops/${coop}/posts/${id}">${moment(Number(since))}</a>${
      edited === null ? "" : html`, changed ${moment(Number(edited))}`
    }`;
}

function postTexts(post: Post): Html[] {
  const warnings = warningsOf(post);
  const inline = linking(post);
  return textsOf(post).map(([language, text], index) => {
    const body = html`<div lang="${language}" dir="auto">${paragraphs(text, inline)}</div>`;
    if (index === 0) return body;
    const warning = warnings[language];
    return html`<details>
      <summary>
        ${languageName(language)}${
          warning === undefined ? "" : html`: <span lang="${language}" dir="auto">${warning}</span>`
        }
      </summary>
      ${body}
    </details>`;
  });
}

/** Hashtags lead to the search, names to the pages of those who were found. */
function linking(post: Post): (token: Token) => Html {
  const pages = new Map(mentionsOf(post).map(({ name, actor, url }) => [name, url ?? actor]));
  return (token) => {
    if (token.kind === "hashtag") {
      return html`<a href="/search?q=${encodeURIComponent(token.word)}">${token.text}</a>`;
    }
    const page = token.kind === "mention" ? pages.get(token.name) : undefined;
    return page == null ? linked(token) : outwardLink(page, token.text);
  };
}
