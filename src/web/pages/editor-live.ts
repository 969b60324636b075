import { html } from "hono/html";
import type { Listing } from "../../coop/listing.ts";
import type { Warning } from "../../coop/warnings.ts";
import { multiStakeholder } from "../../coop/stakeholders.ts";
import { fieldWords } from "../editor/differences.ts";
import type { FormFault } from "../forms.ts";
import { counted, type Html } from "../text.ts";
import { fieldId } from "./form.ts";
import { stakeholderSection } from "./stakeholders.ts";

/** What follows from what is written, while it is being written. */
export interface Live {
  /** As it would be published, as far as it can be read. */
  listing: Listing;
  faults: FormFault[];
  /** What the law and the figures themselves make doubtful. */
  warnings: Warning[];
  /** What will be published otherwise than it was entered. */
  hidden: string[];
  /** The name on Mastodon, or why it can't be had. */
  handle: { words: string; faulty: boolean } | undefined;
}

/** The picture, the warnings and what is still lacking: the script replaces it as one types. */
export function liveSection(live: Live): Html {
  const { listing, faults, warnings, hidden } = live;
  return html`<div id="live" class="live">
    ${lacking(faults)}
    ${
      warnings.length === 0
        ? ""
        : html`<section class="warnings" aria-labelledby="warnings-heading">
            <h2 id="warnings-heading">${counted(warnings.length, "thing")} to look at</h2>
            <ul>
              ${warnings.map(warningItem)}
            </ul>
            <p class="aside">None of these keeps you from publishing.</p>
          </section>`
    }
    ${
      hidden.length === 0
        ? ""
        : html`<section class="hidden-counts" aria-labelledby="hidden-heading">
            <h2 id="hidden-heading">What will not be published as you wrote it</h2>
            <p>Small numbers of people who need protection could give them away:</p>
            <ul>
              ${hidden.map((each) => html`<li>${each}</li>`)}
            </ul>
          </section>`
    }
    ${stakeholderSection(listing, multiStakeholder(listing))}
  </div>`;
}

function warningItem({ path, text, law, verified }: Warning): Html {
  return html`<li>
    <strong>${fieldWords(path)}:</strong> ${text}
    ${
      law === undefined
        ? ""
        : html`<span class="hint">${law}${verified === undefined ? "" : `, ${verified}`}</span>`
    }
  </li>`;
}

/** What must be mended before this can be published. */
function lacking(faults: FormFault[]): Html {
  if (faults.length === 0) return html`<p class="state good">Ready to be published.</p>`;
  return html`<p class="state">
    ${
      faults.length <= 3
        ? html`Before you can publish:
          ${faults.map(({ field = "", message }, at) => [
            at === 0 ? "" : " · ",
            html`<a href="#${fieldId(field)}">${fieldWords(field)}</a>: ${message}`,
          ])}`
        : `${counted(faults.length, "thing")} to mend before you can publish.`
    }
  </p>`;
}
