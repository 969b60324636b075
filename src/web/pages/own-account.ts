import { html } from "hono/html";
import type { Session } from "../../store/sessions.ts";
import type { Form } from "../forms.ts";
import type { Page } from "../layout.ts";
import { type Html, moment } from "../text.ts";
import { button, buttonForm, faultSummary, textField } from "./form.ts";
import { accountLabels, passwordFields } from "./password-fields.ts";

interface OwnAccountData {
  name: string;
  facts: Form;
  password: Form;
  sessions: Session[];
  /** Which of them is the one that looks at the page. */
  present: string;
}

/** What one can change of one’s own account. */
export function ownAccountPage(data: OwnAccountData): Page {
  const { name, facts, password, sessions } = data;
  return {
    title: "Your account",
    body: html`<div class="narrow">
      ${faultSummary({ ...facts, faults: [...facts.faults, ...password.faults] }, accountLabels)}
      <h1>Your account</h1>
      <p>You sign in with the name <strong>${name}</strong>.</p>
      <section class="block" aria-labelledby="facts">
        <h2 id="facts">About you</h2>
        <form class="form" method="post" action="/admin/account" novalidate>
          ${textField(facts, {
            name: "displayName",
            label: accountLabels.displayName,
            autocomplete: "name",
            maxlength: 80,
            hint: "Seen by those who work with you on this node. It is never published.",
          })}
          ${textField(facts, {
            name: "email",
            label: accountLabels.email,
            type: "email",
            autocomplete: "email",
            maxlength: 254,
            hint: "Only whoever runs this node sees it, to be able to reach you. It is never published.",
          })}
          <p class="actions">${button("Save")}</p>
        </form>
      </section>
      <section class="block" aria-labelledby="password">
        <h2 id="password">Password</h2>
        <form class="form" method="post" action="/admin/account/password" novalidate>
          ${textField(password, {
            name: "current",
            label: accountLabels.current,
            type: "password",
            autocomplete: "current-password",
            required: true,
          })}
          ${passwordFields(password, "New password")}
          <p class="actions">${button("Change the password")}</p>
        </form>
      </section>
      <section class="block" aria-labelledby="sessions">
        <h2 id="sessions">Where you are signed in</h2>
        ${sessionList(data)}
        ${
          sessions.length > 1
            ? buttonForm("/admin/account/sessions", "Sign out everywhere else")
            : ""
        }
      </section>
    </div>`,
  };
}

function sessionList({ sessions, present }: OwnAccountData): Html {
  return html`<ul>
    ${sessions.map(
      ({ tokenHash, agent, created, seen }) =>
        html`<li>
          ${browserName(agent)}${tokenHash === present ? html`, <strong>this one</strong>` : ""}<br />
          <span class="aside">since ${moment(created)}, last used ${moment(seen)}</span>
        </li>`,
    )}
  </ul>`;
}

const browsers = [
  ["Firefox", /Firefox\//],
  ["Edge", /Edg(A|iOS)?\//],
  ["Opera", /OPR\//],
  ["Chrome or a relative", /Chrom(e|ium)\/|CriOS\//],
  ["Safari", /Safari\//],
] as const;
const systems = [
  ["Android", /Android/],
  ["an iPhone or iPad", /iPhone|iPad/],
  ["Windows", /Windows/],
  ["a Mac", /Mac OS X/],
  ["Linux", /Linux|X11/],
] as const;

/** Roughly which browser this is: enough for people to know their own. */
function browserName(agent: string | null): string {
  const named = (list: typeof browsers | typeof systems) =>
    list.find(([, pattern]) => pattern.test(agent ?? ""))?.[0];
  const [browser, system] = [named(browsers), named(systems)];
  if (browser === undefined) return "A browser that we don’t know";
  return system === undefined ? browser : `${browser} on ${system}`;
}
