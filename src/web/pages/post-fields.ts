import { html } from "hono/html";
import type { StakeholderClass } from "../../coop/listing.ts";
import type { Form } from "../forms.ts";
import { timeZones } from "../local-time.ts";
import type { Html } from "../text.ts";
import { languageOptions } from "./editor-more.ts";
import { pictureFields, pictureLabels, pictureNames } from "./picture-fields.ts";
import { choice, faultOf, select, textArea, textField, tick, valueOf } from "./form.ts";

/** What the fields are called where their faults are listed. */
export const postLabels: Record<string, string> = {
  text: "Text",
  language: "Language",
  warning: "Content warning",
  otherText: "Text in the second language",
  otherLanguage: "Second language",
  otherWarning: "Content warning in the second language",
  due: "Day and time",
  zone: "Time zone",
  classes: "Announced by",
  ...pictureLabels,
};

/** The text of a post, in one language or two. */
export function textFields(form: Form, label: string): Html {
  return html`${textArea(form, {
    name: "text",
    label,
    hint: "Plain text. Web addresses and #hashtags become links. Whoever you name as @user@server is told.",
    rows: 5,
    maxlength: 5000,
    required: true,
  })}
  ${select(form, { name: "language", label: "Language", options: languageOptions(), required: true })}
  ${fold(
    form,
    "Fold it behind a warning",
    ["warning"],
    [
      textField(form, {
        name: "warning",
        label: "Content warning",
        hint: "One line that says what to expect. The text is folded away behind it.",
        maxlength: 500,
        unmarked: true,
      }),
    ],
  )}
  ${fold(
    form,
    "The same in a second language",
    ["otherLanguage", "otherText", "otherWarning"],
    [
      select(form, {
        name: "otherLanguage",
        label: "Second language",
        options: languageOptions(),
        unmarked: true,
      }),
      textArea(form, {
        name: "otherText",
        label: "Text in the second language",
        rows: 5,
        maxlength: 5000,
        unmarked: true,
      }),
      textField(form, {
        name: "otherWarning",
        label: "Content warning in the second language",
        maxlength: 500,
      }),
    ],
  )}`;
}

/** When it is to be published. */
export function timeFields(form: Form, required: boolean): Html {
  const hint = "As the clocks of the time zone show it";
  return html`<div class="pair">
    ${textField(form, {
      name: "due",
      type: "datetime-local",
      label: "Day and time",
      hint: required ? `${hint}.` : `${hint}. Empty: at once.`,
      required,
      unmarked: true,
    })}
    ${select(form, {
      name: "zone",
      label: "Time zone",
      options: timeZones.map((value) => ({ value, label: value.replaceAll("_", " ") })),
      required: true,
    })}
  </div>`;
}

/** The time, if the post isn't to be published at once. */
export function laterFields(form: Form): Html {
  return fold(form, "Publish it later", ["due"], [timeFields(form, false)]);
}

/** What is only ticked. */
export function postTicks(form: Form, classes: StakeholderClass[]): Html {
  return html`${tick(form, {
    name: "pinned",
    label: "Keep it on top of the profile",
    hint: "Whoever finds you on another server sees what is pinned first",
  })}
  ${tick(form, {
    name: "listed",
    label: "For the directory",
    hint: "The feeds of your theme and region, which anybody can follow, may pass it on",
  })}
  ${classTicks(form, classes)}`;
}

/** Which of these classes announce it. */
export function classTicks(form: Form, classes: StakeholderClass[]): Html | string {
  if (classes.length === 0) return "";
  return choice(form, {
    name: "classes",
    label: "Announced by",
    hint: "Whoever follows the class gets it, too. It is public all the same.",
    options: classes.map(({ key, name }) => ({ value: key, label: name })),
    many: true,
    unmarked: true,
  });
}

/** Its pictures, if it has any. */
export function pictureFold(form: Form): Html {
  return fold(form, "Pictures", pictureNames, [pictureFields(form)]);
}

/** Fields that few need, open where something is in them. */
function fold(form: Form, title: string, names: string[], fields: Html[]): Html {
  const used = names.some(
    (name) => valueOf(form, name) !== "" || faultOf(form, name) !== undefined,
  );
  return html`<details class="part" ${used ? html`open` : ""}>
    <summary>${title}</summary>
    <div class="unfolded">${fields}</div>
  </details>`;
}
