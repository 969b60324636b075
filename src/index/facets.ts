import { type FacetName, facetNames, type SearchQuery } from "../coop/query.ts";
import { regionParent } from "../coop/regions.ts";
import { sectorParent } from "../coop/sectors.ts";
import type { Columns } from "./columns.ts";
import type { FacetValue } from "./directory-index.ts";
import { labelOf } from "./labels.ts";
import type { CodeCounts } from "./select.ts";

/** At most so many values of a facet are given. */
const mostValues = 50;

/**
 * The values of every facet, largest first: what is chosen, what is shown before
 * anything is chosen, and what the chosen ones directly contain. What is chosen
 * is always given, also with a count of 0, so that it can be taken back.
 *
 * @param language That of the labels, a tag of BCP 47.
 */
export function facetValues(
  columns: Columns,
  counts: CodeCounts,
  query: Pick<SearchQuery, FacetName>,
  language = "en",
): Record<FacetName, FacetValue[]> {
  return Object.fromEntries(
    facetNames.map((facet) => {
      const chosen = new Set<string>(query[facet]);
      const shown = valuesOf(facet, columns, counts.get(facet) ?? new Uint32Array(0), chosen);
      return [
        facet,
        shown.map(({ value, count }) => ({ value, label: labelOf(facet, value, language), count })),
      ];
    }),
  ) as Record<FacetName, FacetValue[]>;
}

interface Counted {
  value: string;
  count: number;
}

function valuesOf(
  facet: FacetName,
  columns: Columns,
  counts: Uint32Array,
  chosen: ReadonlySet<string>,
): Counted[] {
  const sets = columns.sets(facet);
  const first = [...chosen].map((value) => ({ value, count: counts[sets.code(value) ?? -1] ?? 0 }));
  const room = Math.max(0, mostValues - first.length);
  /** The largest so far, in order. */
  const rest: Counted[] = [];
  for (let code = 0; code < counts.length; code++) {
    const count = counts[code] ?? 0;
    // A facet may have a hundred thousand values: most are out at a glance.
    const least = rest.length < room ? 0 : (rest.at(-1)?.count ?? Infinity);
    if (count === 0 || count < least) continue;
    const value = sets.values[code] ?? "";
    if (chosen.has(value) || !isShown(facet, value, chosen)) continue;
    const each = { value, count };
    const at = rest.findLastIndex((other) => bySize(other, each) < 0) + 1;
    rest.splice(at, 0, each);
    if (rest.length > room) rest.pop();
  }
  return [...first, ...rest].toSorted(bySize).slice(0, mostValues);
}

function bySize(a: Counted, b: Counted): number {
  return b.count - a.count || (a.value < b.value ? -1 : 1);
}

/** Whether a value is shown that isn't chosen. */
function isShown(facet: FacetName, value: string, chosen: ReadonlySet<string>): boolean {
  switch (facet) {
    case "sector": {
      const parent = sectorParent(value);
      return parent === undefined || chosen.has(parent);
    }
    case "region": {
      // Codes of other schemes have no parent either, but are no countries.
      if (value.startsWith("iso3166-1:")) return true;
      if (chosen.size === 0) return false;
      const parent = regionParent(value);
      return parent !== undefined && chosen.has(parent);
    }
    default:
      return true;
  }
}
