import { html } from "hono/html";
import { type Difference } from "../editor/differences.ts";
import type { Page } from "../layout.ts";
import { counted, type Html, moment } from "../text.ts";
import { differenceTable } from "./differences.ts";
import { type Place, editorTabs } from "./editor-tabs.ts";
import { buttonForm } from "./form.ts";

/** A step of the history as the page shows it. */
export interface ShownStep {
  number: number;
  kind: "published" | "withdrawn" | "set-aside";
  made: number;
  /** What whoever did it is called. */
  by: string;
  changes: Difference[];
  /** Whether there is a content that can be brought back. */
  restorable: boolean;
}

const kindWords = {
  published: "Published",
  withdrawn: "Withdrawn from the directory",
  "set-aside": "A draft that was put aside",
};

/** What was published when and by whom, what changed, and a way back. */
export function historyPage(place: Place, steps: ShownStep[], drafted: boolean): Page {
  return {
    title: `History of ${place.name}`,
    body: html`${editorTabs(place, "history")}
      <h1>History</h1>
      <p class="lead">
        What was published, as it was entered. Only those who may edit the co-op see this.
      </p>
      ${
        drafted
          ? html`<p class="hint">
              There is a draft. If you bring an older text back, the draft is kept here.
            </p>`
          : ""
      }
      ${
        steps.length === 0
          ? html`<p>Nothing was published yet.</p>`
          : html`<ol class="steps" reversed>
              ${steps.map((each) => stepItem(place, each))}
            </ol>`
      }`,
  };
}

function stepItem({ id }: Place, { number, kind, made, by, changes, restorable }: ShownStep): Html {
  return html`<li value="${number}">
    <h2>${kindWords[kind]} ${moment(made)}</h2>
    <p class="aside">by <bdi>${by}</bdi></p>
    ${
      changes.length === 0
        ? ""
        : html`<details>
            <summary>${counted(changes.length, "field")} changed</summary>
            ${differenceTable(changes, {
              before: "Before",
              after: "Then",
              caption: `What changed in version ${number}`,
            })}
          </details>`
    }
    ${
      restorable
        ? buttonForm(`/admin/coops/${id}/history`, "Bring this text back", {
            number: String(number),
          })
        : ""
    }
  </li>`;
}
