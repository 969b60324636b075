import { html } from "hono/html";
import type { Account } from "../../store/accounts.ts";
import type { Form } from "../forms.ts";
import type { Page } from "../layout.ts";
import type { OwnCoop } from "../own-coops.ts";
import { day, type Html } from "../text.ts";
import { accountState, nodeRoleOptions } from "./accounts.ts";
import { definitions } from "./definitions.ts";
import { button, buttonForm, choice, faultSummary, hidden } from "./form.ts";

interface AccountData {
  account: Account;
  coops: OwnCoop[];
  form: Form;
}

/** One account, for administrators. */
export function accountPage({ account, coops, form }: AccountData): Page {
  const { id, name, displayName, email, disabled } = account;
  const path = `/admin/accounts/${id}`;
  return {
    title: `Account ${name}`,
    body: html`<div class="narrow">
      ${faultSummary(form)}
      <h1>Account ${name}</h1>
      ${definitions([
        ["Shown as", displayName === null ? undefined : html`<bdi>${displayName}</bdi>`],
        [
          "E-mail address",
          email === null ? undefined : html`<a href="mailto:${email}">${email}</a>`,
        ],
        ["State", accountState(account)],
        ["Since", day(account.created)],
        ["Co-ops", coops.length === 0 ? undefined : coopList(coops)],
      ])}
      <section class="block" aria-labelledby="role">
        <h2 id="role">Part in running this node</h2>
        <form class="form" method="post" action="${path}" novalidate>
          ${hidden("do", "role")}
          ${choice(form, {
            name: "nodeRole",
            label: `What ${name} may do`,
            required: true,
            options: nodeRoleOptions,
          })}
          <p class="actions">${button("Save")}</p>
        </form>
      </section>
      <section class="block" aria-labelledby="password">
        <h2 id="password">Password</h2>
        <p>
          Make a link by which they set a new one. Until they do, the present one holds. A link made
          before is void.
        </p>
        ${buttonForm(`${path}/link`, "Make a link")}
      </section>
      <section class="block" aria-labelledby="end">
        <h2 id="end">${disabled === null ? "Disable the account" : "Enable the account"}</h2>
        ${
          disabled === null
            ? html`<p>They are signed out at once, and can’t sign in until you enable it again.</p>
                ${buttonForm(path, "Disable", { do: "disable" }, "danger")}`
            : html`<p>It was disabled on ${day(disabled)}.</p>
                ${buttonForm(path, "Enable", { do: "enable" })}`
        }
      </section>
      <p><a href="/admin/accounts">All accounts</a></p>
    </div>`,
  };
}

function coopList(coops: OwnCoop[]): Html {
  return html`<ul>
    ${coops.map(
      ({ name, role }) =>
        html`<li><bdi>${name}</bdi>, as ${role === "owner" ? "owner" : "editor"}</li>`,
    )}
  </ul>`;
}
