import { html } from "hono/html";
import type { Form } from "../forms.ts";
import type { Page } from "../layout.ts";
import type { Html } from "../text.ts";
import { button, buttonForm, faultSummary } from "./form.ts";
import { accountFields, accountLabels } from "./password-fields.ts";

interface Invitation {
  /** Where its forms go: the link itself. */
  action: string;
  host: string;
  /** Who invites; undefined for whoever runs the node. */
  by: string | undefined;
  /** The co-op’s name; undefined for an invitation to the node. */
  coop: string | undefined;
  role: "owner" | "editor" | null;
  /** Who is signed in. */
  as: string | undefined;
  form: Form;
}

const mayDo = {
  owner:
    "As an owner you can change what the co-op says of itself, publish it, and invite and remove people.",
  editor: "As an editor you can change what the co-op says of itself, and publish it.",
};

/** Who invites to what, and the ways to accept. */
export function invitationPage(data: Invitation): Page {
  const { host, by, coop, role, as, action } = data;
  const who = by ?? "Whoever runs this node";
  return {
    title: "Invitation",
    body: html`<div class="narrow">
      ${faultSummary(data.form, accountLabels)}
      <h1>${coop === undefined ? html`Invitation to ${host}` : html`Invitation to ${coop}`}</h1>
      <p class="lead">
        <bdi>${who}</bdi> invites you to
        ${
          coop === undefined
            ? html`publish your co-op on ${host}.`
            : html`look after <strong><bdi>${coop}</bdi></strong> on
                ${host}${
                  role === null ? "" : role === "owner" ? ", as an owner" : ", as an editor"
                }.`
        }
      </p>
      ${role === null ? "" : html`<p>${mayDo[role]}</p>`}
      ${as === undefined ? newAccount(data) : asYourself(action, as)}
    </div>`,
  };
}

function asYourself(action: string, as: string): Html {
  return html`<p>
      You are signed in as <strong><bdi>${as}</bdi></strong
      >.
    </p>
    ${buttonForm(`${action}/accept`, "Accept the invitation", {}, "main")}
    <p class="aside">
      Should it be another account? Sign out first, then open the link again. It is good for once
      only.
    </p>`;
}

function newAccount({ action, form }: Invitation): Html {
  return html`<p>
      Have you an account here already?
      <a href="/admin/sign-in?next=${encodeURIComponent(action)}">Sign in</a>, and you come back to
      this invitation. Else make one:
    </p>
    <form class="form" method="post" action="${action}" novalidate>
      ${accountFields(form)}
      <p class="actions">${button("Make the account and accept")}</p>
    </form>`;
}
