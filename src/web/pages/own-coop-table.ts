import { html } from "hono/html";
import type { OwnCoop } from "../own-coops.ts";
import type { Html } from "../text.ts";

const roleWords = { owner: "Owner", editor: "Editor" };

const stateWords: Record<OwnCoop["state"], Html> = {
  published: html`<span class="state good">In the directory</span>`,
  draft: html`<span class="state">Draft, not published yet</span>`,
  withdrawn: html`<span class="state bad">Withdrawn</span>`,
  deleted: html`<span class="state bad">Deleted</span>`,
};

/** Co-ops with their state, each a link to its editor. */
export function coopTable(coops: OwnCoop[]): Html {
  return html`<table class="stacking" role="table">
    <thead role="rowgroup">
      <tr role="row">
        <th role="columnheader" scope="col">Co-op</th>
        <th role="columnheader" scope="col">State</th>
        <th role="columnheader" scope="col">You are</th>
      </tr>
    </thead>
    <tbody role="rowgroup">
      ${coops.map(
        ({ id, name, role, state }) =>
          html`<tr role="row">
            <th role="rowheader" scope="row">
              ${
                state === "deleted"
                  ? html`<bdi>${name}</bdi>`
                  : html`<a href="/admin/coops/${id}"><bdi>${name}</bdi></a>`
              }
            </th>
            <td role="cell" data-label="State">${stateWords[state]}</td>
            <td role="cell" data-label="You are">${role === undefined ? "" : roleWords[role]}</td>
          </tr>`,
      )}
    </tbody>
  </table>`;
}
