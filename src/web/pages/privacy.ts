import { html } from "hono/html";
import { conversationMemory } from "../../directory/forget-conversation.ts";
import { mandateMemory } from "../../directory/mandate.ts";
import { requestMemory } from "../../directory/request.ts";
import { sessionLifetime } from "../../directory/sign-in.ts";
import type { Form } from "../forms.ts";
import type { Page } from "../layout.ts";
import { counted, type Html } from "../text.ts";
import { contactLink } from "./contact.ts";
import { button, choice, faultSummary, textArea } from "./form.ts";
import { keptNote, personFields, personLabels } from "./person-fields.ts";
import { trapField } from "./trap.ts";

const day = 86_400_000;

/** A period in words: from a year on in months. */
function period(ms: number): string {
  return ms < 365 * day
    ? counted(ms / day, "day")
    : counted(Math.round((ms / day / 365) * 12), "month");
}

/** What is kept about persons here, from the periods that the programs keep to. */
const kept: [what: string, why: string, howLong: string][] = [
  [
    "Listings, news and their pictures, and what they contain",
    "They are about co-ops, and public. There is no field for a private person; if one is named all the same, use the form below.",
    "Until they are withdrawn; copies on other nodes go with them, from their files within a day",
  ],
  [
    "Backups",
    "To have everything again after a loss",
    "As long as whoever runs this node keeps them",
  ],
  [
    "Who follows a co-op",
    "To send them its news. Their address is known to this node, the number is public.",
    "Until they unfollow",
  ],
  [
    "What people on other servers write to a co-op or about its news: their handle and address, and the text",
    "To show it and to answer. What wasn’t written to everybody is seen only by those who look after the co-op.",
    `Until they delete it, or the co-op its news; what wasn’t written to everybody, or about no news, at most ${period(conversationMemory)}`,
  ],
  [
    "Who likes or passes on news",
    "To count them. Only the number is public.",
    "Until they take it back, or the news is deleted",
  ],
  [
    "Whom a co-op or this node has blocked, and who has blocked a co-op",
    "So that they don’t hear of one another",
    "Until the block is undone",
  ],
  [
    "What other servers report",
    "So that whoever runs this node can see to it",
    `At most ${period(conversationMemory)}`,
  ],
  [
    "Accounts: name, e-mail if given, password as a hash",
    "For those who look after a co-op to sign in",
    "As long as the account is there",
  ],
  [
    "Sessions: when, and which browser",
    "So that one can see and end them",
    `At most ${period(sessionLifetime)} after signing in`,
  ],
  [
    "Requests: your name, how to reach you, what you write",
    "To answer them, and to be able to show that they were answered",
    `${period(requestMemory.decided)} after the decision, ${period(requestMemory.open)} without one`,
  ],
  [
    "Where to write to a co-op that a federation brings along",
    "To send it the link by which it says yes or no",
    "Until it has answered",
  ],
  [
    "Who answers for the mandate of a federation",
    "So that the co-op knows whom to ask. It never leaves this node.",
    `${period(mandateMemory)} after the mandate has ended`,
  ],
];

/** What this node keeps about persons, for how long, and how to ask about it. */
export function privacyPage(
  { node, contact }: { node: { host: string }; contact: string | null },
  form: Form,
): Page {
  return {
    title: "Privacy",
    description: `What ${node.host} keeps about persons, and for how long.`,
    body: html`${faultSummary(form, { ...personLabels, message: "What it is about" })}
      <h1>Privacy</h1>
      <p class="lead">
        This is a directory of organisations. Whoever runs ${node.host} is responsible for what is
        kept here${contact === null ? "" : html`: ${contactLink(contact)}`}.
      </p>
      <p class="measure">
        Pages set no cookies before somebody signs in, load nothing from elsewhere but a co-op’s own
        pictures, and count nobody.
      </p>
      ${table()}
      <section class="block narrow" aria-labelledby="ask">
        <h2 id="ask">Ask what is kept about you</h2>
        <p>Every request is logged with the day on which it was answered.</p>
        <form class="form" method="post" action="/privacy" novalidate>
          ${choice(form, {
            name: "kind",
            label: "What do you want?",
            required: true,
            options: [
              { value: "access", label: "To be told what is kept about me" },
              { value: "deletion", label: "To have it deleted or mended" },
            ],
          })}
          ${textArea(form, {
            name: "message",
            label: "What it is about",
            hint: "Where your name stands, or where it could stand: the address of a page, an account …",
            required: true,
          })}
          ${personFields(form, { required: false })} ${trapField()}
          <p class="actions">${button("Send the request")}</p>
          ${keptNote}
        </form>
      </section>`,
  };
}

function table(): Html {
  return html`<table class="stacking" role="table">
    <thead role="rowgroup">
      <tr role="row">
        <th role="columnheader" scope="col">What is kept</th>
        <th role="columnheader" scope="col">What for</th>
        <th role="columnheader" scope="col">How long</th>
      </tr>
    </thead>
    <tbody role="rowgroup">
      ${kept.map(
        ([what, why, howLong]) =>
          html`<tr role="row">
            <th role="rowheader" scope="row">${what}</th>
            <td role="cell" data-label="What for">${why}</td>
            <td role="cell" data-label="How long">${howLong}</td>
          </tr>`,
      )}
    </tbody>
  </table>`;
}
