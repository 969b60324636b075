import type { Capital, StakeholderKind } from "../coop/codes.ts";
import { type Also, type DimensionName, none } from "../coop/dimensions.ts";
import { facetOf } from "../index/dimensions.ts";
import type { StatName } from "../index/measures.ts";
import { filterLabel, type Names } from "./pages/filter-label.ts";
import type { StatisticsQuery } from "./statistics-query.ts";
import { capitalWords, kindWords } from "./words.ts";

/** What dimensions are called, as headings. */
export const dimensionWords: Record<DimensionName, string> = {
  type: "Type of co-op",
  multi_stakeholder: "Multi-stakeholder by the ILO’s test",
  section: "Sector: section of ISIC",
  division: "Sector: division of ISIC",
  group: "Sector: group of ISIC",
  class: "Sector: class of ISIC",
  theme: "Theme",
  country: "Country",
  region: "Region",
  district: "Region within a region",
  nuts1: "NUTS 1",
  nuts2: "NUTS 2",
  nuts3: "NUTS 3",
  quebec_region: "Region of Quebec",
  other_region: "Region of another scheme",
  legal_form: "Legal form",
  stakeholder: "Kinds of members",
  level: "Level",
  status: "Status",
  capital_offered: "Capital offered",
  capital_needed: "Capital needed",
  offers: "Theme of what is offered",
  needs: "Theme of what is needed",
  founded: "Year of foundation",
  decade: "Decade of foundation",
  year: "Year",
  figure_year: "Year of the figures",
  women_band: "Women among the members",
  source: "Who published it",
  data_set: "Data set",
  language: "Language",
  member_of: "Member of",
  relation: "Relations",
};

/** Dimensions in the groups in which they are offered. */
export const dimensionGroups: readonly (readonly [
  heading: string,
  names: readonly DimensionName[],
])[] = [
  ["Kind", ["type", "multi_stakeholder", "stakeholder", "legal_form", "level", "status"]],
  ["What they do", ["theme", "section", "division", "group", "class"]],
  [
    "Where",
    ["country", "region", "district", "nuts1", "nuts2", "nuts3", "quebec_region", "other_region"],
  ],
  ["When", ["year", "figure_year", "founded", "decade"]],
  ["Give and take", ["capital_offered", "capital_needed", "offers", "needs"]],
  ["Ties and sources", ["member_of", "relation", "women_band", "language", "source", "data_set"]],
];

/** What a value of a dimension is called. */
export function valueLabel(dimension: DimensionName, value: string, names?: Names): string {
  if (value === none) return "Not stated";
  if (dimension === "decade") return `${value}s`;
  if (dimension === "capital_offered" || dimension === "capital_needed") {
    return capitalWords[value as Capital] ?? value;
  }
  const name = facetOf(dimension);
  return name === undefined ? value : filterLabel({ name, value }, names);
}

/** A fact that a search demands, in words: `Theme: Food and farming`. */
export function factLabel({ dimension, value }: Also, names?: Names): string {
  return `${dimensionWords[dimension]}: ${valueLabel(dimension, value, names)}`;
}

const measures: Record<string, string> = {
  organisations: "Co-ops",
  members: "Members",
  members_natural: "Members who are persons",
  members_legal: "Members that are organisations",
  women: "Women among the members",
  men: "Men among the members",
  workers: "Workers",
  worker_members: "Workers who are members",
  worker_member_ratio: "Share of members among the workers",
  volunteers: "Volunteers",
};
const amounts: Record<string, string> = {
  turnover: "Turnover",
  assets: "Assets",
  surplus: "Surplus",
};

/** What a measure is called. */
export function measureLabel(measure: string): string {
  const known = measures[measure];
  if (known !== undefined) return known;
  const [base = "", detail = ""] = measure.split(":");
  return base === "members"
    ? `Members: ${kindWords[detail as StakeholderKind]}`
    : `${amounts[base]}, ${detail}`;
}

export const statWords: Record<StatName, string> = {
  sum: "Sum",
  mean: "Mean",
  median: "Median",
  quartiles: "Quartiles",
  ratio: "Ratio of the sums",
};

/** What a table is of: `Members, median by region, 2023`. */
export function tableTitle({
  rows,
  cols,
  measure = "organisations",
  stat = "sum",
  year,
  compare,
}: Pick<StatisticsQuery, "rows" | "cols" | "measure" | "stat" | "year" | "compare">): string {
  const counted = measure === "organisations" || stat === "sum";
  const what = measureLabel(measure) + (counted ? "" : `, ${statWords[stat].toLowerCase()}`);
  const sides = [rows, cols].flatMap((name) => (name === undefined ? [] : [dimensionWords[name]]));
  // Heads begin with a capital; in the middle of a title only names do.
  const by = sides.map((word) =>
    word.startsWith("NUTS") ? word : word.charAt(0).toLowerCase() + word.slice(1),
  );
  const years = [year, compare].filter((each) => each !== undefined);
  return [
    by.length === 0 ? what : `${what} by ${by.join(" and ")}`,
    ...(years.length === 0 ? [] : [years.join(" and ")]),
  ].join(", ");
}
