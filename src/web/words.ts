import type {
  Capital,
  CoopType,
  DistributionConstraint,
  Level,
  Precision,
  ProvenanceKind,
  RelationKind,
  StakeholderKind,
  Status,
  VoteRule,
} from "../coop/codes.ts";
import type { Measure } from "../coop/listing.ts";
import type { FacetName } from "../coop/query.ts";
import type { Answer } from "../coop/stakeholders.ts";

/** The codes of the domain in words, as pages say them. */
export const typeWords: Record<CoopType, string> = {
  producer: "Producer co-op",
  worker: "Worker co-op",
  "consumer-user": "Consumer or user co-op",
  "multi-stakeholder": "Multi-stakeholder co-op",
};

export const kindWords: Record<StakeholderKind, string> = {
  worker: "workers",
  user: "users or consumers",
  producer: "producers",
  supporting: "supporters",
  investor: "investors",
  "public-body": "public bodies",
  organisation: "organisations",
  resident: "residents",
  "disadvantaged-worker": "disadvantaged workers",
  other: "others",
};

export const levelWords: Record<Level, string> = {
  primary: "Primary: its members are people or businesses",
  secondary: "Secondary: its members are co-ops",
  apex: "Apex body",
  group: "Group of co-ops",
  subsidiary: "Subsidiary of a co-op",
};

export const statusWords: Record<Status, string> = {
  forming: "Being formed",
  active: "Active",
  dormant: "Dormant",
  closed: "Closed",
};

export const voteRuleWords: Record<VoteRule, string> = {
  "one-member-one-vote": "One member, one vote",
  "by-class": "By class: each class has a share of the votes",
  "by-transactions": "By what members trade with the co-op",
  "by-capital": "By capital",
  other: "By a rule of its own",
};

export const distributionWords: Record<DistributionConstraint, string> = {
  none: "Surplus may go to members",
  limited: "Surplus may go to members within limits",
  "non-distributing": "No surplus goes to members",
};

export const precisionWords: Record<Precision, string> = {
  address: "the address",
  postcode: "the middle of the postcode",
  locality: "the middle of the town or village",
  region: "the middle of the region",
};

export const provenanceWords: Record<ProvenanceKind, string> = {
  claimed: "Claimed",
  mandated: "Published by a federation",
  imported: "Imported, not followable yet",
};

/** What an offer is made of, or a need for. */
export const capitalWords: Record<Capital, string> = {
  human: "Skills and time",
  social: "Contacts and trust",
  physical: "Space and things",
  financial: "Money",
  environmental: "Land and nature",
};

/** What a co-op has to do with others, as a heading over their names. */
export const relationWords: Record<RelationKind, string> = {
  "member-of": "Member of",
  "part-of": "Part of",
  "helped-to-found": "Helped to found",
  "successor-of": "Successor of",
  supplies: "Supplies",
  "buys-from": "Buys from",
  "public-contract-with": "Has a public contract with",
  "supported-by": "Supported by",
};

/** By what right a listing is published, as a filter says it. */
export const sourceWords: Record<string, string> = {
  claimed: "Published by the co-op itself",
  mandated: "Published by a federation",
  imported: "Imported from open data",
} satisfies Record<ProvenanceKind, string>;

/** What is counted or summed up for a year; parts stand below what they are parts of. */
export const measureWords: Record<Exclude<Measure, "membersBySex" | "membersByClass">, string> = {
  members: "Members",
  membersNatural: "who are persons",
  membersLegal: "that are organisations",
  workers: "Workers",
  workerMembers: "who are members",
  volunteers: "Volunteers",
  turnover: "Turnover",
  assets: "Assets",
  surplus: "Surplus",
};

export const sexWords: Record<"female" | "male" | "notStated", string> = {
  female: "Women",
  male: "Men",
  notStated: "Sex not stated",
};

export const answerWords: Record<Answer, string> = {
  yes: "Multi-stakeholder",
  no: "Single-stakeholder",
  unknown: "Not known",
};

/** What the filters are called. */
export const facetWords: Record<FacetName, string> = {
  theme: "Theme",
  sector: "Sector",
  region: "Country or region",
  type: "Type of co-op",
  multi_stakeholder: "Multi-stakeholder by the ILO’s test",
  stakeholder: "Kinds of members",
  legal_form: "Legal form",
  level: "Level",
  status: "Status",
  language: "Language",
  member_of: "Member of",
  relation: "Relations",
  offers: "Offers",
  needs: "Looks for",
  capital: "Kind of capital",
  source: "Source",
  women_band: "Women among the members",
  figure_year: "Figures for the year",
};

export function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
