import { html, raw } from "hono/html";
import { parseMeasure, statNames, statsOf } from "../../index/measures.ts";
import type { Fault } from "../parameters.ts";
import type { StatisticsQuery } from "../statistics-query.ts";
import { dimensionGroups, dimensionWords, measureLabel, statWords } from "../statistics-words.ts";
import type { Html } from "../text.ts";

type Query = Partial<StatisticsQuery>;

/** What is counted, by what, and when. */
export function questionFields(query: Query, reported: string[], faults: Fault[]): Html {
  const timed = [query.rows, query.cols].some((name) => name === "year" || name === "figure_year");
  return html`<div class="question-fields">
    ${dimensionField("rows", "Rows", query)} ${dimensionField("cols", "Columns", query)}
    ${measureField(query, reported)} ${statField(query)} ${yearField("year", "Year", query, faults)}
    ${yearField("compare", "Compared with", query, faults)}
    ${
      timed
        ? html`${yearField("from", "First year", query, faults)}
          ${yearField("to", "Last year", query, faults)}`
        : ""
    }
    <label class="tick"
      ><input
        type="checkbox"
        name="panel"
        value="matched"
        ${query.panel === "matched" ? raw("checked") : ""}
      />
      Only who reported in every year</label
    >
    <button type="submit">Show</button>
  </div>`;
}

function dimensionField(name: "rows" | "cols", label: string, query: Query): Html {
  return html`<label
    >${label}
    <select name="${name}">
      <option value="">${name === "rows" ? "All in one row" : "None"}</option>
      ${dimensionGroups.map(
        ([heading, names]) =>
          html`<optgroup label="${heading}">
            ${names.map(
              (each) =>
                html`<option value="${each}" ${each === query[name] ? raw("selected") : ""}>
                  ${dimensionWords[each]}
                </option>`,
            )}
          </optgroup>`,
      )}
    </select></label
  >`;
}

function measureField({ measure = "organisations" }: Query, reported: string[]): Html {
  const choices = [...new Set(["organisations", ...reported, measure])];
  return html`<label
    >What is counted
    <select name="measure">
      ${choices.map(
        (each) =>
          html`<option value="${each}" ${each === measure ? raw("selected") : ""}>
            ${measureLabel(each)}
          </option>`,
      )}
    </select></label
  >`;
}

function statField({ measure = "organisations", stat }: Query): Html {
  const known = parseMeasure(measure);
  const possible = known === undefined ? [] : statsOf(known);
  // What is chosen before the measure is must be there to choose.
  const choices = possible.length === 0 ? statNames : possible;
  return html`<label
    >Statistic
    <select name="stat">
      <option value="">${possible[0] === undefined ? "Number" : statWords[possible[0]]}</option>
      ${choices
        .filter((each) => each !== possible[0])
        .map(
          (each) =>
            html`<option value="${each}" ${each === stat ? raw("selected") : ""}>
              ${statWords[each]}
            </option>`,
        )}
    </select></label
  >`;
}

function yearField(
  name: "year" | "compare" | "from" | "to",
  label: string,
  query: Query,
  faults: Fault[],
): Html {
  const fault = faults.find(({ parameter }) => parameter === name);
  return html`<label
    >${label}
    <input
      name="${name}"
      inputmode="numeric"
      size="6"
      maxlength="4"
      autocomplete="off"
      placeholder="${name === "year" ? "latest" : ""}"
      value="${query[name] ?? ""}"
      ${fault === undefined ? "" : raw('aria-invalid="true"')}
  /></label>`;
}
