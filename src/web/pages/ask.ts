import { html } from "hono/html";
import type { Listing } from "../../coop/listing.ts";
import type { Form } from "../forms.ts";
import type { Page } from "../layout.ts";
import { type Html, outwardLink } from "../text.ts";
import { button, faultSummary, textArea } from "./form.ts";
import { keptNote, personFields, personLabels } from "./person-fields.ts";
import { trapField } from "./trap.ts";

/** What can be asked about a listing that its co-op has not published itself. */
export type Asking = "claim" | "correct" | "object";

/** What the form is about. */
interface AskData {
  kind: Asking;
  id: string;
  listing: Listing;
  host: string;
  form: Form;
}

const words: Record<Asking, { title: string; message: string; hint: string; send: string }> = {
  claim: {
    title: "This is our co-op",
    message: "What is your part in the co-op?",
    hint: "You are on its board, you work there, the members have asked you …",
    send: "Claim the listing",
  },
  correct: {
    title: "Something is wrong",
    message: "What is wrong, and what would be right?",
    hint: "If there is a public source for it, name it.",
    send: "Send the correction",
  },
  object: {
    title: "We don’t want to be listed",
    message: "What is your part in the co-op, and what do you object to?",
    hint: "You need give no reasons. But we have to know that it is the co-op that objects.",
    send: "Send the objection",
  },
};

/** A form by which somebody who isn't known here asks something about a listing. */
export function askPage({ kind, id, listing, host, form }: AskData): Page {
  const { title, message, hint, send } = words[kind];
  return {
    title: `${title}: ${listing.name}`,
    body: html`<div class="narrow">
      ${faultSummary(form, { ...personLabels, message })}
      <p class="eyebrow">
        <a href="/coops/${id}"><bdi>${listing.name}</bdi></a>
      </p>
      <h1>${title}</h1>
      ${introduction(kind, listing, host)}
      <form class="form" method="post" action="/coops/${id}/${kind}" novalidate>
        ${textArea(form, { name: "message", label: message, hint, rows: 5, required: true })}
        ${personFields(form, { required: false })} ${trapField()}
        <p class="actions">${button(send)}</p>
        ${keptNote}
      </form>
    </div>`,
  };
}

function introduction(kind: Asking, listing: Listing, host: string): Html {
  if (kind === "correct") {
    return html`<p>
        Whoever runs ${host} looks at it and mends the listing here.
        ${
          listing.provenance.kind === "imported"
            ? html`It came from ${source(listing)}: have it mended there, too, for a newer edition
              in which the row has changed takes the place of the correction.`
            : ""
        }
      </p>
      <p>Is it your own co-op? Then <a href="claim">claim it</a>, and change it yourself.</p>`;
  }
  if (kind === "object") {
    return html`<p>
      If the objection is accepted, the listing is withdrawn from this node and from all others that
      have copied it, and no newer edition of the register brings it back. The register itself
      doesn’t change by that.
    </p>`;
  }
  return html`<p>
      ${
        listing.provenance.kind === "imported"
          ? html`The listing came from ${source(listing)}; the co-op itself has not published it.`
          : html`A federation publishes the listing on the co-op’s behalf.`
      }
      Once you have claimed it, the co-op changes it itself, posts news, and can be followed.
    </p>
    <ol>
      <li>You send this form, and get a code.</li>
      <li>
        You show that you speak for the co-op: put the code anywhere on
        ${listing.url === undefined ? "its website" : outwardLink(listing.url)}, or write it in an
        e-mail from an address of the co-op’s own domain.
      </li>
      <li>
        Whoever runs ${host} looks at that and sends you a link, with which you make an account.
      </li>
    </ol>`;
}

function source({ provenance }: Listing): Html {
  const name = provenance.creditText ?? "a public register";
  return provenance.isBasedOn === undefined
    ? html`${name}`
    : outwardLink(provenance.isBasedOn, name);
}
