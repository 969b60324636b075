import { html } from "hono/html";
import type { Silent } from "../../store/shown-hosts.ts";
import { counted, type Html, number } from "../text.ts";

/** What is left out because nobody answers for it any more; nothing where nothing is. */
export function silentWords({ hosts, listings }: Silent): Html | string {
  if (hosts === 0) return "";
  const their = hosts === 1 ? "its" : "their";
  return html`<p class="measure">
    ${counted(hosts, "host")} ${hosts === 1 ? "has" : "have"} been silent for more than thirty days:
    ${their} ${listings === 1 ? "listing is" : html`${number(listings)} listings are`} left out.
    That doesn’t say that these co-ops have closed.
  </p>`;
}
