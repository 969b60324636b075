import { type FacetName, facetNames } from "../coop/query.ts";

/**
 * The dictionary of a facet: its values and all sets of them that rows have,
 * each with a number. Both only grow, so that numbers keep their meaning in
 * files and in other threads.
 */
export class FactSets {
  readonly #values: string[] = [];
  readonly #codes = new Map<string, number>();
  /** The codes of each set, ascending. */
  readonly #sets: (readonly number[])[] = [[]];
  readonly #numbers = new Map<string, number>([["", 0]]);
  /** By code, the set that has nothing else in it. */
  readonly #alone: number[] = [];
  /** By code, the sets that it is in. */
  readonly #within: number[][] = [];

  /** How many sets there are; 0 is the empty one. */
  get size(): number {
    return this.#sets.length;
  }

  /** By code, from 0 on. */
  get values(): readonly string[] {
    return this.#values;
  }

  /** The codes in a set. */
  of(set: number): readonly number[] {
    return this.#sets[set] ?? [];
  }

  code(value: string): number | undefined {
    return this.#codes.get(value);
  }

  /** The sets that have a value in them. */
  within(code: number): readonly number[] {
    return this.#within[code] ?? [];
  }

  /** What counts by number of the set come to by code. */
  byCode(bySet: Uint32Array): Uint32Array {
    const counts = new Uint32Array(this.#values.length);
    const size = Math.min(this.#sets.length, bySet.length);
    for (let set = 0; set < size; set++) {
      const count = bySet[set] as number;
      if (count === 0) continue;
      const codes = this.#sets[set] as readonly number[];
      for (let at = 0; at < codes.length; at++) {
        const code = codes[at] as number;
        counts[code] = (counts[code] as number) + count;
      }
    }
    return counts;
  }

  /** The code of a value, the next one if it has none. */
  addValue(value: string): number {
    const known = this.#codes.get(value);
    if (known !== undefined) return known;
    const code = this.#values.push(value) - 1;
    this.#codes.set(value, code);
    this.#within.push([]);
    return code;
  }

  /** The number of a set of codes, the next one if it has none. */
  addSet(codes: Iterable<number>): number {
    const given = [...codes];
    const sorted = isAscending(given) ? given : [...new Set(given)].toSorted((a, b) => a - b);
    const key = sorted.join();
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    const set = this.#sets.push(sorted) - 1;
    this.#numbers.set(key, set);
    for (const code of sorted) this.#within[code]?.push(set);
    return set;
  }

  /** The number of a set of values. */
  add(values: readonly string[]): number {
    if (values.length === 0) return 0;
    const [value = ""] = values;
    if (values.length > 1) return this.addSet(values.map((each) => this.addValue(each)));
    // Most sets have one value: those are found without writing it down.
    const code = this.addValue(value);
    return (this.#alone[code] ??= this.addSet([code]));
  }
}

function isAscending(codes: readonly number[]): boolean {
  for (let at = 1; at < codes.length; at++) {
    if ((codes[at - 1] ?? 0) >= (codes[at] ?? 0)) return false;
  }
  return true;
}

/** The dictionaries of all facets. */
export type Dictionaries = Readonly<Record<FacetName, FactSets>>;

/** The set of the facet `status` that holds nothing but `closed`: the same in every dictionary. */
export const closedStatus = 1;

export function newDictionaries(): Dictionaries {
  const dictionaries = Object.fromEntries(
    facetNames.map((name) => [name, new FactSets()]),
  ) as unknown as Dictionaries;
  dictionaries.status.add(["closed"]);
  return dictionaries;
}

/**
 * The numbers of a row's sets.
 *
 * @param facts The values of each facet.
 * @returns One number for each facet, in the order of `facetNames`.
 */
export function setsOf(
  dictionaries: Dictionaries,
  facts: Readonly<Partial<Record<FacetName, readonly string[]>>>,
): number[] {
  return facetNames.map((name) => dictionaries[name].add(facts[name] ?? []));
}
