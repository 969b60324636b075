import { html } from "hono/html";
import type { JoinContent } from "../../directory/request.ts";
import type { PersonsRequest } from "../../store/requests.ts";
import type { Form } from "../forms.ts";
import type { Page } from "../layout.ts";
import { type Html, moment, outwardLink, paragraphs } from "../text.ts";
import { contactLink } from "./contact.ts";
import { definitions } from "./definitions.ts";
import { button, faultSummary, textArea } from "./form.ts";
import { requestWords } from "./request-status.ts";
import { decisionWords } from "./requests.ts";

interface RequestData {
  request: PersonsRequest;
  /** What the co-op is called that it is about, and its website. */
  coop: string | undefined;
  website: string | undefined;
  code: string;
  decidedBy: string | undefined;
  /** Whether whoever looks may change the listing. */
  mends: boolean;
  form: Form;
}

/** One request, for whoever decides. */
export function requestPage(data: RequestData): Page {
  const { request, coop, form } = data;
  const wanted = JSON.parse(request.content ?? "{}") as Partial<JoinContent>;
  return {
    title: requestWords[request.kind],
    body: html`<div class="narrow">
      ${faultSummary(form, { note: "Answer" })}
      <p class="eyebrow"><a href="/admin/requests">Requests</a></p>
      <h1>${requestWords[request.kind]}</h1>
      ${definitions([
        ["Co-op", coopWords(request, coop, wanted)],
        ["Website", wanted.url === undefined ? undefined : outwardLink(wanted.url)],
        ["Handle", wanted.handle === undefined ? undefined : html`@${wanted.handle}`],
        ["From", html`<bdi>${request.name}</bdi>`],
        ["Reach", request.email === null ? html`not told` : contactLink(request.email)],
        ["Sent", moment(request.created)],
        ["State", decisionWords(request)],
        ["Decided", request.decided === null ? undefined : moment(request.decided)],
        ["By", data.decidedBy === undefined ? undefined : html`<bdi>${data.decidedBy}</bdi>`],
        ["Answer", request.note === null ? undefined : html`${paragraphs(request.note)}`],
      ])}
      <blockquote class="citation">${paragraphs(request.message)}</blockquote>
      ${request.decided === null ? decision(data) : ""}
    </div>`,
  };
}

function coopWords(
  { coop: id }: PersonsRequest,
  name: string | undefined,
  wanted: Partial<JoinContent>,
): Html | undefined {
  if (id !== null) return html`<a href="/coops/${id}"><bdi>${name ?? id}</bdi></a>`;
  return wanted.coop === undefined ? undefined : html`<bdi>${wanted.coop}</bdi>`;
}

const follows: Record<PersonsRequest["kind"], string> = {
  join: "Accepting makes a private draft and an invitation link for its owner, which you send to them: this node sends no e-mail. Nothing is published before they do so.",
  claim:
    "Accepting makes an invitation link for the owner of this listing, which you send to them: this node sends no e-mail. The listing stays as it is until they publish it as the co-op’s own.",
  correct: "Mend the listing first, then accept. If nothing is to be mended, refuse and say why.",
  object:
    "Accepting withdraws the listing at once, here and on all other nodes. No newer edition of the register brings it back.",
  access: "Tell them first, in the way that they gave, then accept: it is logged that you did.",
  deletion: "Delete or mend it first, then accept: it is logged that you did.",
};

function decision(data: RequestData): Html {
  const { request, form } = data;
  return html`${proof(data)}
    <form class="form" method="post" action="/admin/requests/${request.id}" novalidate>
      <p>${follows[request.kind]}</p>
      ${
        request.kind === "correct" && request.coop !== null
          ? data.mends
            ? html`<p><a href="/admin/coops/${request.coop}">Mend the listing</a></p>`
            : html`<p>Administrators of this node can mend the listing: ask one of them.</p>`
          : ""
      }
      ${textArea(form, {
        name: "note",
        label: "Answer",
        hint: "The person reads it on the page of their request.",
        rows: 3,
        maxlength: 2000,
      })}
      <p class="actions">
        ${button("Accept", { name: "do", value: "accept" })}
        ${button("Refuse", { name: "do", value: "refuse", look: "quiet" })}
      </p>
    </form>`;
}

function proof({ request, website, code }: RequestData): Html {
  if (request.kind !== "claim" && request.kind !== "object") return html``;
  return html`<h2>Do they speak for the co-op?</h2>
    <p>
      They were asked to put this code on
      ${website === undefined ? "the co-op’s website" : outwardLink(website)}, or to write it to you
      from an address of the co-op’s own domain. You decide what is enough.
    </p>
    <p class="handle copy" tabindex="0">${code}</p>`;
}
