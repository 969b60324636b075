import { html } from "hono/html";
import type { Filling } from "../../store/settings.ts";
import { counted, type Html, listed, moment, number } from "../text.ts";

/**
 * How far a hub has got with filling itself, in words.
 *
 * @returns Undefined for what has nobody to fill itself from.
 */
export function fillingWords(filling: Filling | undefined): Html | undefined {
  if (filling === undefined) return undefined;
  const { step, since, source, read, total, checked } = filling;
  const from = source ?? "another hub";
  switch (step) {
    case "looking":
      return html`<span class="state">looking for other hubs</span> since ${moment(since)}`;
    case "loading":
      return html`<span class="state">loading</span> from ${from} since ${moment(since)}:
        ${number(read)}${total === null ? "" : html` of ${number(total)}`} records so far`;
    case "checking":
      return html`<span class="state">comparing</span> with others since ${moment(since)}, after
        ${counted(read, "record")} from ${from}`;
    default: {
      const others = checked.map(({ host }) => host);
      return html`<span class="state good">complete</span> since
        ${moment(since)}${source === null ? "" : html`, loaded from ${source}`}${
          others.length === 0
            ? html`; there was nobody else to compare with`
            : html` and compared with ${listed(others)}`
        }`;
    }
  }
}
