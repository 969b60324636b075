import { html } from "hono/html";
import type { Account } from "../../store/accounts.ts";
import type { Form } from "../forms.ts";
import type { Page } from "../layout.ts";
import { day, type Html } from "../text.ts";
import { button, choice, faultSummary, textField } from "./form.ts";
import { accountLabels } from "./password-fields.ts";

/** What an account may do on the node, to be chosen from. */
export const nodeRoleOptions = [
  { value: "none", label: "None", hint: "Only what concerns their own co-ops" },
  { value: "moderator", label: "Moderator", hint: "Decides about requests and objections" },
  {
    value: "administrator",
    label: "Administrator",
    hint: "Everything: accounts, imports, and all co-ops of this node",
  },
];

const nodeRoleWords = { administrator: "Administrator", moderator: "Moderator" };

/** Who signs in here. */
export function accountsPage({ accounts, form }: { accounts: Account[]; form: Form }): Page {
  return {
    title: "Accounts",
    body: html`${faultSummary(form, accountLabels)}
      <h1>Accounts</h1>
      ${accountTable(accounts)}
      <section class="block narrow" aria-labelledby="add">
        <h2 id="add">Add an account</h2>
        <p>
          You get a link to send to them, by which they set their password. People of a co-op are
          better invited by its owners.
        </p>
        <form class="form" method="post" action="/admin/accounts" novalidate>
          ${textField(form, {
            name: "name",
            label: accountLabels.name,
            autocomplete: "off",
            required: true,
            maxlength: 40,
            hint: "Letters from a to z and digits; dots, hyphens and underscores between them.",
          })}
          ${choice(form, {
            name: "nodeRole",
            label: "Part in running this node",
            required: true,
            options: nodeRoleOptions,
          })}
          <p class="actions">${button("Add the account")}</p>
        </form>
      </section>`,
  };
}

function accountTable(accounts: Account[]): Html {
  return html`<table class="stacking" role="table">
    <thead role="rowgroup">
      <tr role="row">
        <th role="columnheader" scope="col">Name</th>
        <th role="columnheader" scope="col">Shown as</th>
        <th role="columnheader" scope="col">Part in running this node</th>
        <th role="columnheader" scope="col">State</th>
        <th role="columnheader" scope="col">Since</th>
      </tr>
    </thead>
    <tbody role="rowgroup">
      ${accounts.map(
        (account) =>
          html`<tr role="row">
            <th role="rowheader" scope="row">
              <a href="/admin/accounts/${account.id}">${account.name}</a>
            </th>
            <td role="cell" data-label="Shown as"><bdi>${account.displayName ?? "–"}</bdi></td>
            <td role="cell" data-label="Part">
              ${account.nodeRole === null ? "–" : nodeRoleWords[account.nodeRole]}
            </td>
            <td role="cell" data-label="State">${accountState(account)}</td>
            <td role="cell" data-label="Since">${day(account.created)}</td>
          </tr>`,
      )}
    </tbody>
  </table>`;
}

/** Whether an account can sign in, in words. */
export function accountState({ disabled, passwordHash }: Account): Html {
  if (disabled !== null) return html`<span class="state bad">Disabled</span>`;
  if (passwordHash === null) return html`<span class="state">No password yet</span>`;
  return html`<span class="state good">Can sign in</span>`;
}
