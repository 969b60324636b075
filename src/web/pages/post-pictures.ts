import { html } from "hono/html";
import { type Post, picturesOf } from "../../store/posts.ts";
import type { Html } from "../text.ts";

/** The pictures of a post, each a link to itself. */
export function postPictures(post: Post): Html | string {
  const shown = picturesOf(post);
  if (shown.length === 0) return "";
  return html`<div class="pictures">
    ${shown.map(
      ({ id, width, height, name }) =>
        html`<a href="/pictures/${id}"
          ><img
            src="/pictures/${id}"
            alt="${name}"
            width="${width}"
            height="${height}"
            loading="lazy"
            decoding="async"
        /></a>`,
    )}
  </div>`;
}
