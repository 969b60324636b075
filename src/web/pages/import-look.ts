import { html } from "hono/html";
import { themes } from "../../coop/codes.ts";
import type { Listing } from "../../coop/listing.ts";
import { regionLabel } from "../../coop/regions.ts";
import type { Looked, Upload } from "../../directory/import-desk.ts";
import { type Finding, type ImportPlan, mostGone } from "../../directory/plan-import.ts";
import type { Import } from "../../store/imports.ts";
import type { Form } from "../forms.ts";
import type { Page } from "../layout.ts";
import { counted, type Html, number, partialDate, percent } from "../text.ts";
import { typeWords } from "../words.ts";
import { button, buttonForm, faultSummary, tick } from "./form.ts";

interface LookData {
  upload: Upload;
  looked: Exclude<Looked, { state: "importing" }>;
  form: Form;
  /** What was done of it before it broke off. */
  brokeOff: Import | undefined;
}

/** What importing a file would do: to be looked at before anything is done. */
export function lookedPage({ upload, looked, form, brokeOff }: LookData): Page {
  const title = looked.state === "read" ? looked.plan.register.mapping.title : upload.file;
  return {
    title,
    body: html`${faultSummary(form)}
      <p class="eyebrow"><a href="/admin/import">Import</a></p>
      <h1><bdi>${title}</bdi></h1>
      ${
        brokeOff === undefined
          ? ""
          : html`<p class="notice fault">
              The import of this file broke off after ${number(brokeOff.done)} of
              ${counted(brokeOff.rows, "row")}. Import it again, and it carries on from there.
            </p>`
      }
      ${
        looked.state === "reading"
          ? html`<p role="status">The file is being read …</p>
              <p class="aside">This page loads itself again.</p>`
          : looked.state === "broken"
            ? broken(looked.fault)
            : plan(upload, looked.plan, form)
      }
      ${buttonForm(`/admin/import/${upload.id}/discard`, "Discard this upload")}`,
  };
}

function broken(fault: string): Html {
  return html`<p class="notice fault">${fault}</p>
    <p>Nothing was changed. Mend the file and upload it again.</p>`;
}

function plan(upload: Upload, plan: ImportPlan, form: Form): Html {
  const { register, rows, add, change, reopen, same, leave, refused } = plan;
  const fates: [count: number, words: string][] = [
    [add, "new listings"],
    [change, "listings with something new"],
    [reopen, "listings that were closed, and open again"],
    [same, "listings as they are: no new version"],
    [leave, "left alone: claimed, under a mandate, withdrawn or deleted"],
    [refused, "refused, with the reason below"],
    ...Object.entries(plan.skipped).map(
      ([why, count]) => [count, `left out: ${why}`] as [number, string],
    ),
  ];
  return html`<p class="lead">
      ${counted(rows, "row")}, edition ${partialDate(register.edition)}. Nothing has been changed so
      far.
    </p>
    <ul>
      ${fates.map(([count, words]) =>
        count === 0 ? "" : html`<li><strong>${number(count)}</strong> ${words}</li>`,
      )}
    </ul>
    ${consent(upload, plan, form)} ${firstRows(plan.first)}
    ${kinds.map((kind) => findings(plan, kind))}
    ${
      plan.findings.length === 0
        ? ""
        : html`<p>
            <a href="/admin/import/${upload.id}/report.csv">All of this, row by row, as CSV</a>
          </p>`
    }`;
}

function consent(upload: Upload, { register, newer, gone, ...plan }: ImportPlan, form: Form): Html {
  const [newest] = newer.toSorted().toReversed();
  const most = gone.ids.length > gone.of * mostGone;
  const useful = plan.add + plan.change + plan.reopen;
  if (useful === 0 && gone.ids.length === 0) {
    return html`<p>The directory has all of this already: there is nothing to import.</p>`;
  }
  return html`<form class="form" method="post" action="/admin/import/${upload.id}" novalidate>
    ${
      newest === undefined
        ? ""
        : html`<p class="notice fault">
            This is the edition ${register.edition}, and ${newest} has been imported already: older
            facts would take the place of newer ones.
          </p>`
    }
    ${
      gone.ids.length === 0
        ? ""
        : tick(form, {
            name: "close",
            label: `Close ${counted(gone.ids.length, "listing")} that ${gone.ids.length === 1 ? "is" : "are"} not in this file`,
            hint: `Of ${number(gone.of)} listings that came from earlier editions. They get the status “closed”; nothing is deleted, and what comes back in a later edition is open again. Without the tick they stay as they are.`,
          })
    }
    ${
      newest === undefined && !most
        ? ""
        : tick(form, {
            name: "force",
            label:
              newest === undefined
                ? `Yes, close more than ${percent(mostGone * 100)} of them: this file is the whole register`
                : "Yes, import this older edition",
          })
    }
    <p class="actions">
      ${button(useful === 0 ? "Go on" : `Import ${counted(useful, "listing")}`)}
    </p>
  </form>`;
}

/** The first rows as the search will show them. */
function firstRows(first: Listing[]): Html {
  if (first.length === 0) return html``;
  return html`<section class="block" aria-labelledby="first">
    <h2 id="first">The first as they will be listed</h2>
    <ol class="results">
      ${first.map((listing) => {
        const facts = [
          listing.coopType === undefined ? undefined : typeWords[listing.coopType],
          placeOf(listing),
          ...(listing.theme ?? []).map((theme) => themes[theme].label),
        ].filter((fact) => fact !== undefined && fact !== "");
        return html`<li class="result">
          <div class="what">
            <h3 dir="auto">${listing.name}</h3>
            ${facts.length === 0 ? "" : html`<p class="brief">${facts.join("\u00A0· ")}</p>`}
            ${listing.summary === undefined ? "" : html`<p class="summary" dir="auto">${listing.summary}</p>`}
          </div>
        </li>`;
      })}
    </ol>
  </section>`;
}

function placeOf({ location }: Listing): string {
  if (location === undefined) return "";
  const { addressLocality, addressCountry } = location.address;
  const codes = [...(location.region ?? []).slice(0, 1), `iso3166-1:${addressCountry}`];
  const parts = [addressLocality, ...codes.map((code) => regionLabel(code) ?? code)];
  // A town may give its province its name.
  return [...new Set(parts.filter((part) => part !== undefined))].join(", ");
}

const kinds = ["refused", "doubtful", "alike", "gone"] as const;

/** So many of a kind are shown; the report has all. */
const shown = 50;

const headings: Record<Finding["kind"], { title: string; words: string }> = {
  refused: { title: "Refused", words: "These rows can’t be published as they are." },
  doubtful: {
    title: "Doubtful",
    words: "These rows are published, without what could not be understood.",
  },
  alike: {
    title: "Perhaps twice",
    words:
      "These look like another row, or like a listing that is there already. They are published all the same: nothing is merged.",
  },
  gone: {
    title: "Not in this file",
    words: "These came from an earlier edition.",
  },
};

function findings(plan: ImportPlan, kind: Finding["kind"]): Html {
  const found = plan.findings.filter((finding) => finding.kind === kind);
  if (found.length === 0) return html``;
  const count = kind === "gone" ? plan.gone.ids.length : plan[kind];
  const { title, words } = headings[kind];
  return html`<details class="block" ${kind === "refused" ? "open" : ""}>
    <summary>${title}: ${number(count)}</summary>
    <p>${words}</p>
    <table class="stacking" role="table">
      <thead role="rowgroup">
        <tr role="row">
          <th role="columnheader" scope="col">Row</th>
          <th role="columnheader" scope="col">Co-op</th>
          <th role="columnheader" scope="col">Why</th>
        </tr>
      </thead>
      <tbody role="rowgroup">
        ${found.slice(0, shown).map(
          ({ row, name, why }) =>
            html`<tr role="row">
              <th role="rowheader" scope="row">${row === 0 ? "–" : number(row)}</th>
              <td role="cell" data-label="Co-op"><bdi>${name === "" ? "–" : name}</bdi></td>
              <td role="cell" data-label="Why">${why}</td>
            </tr>`,
        )}
      </tbody>
    </table>
    ${count > shown ? html`<p>The others are in the report.</p>` : ""}
  </details>`;
}
