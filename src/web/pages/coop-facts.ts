import { html } from "hono/html";
import { themes } from "../../coop/codes.ts";
import { legalFormLabel, legalFormOf } from "../../coop/legal-forms.ts";
import type { Listing } from "../../coop/listing.ts";
import { sectorLabel, sectorPath } from "../../coop/sectors.ts";
import type { Entry } from "../../index/directory-index.ts";
import { followHandle } from "../entries.ts";
import { type Html, languageName, listed, outwardLink, partialDate } from "../text.ts";
import { levelWords, statusWords, typeWords } from "../words.ts";
import { areaServed, otherRegions, place } from "./coop-place.ts";
import { definitions } from "./definitions.ts";
import { registration } from "./registrations.ts";
import { searchHref } from "./search-address.ts";

/** The facts of a listing as a list of terms; what isn't known is left out. */
export function factList(entry: Entry): Html {
  const { listing } = entry;
  const rows: [string, Html | undefined][] = [
    ["Type", listing.coopType && typeLink(listing.coopType)],
    ["Themes", listing.theme && themeLinks(listing.theme)],
    ["Activity", listing.activity && activities(listing.activity)],
    ["Place", place(entry)],
    ["Counted in", otherRegions(listing)],
    ["Serves", areaServed(listing)],
    ["Website", listing.url === undefined ? undefined : outwardLink(listing.url, undefined, "me")],
    ["Contact", contactOf(listing)],
    ["Fediverse", accountOf(entry)],
    ["Founded", listing.foundingDate === undefined ? undefined : partialDate(listing.foundingDate)],
    [
      "Dissolved",
      listing.dissolutionDate === undefined ? undefined : partialDate(listing.dissolutionDate),
    ],
    ["Status", unlessUsual(listing.status, "active", statusWords)],
    ["Level", unlessUsual(listing.level, "primary", levelWords)],
    ["Legal name", differing(listing.legalName, listing.name)],
    ["Legal form", legalForm(listing)],
    ["Registered with", listing.identifier && registrations(listing.identifier)],
    [
      "Languages",
      listing.knowsLanguage && html`${listed(listing.knowsLanguage.map(languageName))}`,
    ],
  ];
  return definitions(rows);
}

function typeLink(type: NonNullable<Listing["coopType"]>): Html {
  return html`<a href="${searchHref({ type: [type] })}">${typeWords[type]}</a>
    <span class="aside">(declared)</span>`;
}

function themeLinks(names: NonNullable<Listing["theme"]>): Html {
  return html`${names.map((theme, index) => [
    index === 0 ? "" : ", ",
    html`<a href="${searchHref({ theme: [theme] })}">${themes[theme].label}</a>`,
  ])}`;
}

/** The first activity with what contains it, for sections tell more than classes do; then the others. */
function activities(codes: string[]): Html {
  const [primary = "", ...others] = codes;
  const section = sectorPath(primary).at(-1);
  return html`${sectorLink(primary)}${
    section === undefined || section === primary
      ? ""
      : html`<br /><span class="aside">in ${sectorLink(section)}</span>`
  }${others.map((code) => html`<br />${sectorLink(code)}`)}`;
}

function sectorLink(code: string): Html {
  return html`<a href="${searchHref({ sector: [code] })}">${sectorLabel(code) ?? code}</a>
    <span class="code">${code.slice(code.indexOf(":") + 1)}</span>`;
}

function contactOf({ contactPoint }: Listing): Html | undefined {
  if (contactPoint === undefined) return undefined;
  const { email, telephone, url } = contactPoint;
  const ways = [
    email === undefined ? undefined : html`<a href="mailto:${email}">${email}</a>`,
    telephone === undefined ? undefined : html`${telephone}`,
    url === undefined ? undefined : outwardLink(url),
  ].filter((way) => way !== undefined);
  return html`${ways.map((way, index) => (index === 0 ? way : [html`<br />`, way]))}`;
}

function differing(legal: string | undefined, name: string): Html | undefined {
  return legal === undefined || legal === name ? undefined : html`${legal}`;
}

/** As the co-op calls it, as the law does where that is known, and the law. */
function legalForm({ legalForm: own, legalFormCode: code }: Listing): Html | undefined {
  if (code === undefined) return own === undefined ? undefined : html`${own}`;
  const label = legalFormLabel(code);
  const form = legalFormOf(code);
  const same = label === undefined || label.toLowerCase() === own?.toLowerCase();
  const asides = [
    ...(own === undefined || same ? [] : [label]),
    ...(form === undefined || form.nameEn === (own ?? label) ? [] : [form.nameEn]),
    ...(form?.law === undefined ? [] : [form.law]),
  ];
  return html`<span dir="auto">${own ?? label ?? ""}</span>
    <span class="code">${code}</span>${asides.map(
      (each) => html`<br /><span class="aside">${each}</span>`,
    )}`;
}

function registrations(identifiers: NonNullable<Listing["identifier"]>): Html {
  return html`${identifiers.map((each, index) => [
    index === 0 ? "" : html`<br />`,
    registration(each),
  ])}`;
}

/** An account elsewhere; the box about following names it where there is one here, too. */
function accountOf(entry: Entry): Html | undefined {
  const { account } = entry.listing;
  return account === undefined || followHandle(entry) !== undefined
    ? undefined
    : outwardLink(account);
}

/**
 * The word for a code, unless it is the one that nearly everybody has.
 * Undefined is a code of a later version: it is not the usual one.
 */
function unlessUsual<Code extends string>(
  code: Code | undefined,
  usual: Code,
  words: Record<Code, string>,
): Html | undefined {
  if (code === usual) return undefined;
  return code === undefined
    ? html`<span class="aside">not known to this version of the directory</span>`
    : html`${words[code]}`;
}
