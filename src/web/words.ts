import type {
  CoopType,
  DistributionConstraint,
  Level,
  Precision,
  ProvenanceKind,
  StakeholderKind,
  Status,
  VoteRule,
} from "../coop/codes.ts";
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
};

export function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
