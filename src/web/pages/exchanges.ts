import { html } from "hono/html";
import { themes } from "../../coop/codes.ts";
import type { Exchange, Listing } from "../../coop/listing.ts";
import { type Html, inLanguages, partialDate } from "../text.ts";
import { capitalWords } from "../words.ts";
import { textLanguage } from "./languages.ts";

/** What the co-op can give and what it looks for (community capital), as far as it hasn't expired. */
export function exchangeSection(
  listing: Listing,
  { offers, needs }: Record<"offers" | "needs", Exchange[]>,
): Html | string {
  if (offers.length + needs.length === 0) return "";
  return html`<section class="exchange" id="exchange" aria-labelledby="exchange-heading">
    <h2 id="exchange-heading">${heading(offers, needs)}</h2>
    <div class="columns">
      ${list("It offers", offers, listing)} ${list("It looks for", needs, listing)}
    </div>
  </section>`;
}

function heading(offers: Exchange[], needs: Exchange[]): string {
  if (needs.length === 0) return "What it offers";
  return offers.length === 0 ? "What it looks for" : "What it offers and looks for";
}

function list(title: string, exchanges: Exchange[], listing: Listing): Html | string {
  if (exchanges.length === 0) return "";
  return html`<div>
    <h3>${title}</h3>
    <ul class="exchanges">
      ${exchanges.map((each) => item(each, listing))}
    </ul>
  </div>`;
}

function item({ name, nameMap, capital, theme, validThrough }: Exchange, listing: Listing): Html {
  const [main, ...others] = inLanguages(name, nameMap, listing.inLanguage);
  const english = others.find(({ language }) => language?.startsWith("en") === true);
  return html`<li>
    <span ${textLanguage(main)} dir="auto">${name}</span>
    ${
      english === undefined
        ? ""
        : html`<span class="translation" ${textLanguage(english)} dir="auto">${english.text}</span>`
    }
    <span class="aside"
      >${capitalWords[capital]}${theme === undefined ? "" : ` · ${themes[theme].label}`}${
        validThrough === undefined ? "" : html` · until ${partialDate(validThrough)}`
      }</span
    >
  </li>`;
}
