import { html } from "hono/html";
import type { Flag } from "../../store/flags.ts";
import type { Page } from "../layout.ts";
import { day, type Html, paragraphs, webHref } from "../text.ts";
import { buttonForm } from "./form.ts";

/** What other servers have reported to those who run this one. */
export function flagsPage(flags: Flag[]): Page {
  const open = flags.filter(({ settled }) => settled === null);
  const rest = flags.filter(({ settled }) => settled !== null);
  return {
    title: "Reports",
    body: html`<p class="eyebrow"><a href="/admin">This node</a></p>
      <h1>Reports</h1>
      <p class="lead">
        What people on other servers say is wrong with something here. Their servers often send it
        in their own name, so that you don’t learn who it was. Nobody is told what you do about it.
      </p>
      <section class="conversation" aria-labelledby="open">
        <h2 id="open">To look at</h2>
        ${open.length === 0 ? html`<p>Nothing.</p>` : open.map(flagItem)}
      </section>
      ${
        rest.length === 0
          ? ""
          : html`<section class="conversation" aria-labelledby="settled">
              <h2 id="settled">Seen to</h2>
              ${rest.map(flagItem)}
            </section>`
      }`,
  };
}

function flagItem({ id, host, objects, content, received, settled }: Flag): Html {
  return html`<article class="reply">
    <p class="aside">From <bdi>${host}</bdi> on ${day(Number(received))}</p>
    ${content === "" ? html`<p>No words came with it.</p>` : paragraphs(content)}
    <ul>
      ${(JSON.parse(objects) as string[]).map(
        (url) => html`<li><a class="long" href="${webHref(url) ?? ""}">${url}</a></li>`,
      )}
    </ul>
    ${
      settled === null
        ? html`<div class="actions">
            ${buttonForm("/admin/reports", "I have seen to it", { id })}
          </div>`
        : ""
    }
  </article>`;
}
