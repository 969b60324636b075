import { html } from "hono/html";
import type { Block } from "../../store/blocks.ts";
import type { Form } from "../forms.ts";
import type { Page } from "../layout.ts";
import { day, type Html } from "../text.ts";
import { button, buttonForm, faultSummary, hidden, textArea, textField } from "./form.ts";

const labels = { subject: "Whom", why: "Why" };

export interface BlocksData {
  /** Where the forms go. */
  path: string;
  title: string;
  /** What stands above: whose blocks these are. */
  above: Html;
  lead: string;
  blocks: Block[];
}

/** Whom a co-op, or the whole node, doesn’t want to hear. */
export function blocksPage({ path, title, above, lead, blocks }: BlocksData, form: Form): Page {
  return {
    title,
    body: html`${above}
      <h1>${title}</h1>
      <p class="lead">${lead}</p>
      ${faultSummary(form, labels)}
      <form class="form" method="post" action="${path}" novalidate>
        ${hidden("do", "block")}
        ${textField(form, {
          name: "subject",
          label: "Whom to block",
          hint: "The address of an account (https://social.example/users/name), the handle of somebody who has written here, or a domain such as social.example, which stands for its subdomains, too",
          required: true,
          maxlength: 2000,
        })}
        ${textArea(form, {
          name: "why",
          label: labels.why,
          hint: "For yourselves. Nobody else reads it.",
          rows: 2,
          maxlength: 500,
        })}
        <p class="actions">${button("Block")}</p>
      </form>
      <section class="block" aria-labelledby="blocked">
        <h2 id="blocked">Blocked</h2>
        ${
          blocks.length === 0
            ? html`<p>Nobody.</p>`
            : html`<ul class="sections">
                ${blocks.map((block) => blockItem(path, block))}
              </ul>`
        }
      </section>`,
  };
}

function blockItem(path: string, { subject, kind, since, why }: Block): Html {
  return html`<li>
    <bdi class="long">${subject}</bdi>
    <span class="aside">
      ${kind === "domain" ? "a whole domain," : ""} since
      ${day(Number(since))}${why === null ? "" : html`: ${why}`}
    </span>
    ${buttonForm(path, "Undo", { do: "unblock", subject })}
  </li>`;
}
