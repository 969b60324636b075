import { html } from "hono/html";
import type { Form } from "../forms.ts";
import type { Page } from "../layout.ts";
import { button, faultSummary, hidden } from "./form.ts";
import { accountFields, accountLabels } from "./password-fields.ts";

/** The first page of a new node: who administers it. */
export function setupPage({
  host,
  token,
  form,
}: {
  host: string;
  token: string;
  form: Form;
}): Page {
  return {
    title: "Set up this node",
    body: html`<div class="narrow">
      ${faultSummary(form, accountLabels)}
      <h1>Set up this node</h1>
      <p class="lead">
        ${host} is running. Make the account of its administrator: with it you add co-ops and
        people.
      </p>
      <form class="form" method="post" action="/admin/setup" novalidate>
        ${hidden("token", token)} ${accountFields(form)}
        <p class="actions">${button("Make the account")}</p>
      </form>
    </div>`,
  };
}
