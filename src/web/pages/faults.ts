import { html, raw } from "hono/html";
import type { Fault } from "../parameters.ts";
import type { Html } from "../text.ts";

/** All that went wrong with a question, in one place; what belongs to a field is also said there. */
export function faultNotice(faults: Fault[]): Html | string {
  if (faults.length === 0) return "";
  return html`<div class="notice fault" role="alert">
    <p>
      <strong>Part of this question could not be answered</strong>, and was left out of what you
      see:
    </p>
    <ul>
      ${faults.map(({ detail }) => html`<li>${detail}</li>`)}
    </ul>
  </div>`;
}

/** What is wrong with one field, below it. */
export function faultNote(faults: Fault[], name: string): Html | string {
  const fault = faults.find(({ parameter }) => parameter === name);
  return fault === undefined ? "" : html`<p class="fault" id="fault-${name}">${fault.detail}</p>`;
}

/** What ties a field to its note, for whoever doesn't see them beside each other. */
export function faultAttributes(faults: Fault[], name: string): Html | string {
  if (!faults.some(({ parameter }) => parameter === name)) return "";
  return raw(`aria-invalid="true" aria-describedby="fault-${name}"`);
}
