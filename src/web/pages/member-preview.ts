import { html } from "hono/html";
import {
  faultWords,
  type FaultyRow,
  type MemberRow,
  type ReadMembers,
} from "../../directory/read-members.ts";
import type { Page } from "../layout.ts";
import { counted, type Html, listed, number } from "../text.ts";
import { button, hidden } from "./form.ts";

interface PreviewData extends ReadMembers {
  /** The rows that can be used, and the others, as CSV: they come back with the forms. */
  rows: string;
  rest: string;
}

const fates: [fate: MemberRow["fate"], one: string, many: string][] = [
  ["new", "becomes a private draft", "become private drafts"],
  [
    "changed",
    "changes the draft that it became before",
    "change the drafts that they became before",
  ],
  ["unchanged", "came before and says the same", "came before and say the same"],
  [
    "speaks-for-itself",
    "has said yes before: the co-op changes its listing itself",
    "have said yes before: the co-ops change their listings themselves",
  ],
];

/** So many faults are shown; the file has all. */
const shown = 200;

/** What the rows of a spreadsheet would become. */
export function memberPreviewPage({ good, faulty, ignored, rows, rest }: PreviewData): Page {
  const useful = good.filter(({ fate }) => fate === "new" || fate === "changed").length;
  return {
    title: "What becomes of the rows",
    body: html`<p class="eyebrow"><a href="/admin/members">Many co-ops at once</a></p>
      <h1>What becomes of the rows</h1>
      <p class="lead">
        ${counted(good.length, "row")} can be used,
        ${faulty.length === 0 ? "and none has a fault" : html`${number(faulty.length)} can’t yet`}.
        Nothing has been changed so far.
      </p>
      <ul>
        ${fates.map(([fate, one, many]) => {
          const count = good.filter((row) => row.fate === fate).length;
          return count === 0
            ? ""
            : html`<li>${counted(count, "row")} ${count === 1 ? one : many}</li>`;
        })}
      </ul>
      ${
        ignored.length === 0
          ? ""
          : html`<p>
              Not read: ${ignored.length === 1 ? "the column" : "the columns"} ${listed(ignored)}.
            </p>`
      }
      ${
        useful === 0
          ? html`<p>There is nothing to be made of them.</p>`
          : html`<form class="form" method="post" action="/admin/members/drafts">
              ${hidden("rows", rows)}
              <p class="actions">${button(`Go on with ${counted(useful, "co-op")}`)}</p>
            </form>`
      }
      ${faulty.length === 0 ? "" : faultSection(faulty, rest)} ${goodSection(good)}`,
  };
}

function faultSection(faulty: FaultyRow[], rest: string): Html {
  return html`<section class="block" aria-labelledby="faulty">
    <h2 id="faulty">${counted(faulty.length, "row")} to mend</h2>
    <form class="single" method="post" action="/admin/members/faulty.csv">
      ${hidden("rows", rest)} ${button("Download these rows with what is wrong", { look: "quiet" })}
    </form>
    <p class="aside">Mend the file and upload it: it has no other rows.</p>
    <table class="stacking" role="table">
      <thead role="rowgroup">
        <tr role="row">
          <th role="columnheader" scope="col">Row</th>
          <th role="columnheader" scope="col">Co-op</th>
          <th role="columnheader" scope="col">What is wrong</th>
        </tr>
      </thead>
      <tbody role="rowgroup">
        ${faulty.slice(0, shown).map(
          ({ row, cells, faults }) =>
            html`<tr role="row">
              <th role="rowheader" scope="row">${row}</th>
              <td role="cell" data-label="Co-op"><bdi>${cells[0] === "" ? "–" : cells[0]}</bdi></td>
              <td role="cell" data-label="Wrong">
                ${faults.map((fault, at) => html`${at === 0 ? "" : html`<br />`}${faultWords(fault)}`)}
              </td>
            </tr>`,
        )}
      </tbody>
    </table>
    ${faulty.length > shown ? html`<p>The others are in the file.</p>` : ""}
  </section>`;
}

function goodSection(good: MemberRow[]): Html {
  if (good.length === 0) return html``;
  return html`<details class="block">
    <summary>The rows that can be used</summary>
    <table class="stacking" role="table">
      <thead role="rowgroup">
        <tr role="row">
          <th role="columnheader" scope="col">Row</th>
          <th role="columnheader" scope="col">Co-op</th>
          <th role="columnheader" scope="col">Handle</th>
        </tr>
      </thead>
      <tbody role="rowgroup">
        ${good.slice(0, shown).map(
          ({ row, handle, content }) =>
            html`<tr role="row">
              <th role="rowheader" scope="row">${row}</th>
              <td role="cell" data-label="Co-op"><bdi>${content.name}</bdi></td>
              <td role="cell" data-label="Handle">@${handle}</td>
            </tr>`,
        )}
      </tbody>
    </table>
    ${good.length > shown ? html`<p>… and ${number(good.length - shown)} more.</p>` : ""}
  </details>`;
}
