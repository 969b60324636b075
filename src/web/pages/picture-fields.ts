import { html } from "hono/html";
import { pictureBounds } from "../../directory/pictures/bounds.ts";
import type { Form } from "../forms.ts";
import type { Html } from "../text.ts";
import { fileField, hidden, textArea, tick, valueOf } from "./form.ts";

/** What browsers offer to choose. */
export const pictureTypes = "image/jpeg,image/png,image/webp,image/gif";

const numbers = Array.from({ length: pictureBounds.perPost }, (_, at) => at + 1);

/** What the fields are called where their faults are listed. */
export const pictureLabels: Record<string, string> = Object.fromEntries(
  numbers.flatMap((number) => [
    [`picture${number}`, `Picture ${number}`],
    [`pictureName${number}`, `What can be seen in picture ${number}`],
  ]),
);

/** The names of the fields. */
export const pictureNames = numbers.flatMap((number) => [
  `picture${number}`,
  `pictureName${number}`,
]);

/** Up to four pictures of a post, each with what can be seen in it. */
export function pictureFields(form: Form): Html {
  return html`<p class="hint">
      Up to ${pictureBounds.perPost}, as JPEG, PNG, WebP or GIF, each of at most
      ${pictureBounds.file / 1_000_000} MB and together of at most ${pictureBounds.form / 1_000_000}
      MB. They are made as small as they are shown, and nothing else that is in the files is
      published, such as where a photo was taken.
    </p>
    ${numbers.map((number) => pictureField(form, number))}`;
}

function pictureField(form: Form, number: number): Html {
  const id = valueOf(form, `pictureId${number}`);
  return html`<fieldset class="picture-field">
    <legend>Picture ${number}</legend>
    ${
      id === ""
        ? fileField(form, {
            name: `picture${number}`,
            label: "File",
            accept: pictureTypes,
            unmarked: true,
          })
        : html`<img src="/pictures/${id}" alt="" />${hidden(`pictureId${number}`, id)}`
    }
    ${textArea(form, {
      name: `pictureName${number}`,
      label: "What can be seen",
      hint: number === 1 ? "For those who can’t see it. Every picture needs it." : undefined,
      rows: 2,
      maxlength: pictureBounds.name,
      unmarked: true,
    })}
    ${id === "" ? "" : tick(form, { name: `pictureGone${number}`, label: "Take it out" })}
  </fieldset>`;
}
