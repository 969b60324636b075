import { html } from "hono/html";
import { type Token, tokensOf } from "../coop/plain-text.ts";
import { displayName } from "../coop/display-names.ts";

/** A piece of a page. */
export type Html = ReturnType<typeof html>;

const integers = new Intl.NumberFormat("en-GB");
const decimals = new Intl.NumberFormat("en-GB", { maximumFractionDigits: 1 });

/** `7387` → `7,387`. */
export function number(value: number): string {
  return integers.format(value).replace("-", "−");
}

const shortened = new Intl.NumberFormat("en-GB", {
  notation: "compact",
  maximumSignificantDigits: 3,
});

/** A number where there is little room: `7,387`, but `1.24m`. */
export function compact(value: number): string {
  return Math.abs(value) < 10_000 ? number(value) : shortened.format(value).replace("-", "−");
}

/** `1290` metres → `1.3 km`. */
export function distanceWords(metres: number): string {
  const km = metres / 1000;
  const words = km < 10 ? decimals.format(km) : number(Math.round(km));
  return `${words}\u00a0km`;
}

/** `33.333` → `33.3 %`, with a space that doesn't break. */
export function percent(value: number): string {
  return `${decimals.format(value)}\u00a0%`;
}

/** `1 co-op`, `7,387 co-ops`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${number(count)}\u00a0${count === 1 ? one : many}`;
}

const small = "no one two three four five six seven eight nine ten eleven twelve".split(" ");

/** Small numbers as they stand in a sentence: `three`, but `13`. */
export function spelled(value: number): string {
  return small[value] ?? number(value);
}

/** `a, b and c`. */
export function listed(words: string[]): string {
  return new Intl.ListFormat("en-GB").format(words);
}

const moments = new Intl.DateTimeFormat("en-GB", {
  dateStyle: "long",
  timeStyle: "short",
  timeZone: "UTC",
});
const days = new Intl.DateTimeFormat("en-GB", { dateStyle: "long", timeZone: "UTC" });
const months = new Intl.DateTimeFormat("en-GB", {
  month: "long",
  year: "numeric",
  timeZone: "UTC",
});

/** A moment, epoch ms, to the minute. */
export function moment(time: number): Html {
  const date = new Date(time);
  return html`<time datetime="${date.toISOString()}">${moments.format(date)} UTC</time>`;
}

/** The day of a moment, epoch ms. */
export function day(time: number): Html {
  const date = new Date(time);
  return html`<time datetime="${date.toISOString()}">${days.format(date)}</time>`;
}

/** A date that may lack its day or month: `1997`, `1997-05`, `1997-05-02`. */
export function partialDate(text: string): Html {
  const date = new Date(text);
  const words =
    text.length === 4 || Number.isNaN(date.getTime())
      ? text
      : (text.length === 7 ? months : days).format(date);
  return html`<time datetime="${text}">${words}</time>`;
}

/**
 * The address, if it is one that may stand in a link: templates escape text,
 * but would let `javascript:` through.
 */
export function webHref(url: string | undefined | null): string | undefined {
  if (url === undefined || url === null || !URL.canParse(url)) return undefined;
  const { protocol, href } = new URL(url);
  return protocol === "https:" || protocol === "http:" ? href : undefined;
}

/** A web address as people write it: `bakery.example/shop`. */
export function shownUrl(url: string): string {
  const short = url.replace(/^https?:\/\/(www\.)?/, "").replace(/\/$/, "");
  return short.length > 60 ? `${short.slice(0, 59)}…` : short;
}

/** A link to somewhere else, or its bare text where it can't be one. */
export function outwardLink(url: string, text = shownUrl(url), rel = "nofollow"): Html {
  const href = webHref(url);
  if (href === undefined) return html`${text}`;
  return html`<a href="${href}" rel="${`${rel} noopener noreferrer`.trim()}">${text}</a>`;
}

/** A piece of a line, with a web address as a link. */
export function linked(token: Token): Html {
  return token.kind === "link" ? outwardLink(token.text) : html`${token.text}`;
}

/**
 * Plain text as paragraphs, with its line breaks.
 *
 * @param inline What becomes of hashtags and the like; usually web addresses alone are links.
 */
export function paragraphs(text: string, inline: (token: Token) => Html = linked): Html[] {
  return tokensOf(text).map(
    (lines) =>
      html`<p>
        ${lines.map((line, index) => [index === 0 ? "" : html`<br />`, line.map(inline)])}
      </p>`,
  );
}

/** A text in one language; the language is not always known. */
export interface LanguageText {
  language: string | undefined;
  text: string;
}

/** A text and its versions in other languages, the main one first. */
export function inLanguages(
  main: string,
  map: Record<string, string> | undefined,
  language: string | undefined,
): LanguageText[] {
  const entries = Object.entries(map ?? {});
  const own = language ?? entries.find(([, text]) => text === main)?.[0];
  const others = entries.filter(([tag, text]) => tag !== own && text !== main);
  return [{ language: own, text: main }, ...others.map(([tag, text]) => ({ language: tag, text }))];
}

/** The English name of a language: `fr` → `French`. */
export function languageName(tag: string): string {
  return displayName("language", tag) ?? tag;
}
