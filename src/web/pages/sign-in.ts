import { html } from "hono/html";
import type { Form } from "../forms.ts";
import type { Page } from "../layout.ts";
import { button, faultSummary, hidden, textField } from "./form.ts";

interface SignInData {
  next: string;
  form: Form;
  /** Whether there is nobody yet who could sign in. */
  unset: boolean;
}

/** Where people sign in who look after a co-op or the node. */
export function signInPage({ next, form, unset }: SignInData): Page {
  return {
    title: "Sign in",
    body: html`<div class="narrow">
      ${faultSummary(form, { name: "Name", password: "Password" })}
      <h1>Sign in</h1>
      <p class="lead">For those who look after a co-op on this node.</p>
      ${
        unset
          ? html`<p class="notice">
              This node has no administrator yet. When it starts it prints a link to set it up;
              <code>npm run cli -- setup</code> prints another one.
            </p>`
          : ""
      }
      <form class="form" method="post" action="/admin/sign-in" novalidate>
        ${hidden("next", next)}
        ${textField(form, { name: "name", label: "Name", autocomplete: "username", required: true })}
        ${textField(form, {
          name: "password",
          label: "Password",
          type: "password",
          autocomplete: "current-password",
          required: true,
        })}
        <p class="actions">${button("Sign in")}</p>
      </form>
      <p class="aside">
        No account yet? An owner of your co-op, or whoever runs this node, can send you an
        invitation. Password forgotten? Whoever runs this node can send you a link to set a new one.
      </p>
    </div>`,
  };
}
