import { html } from "hono/html";
import type { PersonsRequest } from "../../store/requests.ts";
import type { Page } from "../layout.ts";
import { day, type Html, paragraphs } from "../text.ts";
import { contactLink } from "./contact.ts";
import { definitions } from "./definitions.ts";

/** What requests are called. */
export const requestWords: Record<PersonsRequest["kind"], string> = {
  join: "To join this node",
  claim: "To claim a listing",
  correct: "To correct a listing",
  object: "To take a listing out",
  access: "To be told what is kept",
  deletion: "To have it deleted",
};

interface StatusData {
  request: PersonsRequest;
  url: string;
  /** What the co-op is called that it is about. */
  coop: string | undefined;
  code: string;
  contact: string | null;
}

/** How it goes with a request, for whoever made it. */
export function requestStatusPage(data: StatusData): Page {
  const { request, coop, url } = data;
  const open = request.decided === null;
  return {
    title: "Your request",
    body: html`<div class="narrow">
      <h1>${open ? "Your request has arrived" : "Your request is decided"}</h1>
      ${definitions([
        ["What", html`${requestWords[request.kind]}`],
        ["Co-op", coop === undefined ? undefined : html`<bdi>${coop}</bdi>`],
        ["Sent", day(request.created)],
        ["State", state(request)],
        ["Answer", request.note === null ? undefined : html`${paragraphs(request.note)}`],
      ])}
      ${open ? next(data) : outcome(data)}
      <h2>Keep this address</h2>
      <p>
        We send no e-mail. This page shows how it goes, for as long as the request is kept; whoever
        has the address can see it.
      </p>
      <p class="handle copy" tabindex="0">${url}</p>
    </div>`,
  };
}

function state({ decision }: PersonsRequest): Html {
  if (decision === null) return html`<span class="state">Waits for an answer</span>`;
  return decision === "accepted"
    ? html`<span class="state good">Accepted</span>`
    : html`<span class="state bad">Refused</span>`;
}

function next({ request, code, contact }: StatusData): Html {
  const write =
    contact === null ? html`to whoever runs this node` : html`to ${contactLink(contact)}`;
  if (request.kind === "claim") {
    return html`<h2>What you do now</h2>
      <p>Show that you speak for the co-op, in one of two ways:</p>
      <ul>
        <li>put this code anywhere on the co-op’s website, or</li>
        <li>write it ${write}, from an address of the co-op’s own domain.</li>
      </ul>
      <p class="handle copy" tabindex="0">${code}</p>
      <p>Then whoever runs this node looks at it and sends you a link.</p>`;
  }
  return html`<h2>What happens next</h2>
    <p>
      Whoever runs this node reads it and decides. Is it urgent? Write
      ${write}${request.kind === "object" ? html`, with the code <code>${code}</code>` : ""}.
    </p>`;
}

function outcome({ request, contact }: StatusData): Html {
  const whom = contact === null ? html`whoever runs this node` : contactLink(contact);
  if (request.decision === "refused") {
    return html`<p>You can write to ${whom} about it.</p>`;
  }
  switch (request.kind) {
    case "join":
    case "claim":
      return html`<p>
        You get a link with which you make an account, in the way that you told us. Has it not come?
        Write to ${whom}.
      </p>`;
    case "object":
      return html`<p>The listing is withdrawn. The other nodes drop it as they hear of it.</p>`;
    default:
      return html``;
  }
}
