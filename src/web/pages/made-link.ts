import { html } from "hono/html";
import type { Page } from "../layout.ts";

/** A one-time link that was just made, for whoever passes it on: it is shown once. */
export function madeLinkPage({
  title,
  url,
  what,
  back,
}: {
  title: string;
  url: string;
  /** What it does, and for how long. */
  what: string;
  back: { path: string; label: string };
}): Page {
  return {
    title,
    body: html`<div class="narrow">
      <h1>${title}</h1>
      <p class="lead">Send it to them, by a way that only they can read.</p>
      <p class="handle copy" tabindex="0">${url}</p>
      <p>${what}</p>
      <p>It is shown only now: this node doesn’t keep it. If it gets lost, make another one.</p>
      <p><a href="${back.path}">${back.label}</a></p>
    </div>`,
  };
}
