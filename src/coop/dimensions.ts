/**
 * What statistics can be broken down by. Sectors and regions have one for each
 * level. `year` is the years in which there was the co-op, `figure_year` the
 * years for which it has figures: in both, a figure counts in its own year only.
 */
export const dimensionNames = [
  "type",
  "multi_stakeholder",
  "section",
  "division",
  "group",
  "class",
  "theme",
  "country",
  "region",
  "district",
  "nuts1",
  "nuts2",
  "nuts3",
  "quebec_region",
  "other_region",
  "legal_form",
  "stakeholder",
  "level",
  "status",
  "capital_offered",
  "capital_needed",
  "offers",
  "needs",
  "founded",
  "decade",
  "year",
  "figure_year",
  "women_band",
  "source",
  "data_set",
  "language",
  "member_of",
  "relation",
] as const;
export type DimensionName = (typeof dimensionNames)[number];

/** The value of those that have none. */
export const none = "none";

/** A fact that a search demands beside its other filters: a dimension and one of its values. */
export interface Also {
  dimension: DimensionName;
  value: string;
}

/** Reads `theme:food`, `type:none`, `founded:1997`; undefined for what names no dimension. */
export function parseAlso(text: string): Also | undefined {
  const at = text.indexOf(":");
  const dimension = dimensionNames.find((name) => name === text.slice(0, at));
  const value = text.slice(at + 1).trim();
  // In a year there was more than one fact decides: `in_year` asks for that.
  return dimension === undefined || dimension === "year" || value === "" || value.length > 200
    ? undefined
    : { dimension, value };
}
