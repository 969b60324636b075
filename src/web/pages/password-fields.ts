import { html } from "hono/html";
import type { Form } from "../forms.ts";
import type { Html } from "../text.ts";
import { textField } from "./form.ts";

/** What the fields of accounts are called, in forms and in what is wrong with them. */
export const accountLabels = {
  name: "Name to sign in with",
  displayName: "Name that others see",
  email: "E-mail address",
  current: "Present password",
  password: "Password",
  repeated: "The same password again",
};

/** The fields for a new password. */
export function passwordFields(form: Form, label: string = accountLabels.password): Html {
  return html`${textField(form, {
    name: "password",
    label,
    type: "password",
    autocomplete: "new-password",
    required: true,
    hint: "At least 10 characters. Three or four words that have nothing to do with each other are good, and so is what a password manager makes.",
  })}
  ${textField(form, {
    name: "repeated",
    label: accountLabels.repeated,
    type: "password",
    autocomplete: "new-password",
    required: true,
  })}`;
}

/** The fields for a new account. */
export function accountFields(form: Form): Html {
  return html`${textField(form, {
    name: "name",
    label: accountLabels.name,
    autocomplete: "username",
    required: true,
    maxlength: 40,
    hint: "Letters from a to z and digits; dots, hyphens and underscores between them.",
  })}
  ${textField(form, {
    name: "displayName",
    label: accountLabels.displayName,
    autocomplete: "name",
    maxlength: 80,
    hint: "Seen by those who work with you on this node. It is never published.",
  })}
  ${passwordFields(form)}`;
}
