import { html, raw } from "hono/html";
import type { Form } from "../forms.ts";
import type { Page } from "../layout.ts";
import { button, faultSummary } from "./form.ts";
import { accountLabels, passwordFields } from "./password-fields.ts";

/** Where a link leads by which an account gets its password. */
export function newPasswordPage({
  action,
  name,
  form,
}: {
  action: string;
  name: string;
  form: Form;
}): Page {
  return {
    title: "Set your password",
    body: html`<div class="narrow">
      ${faultSummary(form, accountLabels)}
      <h1>Set your password</h1>
      <p class="lead">
        You sign in with the name <strong>${name}</strong>. Whoever is signed in with it now is
        signed out.
      </p>
      <form class="form" method="post" action="${action}" novalidate>
        <input
          type="text"
          name="username"
          value="${name}"
          autocomplete="username"
          aria-label="Name to sign in with"
          hidden
          ${raw("readonly")}
        />
        ${passwordFields(form)}
        <p class="actions">${button("Set the password")}</p>
      </form>
    </div>`,
  };
}
