import { html } from "hono/html";
import type { Post } from "../../store/posts.ts";
import type { Page } from "../layout.ts";
import { webHref } from "../text.ts";
import { type Conversation, conversationSection } from "./conversation.ts";
import { feedLink, postArticle } from "./posts.ts";

/** The page of one post. */
export function postPage(data: {
  name: string;
  url: string;
  post: Post;
  conversation: Conversation;
}): Page {
  const { name, url, post, conversation } = data;
  const author = `/coops/${post.coop}`;
  return {
    title: `News of ${name}`,
    head: html`<link
        rel="alternate"
        type="application/activity+json"
        href="${webHref(url) ?? ""}"
      />
      ${feedLink(author)}`,
    body: html`<div class="narrow">
      <p class="eyebrow"><a href="${author}" dir="auto">${name}</a></p>
      <h1>News</h1>
      ${postArticle(post)} ${conversationSection(conversation)}
    </div>`,
  };
}
