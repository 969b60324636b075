import { html } from "hono/html";
import type { PersonsRequest } from "../../store/requests.ts";
import type { Page } from "../layout.ts";
import type { Html } from "../text.ts";

interface AcceptedData {
  request: PersonsRequest;
  /** The id of the co-op, and what it is called. */
  id: string;
  coop: string;
  /** Of the invitation. */
  url: string;
  host: string;
}

/** The invitation that follows from a request, to be passed on: it is shown once. */
export function acceptedPage({ request, id, coop, url, host }: AcceptedData): Page {
  const text = [
    `Hello ${request.name},`,
    "",
    `with this link you make your account on ${host} and look after “${coop}”:`,
    url,
    "",
    "It is good for once and for 14 days.",
    ...(request.note === null ? [] : ["", request.note]),
  ].join("\n");
  return {
    title: "Accepted",
    body: html`<div class="narrow">
      <h1>Accepted</h1>
      <p class="lead">
        Send this link to <bdi>${request.name}</bdi>, by a way that only they can read. This node
        sends no e-mail.
      </p>
      <p class="handle copy" tabindex="0">${url}</p>
      ${letter(request, `Your co-op on ${host}`, text)}
      <p>
        With it they make an account and become the owner of <bdi>${coop}</bdi>. It is shown only
        now: if it gets lost, make another one among
        <a href="/admin/coops/${id}/people">its people</a>.
      </p>
      <p><a href="/admin/requests">To the requests</a></p>
    </div>`,
  };
}

/** The words to send, as a mail where an address was given. */
function letter({ email }: PersonsRequest, subject: string, text: string): Html {
  const address = email !== null && /^[^\s@<>?&]+@[^\s@<>?&]+\.[^\s@<>?&]+$/.test(email);
  const query = `subject=${encodeURIComponent(subject)}&body=${encodeURIComponent(text.replaceAll("\n", "\r\n"))}`;
  return html`${
      address
        ? html`<p>
            <a class="button" href="mailto:${email}?${query}">Write an e-mail to ${email}</a>
          </p>`
        : html`<p>They can be reached so: <bdi>${email ?? "they didn’t say"}</bdi></p>`
    }
    <details class="single">
      <summary>The words to send</summary>
      <pre tabindex="0">${text}</pre>
    </details>`;
}
