import { html } from "hono/html";
import type { Form } from "../forms.ts";
import type { Page } from "../layout.ts";
import { button, faultSummary, textArea, textField } from "./form.ts";
import { keptNote, personFields, personLabels } from "./person-fields.ts";
import { trapField } from "./trap.ts";

const labels = {
  ...personLabels,
  coop: "What the co-op is called",
  message: "What it does, and where",
  handle: "The handle that it would like",
  url: "Its website",
};

/** By which a co-op asks to be hosted here. */
export function joinPage(host: string, form: Form): Page {
  return {
    title: "Join",
    description: `How a co-op can be listed by ${host}.`,
    body: html`<div class="narrow">
      ${faultSummary(form, labels)}
      <h1>Join this node</h1>
      <p class="lead">
        Does your co-op have no node of its own? ${host} can host its listing and its account, from
        which people in the fediverse get its news.
      </p>
      <ol>
        <li>You say here who you are.</li>
        <li>Whoever runs this node decides, and sends you a link.</li>
        <li>With the link you make an account, fill in what is missing, and publish.</li>
      </ol>
      <p>
        You can leave at any time and take everything along as a file. Is your co-op listed already,
        from a public register? Then open its page and claim it there.
      </p>
      <form class="form" method="post" action="/join" novalidate>
        ${textField(form, { name: "coop", label: labels.coop, maxlength: 200, required: true })}
        ${textArea(form, { name: "message", label: labels.message, rows: 4, required: true })}
        ${textField(form, {
          name: "url",
          label: labels.url,
          type: "url",
          autocomplete: "url",
          maxlength: 500,
          hint: "It begins with https:// or http://.",
        })}
        ${textField(form, {
          name: "handle",
          label: labels.handle,
          autocomplete: "off",
          maxlength: 60,
          size: 24,
          hint: html`The name before <span class="handle">@${host}</span>: small letters, digits and
            single underscores. It can be chosen later, too.`,
        })}
        ${personFields(form, { required: true })} ${trapField()}
        <p class="actions">${button("Send the request")}</p>
        ${keptNote}
      </form>
    </div>`,
  };
}
