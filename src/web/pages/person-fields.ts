import { html } from "hono/html";
import type { Form } from "../forms.ts";
import type { Html } from "../text.ts";
import { textField } from "./form.ts";

/** What the fields about a person are called. */
export const personLabels = { name: "Your name", reach: "How we can reach you" };

/** Who somebody is who isn't known here, and where an answer finds them. */
export function personFields(form: Form, { required }: { required: boolean }): Html {
  return html`${textField(form, {
    name: "name",
    label: personLabels.name,
    autocomplete: "name",
    maxlength: 100,
    required: true,
  })}
  ${textField(form, {
    name: "reach",
    label: personLabels.reach,
    autocomplete: "email",
    maxlength: 200,
    required,
    hint: "An e-mail address or a telephone number. Only whoever runs this node sees it; it is never published.",
  })}`;
}

/** What becomes of what a person writes here. */
export const keptNote = html`<p class="aside">
  Your name, how to reach you and what you write stay on this node. They are deleted a year after
  the request was decided. <a href="/privacy">More on privacy</a>
</p>`;
