import type { Context } from "hono";
import { bodyLimit } from "hono/body-limit";
import { AppError } from "../../errors.ts";
import { number } from "../text.ts";
import { contentOf, type Form } from "./form.ts";
import { withRepetitions } from "./sheet.ts";
import { ownFields } from "./steps.ts";

/** The largest form that is read: 64 KB of any script, as forms write it. */
const formSize = 512 * 1024;
/** The most fields: a listing with as many rows as it may have takes a third. */
const mostFields = 4000;
/** The most inputs that are drawn for rows: in a row about twenty, and one for each language. */
const mostInputs = 8000;

/**
 * Reads the editor's form as it was sent.
 *
 * @throws {AppError} `too-large` for more than one can write, read and draw in
 *   moments; `bad-request` for fields that no listing has.
 */
export async function readFields(c: Context): Promise<Form> {
  let text = "";
  const onError = () => {
    throw new AppError("too-large", "This form has more than 512 KB. Make its texts shorter.");
  };
  await bodyLimit({ maxSize: formSize, onError })(c, async () => {
    text = await c.req.text();
  });
  const sent = new URLSearchParams(text);
  demandReadable(sent);
  const form = withRepetitions(sent);
  const { unknown } = contentOf(ownFields(form));
  if (unknown.length > 0) {
    const named = unknown.slice(0, 5).join(", ");
    throw new AppError("bad-request", `No listing has the fields ${named}. Reload the page.`);
  }
  return form;
}

function demandReadable(form: Form): void {
  if (form.size > mostFields) {
    throw new AppError("too-large", `This form has more than ${number(mostFields)} fields.`);
  }
  const rows = new Set<string>();
  const languages = new Set<string>();
  for (const name of form.keys()) {
    const [, row] = /^(\w+\.\d+)\./.exec(name) ?? [];
    const [, language] = /Map\.([^.]+)$/.exec(name) ?? [];
    if (row !== undefined) rows.add(row);
    if (language !== undefined) languages.add(language);
  }
  if (rows.size * (20 + languages.size) <= mostInputs) return;
  throw new AppError("too-large", "This form has too many rows and languages. Remove some.");
}
