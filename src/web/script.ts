import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";

/** A script that helps with a page: what it does can be done without it, too. */
interface Script {
  name: string;
  /** Another one for other content, so that it can be kept for ever. */
  path: string;
  serve(): Response;
}

/** @param imported The scripts that it imports: they are asked for by their paths. */
function script(name: string, imported: Script[] = []): Script {
  const source = readFileSync(new URL(`assets/${name}.js`, import.meta.url), "utf8");
  const text = imported.reduce(
    (before, each) => before.replace(`from "./${each.name}.js"`, `from "${each.path}"`),
    source,
  );
  const hash = createHash("sha256").update(text).digest("base64url").slice(0, 12);
  return {
    name,
    path: `/assets/${name}.${hash}.js`,
    serve: () =>
      new Response(text, {
        headers: {
          "content-type": "text/javascript; charset=utf-8",
          "cache-control": "public, max-age=31536000, immutable",
          "x-content-type-options": "nosniff",
        },
      }),
  };
}

const quietly = script("quietly");
const combobox = script("combobox", [quietly]);
export const editorScript = script("editor", [combobox, quietly]);
export const searchScript = script("search", [combobox]);

/** All that pages ask for, by themselves or by another one. */
export const scripts = [editorScript, searchScript, combobox, quietly];
