import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";

const bytes = readFileSync(new URL("assets/editor.js", import.meta.url));
const hash = createHash("sha256").update(bytes).digest("base64url").slice(0, 12);

/** The path of the editor's script: another one for other content, so that it can be kept for ever. */
export const editorScript = `/assets/editor.${hash}.js`;

/** The editor's script: what it does can be done without it, too. */
export function scriptFile(): Response {
  return new Response(new Uint8Array(bytes), {
    headers: {
      "content-type": "text/javascript; charset=utf-8",
      "cache-control": "public, max-age=31536000, immutable",
      "x-content-type-options": "nosniff",
    },
  });
}
