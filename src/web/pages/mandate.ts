import { html } from "hono/html";
import type { RecordedMandate } from "../../store/mandates.ts";
import type { Form } from "../forms.ts";
import type { Page } from "../layout.ts";
import { day, type Html, moment, outwardLink, partialDate } from "../text.ts";
import { definitions } from "./definitions.ts";
import { button, buttonForm, faultSummary, textField } from "./form.ts";

/** What the fields of a mandate are called. */
export const mandateLabels = {
  by: "The federation",
  url: "Its website",
  basis: "On what the mandate is based",
  date: "Its date",
  person: "Who answers for it",
};

/** What a federation says once, to publish for others. */
export function mandateFields(form: Form): Html {
  return html`${textField(form, {
    name: "by",
    label: mandateLabels.by,
    maxlength: 200,
    autocomplete: "organization",
    required: true,
  })}
  ${textField(form, { name: "url", label: mandateLabels.url, type: "url", maxlength: 500 })}
  ${textField(form, {
    name: "basis",
    label: mandateLabels.basis,
    maxlength: 300,
    required: true,
    hint: "A decision, a contract, a paragraph of its rules. Published with the listing.",
  })}
  ${textField(form, {
    name: "date",
    label: mandateLabels.date,
    maxlength: 10,
    size: 12,
    required: true,
    hint: "A year, a month or a day: 2026, 2026-05, 2026-05-02.",
  })}
  ${textField(form, {
    name: "person",
    label: mandateLabels.person,
    maxlength: 200,
    autocomplete: "name",
    required: true,
    hint: "Kept on this node only, for those who run it. It is never published.",
  })}`;
}

interface MandateData {
  id: string;
  name: string;
  /** The latest first. */
  mandates: RecordedMandate[];
  recorder: (mandate: RecordedMandate) => string | undefined;
  form: Form;
}

/** Under which mandate a co-op is published by somebody else. */
export function mandatePage({ id, name, mandates, recorder, form }: MandateData): Page {
  const live = mandates.find(({ ended }) => ended === null);
  const past = mandates.filter(({ ended }) => ended !== null);
  return {
    title: `Mandate for ${name}`,
    body: html`<div class="narrow">
      ${faultSummary(form, mandateLabels)}
      <p class="eyebrow">
        <a href="/admin/coops/${id}"><bdi>${name}</bdi></a>
      </p>
      <h1>Mandate</h1>
      <p>
        Under a mandate a federation publishes the listing of a co-op that doesn’t do so itself. It
        ends by itself when the co-op publishes.
      </p>
      ${
        live === undefined
          ? html`<p>There is none at present.</p>`
          : html`${facts(live, recorder(live))}
              <p>
                When it ends, what was published under it is withdrawn at once; the co-op’s account
                and its followers stay, so that it can take over.
              </p>
              ${buttonForm(`/admin/coops/${id}/mandate/end`, "End the mandate", {}, "danger")}`
      }
      <section class="block" aria-labelledby="record">
        <h2 id="record">
          ${live === undefined ? "Record a mandate" : "Record another one in its place"}
        </h2>
        <form class="form" method="post" action="/admin/coops/${id}/mandate" novalidate>
          ${mandateFields(form)}
          <p class="actions">${button("Record")}</p>
        </form>
      </section>
      ${
        past.length === 0
          ? ""
          : html`<section class="block" aria-labelledby="past">
              <h2 id="past">Ended</h2>
              ${past.map((each) => facts(each, recorder(each)))}
            </section>`
      }
    </div>`,
  };
}

function facts(mandate: RecordedMandate, recorder: string | undefined): Html {
  const { by, url, basis, date, person, recorded, ended } = mandate;
  return definitions([
    ["By", html`<bdi>${url === null ? by : outwardLink(url, by)}</bdi>`],
    ["Basis", html`<bdi>${basis}</bdi>`],
    ["Date", partialDate(date)],
    ["Answers for it", html`<bdi>${person}</bdi>`],
    ["Recorded", html`${moment(recorded)}${recorder === undefined ? "" : ` by ${recorder}`}`],
    ["Ended", ended === null ? undefined : day(ended)],
  ]);
}
