import { html } from "hono/html";
import type { Post } from "../../store/posts.ts";
import type { Page } from "../layout.ts";
import { handleToCopy } from "./handle.ts";
import { feedLink, postSection } from "./posts.ts";

/** The page of a co-op that is no longer listed, but still has its account. */
export function withdrawnPage(data: { handle: string; url: string; posts: Post[] }): Page {
  const { handle, url, posts } = data;
  return {
    title: handle,
    head: html`<meta name="robots" content="noindex" />
      <link rel="alternate" type="application/activity+json" href="${url}" />
      ${feedLink(url)}`,
    body: html`<div class="narrow">
      <h1>Not listed any more</h1>
      <p class="lead">
        This co-op has withdrawn its listing from the directory. Its account stays and can be
        followed:
      </p>
      <p>${handleToCopy(handle)}</p>
      ${postSection(posts)}
    </div>`,
  };
}
