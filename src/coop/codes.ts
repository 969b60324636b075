import { z } from "zod";

/** Types of co-operative (ILO Guidelines concerning statistics of cooperatives, 2018). */
export const CoopType = z.enum(["producer", "worker", "consumer-user", "multi-stakeholder"]);
export type CoopType = z.infer<typeof CoopType>;

/** What a class of members brings: the ILO's four core kinds first, then those that laws name. */
export const StakeholderKind = z.enum([
  "worker",
  "user",
  "producer",
  "supporting",
  "investor",
  "public-body",
  "organisation",
  "resident",
  "disadvantaged-worker",
  "other",
]);
export type StakeholderKind = z.infer<typeof StakeholderKind>;

/** Where a co-op stands among co-ops. Only the primary level is counted by default. */
export const Level = z.enum(["primary", "secondary", "apex", "group", "subsidiary"]);
export type Level = z.infer<typeof Level>;

/** Dissolution is a status; only the listing of a dissolved co-op is ever withdrawn. */
export const Status = z.enum(["forming", "active", "dormant", "closed"]);
export type Status = z.infer<typeof Status>;

/** How votes are given: by head, by class (colleges), by what members trade, or otherwise. */
export const VoteRule = z.enum([
  "one-member-one-vote",
  "by-class",
  "by-transactions",
  "by-capital",
  "other",
]);
export type VoteRule = z.infer<typeof VoteRule>;

/** Whether surplus may go to members (UN satellite account of the social economy). */
export const DistributionConstraint = z.enum(["none", "limited", "non-distributing"]);
export type DistributionConstraint = z.infer<typeof DistributionConstraint>;

/** How exactly coordinates were given. */
export const Precision = z.enum(["address", "postcode", "locality", "region"]);
export type Precision = z.infer<typeof Precision>;

/** Who put a listing into the directory. */
export const ProvenanceKind = z.enum(["claimed", "mandated", "imported"]);
export type ProvenanceKind = z.infer<typeof ProvenanceKind>;

/** What an offer is made of, or a need for: the five capitals of a community. */
export const Capital = z.enum(["human", "social", "physical", "financial", "environmental"]);
export type Capital = z.infer<typeof Capital>;

/** What a co-op has to do with another organisation. Each is one-sided until the other attests it. */
export const RelationKind = z.enum([
  "member-of",
  "part-of",
  "helped-to-found",
  "successor-of",
  "supplies",
  "buys-from",
  "public-contract-with",
  "supported-by",
]);
export type RelationKind = z.infer<typeof RelationKind>;

/** Codes of ISIC Rev.4, with spaces between them. */
function isic(codes: string): string[] {
  return codes.split(" ").filter((code) => code !== "");
}

/**
 * What a co-op works on, in plain words, and the ISIC Rev.4 divisions in which
 * such co-ops are usually found, and groups and classes where these differ from
 * the rest of their division. A co-op names its own themes; the codes serve
 * imports that have nothing else (`themesOf`).
 */
export const themes = {
  food: { label: "Food and farming", isic: isic("01 03 10 11 56 462 463 4711 472 4781") },
  housing: { label: "Housing", isic: isic("68") },
  care: { label: "Health and care", isic: isic("86 87 88") },
  energy: { label: "Energy", isic: isic("35") },
  finance: { label: "Finance and insurance", isic: isic("64 65 66") },
  work: { label: "Work and enterprise support", isic: isic("69 70 78 82") },
  culture: { label: "Culture, media and sport", isic: isic("18 58 59 60 741 742 90 91 93") },
  education: { label: "Education", isic: isic("85") },
  environment: {
    label: "Environment and recycling",
    isic: isic("02 36 37 38 39 4774"),
  },
  "fair-trade": { label: "Fair trade", isic: isic("") },
  tech: { label: "Technology", isic: isic("582 61 62 63 951") },
  transport: { label: "Transport", isic: isic("49 50 51 52 53 771 7721") },
  retail: { label: "Shops and retail", isic: isic("45 46 47 462 463 4711 472 4774 4781") },
  making: {
    label: "Making and building",
    // Manufacturing but for food and print; building, and its plans; repairs.
    isic: isic("12 13 14 15 16 17 19 20 21 22 23 24 25 26 27 28 29 30 31 32 33 41 42 43 711 95"),
  },
  community: { label: "Community and social clubs", isic: isic("94") },
};
export type Theme = keyof typeof themes;
export const Theme = z.enum(Object.keys(themes) as [Theme, ...Theme[]]);
