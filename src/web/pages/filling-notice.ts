import { html } from "hono/html";
import type { Filling } from "../../store/settings.ts";
import type { Html } from "../text.ts";
import { fillingWords } from "./filling.ts";

/** For pages that say how far the node is until it is complete, and nothing then. */
export function fillingNotice(filling: Filling | undefined): Html | string {
  if (filling === undefined || filling.step === "complete") return "";
  const { read, total } = filling;
  const known = filling.step === "loading" && total !== null && total >= read && total > 0;
  return html`<p class="notice" role="status">
    This node doesn’t have the whole directory yet: ${fillingWords(filling)}.
    ${
      known
        ? html`<progress value="${read}" max="${total}" aria-label="Records so far"></progress>`
        : ""
    }
  </p>`;
}
