import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";

const bytes = readFileSync(new URL("style.css", import.meta.url));
const hash = createHash("sha256").update(bytes).digest("base64url").slice(0, 12);

/** The path of the style sheet: another one for other content, so that it can be kept for ever. */
export const stylePath = `/assets/style.${hash}.css`;

/** The style sheet. */
export function styleSheet(): Response {
  return new Response(new Uint8Array(bytes), {
    headers: {
      "content-type": "text/css; charset=utf-8",
      "cache-control": "public, max-age=31536000, immutable",
      "x-content-type-options": "nosniff",
    },
  });
}

const markBody =
  '<path d="M16 29.5C8.6 25.6 4.5 19.6 5.2 13.6 5.7 9.9 9.3 8.3 16 8.3s10.3 1.6 10.8 5.3c.7 6-3.4 12-10.8 15.9Z" fill="#c0262f"/>' +
  '<path d="M16 10.8 12.6 15l-.9-4.6-5.2.9L9.7 7.2 6.4 4.4l5.5.4L16 1.5l4.1 3.3 5.5-.4-3.3 2.8 3.2 4.1-5.2-.9-.9 4.6Z" fill="#2e7d46"/>' +
  '<g fill="#ffe3c2"><ellipse cx="11" cy="18.6" rx=".9" ry="1.3"/><ellipse cx="16" cy="18" rx=".9" ry="1.3"/><ellipse cx="21" cy="18.6" rx=".9" ry="1.3"/><ellipse cx="13.5" cy="23" rx=".9" ry="1.3"/><ellipse cx="18.5" cy="23" rx=".9" ry="1.3"/></g>';

/** The mark of the software, a strawberry: goes into pages as it stands. */
export const mark = `<svg class="mark" viewBox="0 0 32 32" width="28" height="28" aria-hidden="true" focusable="false">${markBody}</svg>`;

/** The mark as an image of its own, for browser tabs. */
export function markImage(): Response {
  return new Response(
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">${markBody}</svg>`,
    {
      headers: {
        "content-type": "image/svg+xml",
        "cache-control": "public, max-age=86400",
        "x-content-type-options": "nosniff",
      },
    },
  );
}
