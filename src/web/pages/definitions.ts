import { html } from "hono/html";
import type { Html } from "../text.ts";

/** A list of terms with what is known of each; a term of which nothing is known is left out. */
export function definitions(rows: [term: string, words: Html | undefined][]): Html {
  return html`<dl class="facts">
    ${rows.map(([term, words]) =>
      words === undefined
        ? ""
        : html`<div>
            <dt>${term}</dt>
            <dd>${words}</dd>
          </div>`,
    )}
  </dl>`;
}
