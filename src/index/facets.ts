import { type CoopType, type Level, type Status, type Theme, themes } from "../coop/codes.ts";
import { type FacetName, facetNames, type SearchQuery } from "../coop/query.ts";
import { regionLabel, regionPath } from "../coop/regions.ts";
import { sectorLabel, sectorPath } from "../coop/sectors.ts";
import type { Answer } from "../coop/stakeholders.ts";
import type { FacetValue } from "./directory-index.ts";

/** A coded fact of a listing. */
export interface Fact {
  facet: FacetName;
  value: string;
}

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

/** A fact with its number and its place in the facet. */
interface Numbered extends Fact {
  code: number;
  /** Shown before anything is chosen. */
  top: boolean;
  /** What directly contains it. */
  parent: string | undefined;
}

/** The numbers of all facts that occur, from 0 on: what the columns hold. */
export class FactNumbers {
  readonly #facts: Numbered[] = [];
  readonly #codes = new Map<string, number>();
  /** The facet of each number, as the bit of its place in `facetNames`. */
  bits = new Uint32Array(1024);

  get size(): number {
    return this.#facts.length;
  }

  find({ facet, value }: Fact): number | undefined {
    return this.#codes.get(`${facet} ${value}`);
  }

  /** Gives the next number to a fact that has none. */
  add({ facet, value }: Fact): number {
    const code = this.#facts.length;
    this.#facts.push({ facet, value, code, ...placeOf(facet, value) });
    this.#codes.set(`${facet} ${value}`, code);
    if (code === this.bits.length) {
      const larger = new Uint32Array(code * 2);
      larger.set(this.bits);
      this.bits = larger;
    }
    this.bits[code] = facetBit(facet);
    return code;
  }

  /**
   * The values of every facet, largest first: what is chosen, what is shown
   * before anything is chosen, and what the chosen ones directly contain.
   *
   * @param counts Listings by number of the fact.
   */
  values(counts: Uint32Array, query: SearchQuery): Record<FacetName, FacetValue[]> {
    const chosen = facetNames.map((name) => new Set<string>(query[name]));
    const all = facetNames.map((): FacetValue[] => []);
    for (const { facet, value, code, top, parent } of this.#facts) {
      const count = counts[code] ?? 0;
      if (count === 0) continue;
      const at = facetNames.indexOf(facet);
      const picked = chosen[at];
      if (picked === undefined) continue;
      if (top || picked.has(value) || (parent !== undefined && picked.has(parent))) {
        all[at]?.push({ value, label: labelOf(facet, value), count });
      }
    }
    return Object.fromEntries(
      facetNames.map((name, at) => [name, largest(all[at] ?? [], chosen[at] ?? new Set(), name)]),
    ) as Record<FacetName, FacetValue[]>;
  }
}

/** The bit that stands for a facet. */
export function facetBit(name: FacetName): number {
  return 1 << facetNames.indexOf(name);
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

function placeOf(facet: FacetName, value: string): Pick<Numbered, "top" | "parent"> {
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
