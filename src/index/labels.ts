import type {
  Capital,
  CoopType,
  Level,
  ProvenanceKind,
  RelationKind,
  StakeholderKind,
  Status,
} from "../coop/codes.ts";
import { displayName } from "../coop/display-names.ts";
import { legalFormLabel } from "../coop/legal-forms.ts";
import { anyTheme, type FacetName, type WomenBand } from "../coop/query.ts";
import { regionLabel } from "../coop/regions.ts";
import type { Answer } from "../coop/stakeholders.ts";
import { topicLabel } from "../coop/topic-words.ts";

const types: Record<CoopType, string> = {
  producer: "Producer",
  worker: "Worker",
  "consumer-user": "Consumer or user",
  "multi-stakeholder": "Multi-stakeholder",
};

const answers: Record<Answer, string> = { yes: "Yes", no: "No", unknown: "Not known" };

const kinds: Record<StakeholderKind, string> = {
  worker: "Workers",
  user: "Users or consumers",
  producer: "Producers",
  supporting: "Supporters",
  investor: "Investors",
  "public-body": "Public bodies",
  organisation: "Organisations",
  resident: "Residents",
  "disadvantaged-worker": "Disadvantaged workers",
  other: "Others",
};

const levels: Record<Level, string> = {
  primary: "Primary",
  secondary: "Secondary",
  apex: "Apex",
  group: "Group",
  subsidiary: "Subsidiary",
};

const statuses: Record<Status, string> = {
  forming: "Forming",
  active: "Active",
  dormant: "Dormant",
  closed: "Closed",
};

const relations: Record<RelationKind, string> = {
  "member-of": "Member of",
  "part-of": "Part of",
  "helped-to-found": "Helped to found",
  "successor-of": "Successor of",
  supplies: "Supplies",
  "buys-from": "Buys from",
  "public-contract-with": "Public contract with",
  "supported-by": "Supported by",
};

const capitals: Record<Capital, string> = {
  human: "skills and time",
  social: "contacts and trust",
  physical: "space and things",
  financial: "money",
  environmental: "land and nature",
};

const sources: Record<ProvenanceKind, string> = {
  claimed: "The co-op itself",
  mandated: "A federation",
  imported: "Open data",
};

const bands: Record<WomenBand, string> = {
  "0-24": "Under 25 %",
  "25-49": "25 to 49 %",
  "50-74": "50 to 74 %",
  "75-100": "75 % and more",
  unknown: "Not known",
};

/** The labels of what has a list of its own. */
const lists: Partial<Record<FacetName, Readonly<Record<string, string>>>> = {
  type: types,
  multi_stakeholder: answers,
  stakeholder: kinds,
  level: levels,
  status: statuses,
  relation: relations,
  source: sources,
  women_band: bands,
};

/**
 * What a value of a facet is called: themes, sectors, countries and languages in
 * the language asked for, as far as they have names in it, the rest in English.
 * A value of which nothing is known is its own label.
 *
 * @param language A tag of BCP 47; what is none counts as English.
 */
export function labelOf(facet: FacetName, value: string, language = "en"): string {
  switch (facet) {
    case "theme":
    case "offers":
    case "needs":
      return value === anyTheme ? "Anything" : (topicLabel(`theme:${value}`, language) ?? value);
    case "sector":
      return topicLabel(value, language) ?? value;
    case "region":
      return regionLabel(value, language) ?? value;
    case "legal_form":
      return legalFormLabel(value) ?? value;
    case "language":
      return displayName("language", value, language) ?? value;
    case "capital": {
      const [side, capital] = value.split(":");
      const name = capitals[capital as Capital] ?? capital;
      return `${side === "needs" ? "Needs" : "Offers"} ${name}`;
    }
    default: {
      const list = lists[facet];
      return list !== undefined && Object.hasOwn(list, value) ? (list[value] ?? value) : value;
    }
  }
}
