import { html } from "hono/html";
import type { Difference } from "../editor/differences.ts";
import type { Html } from "../text.ts";

/** Two contents beside each other, as far as they differ. */
export function differenceTable(
  found: Difference[],
  { before, after, caption }: { before: string; after: string; caption: string },
): Html {
  return html`<table class="stacking differences" role="table">
    <caption class="unseen">
      ${caption}
    </caption>
    <thead role="rowgroup">
      <tr role="row">
        <th role="columnheader" scope="col">Field</th>
        <th role="columnheader" scope="col">${before}</th>
        <th role="columnheader" scope="col">${after}</th>
      </tr>
    </thead>
    <tbody role="rowgroup">
      ${found.map(
        ({ label, before: old, after: young }) =>
          html`<tr role="row">
            <th role="rowheader" scope="row">${label}</th>
            <td role="cell" data-label="${before}">${value(old)}</td>
            <td role="cell" data-label="${after}">${value(young)}</td>
          </tr>`,
      )}
    </tbody>
  </table>`;
}

function value(text: string): Html {
  return text === "" ? html`<span class="aside">nothing</span>` : html`<bdi>${text}</bdi>`;
}
