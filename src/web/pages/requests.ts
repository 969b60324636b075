import { html } from "hono/html";
import type { PersonsRequest } from "../../store/requests.ts";
import type { Page } from "../layout.ts";
import { day, type Html } from "../text.ts";
import { requestWords } from "./request-status.ts";

interface Listed {
  request: PersonsRequest;
  /** What the co-op is called that it is about. */
  coop: string | undefined;
}

/** What people have asked of the node. */
export function requestsPage({ open, decided }: { open: Listed[]; decided: Listed[] }): Page {
  return {
    title: "Requests",
    body: html`<h1>Requests</h1>
      <section class="block" aria-labelledby="open">
        <h2 id="open">To be decided</h2>
        ${open.length === 0 ? html`<p>Nobody waits for an answer.</p>` : table(open)}
      </section>
      ${
        decided.length === 0
          ? ""
          : html`<section class="block" aria-labelledby="decided">
              <h2 id="decided">Decided</h2>
              ${table(decided)}
              <p class="aside">Requests are deleted a year after they were decided.</p>
            </section>`
      }`,
  };
}

function table(rows: Listed[]): Html {
  return html`<table class="stacking" role="table">
    <thead role="rowgroup">
      <tr role="row">
        <th role="columnheader" scope="col">What</th>
        <th role="columnheader" scope="col">Co-op</th>
        <th role="columnheader" scope="col">From</th>
        <th role="columnheader" scope="col">Sent</th>
        <th role="columnheader" scope="col">State</th>
      </tr>
    </thead>
    <tbody role="rowgroup">
      ${rows.map(
        ({ request, coop }) =>
          html`<tr role="row">
            <th role="rowheader" scope="row">
              <a href="/admin/requests/${request.id}">${requestWords[request.kind]}</a>
            </th>
            <td role="cell" data-label="Co-op"><bdi>${coop ?? wanted(request)}</bdi></td>
            <td role="cell" data-label="From"><bdi>${request.name}</bdi></td>
            <td role="cell" data-label="Sent">${day(request.created)}</td>
            <td role="cell" data-label="State">${decisionWords(request)}</td>
          </tr>`,
      )}
    </tbody>
  </table>`;
}

function wanted({ content }: PersonsRequest): string {
  const { coop } = JSON.parse(content ?? "{}") as { coop?: string };
  return coop ?? "–";
}

/** Whether a request was decided, and how. */
export function decisionWords({ decision }: PersonsRequest): Html {
  if (decision === null) return html`<span class="state">Waits</span>`;
  return decision === "accepted"
    ? html`<span class="state good">Accepted</span>`
    : html`<span class="state bad">Refused</span>`;
}
