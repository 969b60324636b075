import { html } from "hono/html";
import type { Form } from "../forms.ts";
import type { Page } from "../layout.ts";
import { counted } from "../text.ts";
import { button, faultSummary, tick } from "./form.ts";
import { mandateFields, mandateLabels } from "./mandate.ts";

/** Under which mandate all that wait are published, asked once, and whether it is meant. */
export function memberMandatePage({ waiting, form }: { waiting: number; form: Form }): Page {
  const what = counted(waiting, "co-op");
  return {
    title: "Publish under a mandate",
    body: html`<div class="narrow">
      ${faultSummary(form, { ...mandateLabels, sure: "Sure" })}
      <p class="eyebrow"><a href="/admin/members">Many co-ops at once</a></p>
      <h1>Publish ${what} under a mandate</h1>
      <p>
        You say here upon what the federation may publish for its members. It is recorded for each
        of them, and stands in their listings. Each co-op can take its listing over, or object to
        it.
      </p>
      <form class="form" method="post" action="/admin/members/mandate" novalidate>
        ${mandateFields(form)}
        ${tick(form, {
          name: "sure",
          label: `Publish ${what} now, here and on all nodes that copy from this one`,
          required: true,
        })}
        <p class="actions">${button("Publish")}</p>
      </form>
    </div>`,
  };
}
