import type { Exchange, Listing } from "../coop/listing.ts";
import { isRegion, regionLabel, regionPath } from "../coop/regions.ts";
import { sectorPath } from "../coop/sectors.ts";
import { codeTerm, indexText, numberTerm } from "./text.ts";

/** What a listing can be found by: name, legal name, place, topic and summary, for the full-text table. */
export type Texts = [string, string, string, string, string];

/** How much a word counts in each of them, for bm25. */
export const textWeights = [10, 6, 4, 2, 1] as const;

/**
 * The texts of a listing as terms. Themes, sectors, types, countries and regions are
 * terms of their own, not words: they are found by their names in any language
 * (`codesNamed`), without the names being written down for each listing.
 */
export function textsOf(listing: Listing): Texts {
  const { name, nameMap, legalName, legalForm, location } = listing;
  const regions = regionsOf(listing);
  const topics = [
    ...(listing.theme ?? []).map((theme) => `theme:${theme}`),
    ...(listing.activity ?? []).flatMap(sectorPath),
    ...(listing.coopType === undefined ? [] : [`type:${listing.coopType}`]),
  ];
  const numbers = (listing.identifier ?? []).flatMap(({ value }) => numberTerm(value) ?? []);
  return [
    indexText([name, ...inAll(nameMap)]),
    indexText([legalName, legalForm]),
    indexText(
      [location?.address.addressLocality, ...regions.map(placeName)],
      regions.map(codeTerm),
    ),
    indexText([], [...topics.map(codeTerm), ...numbers]),
    indexText([
      listing.summary,
      ...inAll(listing.summaryMap),
      listing.purpose,
      ...inAll(listing.purposeMap),
      ...(listing.offers ?? []).flatMap(namesOf),
      ...(listing.needs ?? []).flatMap(namesOf),
    ]),
  ];
}

/** Where the co-op is: its regions and its country, and all that contains them. */
function regionsOf({ location }: Listing): string[] {
  if (location === undefined) return [];
  const country = `iso3166-1:${location.address.addressCountry}`;
  const all = [...(location.region ?? []), country].filter(isRegion).flatMap(regionPath);
  return [...new Set(all)];
}

/** Countries go by names in all languages, other regions by their own. */
function placeName(code: string): string | undefined {
  return code.startsWith("iso3166-1:") ? undefined : regionLabel(code);
}

function namesOf({ name, nameMap }: Exchange): string[] {
  return [name, ...inAll(nameMap)];
}

function inAll(map: Record<string, string> | undefined): string[] {
  return Object.values(map ?? {});
}
