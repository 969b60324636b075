import { html } from "hono/html";
import type { Page } from "../layout.ts";
import type { Posted } from "../show-conversation.ts";
import { handleToCopy } from "./handle.ts";
import { outwardLink } from "../text.ts";
import { feedLink, postSection } from "./posts.ts";

/** The page of a co-op that is no longer listed, but still has its account. */
export function withdrawnPage(data: {
  handle: string;
  url: string;
  posts: Posted[];
  /** The account that it has moved to. */
  movedTo?: string | undefined;
}): Page {
  const { handle, url, posts, movedTo } = data;
  return {
    title: handle,
    head: html`<meta name="robots" content="noindex" />
      <link rel="alternate" type="application/activity+json" href="${url}" />
      ${feedLink(url)}`,
    body: html`<div class="narrow">
      ${
        movedTo === undefined
          ? html`<h1>Not listed any more</h1>
              <p class="lead">
                This co-op has withdrawn its listing from the directory. Its account stays and can
                be followed:
              </p>
              <p>${handleToCopy(handle)}</p>`
          : html`<h1>Moved</h1>
              <p class="lead">
                This co-op was ${handleToCopy(handle)}, and has moved. Its profile and its account
                are now at
              </p>
              <p>${outwardLink(movedTo, movedTo)}</p>`
      }
      ${postSection(posts)}
    </div>`,
  };
}
