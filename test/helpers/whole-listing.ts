import type { ListingContent } from "../../src/coop/listing.ts";
import { bakery } from "./site.ts";

/** A co-op that says everything that a listing can say. */
export const whole: Partial<ListingContent> = {
  ...bakery,
  image: {
    type: "Image",
    url: "https://bakery.example/oven.jpg",
    mediaType: "image/jpeg",
    name: "The oven, open",
  },
  legalName: "Boulangerie de la Gare, coopérative de solidarité",
  legalForm: "Coopérative de solidarité",
  legalFormCode: "form:ca-qc-coop-solidarite",
  purpose: "Nourrir le quartier.",
  purposeMap: { fr: "Nourrir le quartier.", en: "To feed the neighbourhood." },
  identifier: [
    { type: "PropertyValue", propertyID: "GB-COH", value: "SC399880" },
    { type: "PropertyValue", propertyID: "CA-QC-CR", value: "1144883322" },
  ],
  dissolutionDate: "2026-01-01",
  status: "dormant",
  level: "secondary",
  knowsLanguage: ["fr", "en"],
  contactPoint: {
    type: "ContactPoint",
    email: "hello@bakery.example",
    telephone: "+1 555 0100",
    url: "https://bakery.example/contact",
  },
  account: "https://social.example/@bakery",
  location: {
    type: "Place",
    address: {
      type: "PostalAddress",
      streetAddress: "1, rue de la Gare",
      addressLocality: "Rimouski",
      postalCode: "G5L 1A1",
      addressCountry: "CA",
    },
    latitude: 48.449,
    longitude: -68.523,
    precision: "locality",
    region: ["iso3166-2:CA-QC", "qc-region:01", "self:Wolastokuk"],
  },
  areaServed: ["iso3166-2:CA-QC", "qc-region:01", "nuts:FRK23"],
  figures: [
    {
      year: 2018,
      source: "Annual report",
      isBasedOn: "https://bakery.example/reports",
      asOf: "2018-12-31",
      members: 210,
      membersByClass: { workers: 9, eaters: 201 },
      turnover: 412_000,
      surplus: -8_400,
      currency: "CAD",
    },
    {
      year: 2019,
      source: "Annual report",
      isBasedOn: "https://bakery.example/reports",
      asOf: "2019-12-31",
      members: 240,
      membersByClass: { workers: 10, eaters: 230 },
      workers: 14,
      turnover: 455_000,
      surplus: 3_100,
      currency: "CAD",
    },
    // Nothing is known of 2020 and 2021.
    { year: 2022, source: "Our own guess", estimate: true, members: 280, workers: 15 },
    { year: 2022, source: "Annual report", turnover: 1_520_000, surplus: 12_000, currency: "CAD" },
    {
      year: 2023,
      source: "Annual report",
      isBasedOn: "https://bakery.example/reports",
      asOf: "2023-12-31",
      members: 328,
      membersNatural: 327,
      membersLegal: 1,
      membersBySex: { female: 180, male: 140, notStated: 8 },
      membersByClass: { workers: 12, eaters: 302, inclusion: 6, town: 1, gone: 7 },
      workers: 17,
      workerMembers: 12,
      turnover: 1_612_500,
      assets: 980_000,
      surplus: 21_300,
      currency: "CAD",
    },
    // The year of the classes as they are, one of which is too small to be counted.
    {
      year: 2024,
      source: "Annual report",
      membersByClass: { eaters: 310, inclusion: { fewerThan: 5 } },
      volunteers: { fewerThan: 5 },
    },
  ],
  offers: [
    {
      name: "Four le lundi",
      nameMap: { fr: "Four le lundi", en: "An oven on Mondays" },
      theme: "food",
      capital: "physical",
      validThrough: "2028-06-30",
    },
    { name: "Formation au levain", capital: "human" },
    { name: "Expired offer", capital: "human", validThrough: "2026-11-20" },
  ],
  needs: [
    {
      name: "Farine de la région",
      theme: "food",
      capital: "environmental",
      validThrough: "2026-11-21",
    },
    { name: "Prêt pour un second four", theme: "finance", capital: "financial" },
  ],
  relations: [
    {
      kind: "member-of",
      name: "Fédération des boulangeries",
      url: "https://federation.example/",
      since: "2001",
    },
    {
      kind: "helped-to-found",
      name: "Boulangerie du Port",
      id: "https://port.example/coops/abcdefghjk",
      since: "2015-03",
    },
    { kind: "public-contract-with", name: "Ville de Rimouski", since: "2019", until: "2024" },
    {
      kind: "buys-from",
      name: "Moulin de la Rivière",
      identifier: { type: "PropertyValue", propertyID: "CA-QC-CR", value: "1144883399" },
    },
  ],
};

/** Of a listing that a federation publishes for a member. */
export const mandated: ListingContent["provenance"] = {
  kind: "mandated",
  mandate: {
    by: "Fédération des boulangeries",
    url: "https://federation.example/",
    basis: "Décision du conseil",
    date: "2024-02-29",
  },
  isBasedOn: "https://federation.example/members",
  creditText: "Members of the federation",
  license: "CC-BY-4.0",
  retrieved: "2026-10-01",
};
