import { html } from "hono/html";
import type { Upload } from "../../directory/import-desk.ts";
import { mappings } from "../../directory/sources/mappings.ts";
import { tableBounds } from "../../directory/tables/table.ts";
import type { Import } from "../../store/imports.ts";
import type { Form } from "../forms.ts";
import type { Page } from "../layout.ts";
import { counted, type Html, moment, number, partialDate } from "../text.ts";
import { definitions } from "./definitions.ts";
import { button, choice, faultSummary, fileField, textField } from "./form.ts";

/** What is chosen for a mapping that is uploaded, too. */
export const ownChoice = "own";

const labels = {
  file: "File",
  mapping: "What the columns mean",
  own: "Your mapping",
  edition: "Edition",
};

/** Where registers are uploaded, and what has been imported. */
export function importsPage({
  form,
  waiting,
  done,
}: {
  form: Form;
  waiting: Upload[];
  done: Import[];
}): Page {
  return {
    title: "Import",
    body: html`${faultSummary(form, labels)}
      <h1>Import a register</h1>
      <div class="narrow">
        <p class="lead">
          Publish the co-ops of an openly licensed register. Nobody is impersonated: an imported
          listing has no account, and its page offers to claim it, to correct it or to object.
        </p>
        <form
          class="form"
          method="post"
          action="/admin/import"
          enctype="multipart/form-data"
          novalidate
        >
          ${fileField(form, {
            name: "file",
            label: labels.file,
            required: true,
            accept: ".csv,.tsv,.txt,.xlsx,.json,.geojson",
            hint: `CSV in UTF-8, an Excel workbook (.xlsx) or GeoJSON, of at most ${tableBounds.file / 1_000_000} MB.`,
          })}
          ${choice(form, {
            name: "mapping",
            label: labels.mapping,
            required: true,
            options: [
              ...Object.entries(mappings).map(([value, { title }]) => ({ value, label: title })),
              {
                value: ownChoice,
                label: "Another register",
                hint: "A mapping of your own says what its columns mean",
              },
            ],
          })}
          ${fileField(form, {
            name: "own",
            label: labels.own,
            accept: ".json",
            hint: "For another register only. A JSON file; docs/mappings.md of this software says how to write it.",
          })}
          ${textField(form, {
            name: "edition",
            label: labels.edition,
            size: 12,
            maxlength: 10,
            hint: "Of when the facts are, if neither the file nor its mapping says so: 2024, 2024-06 or 2024-06-30.",
          })}
          <p class="actions">${button("Look at it")}</p>
          <p class="aside">Nothing is published before you have seen what would be.</p>
        </form>
      </div>
      ${waiting.length === 0 ? "" : waitingSection(waiting)} ${doneSection(done)}`,
  };
}

function waitingSection(waiting: Upload[]): Html {
  return html`<section class="block" aria-labelledby="waiting">
    <h2 id="waiting">Waiting for you</h2>
    <ul>
      ${waiting.map(
        ({ id, file, taken }) =>
          html`<li>
            <a href="/admin/import/${id}"><bdi>${file}</bdi></a
            >, uploaded ${moment(taken)}
          </li>`,
      )}
    </ul>
    <p class="aside">An upload is forgotten after a day.</p>
  </section>`;
}

function doneSection(done: Import[]): Html {
  if (done.length === 0) return html``;
  return html`<section class="block" aria-labelledby="editions">
    <h2 id="editions">Editions that were imported</h2>
    <table class="stacking" role="table">
      <thead role="rowgroup">
        <tr role="row">
          <th role="columnheader" scope="col">Register</th>
          <th role="columnheader" scope="col">Edition</th>
          <th role="columnheader" scope="col">Imported</th>
          <th role="columnheader" scope="col">What came of it</th>
        </tr>
      </thead>
      <tbody role="rowgroup">
        ${done.map(
          (each) =>
            html`<tr role="row">
              <th role="rowheader" scope="row">
                <a href="/admin/import/${each.id}">${each.title}</a>
              </th>
              <td role="cell" data-label="Edition">${partialDate(each.edition)}</td>
              <td role="cell" data-label="Imported">${moment(each.started)}</td>
              <td role="cell" data-label="Came of it">${outcome(each)}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </section>`;
}

/** What came of an import, in a line. */
function outcome({ finished, fault, done, rows, added, changed, closed, unchanged }: Import): Html {
  if (finished !== null) {
    return html`<span class="state good">Done</span> ${number(added)} added, ${number(changed)}
      changed, ${number(unchanged)} unchanged, ${number(closed)} closed`;
  }
  const state =
    fault === null
      ? html`<span class="state">Not finished</span>`
      : html`<span class="state bad">Broke off</span>`;
  return html`${state} ${number(done)} of ${counted(rows, "row")}`;
}

/**
 * An import that has begun.
 *
 * @param data.here Whether this server is at it; else it is a command's, or has ended.
 */
export function importPage({
  upload,
  done,
  here,
}: {
  upload: Upload | undefined;
  done: Import | undefined;
  here: boolean;
}): Page {
  const title = done?.title ?? `Import of ${upload?.file ?? ""}`;
  const body =
    done === undefined
      ? html`<p role="status">The import begins …</p>`
      : done.finished === null && done.fault === null
        ? progress(done, here)
        : over(done);
  return {
    title,
    body: html`<p class="eyebrow"><a href="/admin/import">Import</a></p>
      <h1>${title}</h1>
      ${body}`,
  };
}

function progress(run: Import, here: boolean): Html {
  return html`<div role="status">
      <p>${number(run.done)} of ${counted(run.rows, "row")} so far.</p>
      <progress
        max="${Math.max(1, run.rows)}"
        value="${run.done}"
        aria-label="Rows dealt with"
      ></progress>
    </div>
    <p class="aside">
      ${
        here
          ? "This page loads itself again. You can leave it: the import goes on without you."
          : "A command is at it, or it broke off. To carry on, import the same file again."
      }
    </p>`;
}

function over(run: Import): Html {
  const counts: [count: number, words: string][] = [
    [run.added, "added"],
    [run.changed, "changed"],
    [run.unchanged, "unchanged"],
    [run.closed, "closed"],
    [run.leftAlone, "left alone: claimed, under a mandate, withdrawn or deleted"],
    [run.refused, "refused"],
  ];
  return html`${
      run.fault === null
        ? ""
        : html`<p class="notice fault">
            It broke off after ${number(run.done)} of ${counted(run.rows, "row")}: ${run.fault} What
            was published stays. Import the same file again, and it carries on from there.
          </p>`
    }
    ${definitions([
      ["Edition", partialDate(run.edition)],
      ["File", html`<bdi>${run.file}</bdi>`],
      ["Began", moment(run.started)],
      ["Ended", run.finished === null ? undefined : moment(run.finished)],
      ["Rows", html`${number(run.rows)}`],
    ])}
    <ul>
      ${counts.map(([count, words]) =>
        count === 0 ? "" : html`<li><strong>${number(count)}</strong> ${words}</li>`,
      )}
    </ul>`;
}
