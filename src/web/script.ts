import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";

/** A script that helps with a page: what it does can be done without it, too. */
interface Script {
  /** Another one for other content, so that it can be kept for ever. */
  path: string;
  serve(): Response;
}

function script(name: string): Script {
  const bytes = readFileSync(new URL(`assets/${name}.js`, import.meta.url));
  const hash = createHash("sha256").update(bytes).digest("base64url").slice(0, 12);
  return {
    path: `/assets/${name}.${hash}.js`,
    serve: () =>
      new Response(new Uint8Array(bytes), {
        headers: {
          "content-type": "text/javascript; charset=utf-8",
          "cache-control": "public, max-age=31536000, immutable",
          "x-content-type-options": "nosniff",
        },
      }),
  };
}

export const editorScript = script("editor");
export const searchScript = script("search");
