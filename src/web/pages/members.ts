import { html } from "hono/html";
import { memberColumns } from "../../directory/member-columns.ts";
import { mostMembers } from "../../directory/read-members.ts";
import type { Waiting } from "../../store/members.ts";
import type { Form } from "../forms.ts";
import type { Running } from "../joining/members.ts";
import type { Page } from "../layout.ts";
import { counted, day, type Html, number } from "../text.ts";
import { button, faultSummary, fileField, textField } from "./form.ts";

interface MembersData {
  counts: { waiting: number; fresh: number };
  /** The first of those that wait. */
  waiting: Waiting[];
  running: Running | undefined;
  form: Form;
}

const labels = { file: "The spreadsheet", asker: "In whose name the co-ops are asked" };

/** Where a federation brings many co-ops along at once. */
export function membersPage(data: MembersData): Page {
  const { counts, running, form } = data;
  const busy = running?.ended === false;
  return {
    title: "Many co-ops at once",
    ...(busy && { head: html`<meta http-equiv="refresh" content="2" />` }),
    body: html`${faultSummary(form, labels)}
      <h1>Many co-ops at once</h1>
      <p class="lead">
        For a federation: each row of a spreadsheet becomes a private draft. A co-op is published
        when it says yes itself, or under a mandate that you record.
      </p>
      ${running === undefined ? "" : progress(running)}
      ${counts.waiting === 0 || busy ? "" : waitingSection(data)} ${busy ? "" : upload(form)}`,
  };
}

function progress({ of, done, refused, ended, fault }: Running): Html {
  return html`<section class="notice ${refused.length > 0 ? "fault" : ""}" aria-live="polite">
    <h2>${ended ? "Published" : "Publishing"}</h2>
    <p>
      <progress max="${Math.max(of, 1)}" value="${done}" aria-label="How far it has got"></progress>
      ${number(done - refused.length)} of ${number(of)} published.
      ${ended ? "" : "This page reloads by itself. You can leave it: it goes on."}
    </p>
    ${fault === undefined ? "" : html`<p>It broke off: ${fault} Do it once more for the rest.</p>`}
    ${
      refused.length === 0
        ? ""
        : html`<p>These stay drafts:</p>
            <ul>
              ${refused.slice(0, 100).map(({ handle, why }) => html`<li>@${handle}: ${why}</li>`)}
            </ul>`
    }
  </section>`;
}

function upload(form: Form): Html {
  return html`<section class="block narrow" aria-labelledby="upload">
      <h2 id="upload">Upload a spreadsheet</h2>
      <p>
        CSV or Excel (.xlsx), at most ${number(mostMembers)} rows, with the columns of the
        <a href="/admin/members/template.csv" download>template</a>. You see first what becomes of
        each row. The same spreadsheet may come again: co-ops are found by their registration or
        handle.
      </p>
      <form
        class="form"
        method="post"
        action="/admin/members"
        enctype="multipart/form-data"
        novalidate
      >
        ${fileField(form, {
          name: "file",
          label: labels.file,
          accept:
            ".csv,.xlsx,text/csv,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
          required: true,
        })}
        <p class="actions">${button("Read it")}</p>
      </form>
    </section>
    <section class="block" aria-labelledby="columns">
      <h2 id="columns">The columns</h2>
      <table class="stacking" role="table">
        <thead role="rowgroup">
          <tr role="row">
            <th role="columnheader" scope="col">Column</th>
            <th role="columnheader" scope="col">What stands in it</th>
            <th role="columnheader" scope="col">For example</th>
          </tr>
        </thead>
        <tbody role="rowgroup">
          ${memberColumns.map(
            ({ name, required, help, example }) =>
              html`<tr role="row">
                <th role="rowheader" scope="row">
                  ${name}${required === true ? html` <span class="aside">(required)</span>` : ""}
                </th>
                <td role="cell" data-label="What">${inCode(help)}</td>
                <td role="cell" data-label="Example"><bdi>${example}</bdi></td>
              </tr>`,
          )}
        </tbody>
      </table>
    </section>`;
}

/** Words with what stands between backticks as code, as in the README. */
function inCode(text: string): Html[] {
  return text
    .split("`")
    .map((part, at) => (at % 2 === 0 ? html`${part}` : html`<code>${part}</code>`));
}

function waitingSection({ counts, waiting, form }: MembersData): Html {
  const { fresh } = counts;
  return html`<section class="block" aria-labelledby="waiting">
    <h2 id="waiting">${counted(counts.waiting, "draft waits", "drafts wait")}</h2>
    ${
      fresh === 0
        ? ""
        : html`<h3>Ask each co-op</h3>
            <p class="measure">
              You get a file with a link for each co-op that was never published, to be sent to them
              by a mail merge: this node sends no e-mail. With its link a co-op sees what would be
              published, and says yes or no. Each link is good for once and for 60 days; links that
              you made before are void.
            </p>
            <form class="form" method="post" action="/admin/members/links.csv" novalidate>
              ${textField(form, {
                name: "asker",
                label: labels.asker,
                maxlength: 200,
                autocomplete: "organization",
                required: true,
                hint: "What your federation is called.",
              })}
              <p class="actions">${button(`Make ${counted(fresh, "link")} and download them`)}</p>
            </form>`
    }
    <h3>Or publish them under a mandate</h3>
    <p><a class="button" href="/admin/members/mandate">Record the mandate</a></p>
    <details>
      <summary>Which they are</summary>
      <table class="stacking" role="table">
        <thead role="rowgroup">
          <tr role="row">
            <th role="columnheader" scope="col">Co-op</th>
            <th role="columnheader" scope="col">Handle</th>
            <th role="columnheader" scope="col">Came</th>
            <th role="columnheader" scope="col">State</th>
          </tr>
        </thead>
        <tbody role="rowgroup">
          ${waiting.map(
            ({ coop, handle, added, draft, content }) =>
              html`<tr role="row">
                <th role="rowheader" scope="row">
                  <a href="/admin/coops/${coop}"><bdi>${nameIn(draft)}</bdi></a>
                </th>
                <td role="cell" data-label="Handle">@${handle}</td>
                <td role="cell" data-label="Came">${day(added)}</td>
                <td role="cell" data-label="State">
                  ${content === null ? "Draft" : "Published; a newer draft waits"}
                </td>
              </tr>`,
          )}
        </tbody>
      </table>
      ${
        counts.waiting > waiting.length
          ? html`<p class="aside">
              These are the first ${number(waiting.length)} of ${number(counts.waiting)}.
            </p>`
          : ""
      }
    </details>
  </section>`;
}

function nameIn(draft: string | null): string {
  const { name = "–" } = JSON.parse(draft ?? "{}") as { name?: string };
  return name;
}
