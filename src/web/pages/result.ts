import { html } from "hono/html";
import { themes } from "../../coop/codes.ts";
import type { Entry } from "../../index/directory-index.ts";
import { followHandle, pagePath, placeWords } from "../entries.ts";
import type { Html } from "../text.ts";
import { typeWords } from "../words.ts";
import { badges } from "./badge.ts";

/** One co-op among the results of a search. */
export function resultItem(host: string, entry: Entry): Html {
  const { listing } = entry;
  const handle = followHandle(entry);
  const place = placeWords(entry);
  // Town, and the largest names above it: a whole path would be too long here.
  const shown = place.length <= 3 ? place : [place[0], ...place.slice(-2)];
  const facts = [
    listing.coopType === undefined ? undefined : typeWords[listing.coopType],
    shown.length === 0 ? undefined : shown.join(", "),
    ...(listing.theme ?? []).map((theme) => themes[theme].label),
  ].filter((fact) => fact !== undefined);
  return html`<li class="result">
    <div class="what">
      <h2>
        <a href="${pagePath(host, entry)}" lang="${listing.inLanguage ?? ""}" dir="auto"
          >${listing.name}</a
        >
      </h2>
      ${facts.length === 0 ? "" : html`<p class="brief">${facts.join("\u00a0· ")}</p>`}
      ${
        listing.summary === undefined
          ? ""
          : html`<p class="summary" lang="${listing.inLanguage ?? ""}" dir="auto">
              ${listing.summary}
            </p>`
      }
    </div>
    <p class="tags">
      ${badges(listing)} ${handle === undefined ? "" : html`<code class="handle">${handle}</code>`}
    </p>
  </li>`;
}
