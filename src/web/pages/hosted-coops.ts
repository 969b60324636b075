import { html } from "hono/html";
import type { Page } from "../layout.ts";
import type { OwnCoop } from "../own-coops.ts";
import { coopTable } from "./own-coop-table.ts";

/** All co-ops that have an account on this node or are about to, for whoever runs it. */
export function hostedCoopsPage(coops: OwnCoop[], next: string | undefined): Page {
  return {
    title: "Co-ops on this node",
    body: html`<h1>Co-ops on this node</h1>
      <p class="lead">
        Those with an account of their own, and drafts. Imported ones are found in the
        <a href="/search">search</a>.
      </p>
      ${coops.length === 0 ? html`<p>There are none yet.</p>` : coopTable(coops)}
      ${
        next === undefined
          ? ""
          : html`<p><a href="/admin/coops?after=${encodeURIComponent(next)}">Next page</a></p>`
      }`,
  };
}
