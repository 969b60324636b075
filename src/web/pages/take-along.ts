import { html } from "hono/html";
import type { Form } from "../forms.ts";
import type { Page } from "../layout.ts";
import { editorTabs, type Place } from "./editor-tabs.ts";
import { button, faultSummary, fileField } from "./form.ts";

/** Where an owner downloads all that is the co-op’s. */
export function takeAlongPage(place: Place): Page {
  const { id, name } = place;
  return {
    title: `Take ${name} along`,
    body: html`${editorTabs(place, "export")}
      <div class="narrow">
        <h1>Take everything along</h1>
        <p class="lead">
          All that is the co-op’s in one file, to keep, or to go on with on another node.
        </p>
        <ul>
          <li>the listing as you entered it, and as it was signed and published</li>
          <li>the draft, and what was published before</li>
          <li>the news</li>
          <li>the pictures, those of the profile and of the newest posts first, up to 40 MB</li>
          <li>the addresses of those who follow it, and whom it has blocked</li>
          <li>under which mandates it was published</li>
        </ul>
        <p>
          Passwords, accounts and the keys of this node are not in it, nor is what others have
          written about its news: they can change it and take it back where they wrote it. Treat the
          file as confidential: drafts, followers and blocks are not public.
        </p>
        <p>
          <a class="button" href="/admin/coops/${id}/export.json" download>Download the file</a>
        </p>
        <p>
          The other node takes it in as a private draft, by its page “Take a co-op in” or by the
          command <code>coop import-file</code>. When the co-op is published there, come back and
          let its followers move:
          <a href="/admin/coops/${id}/accounts#departure">Other accounts</a>. Then the listing there
          takes the place of the one here.
        </p>
      </div>`,
  };
}

/** Where an administrator takes a co-op in that comes from another node. */
export function takeInPage(form: Form): Page {
  return {
    title: "Take a co-op in",
    body: html`<div class="narrow">
      ${faultSummary(form, { file: "The file" })}
      <h1>Take a co-op in</h1>
      <p>
        A co-op that leaves another node takes a file along. Here it becomes a private draft, with
        its news and its history, and you get a link to send to its owner. Once it is published, the
        other node can let its followers move here.
      </p>
      <form
        class="form"
        method="post"
        action="/admin/take-in"
        enctype="multipart/form-data"
        novalidate
      >
        ${fileField(form, {
          name: "file",
          label: "The file",
          accept: ".json,application/json",
          required: true,
        })}
        <p class="actions">${button("Take it in")}</p>
      </form>
    </div>`,
  };
}
