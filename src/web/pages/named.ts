import { html, raw } from "hono/html";
import type { NamedBy } from "../../directory/who-names.ts";
import type { Form } from "../forms.ts";
import type { Page } from "../layout.ts";
import { counted, type Html, number, outwardLink } from "../text.ts";
import { relationWords } from "../words.ts";
import { editorTabs, type Place } from "./editor-tabs.ts";
import { button, faultSummary } from "./form.ts";

/** One that names the co-op. */
export interface NamedRow extends NamedBy {
  key: string;
  /** Its page here, if its listing is in the directory here. */
  page: string | undefined;
}

interface NamedData {
  place: Place;
  form: Form;
  rows: NamedRow[];
  filter: { q?: string | undefined; state?: NamedBy["state"] | undefined };
  counts: { found: number; open: number; all: number };
  next: string | undefined;
  /** Where the answers go. */
  action: string;
}

const stateWords: Record<NamedBy["state"], Html> = {
  open: html`<span class="state">Not answered</span>`,
  confirmed: html`<span class="state good">Confirmed</span>`,
  refused: html`<span class="state bad">Not confirmed</span>`,
};

/** Who claims a relation to a co-op, to be confirmed by those who look after it. */
export function namedPage(data: NamedData): Page {
  const { place, form, rows, filter, counts } = data;
  return {
    title: `Who names ${place.name}`,
    body: html`${faultSummary(form)} ${editorTabs(place, "named")}
      <h1>Who names you</h1>
      <p class="lead">
        Others say in their listings, or have asked by an activity of the fediverse, that they have
        to do with ${place.name}. What you confirm is shown as confirmed, here and on other nodes.
      </p>
      <p class="aside">
        What you don’t confirm stays what they say of themselves. Only who asked by an activity is
        told of a no; it is shown to nobody else.
      </p>
      ${place.listed ? "" : unlisted}
      ${counts.all === 0 ? html`<p>Nobody does so far.</p>` : filterForm(data)}
      ${
        rows.length > 0
          ? answers(data)
          : counts.all > 0
            ? html`<p>None of them ${filter.q === undefined ? "is like that" : "fits"}.</p>`
            : ""
      }`,
  };
}

const unlisted = html`<p class="notice">
  This co-op is not in the directory itself. It can confirm something once its listing is published.
</p>`;

function filterForm({ place: { id }, filter }: NamedData): Html {
  const states: [NamedBy["state"] | "", string][] = [
    ["", "All"],
    ["open", "Not answered"],
    ["confirmed", "Confirmed"],
    ["refused", "Not confirmed"],
  ];
  return html`<form class="filterbar" method="get" action="/admin/coops/${id}/named" role="search">
    <div class="question">
      <label for="q">Name or address</label>
      <input id="q" name="q" type="search" maxlength="200" value="${filter.q ?? ""}" />
    </div>
    <div class="question">
      <label for="state">Which</label>
      <select id="state" name="state">
        ${states.map(
          ([value, label]) =>
            html`<option value="${value}" ${value === (filter.state ?? "") ? raw("selected") : ""}>
              ${label}
            </option>`,
        )}
      </select>
    </div>
    <p>${button("Show", { look: "quiet" })}</p>
  </form>`;
}

function answers({ rows, counts, next, action }: NamedData): Html {
  return html`<form method="post" action="${action}">
    <p>${counted(counts.found, "relation")}, ${number(counts.open)} of them not answered.</p>
    <table class="stacking named" role="table">
      <thead role="rowgroup">
        <tr role="row">
          <th role="columnheader" scope="col">Who</th>
          <th role="columnheader" scope="col">Says of itself</th>
          <th role="columnheader" scope="col">From</th>
          <th role="columnheader" scope="col">Your answer</th>
        </tr>
      </thead>
      <tbody role="rowgroup">
        ${rows.map(row)}
      </tbody>
    </table>
    <p class="actions">
      ${button("Confirm the chosen ones", { name: "do", value: "confirm" })}
      ${button("Don’t confirm them", { name: "do", value: "refuse", look: "quiet" })}
      ${
        counts.open < 2
          ? ""
          : button(`Confirm all ${number(counts.open)} not answered`, {
              name: "do",
              value: "confirm-all",
              look: "quiet",
            })
      }
    </p>
    ${next === undefined ? "" : html`<p class="pages"><a class="next" href="${next}">Next page</a></p>`}
  </form>`;
}

function row(each: NamedRow): Html {
  const { key, name, relationship, subject, state, page, handle } = each;
  const id = `named-${key}`;
  const { host } = new URL(subject);
  return html`<tr role="row">
    <th role="rowheader" scope="row">
      <span class="option">
        <input type="checkbox" name="named" value="${key}" id="${id}" />
        <label for="${id}"
          ><bdi>${name}</bdi><span class="unseen">, ${relationWords[relationship]}</span></label
        >
      </span>
    </th>
    <td role="cell" data-label="Says of itself">${relationWords[relationship]} you</td>
    <td role="cell" data-label="From">
      ${
        page === undefined
          ? html`${outwardLink(subject, handle ?? host)}`
          : html`<a href="${page}"
                >Listing<span class="unseen"> of <bdi>${name}</bdi></span></a
              >, ${host}`
      }
    </td>
    <td role="cell" data-label="Your answer">${stateWords[state]}</td>
  </tr>`;
}
