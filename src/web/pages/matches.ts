import { html } from "hono/html";
import { fitting, standing } from "../../coop/exchange.ts";
import type { Exchange } from "../../coop/listing.ts";
import type { Entry } from "../../index/directory-index.ts";
import type { Matches } from "../../index/matching.ts";
import { pagePath, placeWords } from "../entries.ts";
import { counted, distanceWords, type Html } from "../text.ts";
import { textLanguage } from "./languages.ts";

/** Who matches a co-op: who offers what it looks for, and who looks for what it offers. */
export interface CoopMatches {
  offers: Matches<Entry>;
  needs: Matches<Entry>;
}

/**
 * Whom a co-op could help, and who could help it: the nearest and best fitting.
 *
 * @param offers What it offers, as far as that stands; and what it looks for.
 * @param now Epoch ms.
 */
export function matchSection(
  host: string,
  id: string,
  { offers, needs }: Record<"offers" | "needs", readonly Exchange[]>,
  matches: CoopMatches,
  now: number,
): Html | string {
  const lists = [
    list("Offered by others", "offers", needs),
    list("Looked for by others", "needs", offers),
  ];
  if (matches.offers.total + matches.needs.total === 0) return "";
  return html`<section class="matches" id="matches" aria-labelledby="matches-heading">
    <h2 id="matches-heading">Who fits</h2>
    <div class="columns">${lists}</div>
  </section>`;

  function list(title: string, side: keyof CoopMatches, own: readonly Exchange[]): Html | string {
    const { items, total } = matches[side];
    if (total === 0) return "";
    const all = `/api/v1/matches?id=${encodeURIComponent(id)}&side=${side}`;
    return html`<div>
      <h3>${title}</h3>
      <ul class="exchanges">
        ${items.map(({ of, metres }) => item(of, metres, fitting(standing(of.listing[side], now), own)))}
      </ul>
      ${
        total <= items.length
          ? ""
          : html`<p class="aside">
              The nearest of ${counted(total, "co-op")}: <a href="${all}">all as JSON</a>.
            </p>`
      }
    </div>`;
  }

  function item(other: Entry, metres: number | null, fits: Exchange[]): Html {
    const { name, inLanguage } = other.listing;
    const [town] = placeWords(other);
    const where = metres === null ? town : `${town}, ${distanceWords(metres)}`;
    return html`<li>
      <a
        href="${pagePath(host, other)}"
        ${textLanguage({ language: inLanguage, text: name })}
        dir="auto"
        >${name}</a
      >
      ${where === undefined ? "" : html`<span class="aside">${where}</span>`}
      <span class="aside" ${textLanguage({ language: inLanguage, text: name })} dir="auto"
        >${fits
          .slice(0, 3)
          .map((each) => each.name)
          .join("; ")}</span
      >
    </li>`;
  }
}
