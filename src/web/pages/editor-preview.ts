import { html } from "hono/html";
import type { JsonObject } from "../../coop/canonical-json.ts";
import type { Difference } from "../editor/differences.ts";
import type { Page } from "../layout.ts";
import { counted, type Html } from "../text.ts";
import { differenceTable } from "./differences.ts";
import { type Place, editorTabs } from "./editor-tabs.ts";
import { cutOff, mastodonCard } from "./mastodon-card.ts";

interface PreviewData {
  place: Place;
  /** The page of the co-op as it would be. */
  page: Html;
  /** The actor as it would be sent; undefined for one that has no handle yet. */
  actor: JsonObject | undefined;
  /** The pinned introduction that it would get. */
  introduction: string | undefined;
  /** What publishing changes; undefined when nothing is published yet. */
  changes: Difference[] | undefined;
  /** How many things keep it from being published. */
  faults: number;
}

/** What would be published: as Mastodon shows it, as the page, and what changes. */
export function previewPage(data: PreviewData): Page {
  const { place, page, actor, introduction, changes, faults } = data;
  return {
    title: `Preview of ${place.name}`,
    body: html`${editorTabs(place, "preview")}
      <h1>Preview</h1>
      <p class="lead">So it will look when it is published. Only you see this.</p>
      ${
        faults === 0
          ? ""
          : html`<p class="notice fault">
              ${counted(faults, "thing")} must be mended before it can be published; what can’t be
              read is left out here. <a href="/admin/coops/${place.id}">Back to the profile</a>
            </p>`
      }
      ${changes === undefined ? "" : whatChanges(changes)}
      <section class="block" aria-labelledby="mastodon">
        <h2 id="mastodon">On Mastodon</h2>
        ${
          actor === undefined
            ? html`<p>Choose a name in the fediverse first.</p>`
            : html`${mastodonCard(actor, pinned(introduction))} ${notes(actor)}`
        }
      </section>
      <section class="block" aria-labelledby="page">
        <h2 id="page">In the directory</h2>
        <div class="previewed">${page}</div>
      </section>
      <p class="actions">
        <a class="button" href="/admin/coops/${place.id}">Back to the profile</a>
      </p>`,
  };
}

function whatChanges(changes: Difference[]): Html {
  return html`<section class="block" aria-labelledby="changes">
    <h2 id="changes">What changes</h2>
    ${
      changes.length === 0
        ? html`<p>Nothing: this is what is published.</p>`
        : differenceTable(changes, {
            before: "Published",
            after: "Draft",
            caption: "What publishing the draft changes",
          })
    }
  </section>`;
}

function pinned(introduction: string | undefined): Html | string {
  if (introduction === undefined) return "";
  return html`<div class="card-post">
    <p class="aside">Pinned post</p>
    <p dir="auto">${introduction}</p>
  </div>`;
}

function notes(actor: JsonObject): Html | string {
  const { name, summary } = actor as unknown as { name: string; summary: string };
  const cut = cutOff({ name, summary });
  if (cut.length === 0) return "";
  return html`<ul class="hint">
    ${cut.map((each) => html`<li>${each}</li>`)}
  </ul>`;
}
