import { html, raw } from "hono/html";
import { type CodeField, codeFields, type Sheet } from "../editor/sheet.ts";
import { type Suggestion, suggestion } from "../suggest.ts";
import type { Html } from "../text.ts";
import { faultOf, fieldId } from "./form.ts";

/** A field in which one chooses codes by searching for them. */
export interface CodeQuestion {
  name: CodeField;
  label: string;
  hint: string;
  /** What the search is for: `Find an activity`. */
  find: string;
  /** Only one can be chosen. */
  single?: boolean;
}

/**
 * What is chosen, each with a box to take it away again, and a search. Without
 * script the search comes back with boxes to tick; with it there are suggestions
 * as one types (assets/editor.js).
 */
export function codeField(sheet: Sheet, question: CodeQuestion): Html {
  const { name, label, hint, find, single = false } = question;
  const kind = codeFields[name];
  const id = fieldId(name);
  const chosen = sheet.form.getAll(name).filter((code) => code !== "");
  const found = sheet.found[name]?.filter(({ code }) => !chosen.includes(code));
  const fault = faultsBelow(sheet, name);
  const query = sheet.form.get(`_find.${name}`) ?? "";
  return html`<fieldset
    class="question codes ${fault === undefined ? "" : "faulty"}"
    data-codes="${name}"
    data-kind="${kind}"
    ${single ? raw("data-single") : ""}
    aria-describedby="${id}-hint"
  >
    <legend>${label}</legend>
    <p class="hint" id="${id}-hint">${hint}</p>
    ${fault === undefined ? "" : html`<p class="fault">${fault}</p>`}
    <ul class="chosen">
      ${chosen.map((code) => item(name, suggestion(kind, code), true, single))}
    </ul>
    <div class="finder">
      <label class="unseen" for="${id}">${find}</label>
      <input
        type="text"
        id="${id}"
        name="_find.${name}"
        value="${query}"
        placeholder="${find}"
        maxlength="200"
        autocomplete="off"
      />
      <button class="quiet" name="do" value="find:${name}" formaction="${sheet.action}#${id}">
        Find<span class="unseen"> ${find.replace(/^Find /, "")}</span>
      </button>
    </div>
    ${found === undefined ? "" : results(name, query, found, single)}
  </fieldset>`;
}

function results(name: string, query: string, found: Suggestion[], single: boolean): Html {
  if (found.length === 0) {
    return html`<p class="hint" role="status">
      Nothing else is called “${query}”. Try another word, in English for activities.
    </p>`;
  }
  return html`<p class="hint" role="status">Tick what fits:</p>
    <ul class="results-found">
      ${found.map((each) => item(name, each, false, single))}
    </ul>`;
}

function item(name: string, { code, label, within }: Suggestion, on: boolean, single: boolean) {
  return html`<li>
    <label class="option">
      <input
        type="${single ? "radio" : "checkbox"}"
        name="${name}"
        value="${code}"
        ${on ? raw("checked") : ""}
      />
      <span
        ><bdi>${label}</bdi> <span class="code">${code.slice(code.indexOf(":") + 1)}</span>${
          within === undefined ? "" : html`<span class="hint">${within}</span>`
        }</span
      >
    </label>
  </li>`;
}

/** What is wrong with the field or one of its codes. */
function faultsBelow({ shown }: Sheet, name: string): string | undefined {
  const below = shown.faults.find(({ field = "" }) => field.startsWith(`${name}.`));
  return faultOf(shown, name) ?? below?.message;
}
