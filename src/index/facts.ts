import type { Exchange, Listing, Relation } from "../coop/listing.ts";
import { anyTheme, type FacetName, parseSource } from "../coop/query.ts";
import { isRegion, regionPath } from "../coop/regions.ts";
import { registrationKey } from "../coop/registrations.ts";
import { bare } from "../coop/relation.ts";
import { sectorPath } from "../coop/sectors.ts";
import type { Answer } from "../coop/stakeholders.ts";
import type { Figure } from "./figures.ts";
import { womenBand } from "./listing-figures.ts";

/** The values that a listing has in each facet; none twice. */
export type Facts = Readonly<Record<FacetName, readonly string[]>>;

/**
 * What a listing is found by. Whatever contains a value is a value, too: the
 * section of a class, the country of a region, Portuguese for `pt-BR`. All of it
 * follows from the listing alone and not from the day, so that every node finds
 * the same: what had ended when the listing was last changed is left out.
 *
 * @param figures Those of `figuresOf`.
 */
export function factsOf(listing: Listing, answer: Answer, figures: readonly Figure[]): Facts {
  const { provenance, updated } = listing;
  const relations = (listing.relations ?? []).filter(({ until }) => stands(until, updated));
  const offers = (listing.offers ?? []).filter((each) => stands(each.validThrough, updated));
  const needs = (listing.needs ?? []).filter((each) => stands(each.validThrough, updated));
  const source = provenance.isBasedOn === undefined ? [] : [parseSource(provenance.isBasedOn)];
  return {
    theme: distinct(listing.theme ?? []),
    sector: distinct((listing.activity ?? []).flatMap(sectorPath)),
    region: regionsOf(listing),
    type: distinct([listing.coopType]),
    multi_stakeholder: [answer],
    stakeholder: distinct((listing.stakeholders ?? []).map(({ kind }) => kind)),
    legal_form: distinct([listing.legalFormCode]),
    level: distinct([listing.level]),
    status: distinct([listing.status]),
    language: distinct(
      [listing.inLanguage, ...(listing.knowsLanguage ?? [])].flatMap((tag) => [
        tag,
        tag?.split("-")[0],
      ]),
    ),
    member_of: distinct(
      relations.filter(({ kind }) => kind === "member-of").flatMap((each) => otherEnd(each)),
    ),
    relation: distinct(relations.map(({ kind }) => kind)),
    offers: themesOf(offers),
    needs: themesOf(needs),
    capital: distinct([
      ...offers.map(({ capital }) => `offers:${capital}`),
      ...needs.map(({ capital }) => `needs:${capital}`),
    ]),
    source: distinct([provenance.kind, ...source]),
    women_band: [womenBand(listing.figures ?? [])],
    figure_year: distinct(
      [...(listing.figures ?? []), ...figures].map(({ year }) => String(year)),
    ).toSorted(),
  };
}

/** Where the co-op is: its regions and its country, and all that contains them. */
function regionsOf({ location }: Listing): string[] {
  if (location === undefined) return [];
  const country = `iso3166-1:${location.address.addressCountry}`;
  return distinct([...(location.region ?? []), country].filter(isRegion).flatMap(regionPath));
}

function distinct(values: readonly (string | undefined)[]): string[] {
  // Most have one value or none.
  if (values.length < 2) return values.filter((each) => each !== undefined);
  return [...new Set(values)].filter((each) => each !== undefined);
}

/**
 * Whether something that ends went on when the listing was written.
 *
 * @param end A year, a month or a day, the last on which it stands.
 */
function stands(end: string | undefined, updated: string): boolean {
  return end === undefined || end >= updated.slice(0, end.length);
}

/** By its URL and by its number in a register: whoever asks may have only one of them. */
function otherEnd({ id, identifier }: Relation): (string | undefined)[] {
  return [
    id === undefined ? undefined : bare(id),
    identifier && registrationKey(identifier.propertyID, identifier.value),
  ];
}

function themesOf(exchanges: readonly Exchange[]): string[] {
  if (exchanges.length === 0) return [];
  return distinct([...exchanges.map(({ theme }) => theme), anyTheme]);
}
