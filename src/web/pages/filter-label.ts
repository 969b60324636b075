import {
  type Capital,
  type CoopType,
  type Level,
  type RelationKind,
  type StakeholderKind,
  type Status,
  type Theme,
  themes,
} from "../../coop/codes.ts";
import { legalFormLabel } from "../../coop/legal-forms.ts";
import { anyTheme, type FacetName } from "../../coop/query.ts";
import { sectorLabel } from "../../coop/sectors.ts";
import type { Answer } from "../../coop/stakeholders.ts";
import { regionName } from "../entries.ts";
import { languageName, shownUrl } from "../text.ts";
import {
  answerWords,
  capitalised,
  capitalWords,
  kindWords,
  levelWords,
  relationWords,
  sourceWords,
  statusWords,
  typeWords,
} from "../words.ts";

/** One value of one filter. */
export interface Filter {
  name: FacetName;
  value: string;
}

/** What federations and sources are called, by the values of their filters. */
export type Names = ReadonlyMap<string, string>;

/** What a value of a filter is called. */
export function filterLabel({ name, value }: Filter, names?: Names): string {
  return labels[name](value, names) ?? value;
}

type Label = (value: string, names: Names | undefined) => string | undefined;

function exchanged(value: string): string | undefined {
  return value === anyTheme ? "Anything" : themes[value as Theme]?.label;
}

const labels: Record<FacetName, Label> = {
  theme: (value) => themes[value as Theme]?.label,
  sector: sectorLabel,
  region: regionName,
  type: (value) => typeWords[value as CoopType],
  multi_stakeholder: (value) => answerWords[value as Answer],
  stakeholder: (value) => capitalised(kindWords[value as StakeholderKind] ?? value),
  legal_form: legalFormLabel,
  level: (value) => levelWords[value as Level],
  status: (value) => statusWords[value as Status],
  language: languageName,
  member_of: (value, names) => names?.get(value) ?? shownUrl(value),
  relation: (value) => relationWords[value as RelationKind],
  offers: exchanged,
  needs: exchanged,
  capital(value) {
    const [side, capital] = value.split(":");
    return `${side === "needs" ? "Looks for" : "Offers"}: ${capitalWords[capital as Capital]}`;
  },
  source: (value, names) => sourceWords[value] ?? names?.get(value),
  women_band: (value) => (value === "unknown" ? "Not known" : `${value.replace("-", "–")}\u00a0%`),
  figure_year: (value) => value,
};
