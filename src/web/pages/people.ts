import { html } from "hono/html";
import { calledName } from "../../directory/account.ts";
import { mayAdminister, mayManagePeople, roleIn } from "../../directory/permit.ts";
import type { Session } from "../../directory/sign-in.ts";
import type { Account } from "../../store/accounts.ts";
import type { Role } from "../../store/roles.ts";
import type { Form } from "../forms.ts";
import type { Page } from "../layout.ts";
import { day, type Html } from "../text.ts";
import { editorTabs, type Place } from "./editor-tabs.ts";
import { button, buttonForm, choice, faultSummary } from "./form.ts";

type Person = Role & Pick<Account, "name" | "displayName">;

interface PeopleData {
  place: Place;
  people: Person[];
  session: Session;
  form: Form;
}

const roleWords = { owner: "Owner", editor: "Editor" };

/** Who looks after a co-op. */
export function peoplePage(data: PeopleData): Page {
  const { place, people, session, form } = data;
  const { id, name } = place;
  const manages = mayManagePeople(session, id);
  return {
    title: `People of ${name}`,
    body: html`${faultSummary(form, { role: "As what" })} ${editorTabs(place, "people")}
      <h1>People</h1>
      ${people.length === 0 ? html`<p>Nobody looks after this co-op yet.</p>` : table(data, manages)}
      ${
        roleIn(session, id) === undefined
          ? ""
          : html`<p class="aside">Do you want to look after it no longer?</p>
              ${buttonForm(`/admin/coops/${id}/people/leave`, "Give up my role")}`
      }
      ${
        mayAdminister(session)
          ? html`<p><a href="/admin/coops/${id}/mandate">The mandate of a federation</a></p>`
          : ""
      }
      ${manages ? invitation(id, form) : html`<p>Only its owners can invite others.</p>`}`,
  };
}

function table({ place: { id }, people }: PeopleData, manages: boolean): Html {
  return html`<table class="stacking" role="table">
    <thead role="rowgroup">
      <tr role="row">
        <th role="columnheader" scope="col">Name</th>
        <th role="columnheader" scope="col">Is</th>
        <th role="columnheader" scope="col">Since</th>
        ${manages ? html`<th role="columnheader" scope="col">Change</th>` : ""}
      </tr>
    </thead>
    <tbody role="rowgroup">
      ${people.map(
        (person) =>
          html`<tr role="row">
            <th role="rowheader" scope="row"><bdi>${calledName(person)}</bdi></th>
            <td role="cell" data-label="Is">${roleWords[person.role]}</td>
            <td role="cell" data-label="Since">${day(person.since)}</td>
            ${manages ? html`<td role="cell" data-label="Change">${changes(id, person)}</td>` : ""}
          </tr>`,
      )}
    </tbody>
  </table>`;
}

function changes(id: string, person: Person): Html {
  const action = `/admin/coops/${id}/people/${person.account}`;
  const other = person.role === "owner" ? "editor" : "owner";
  const called = calledName(person);
  return html`<form class="single actions" method="post" action="${action}">
    <button class="quiet small" type="submit" name="role" value="${other}">
      Make ${other}<span class="unseen">: ${called}</span>
    </button>
    <button class="quiet small" type="submit" name="role" value="none">
      Remove<span class="unseen">: ${called}</span>
    </button>
  </form>`;
}

function invitation(id: string, form: Form): Html {
  return html`<section class="block narrow" aria-labelledby="invite">
    <h2 id="invite">Invite somebody</h2>
    <p>
      You get a link to send to them. A second owner is worth having: if one is ill or leaves, the
      other can carry on.
    </p>
    <form class="form" method="post" action="/admin/coops/${id}/people" novalidate>
      ${choice(form, {
        name: "role",
        label: "As what",
        required: true,
        options: [
          { value: "editor", label: "Editor", hint: "Writes and publishes" },
          {
            value: "owner",
            label: "Owner",
            hint: "Also invites and removes people, and can leave with everything",
          },
        ],
      })}
      <p class="actions">${button("Make a link")}</p>
    </form>
  </section>`;
}
