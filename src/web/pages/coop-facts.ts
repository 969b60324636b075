import { html } from "hono/html";
import { themes } from "../../coop/codes.ts";
import type { Listing } from "../../coop/listing.ts";
import { regionPath } from "../../coop/regions.ts";
import { sectorLabel, sectorPath } from "../../coop/sectors.ts";
import type { Entry } from "../../index/directory-index.ts";
import { placeWords, regionName } from "../entries.ts";
import { type Html, languageName, listed, outwardLink, partialDate } from "../text.ts";
import { levelWords, precisionWords, statusWords, typeWords } from "../words.ts";
import { definitions } from "./definitions.ts";
import { searchHref } from "./search-address.ts";

/** The facts of a listing as a list of terms; what isn't known is left out. */
export function factList(entry: Entry): Html {
  const { listing } = entry;
  const rows: [string, Html | undefined][] = [
    ["Type", listing.coopType && typeLink(listing.coopType)],
    ["Themes", listing.theme && themeLinks(listing.theme)],
    ["Activity", listing.activity && activities(listing.activity)],
    ["Place", placeOf(entry)],
    ["Serves", listing.areaServed && regions(listing.areaServed)],
    ["Website", listing.url === undefined ? undefined : outwardLink(listing.url, undefined, "me")],
    ["Contact", contactOf(listing)],
    ["Founded", listing.foundingDate === undefined ? undefined : partialDate(listing.foundingDate)],
    [
      "Dissolved",
      listing.dissolutionDate === undefined ? undefined : partialDate(listing.dissolutionDate),
    ],
    ["Status", unlessUsual(listing.status, "active", statusWords)],
    ["Level", unlessUsual(listing.level, "primary", levelWords)],
    ["Legal name", differing(listing.legalName, listing.name)],
    ["Legal form", listing.legalForm === undefined ? undefined : html`${listing.legalForm}`],
    ["Registered as", listing.identifier && registrations(listing.identifier)],
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

function placeOf(entry: Entry): Html | undefined {
  const { location } = entry.listing;
  if (location === undefined) return undefined;
  const { latitude, longitude, precision, address } = location;
  const street = [address.streetAddress, address.postalCode].filter((each) => each !== undefined);
  return html`${street.length === 0 ? "" : html`${street.join(", ")}<br />`}${placeWords(entry).join(", ")}${
    latitude === undefined || longitude === undefined
      ? ""
      : html`<br /><span class="aside"
            ><data value="${latitude},${longitude}"
              >${degrees(latitude, "N", "S")}, ${degrees(longitude, "E", "W")}</data
            >${precision === undefined ? "" : `, ${precisionWords[precision]}`}</span
          >`
  }`;
}

function degrees(value: number, positive: string, negative: string): string {
  // Four digits are about ten metres: more would pretend.
  return `${Math.abs(value).toFixed(4)}°\u00a0${value < 0 ? negative : positive}`;
}

function regions(codes: string[]): Html {
  const words = codes.map((code) => regionPath(code).map(regionName).join(", "));
  return html`${words.join("; ")}`;
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

function registrations(identifiers: NonNullable<Listing["identifier"]>): Html {
  return html`${identifiers.map(
    ({ propertyID, value }, index) =>
      html`${index === 0 ? "" : html`<br />`}<span class="aside">${propertyID}</span> ${value}`,
  )}`;
}

/** The word for a code, unless it is the one that nearly everybody has. */
function unlessUsual<Code extends string>(
  code: Code | undefined,
  usual: Code,
  words: Record<Code, string>,
): Html | undefined {
  return code === undefined || code === usual ? undefined : html`${words[code]}`;
}
