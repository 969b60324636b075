import { html } from "hono/html";
import type { Page } from "../layout.ts";
import type { Html } from "../text.ts";
import { button } from "./form.ts";

interface YesData {
  action: string;
  /** What the co-op is called. */
  name: string;
  /** The page of the co-op as it would be. */
  page: Html;
  /** In whose name the co-op is asked. */
  asker: string;
  host: string;
}

/** Shows a co-op what would be published of it, and asks whether it may be. */
export function yesPage({ action, name, page, asker, host }: YesData): Page {
  return {
    title: `May ${name} be listed?`,
    body: html`<div class="narrow">
        <h1>May this be published?</h1>
        <p class="lead">
          ${asker === "" ? html`Whoever runs ${host}` : html`<bdi>${asker}</bdi>`} would like to
          list your co-op in this directory. Here is its page, with all that it would say of you.
        </p>
      </div>
      <div class="previewed">${page}</div>
      <form class="form block" method="post" action="${action}">
        <p>
          With yes it is published at once, as your co-op’s own and under the licence that the page
          names, and copied by the other nodes of the directory. You can change it, and take it out
          again. With no the draft is deleted, and nothing else is remembered.
        </p>
        <p class="actions">
          ${button("Yes, publish", { name: "answer", value: "yes" })}
          ${button("No", { name: "answer", value: "no", look: "quiet" })}
        </p>
      </form>`,
  };
}

/** After a yes. */
export function saidYesPage({ coop, invitation }: { coop: string; invitation: string }): Page {
  return {
    title: "Published",
    body: html`<div class="narrow">
      <h1>Thank you: it is published</h1>
      <p><a href="/coops/${coop}">The page of your co-op</a></p>
      <h2>Make an account</h2>
      <p>
        With an account you change the listing, post news and invite others who look after it. This
        link is good for once and for 14 days: make the account now, or keep the address.
      </p>
      <p><a class="button" href="${invitation}">Make an account</a></p>
      <p class="handle copy" tabindex="0">${invitation}</p>
      <p class="aside">
        Without an account nobody but whoever runs this node can change the listing.
      </p>
    </div>`,
  };
}

/** After a no. */
export function saidNoPage(host: string): Page {
  return {
    title: "Not published",
    body: html`<div class="narrow">
      <h1>It won’t be published</h1>
      <p>The draft is deleted. ${host} remembers nothing of your co-op.</p>
      <p>Should you change your mind, <a href="/join">ask to join</a>.</p>
    </div>`,
  };
}
