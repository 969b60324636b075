import { html } from "hono/html";
import type { Form } from "../forms.ts";
import type { Page } from "../layout.ts";
import type { Html } from "../text.ts";
import { type Place, editorTabs } from "./editor-tabs.ts";
import { button, faultSummary, hidden, textField } from "./form.ts";

interface LeaveData {
  place: Place;
  /** The handle, which is typed to confirm; of one that has none its name. */
  confirm: string;
  form: Form;
}

/** The ways out: taking the listing out of the directory, and deleting everything. */
export function leavePage({ place, confirm, form }: LeaveData): Page {
  const action = `/admin/coops/${place.id}/leave`;
  return {
    title: `Withdraw or delete ${place.name}`,
    body: html`${editorTabs(place, "leave")}
      <h1>Withdraw or delete</h1>
      ${faultSummary(form)}
      <section class="block measure" aria-labelledby="withdraw">
        <h2 id="withdraw">Withdraw the listing</h2>
        ${
          place.listed
            ? html`<p>
                  It leaves the directory on all nodes, as soon as they hear of it. The account, its
                  followers, its posts, the draft and the history stay, and you can publish again.
                </p>
                <form method="post" action="${action}">
                  ${hidden("do", "withdraw")} ${button("Withdraw the listing", { look: "danger" })}
                </form>`
            : html`<p>It isn’t in the directory now.</p>`
        }
      </section>
      ${deletion({ place, confirm, form }, action)}`,
  };
}

function deletion({ place, confirm, form }: LeaveData, action: string): Html {
  return html`<section class="block measure" aria-labelledby="delete">
    <h2 id="delete">Delete everything for good</h2>
    ${
      place.owner
        ? html`<p>
              Listing, account, posts, draft and history are deleted, and followers are told. This
              can’t be undone${place.posts ? ", and nobody can ever have the name again" : ""}.
            </p>
            <form method="post" action="${action}" novalidate>
              ${hidden("do", "delete")}
              ${textField(form, {
                name: "confirm",
                label: "To confirm, type",
                hint: html`<code>${confirm}</code>`,
                required: true,
                autocomplete: "off",
              })}
              ${button("Delete for good", { look: "danger" })}
            </form>`
        : html`<p>Only an owner of the co-op can do this.</p>`
    }
  </section>`;
}
