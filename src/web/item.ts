import type { Listing } from "../coop/listing.ts";
import { regionLabel } from "../coop/regions.ts";
import { sectorLabel } from "../coop/sectors.ts";
import type { Entry } from "../index/directory-index.ts";
import { followHandle, pagePath } from "./entries.ts";
import {
  exact,
  exchange,
  type ExchangeRow,
  fewerThan,
  figureRow,
  type FigureRow,
  identifier,
  relation,
  type RelationRow,
} from "./item-rows.ts";
import { confirmations, saidClosed } from "./relations/ties.ts";
import type { Site } from "./site.ts";

/** A code, and what it is called; null where this version has no name for it. */
interface Coded {
  code: string;
  label: string | null;
}

/** A listing for programs: flat and stable. What isn't known is null, never left out. */
export interface Item {
  /** The co-op's own URL: its actor, if it can be followed. */
  id: string;
  /** The signed record. */
  listing: string;
  /** The page on this node. */
  page: string;
  /** All listings of the same organisation: first the one that is found and counted. */
  listings: {
    id: string;
    listing: string;
    page: string;
    host: string;
    /** Claimed, mandated or imported. */
    provenance: string;
    updated: string;
  }[];
  name: string;
  summary: string | null;
  /** The co-op's website. */
  url: string | null;
  /** By which it is followed: `@name@host`. */
  handle: string | null;
  /** The node that publishes the listing. */
  host: string;
  /** The general interest that the co-op serves, as its rules state it. */
  purpose: string | null;
  /** Null for a status that this version doesn't know. */
  status: string | null;
  /** Null for a level that this version doesn't know. */
  level: string | null;
  /** The declared type, of the ILO's four. */
  type: string | null;
  /** The ILO's test on the stakeholder classes: yes, no or unknown. */
  multi_stakeholder: string;
  legal_name: string | null;
  /** As the co-op calls it. */
  legal_form: string | null;
  /** `form:…` of this project's list, or `elf:…` (ISO 20275). */
  legal_form_code: string | null;
  /** A year, a month or a day. */
  founded: string | null;
  dissolved: string | null;
  /** Entries in registers: a scheme of org-id.guide, and the number there. */
  identifiers: { scheme: string; value: string }[];
  themes: string[];
  /** ISIC Rev.4, the primary activity first. */
  sectors: Coded[];
  region: Coded | null;
  /** ISO 3166-1 alpha-2. */
  country: string | null;
  locality: string | null;
  postal_code: string | null;
  street_address: string | null;
  latitude: number | null;
  longitude: number | null;
  /** What the coordinates are of: address, postcode, locality or region. */
  precision: string | null;
  area_served: Coded[];
  /** Tags of BCP 47. */
  languages: string[];
  how_to_join: string | null;
  /** A role's, never a person's. */
  contact: { email: string | null; telephone: string | null; url: string | null } | null;
  stakeholders: {
    key: string;
    kind: string;
    name: string;
    members: number | null;
    /** In place of `members` where only a bound is published. */
    members_fewer_than: number | null;
    /** Percent. */
    vote_share: number | null;
    board_seats: number | null;
    /** Percent. */
    capital_share: number | null;
    /** Nothing is decided against this class alone. */
    veto: boolean;
    as_of: string | null;
  }[];
  /** By year and source, as the listing has them; what a row doesn't say isn't known. */
  figures: FigureRow[];
  offers: ExchangeRow[];
  needs: ExchangeRow[];
  /** As this co-op states them, with what confirms them. */
  relations: RelationRow[];
  /** Which host, whom this node trusts, says that the co-op has closed, and when that was. */
  said_closed: { by: string; date: string | null } | null;
  provenance: {
    kind: string;
    source: string | null;
    credit: string | null;
    source_license: string | null;
    retrieved: string | null;
    /** Under what a federation publishes it. */
    mandate: { by: string; url: string | null; basis: string; date: string } | null;
    license: string;
  };
  /** A worked example: found, but never counted. */
  example: boolean;
  /** When the content last changed. */
  updated: string;
}

/** What an item needs to know of where it is served. */
interface Here {
  node: Pick<Site["node"], "origin" | "host">;
  index: Pick<Site["index"], "organisation" | "attested" | "lookup">;
  /** The hosts whose attestations about others count here. */
  trusted: ReadonlySet<string>;
}

/** What the API says of a listing. */
export async function item({ node, index, trusted }: Here, entry: Entry): Promise<Item> {
  const { listing, record, origin } = entry;
  const { location, provenance, contactPoint } = listing;
  const address = location?.address;
  const confirmed = await confirmations(index, entry, trusted);
  const closed = await saidClosed(index, entry, trusted);
  return {
    id: listing.id,
    listing: record,
    page: node.origin + pagePath(node.host, entry),
    listings: (await index.organisation(record)).map((each) => ({
      id: each.listing.id,
      listing: each.record,
      page: node.origin + pagePath(node.host, each),
      host: each.origin,
      provenance: each.listing.provenance.kind,
      updated: each.listing.updated,
    })),
    name: listing.name,
    summary: listing.summary ?? null,
    url: listing.url ?? null,
    handle: followHandle(entry) ?? null,
    host: origin,
    purpose: listing.purpose ?? null,
    status: listing.status ?? null,
    level: listing.level ?? null,
    type: listing.coopType ?? null,
    multi_stakeholder: entry.multiStakeholder,
    legal_name: listing.legalName ?? null,
    legal_form: listing.legalForm ?? null,
    legal_form_code: listing.legalFormCode ?? null,
    founded: listing.foundingDate ?? null,
    dissolved: listing.dissolutionDate ?? null,
    identifiers: (listing.identifier ?? []).map(identifier),
    themes: listing.theme ?? [],
    sectors: (listing.activity ?? []).map((code) => coded(code, sectorLabel)),
    region: location?.region?.[0] === undefined ? null : coded(location.region[0], regionLabel),
    country: address?.addressCountry ?? null,
    locality: address?.addressLocality ?? null,
    postal_code: address?.postalCode ?? null,
    street_address: address?.streetAddress ?? null,
    latitude: location?.latitude ?? null,
    longitude: location?.longitude ?? null,
    precision: location?.precision ?? null,
    area_served: (listing.areaServed ?? []).map((code) => coded(code, regionLabel)),
    languages: listing.knowsLanguage ?? [],
    how_to_join: listing.howToJoin ?? null,
    contact: contactPoint === undefined ? null : contact(contactPoint),
    stakeholders: (listing.stakeholders ?? []).map((each) => ({
      key: each.key,
      kind: each.kind,
      name: each.name,
      members: exact(each.members),
      members_fewer_than: fewerThan(each.members),
      vote_share: each.voteShare ?? null,
      board_seats: each.boardSeats ?? null,
      capital_share: each.capitalShare ?? null,
      veto: each.veto === true,
      as_of: each.asOf ?? null,
    })),
    figures: (listing.figures ?? []).map(figureRow),
    offers: (listing.offers ?? []).map(exchange),
    needs: (listing.needs ?? []).map(exchange),
    relations: (listing.relations ?? []).map((each, at) => relation(each, confirmed[at])),
    said_closed: closed === undefined ? null : { by: closed.by, date: closed.date ?? null },
    provenance: {
      kind: provenance.kind,
      source: provenance.isBasedOn ?? null,
      credit: provenance.creditText ?? null,
      source_license: provenance.license ?? null,
      retrieved: provenance.retrieved ?? null,
      mandate: mandate(provenance),
      license: listing.license,
    },
    example: listing.example === true,
    updated: listing.updated,
  };
}

function coded(code: string, label: (code: string) => string | undefined): Coded {
  return { code, label: label(code) ?? null };
}

function contact({ email, telephone, url }: NonNullable<Listing["contactPoint"]>): Item["contact"] {
  return { email: email ?? null, telephone: telephone ?? null, url: url ?? null };
}

function mandate({ mandate: of }: Listing["provenance"]): Item["provenance"]["mandate"] {
  return of === undefined
    ? null
    : { by: of.by, url: of.url ?? null, basis: of.basis, date: of.date };
}
