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

/**
 * What a co-op works on, in plain words, and the ISIC Rev.4 divisions in which
 * such co-ops are usually found. A co-op names its own themes; the divisions
 * serve imports that have nothing but a code.
 */
export const themes = {
  food: { label: "Food and farming", isic: ["01", "03", "10", "11", "56"] },
  housing: { label: "Housing", isic: ["68"] },
  care: { label: "Health and care", isic: ["86", "87", "88"] },
  energy: { label: "Energy", isic: ["35"] },
  finance: { label: "Finance and insurance", isic: ["64", "65", "66"] },
  work: { label: "Work and enterprise support", isic: ["69", "70", "78", "82"] },
  culture: { label: "Culture, media and sport", isic: ["18", "58", "59", "60", "90", "91", "93"] },
  education: { label: "Education", isic: ["85"] },
  environment: { label: "Environment and recycling", isic: ["02", "36", "37", "38", "39"] },
  "fair-trade": { label: "Fair trade", isic: [] },
  tech: { label: "Technology", isic: ["61", "62", "63", "95"] },
  transport: { label: "Transport", isic: ["49", "50", "51", "52", "53"] },
  retail: { label: "Shops and retail", isic: ["45", "46", "47"] },
  making: {
    label: "Making and building",
    isic: ["13", "14", "15", "16", "25", "31", "32", "41", "42", "43"],
  },
  community: { label: "Community and social clubs", isic: ["94"] },
} as const;
export type Theme = keyof typeof themes;
export const Theme = z.enum(Object.keys(themes) as [Theme, ...Theme[]]);
