import { html } from "hono/html";
import { type Html, languageName, type LanguageText, paragraphs } from "../text.ts";

/** The `lang` of a text, where it is known. */
export function textLanguage(text: LanguageText | undefined): Html | string {
  return text?.language === undefined ? "" : html`lang="${text.language}"`;
}

/** The main text, and the others folded below it. */
export function inAllLanguages([main, ...others]: LanguageText[]): Html {
  return html`<div ${textLanguage(main)} dir="auto">${paragraphs(main?.text ?? "")}</div>
    ${others.map(
      (other) =>
        html`<details class="language" ${other.language?.startsWith("en") === true ? "open" : ""}>
          <summary>${languageName(other.language ?? "und")}</summary>
          <div ${textLanguage(other)} dir="auto">${paragraphs(other.text)}</div>
        </details>`,
    )}`;
}
