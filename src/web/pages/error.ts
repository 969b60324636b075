import { html } from "hono/html";
import type { Page } from "../layout.ts";
import type { Fault } from "../parameters.ts";
import { searchBox } from "./search-box.ts";

/** What went wrong, for people: what it is, and where to go from here. */
export function errorPage(data: {
  status: number;
  title: string;
  detail: string;
  faults: Fault[];
}): Page {
  const { status, title, detail, faults } = data;
  return {
    title,
    body: html`<div class="narrow">
      <p class="eyebrow">${status}</p>
      <h1>${title}</h1>
      ${
        faults.length > 1
          ? html`<ul>
              ${faults.map((fault) => html`<li>${fault.detail}</li>`)}
            </ul>`
          : html`<p class="lead">${detail}</p>`
      }
      ${
        status === 404 || status === 410
          ? html`<p>Perhaps you can find it by its name:</p>
              ${searchBox()}`
          : ""
      }
      ${status === 401 ? html`<p><a href="/admin/sign-in">Sign in</a></p>` : ""}
      <p><a href="/">To the front page</a></p>
    </div>`,
  };
}
