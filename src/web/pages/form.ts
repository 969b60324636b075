import { html, raw } from "hono/html";
import type { Form } from "../forms.ts";
import { counted, type Html } from "../text.ts";

/** What every field has. */
interface Question {
  name: string;
  label: string;
  /** What to write, in a sentence. */
  hint?: Html | string | undefined;
  /** Without it the label says that it may be left out. */
  required?: boolean;
  /** Leaves that out, where the page says it for all of its fields. */
  unmarked?: boolean;
}

/** A field for one line of text. */
export interface TextField extends Question {
  type?: "text" | "password" | "email" | "url" | "number" | "date" | "datetime-local" | "tel";
  /** What browsers may fill in (HTML, autofill detail tokens). */
  autocomplete?: string;
  inputmode?: string;
  /** The longest that can be written; for the browser only, the schema decides. */
  maxlength?: number;
  /** As wide as so many characters; else as wide as there is room. */
  size?: number;
}

/** The label, hint and faults of a field around what one writes into. */
function question(
  form: Form,
  { name, label, hint, required = false, unmarked = false }: Question,
  control: (attributes: Html) => Html,
): Html {
  const { id, fault, attributes } = attributesOf(form, name, hint, required);
  return html`<div class="question ${fault === undefined ? "" : "faulty"}">
    <label for="${id}">${label}${required || unmarked ? "" : optional}</label>
    ${about(id, hint, fault)} ${control(attributes)}
  </div>`;
}

const optional = html` <span class="optional">(optional)</span>`;

function attributesOf(form: Form, name: string, hint: unknown, required: boolean) {
  const id = fieldId(name);
  const fault = faultOf(form, name);
  const described = [
    ...(hint === undefined ? [] : [`${id}-hint`]),
    ...(fault === undefined ? [] : [`${id}-fault`]),
  ].join(" ");
  const attributes = html`id="${id}" name="${name}"
  ${described === "" ? "" : html`aria-describedby="${described}"`}
  ${fault === undefined ? "" : raw('aria-invalid="true"')} ${required ? raw("required") : ""}`;
  return { id, fault, attributes };
}

/** The hint and the fault of a field, to which it refers by aria-describedby. */
function about(id: string, hint: Html | string | undefined, fault: string | undefined): Html {
  return html`${hint === undefined ? "" : html`<p class="hint" id="${id}-hint">${hint}</p>`}
  ${fault === undefined ? "" : html`<p class="fault" id="${id}-fault">${fault}</p>`}`;
}

/** The id of a field: what the summary of faults links to. */
export function fieldId(name: string): string {
  return `field-${name}`;
}

/** What is wrong with a field, all in one line. */
export function faultOf(form: Form, name: string): string | undefined {
  const own = form.faults.filter(({ field }) => field === name);
  return own.length === 0 ? undefined : own.map(({ message }) => message).join(" ");
}

/** What a field holds; of several values the first. */
export function valueOf(form: Form, name: string): string {
  const value = form.values[name];
  return (Array.isArray(value) ? value[0] : value) ?? "";
}

/** A field for one line. A password is never shown again. */
export function textField(form: Form, field: TextField): Html {
  const { type = "text", autocomplete, inputmode, maxlength, size } = field;
  const value = type === "password" ? "" : valueOf(form, field.name);
  return question(
    form,
    field,
    (attributes) =>
      html`<input
        type="${type}"
        ${attributes}
        value="${value}"
        ${autocomplete === undefined ? "" : html`autocomplete="${autocomplete}"`}
        ${inputmode === undefined ? "" : html`inputmode="${inputmode}"`}
        ${maxlength === undefined ? "" : html`maxlength="${maxlength}"`}
        ${size === undefined ? "" : html`size="${size}" class="short"`}
        ${type === "password" || autocomplete === "username" ? plainLetters : ""}
      />`,
  );
}

/** Keyboards of telephones would change names and passwords. */
const plainLetters = raw('autocapitalize="none" spellcheck="false"');

/** A field for several lines. */
export function textArea(
  form: Form,
  field: Question & { rows?: number; maxlength?: number },
): Html {
  const { rows = 4, maxlength } = field;
  const value = valueOf(form, field.name);
  // Browsers drop a line break right after the tag, so the value stands behind one.
  return question(
    form,
    field,
    (attributes) =>
      html`<textarea
        ${attributes}
        rows="${rows}"
        ${maxlength === undefined ? "" : html`maxlength="${maxlength}"`}
      >
${value}</textarea>`,
  );
}

/** A field for files. Its form must be sent as `multipart/form-data`. */
export function fileField(form: Form, field: Question & { accept?: string }): Html {
  const { accept } = field;
  return question(
    form,
    field,
    (attributes) =>
      html`<input
        type="file"
        ${attributes}
        ${accept === undefined ? "" : html`accept="${accept}"`}
      />`,
  );
}

/** What one can choose: the value, what it is called, and a word about it. */
export interface Option {
  value: string;
  label: string;
  hint?: string;
}

/** One of many, in a list that opens; an empty first option when nothing need be chosen. */
export function select(form: Form, field: Question & { options: Option[] }): Html {
  const chosen = valueOf(form, field.name);
  return question(
    form,
    field,
    (attributes) =>
      html`<select ${attributes}>
        ${field.required === true && chosen !== "" ? "" : html`<option value=""></option>`}
        ${field.options.map(
          ({ value, label }) =>
            html`<option value="${value}" ${value === chosen ? raw("selected") : ""}>
              ${label}
            </option>`,
        )}
      </select>`,
  );
}

/** One of a few, or with `many` any number of them, all in sight. */
export function choice(form: Form, field: Question & { options: Option[]; many?: boolean }): Html {
  const { name, label, hint, required = false, unmarked = false, options, many = false } = field;
  const { id, fault } = attributesOf(form, name, hint, required);
  const chosen = new Set([form.values[name] ?? []].flat());
  const described = [hint === undefined ? "" : `${id}-hint`, fault ? `${id}-fault` : ""].join(" ");
  return html`<fieldset
    class="question ${fault === undefined ? "" : "faulty"}"
    ${described.trim() === "" ? "" : html`aria-describedby="${described.trim()}"`}
  >
    <legend>${label}${required || unmarked ? "" : optional}</legend>
    ${about(id, hint, fault)}
    ${options.map(
      (option, at) =>
        html`<label class="option">
          <input
            type="${many ? "checkbox" : "radio"}"
            id="${at === 0 ? id : `${id}-${at}`}"
            name="${name}"
            value="${option.value}"
            ${chosen.has(option.value) ? raw("checked") : ""}
            ${required && !many ? raw("required") : ""}
          />
          <span
            >${option.label}${
              option.hint === undefined ? "" : html`<span class="hint">${option.hint}</span>`
            }</span
          >
        </label>`,
    )}
  </fieldset>`;
}

/** A yes that is given by ticking: the value that is sent is `yes`. */
export function tick(form: Form, { name, label, hint, required = false }: Question): Html {
  const { id, fault, attributes } = attributesOf(form, name, hint, required);
  return html`<div class="question ${fault === undefined ? "" : "faulty"}">
    <label class="option">
      <input
        type="checkbox"
        ${attributes}
        value="yes"
        ${valueOf(form, name) === "yes" ? raw("checked") : ""}
      />
      <span>${label}</span>
    </label>
    ${about(id, hint, fault)}
  </div>`;
}

/** A value that goes along with the form unseen. */
export function hidden(name: string, value: string): Html {
  return html`<input type="hidden" name="${name}" value="${value}" />`;
}

/**
 * All that is wrong with a form, with links to the fields, above everything
 * else. Without script the browser puts the focus there by `autofocus`.
 *
 * @param labels What the fields are called, for faults that don’t say it.
 */
export function faultSummary(form: Form, labels: Record<string, string> = {}): Html {
  const { faults } = form;
  if (faults.length === 0) return html``;
  const head =
    faults.length === 1 ? "Something is not right" : `${counted(faults.length, "thing")} to mend`;
  return html`<div
    class="notice fault"
    role="alert"
    aria-labelledby="faults"
    tabindex="-1"
    autofocus
  >
    <h2 id="faults">${head}</h2>
    <ul>
      ${faults.map(({ field, message }) => {
        if (field === undefined) return html`<li>${message}</li>`;
        const label = labels[field];
        return html`<li>
          <a href="#${fieldId(field)}">${label === undefined ? "" : `${label}: `}${message}</a>
        </li>`;
      })}
    </ul>
  </div>`;
}

/** The button that sends a form; more than one differ by name and value. */
export function button(
  label: string,
  {
    name,
    value,
    look = "main",
  }: { name?: string; value?: string; look?: "main" | "quiet" | "danger" } = {},
): Html {
  return html`<button
    type="submit"
    ${look === "main" ? "" : html`class="${look}"`}
    ${name === undefined ? "" : html`name="${name}"`}
    ${value === undefined ? "" : html`value="${value}"`}
  >
    ${label}
  </button>`;
}

/** A form that is nothing but a button: what changes something is never a link. */
export function buttonForm(
  action: string,
  label: string,
  fields: Record<string, string> = {},
  look: "main" | "quiet" | "danger" = "quiet",
): Html {
  return html`<form class="single" method="post" action="${action}">
    ${Object.entries(fields).map(([name, value]) => hidden(name, value))} ${button(label, { look })}
  </form>`;
}
