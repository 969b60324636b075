import {
  Capital,
  CoopType,
  Level,
  ProvenanceKind,
  RelationKind,
  StakeholderKind,
  Status,
  Theme,
} from "../coop/codes.ts";
import { type Also, type DimensionName, none } from "../coop/dimensions.ts";
import { anyTheme, type FacetName, womenBands } from "../coop/query.ts";
import { regionPath } from "../coop/regions.ts";
import { state } from "./columns.ts";
import { GrowingCombinations } from "./combinations.ts";
import type { Gathered } from "./figures.ts";

/** The dictionary of a facet, as tables need it. */
interface Sets {
  readonly size: number;
  of(set: number): readonly number[];
  readonly values: readonly string[];
}

/** The figures, as tables need them. */
export interface Runs {
  measures(): string[];
  years(measure: string): number[];
  gather(measure: string, year: number, wanted: Uint8Array): Gathered;
}

/** Keys by row. */
export type Keys = Uint8Array | Uint16Array | Uint32Array | Int16Array;

/** The columns, as tables need them. */
export interface StatisticalColumns {
  readonly size: number;
  /** Bits: `state` in columns.ts. */
  readonly state: ArrayLike<number>;
  sets(facet: FacetName): Sets;
  column(facet: FacetName): Keys;
  /** Years; 0 is not known. */
  readonly founded: Int16Array;
  readonly dissolved: Int16Array;
  readonly figures: Runs;
}

type Definition =
  | {
      /** A facet, or those of its values that are meant. */
      facet: FacetName;
      keep?: (value: string) => boolean;
      /** The order of the values; else that of their codes. */
      order?: readonly string[];
      /** What a value of the dimension is as a value of the facet: with this before it. */
      prefix?: string;
    }
  | { span: 1 | 10 }
  | { population: true };

const isoRegion = (value: string) => value.startsWith("iso3166-2:");
const isTop = (value: string) => regionPath(value)[1]?.startsWith("iso3166-1:") === true;
const ofLength = (scheme: string, length: number) => (value: string) =>
  value.startsWith(scheme) && value.length === scheme.length + length;

const definitions: Record<DimensionName, Definition> = {
  type: { facet: "type", order: CoopType.options },
  multi_stakeholder: { facet: "multi_stakeholder", order: ["yes", "no", "unknown"] },
  section: { facet: "sector", keep: ofLength("isic4:", 1) },
  division: { facet: "sector", keep: ofLength("isic4:", 2) },
  group: { facet: "sector", keep: ofLength("isic4:", 3) },
  class: { facet: "sector", keep: ofLength("isic4:", 4) },
  theme: { facet: "theme", order: Theme.options },
  country: { facet: "region", keep: (value) => value.startsWith("iso3166-1:") },
  region: { facet: "region", keep: (value) => isoRegion(value) && isTop(value) },
  district: { facet: "region", keep: (value) => isoRegion(value) && !isTop(value) },
  nuts1: { facet: "region", keep: ofLength("nuts:", 3) },
  nuts2: { facet: "region", keep: ofLength("nuts:", 4) },
  nuts3: { facet: "region", keep: ofLength("nuts:", 5) },
  quebec_region: { facet: "region", keep: (value) => value.startsWith("qc-region:") },
  other_region: { facet: "region", keep: (value) => !/^(iso3166-|nuts:|qc-region:)/.test(value) },
  legal_form: { facet: "legal_form" },
  stakeholder: { facet: "stakeholder", order: StakeholderKind.options },
  level: { facet: "level", order: Level.options },
  status: { facet: "status", order: Status.options },
  capital_offered: { facet: "capital", prefix: "offers:", order: Capital.options },
  capital_needed: { facet: "capital", prefix: "needs:", order: Capital.options },
  offers: { facet: "offers", order: Theme.options, keep: (value) => value !== anyTheme },
  needs: { facet: "needs", order: Theme.options, keep: (value) => value !== anyTheme },
  founded: { span: 1 },
  decade: { span: 10 },
  year: { population: true },
  figure_year: { facet: "figure_year" },
  women_band: { facet: "women_band", order: womenBands },
  source: {
    facet: "source",
    keep: (value) => isKind(value),
    order: ProvenanceKind.options,
  },
  data_set: { facet: "source", keep: (value) => !isKind(value) },
  language: { facet: "language" },
  member_of: { facet: "member_of" },
  relation: { facet: "relation", order: RelationKind.options },
};

function isKind(value: string): boolean {
  return ProvenanceKind.safeParse(value).success;
}

/** The facet that a dimension is taken from, if it is. */
export function facetOf(name: DimensionName): FacetName | undefined {
  const definition = definitions[name];
  return "facet" in definition ? definition.facet : undefined;
}

/** Whether its values are years, and a figure counts in its own year only. */
export function isTimed(name: DimensionName | undefined): name is "year" | "figure_year" {
  return name === "year" || name === "figure_year";
}

/** The value of the facet for a value of the dimension. */
function inFacet(name: DimensionName, value: string): string {
  const definition = definitions[name];
  return "prefix" in definition ? `${definition.prefix}${value}` : value;
}

/** The filters of a search that finds what is counted in a cell. */
export interface CellFilters {
  facet?: { name: FacetName; value: string };
  founded?: { from: number; to: number };
  in_year?: number;
  /** Where no filter says it: `type:none`. */
  also?: string;
}

/** How a search asks for a value of a dimension. */
export function filtersOf(name: DimensionName, value: string): CellFilters {
  if (name === "year") return { in_year: Number(value) };
  if (value === none) return { also: `${name}:${none}` };
  const definition = definitions[name];
  if ("facet" in definition) {
    return { facet: { name: definition.facet, value: inFacet(name, value) } };
  }
  const from = Number(value);
  return { founded: { from, to: from + ("span" in definition ? definition.span - 1 : 0) } };
}

/**
 * A dimension over some rows. Each row has a key; keys that stand for the same
 * values are one combination. So a value is looked at once a key and not once a
 * row, and rows are counted by combinations, of which there are few.
 */
export interface Axis {
  /** In order; `none` comes last. Only those that occur. */
  values: string[];
  /** By row. */
  keys: Keys;
  /** By key: its combination. */
  combos: Uint32Array;
  /** By combination: where its values begin in `cells`, and, with the next, where they end. */
  start: Uint32Array;
  /** Numbers of values. */
  cells: Uint32Array;
  /** The combinations of rows that were looked at already, by the list of the rows. */
  looked?: ReadonlyMap<Uint32Array, Uint32Array>;
}

/** The axis of a table that isn't broken down in this direction: one value for all. */
export function wholeAxis(size: number): Axis {
  return {
    values: [""],
    keys: new Uint8Array(size),
    combos: new Uint32Array(1),
    start: new Uint32Array([0, 1]),
    cells: new Uint32Array(1),
  };
}

/** The axis of a dimension, with the values that occur in the rows given. */
export function axisOf(
  columns: StatisticalColumns,
  name: DimensionName,
  rows: readonly Uint32Array[],
  isMeant: (value: string) => boolean = () => true,
): Axis {
  const { keys, combinations } = keyed(columns, name);
  const { values: all, ofKey, members } = combinations;
  const seen = new Uint8Array(members.length);
  const looked = new Map<Uint32Array, Uint32Array>();
  for (const some of rows) {
    const own = combosOf(keys, ofKey, some);
    for (let at = 0; at < own.length; at++) seen[own[at] as number] = 1;
    looked.set(some, own);
  }
  const found = new Set<string>();
  for (const [combo, own] of members.entries()) {
    if (seen[combo] === 0) continue;
    if (own.length === 0) found.add(none);
    for (const number of own) found.add(all[number] ?? "");
  }
  const values = inOrder(name, [...found].filter(isMeant));
  const places = new Map(values.map((value, at) => [value, at]));
  const placeOf = all.map((value) => places.get(value));
  const start = new Uint32Array(members.length + 1);
  const cells: number[] = [];
  for (const [combo, own] of members.entries()) {
    if (seen[combo] === 1) {
      if (own.length === 0) cells.push(...[places.get(none) ?? []].flat());
      for (const number of own) {
        const place = placeOf[number];
        if (place !== undefined) cells.push(place);
      }
    }
    start[combo + 1] = cells.length;
  }
  return { values, keys, combos: ofKey, start, cells: Uint32Array.from(cells), looked };
}

/** The combinations of some rows, one after another. */
export function combosOf(keys: Keys, combos: Uint32Array, rows: Uint32Array): Uint32Array {
  const found = new Uint32Array(rows.length);
  if (keys instanceof Uint8Array) combosOf8(keys, combos, rows, found);
  else if (keys instanceof Uint32Array) combosOf32(keys, combos, rows, found);
  // Years are never negative.
  else combosOf16(new Uint16Array(keys.buffer, keys.byteOffset, keys.length), combos, rows, found);
  return found;
}

// Written out for each width, as V8 compiles a loop over one sort of array to
// half the time of one over several.

function combosOf8(
  keys: Uint8Array,
  combos: Uint32Array,
  rows: Uint32Array,
  found: Uint32Array,
): void {
  for (let at = 0; at < rows.length; at++) {
    found[at] = combos[keys[rows[at] as number] as number] as number;
  }
}

function combosOf16(
  keys: Uint16Array,
  combos: Uint32Array,
  rows: Uint32Array,
  found: Uint32Array,
): void {
  for (let at = 0; at < rows.length; at++) {
    found[at] = combos[keys[rows[at] as number] as number] as number;
  }
}

function combosOf32(
  keys: Uint32Array,
  combos: Uint32Array,
  rows: Uint32Array,
  found: Uint32Array,
): void {
  for (let at = 0; at < rows.length; at++) {
    found[at] = combos[keys[rows[at] as number] as number] as number;
  }
}

/** What the keys of each dictionary, and of years, stand for. */
const known = new WeakMap<object, Map<DimensionName, GrowingCombinations>>();
const years = {};

/** The key of each row, and what keys stand for. */
function keyed(columns: StatisticalColumns, name: DimensionName) {
  const definition = definitions[name];
  if (!("facet" in definition)) {
    const span = "span" in definition ? definition.span : 1;
    const valuesOf = (year: number) => (year === 0 ? [] : [String(year - (year % span))]);
    return {
      keys: columns.founded,
      combinations: combinationsOf(years, name).upTo(10_000, valuesOf),
    };
  }
  const { facet, keep, prefix = "" } = definition;
  const sets = columns.sets(facet);
  const valuesOf = (set: number) =>
    sets.of(set).flatMap((code) => {
      const value = sets.values[code] ?? "";
      return value.startsWith(prefix) && (keep?.(value) ?? true) ? value.slice(prefix.length) : [];
    });
  return {
    keys: columns.column(facet),
    combinations: combinationsOf(sets, name).upTo(sets.size, valuesOf),
  };
}

function combinationsOf(dictionary: object, name: DimensionName): GrowingCombinations {
  let all = known.get(dictionary);
  if (all === undefined)
    known.set(dictionary, (all = new Map<DimensionName, GrowingCombinations>()));
  let found = all.get(name);
  if (found === undefined) all.set(name, (found = new GrowingCombinations()));
  return found;
}

function inOrder(name: DimensionName, found: string[]): string[] {
  const definition = definitions[name];
  const order = "order" in definition ? definition.order : undefined;
  const place = (value: string) => {
    if (value === none) return Infinity;
    const at = order?.indexOf(value) ?? -1;
    return at === -1 ? (order?.length ?? 0) : at;
  };
  return found.toSorted((a, b) => place(a) - place(b) || (a < b ? -1 : 1));
}

/** The rows that have all of these facts, ascending; undefined where none is asked for. */
export function alsoRows(
  columns: StatisticalColumns,
  also: readonly Also[],
): Uint32Array | undefined {
  if (also.length === 0) return undefined;
  const tests = also.map(({ dimension, value }) => {
    const { keys, combinations } = keyed(columns, dimension);
    const { values, ofKey, members } = combinations;
    const wanted = values.indexOf(value);
    const has = members.map((own) =>
      value === none ? own.length === 0 : wanted !== -1 && own.includes(wanted),
    );
    return { keys, meets: Uint8Array.from(ofKey, (combo) => (has[combo] === true ? 1 : 0)) };
  });
  const rows = new Uint32Array(columns.size);
  let found = 0;
  for (let row = 0; row < columns.size; row++) {
    rows[found] = row;
    found += tests.every(({ keys, meets }) => meets[keys[row] ?? 0] === 1) ? 1 : 0;
  }
  return rows.slice(0, found);
}

/** Whether there was a co-op in a year: founded by its end, and not dissolved by then. */
export function wasThere(
  {
    state: states,
    founded,
    dissolved,
  }: Pick<StatisticalColumns, "state" | "founded" | "dissolved">,
  row: number,
  year: number,
): boolean {
  const from = founded[row] ?? 0;
  const to = dissolved[row] ?? 0;
  // A co-op that has closed, nobody says when, can't be placed in time.
  const open = to === 0 ? ((states[row] ?? 0) & state.closed) === 0 : to > year;
  return from !== 0 && from <= year && open;
}

/** Whether nobody says when a co-op was founded, or when it closed: then it is in no year. */
export function isUndated(
  {
    state: states,
    founded,
    dissolved,
  }: Pick<StatisticalColumns, "state" | "founded" | "dissolved">,
  row: number,
): boolean {
  const closed = ((states[row] ?? 0) & state.closed) !== 0;
  return founded[row] === 0 || (closed && dissolved[row] === 0);
}
