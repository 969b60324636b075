import { type CoopType, type Level, type Status, type Theme, themes } from "../coop/codes.ts";
import { type FacetName, facetNames, type SearchQuery } from "../coop/query.ts";
import { regionLabel, regionPath } from "../coop/regions.ts";
import { sectorLabel, sectorPath } from "../coop/sectors.ts";
import type { Answer } from "../coop/stakeholders.ts";
import type { Columns } from "./columns.ts";
import type { FacetValue } from "./directory-index.ts";
import type { CodeCounts } from "./select.ts";

/** At most so many values of a facet are given. */
const mostValues = 50;

const typeLabels: Record<CoopType, string> = {
  producer: "Producer",
  worker: "Worker",
  "consumer-user": "Consumer or user",
  "multi-stakeholder": "Multi-stakeholder",
};

const answerLabels: Record<Answer, string> = { yes: "Yes", no: "No", unknown: "Not known" };

const levelLabels: Record<Level, string> = {
  primary: "Primary",
  secondary: "Secondary",
  apex: "Apex",
  group: "Group",
  subsidiary: "Subsidiary",
};

const statusLabels: Record<Status, string> = {
  forming: "Forming",
  active: "Active",
  dormant: "Dormant",
  closed: "Closed",
};

/**
 * The values of every facet, largest first: what is chosen, what is shown before
 * anything is chosen, and what the chosen ones directly contain.
 */
export function facetValues(
  columns: Columns,
  counts: CodeCounts,
  query: SearchQuery,
): Record<FacetName, FacetValue[]> {
  return Object.fromEntries(
    facetNames.map((name) => {
      const chosen = new Set<string>(query[name]);
      const known = columns.sets(name).values;
      const values: FacetValue[] = [];
      for (const [code, count] of (counts.get(name) ?? []).entries()) {
        const value = known[code] ?? "";
        if (count === 0) continue;
        const { top, parent } = placeOf(name, value);
        if (top || chosen.has(value) || (parent !== undefined && chosen.has(parent))) {
          values.push({ value, label: labelOf(name, value), count });
        }
      }
      return [name, largest(values, chosen, name)];
    }),
  ) as Record<FacetName, FacetValue[]>;
}

/** What is chosen is always given, also with a count of 0, so that it can be taken back. */
function largest(values: FacetValue[], chosen: Set<string>, facet: FacetName): FacetValue[] {
  const given = new Set(values.map(({ value }) => value));
  for (const value of chosen) {
    if (!given.has(value)) values.push({ value, label: labelOf(facet, value), count: 0 });
  }
  const bySize = (a: FacetValue, b: FacetValue) =>
    b.count - a.count || (a.value < b.value ? -1 : 1);
  return values
    .toSorted((a, b) => Number(chosen.has(b.value)) - Number(chosen.has(a.value)) || bySize(a, b))
    .slice(0, mostValues)
    .toSorted(bySize);
}

function placeOf(
  facet: FacetName,
  value: string,
): {
  /** Shown before anything is chosen. */
  top: boolean;
  /** What directly contains it. */
  parent: string | undefined;
} {
  switch (facet) {
    case "sector": {
      const parent = sectorPath(value)[1];
      return { parent, top: parent === undefined };
    }
    case "region":
      // Codes of other schemes have no parent either, but are no countries.
      return { parent: regionPath(value)[1], top: value.startsWith("iso3166-1:") };
    default:
      return { parent: undefined, top: true };
  }
}

function labelOf(facet: FacetName, value: string): string {
  switch (facet) {
    case "theme":
      return themes[value as Theme].label;
    case "sector":
      return sectorLabel(value) ?? value;
    case "region":
      return regionLabel(value) ?? value;
    case "type":
      return typeLabels[value as CoopType];
    case "level":
      return levelLabels[value as Level];
    case "status":
      return statusLabels[value as Status];
    default:
      return answerLabels[value as Answer] ?? value;
  }
}
