import { type RelationKind, Theme, themes } from "../coop/codes.ts";
import type { FacetName, Filter } from "../coop/query.ts";
import type { Columns } from "./columns.ts";
import type { Cache } from "./cache.ts";
import type { Side } from "./exchanges.ts";
import { rowsNamed } from "./other-end.ts";
import { placeCandidates, type Places } from "./place-filter.ts";
import { select, type Selection } from "./select.ts";

/** Of which place it is asked what it needs and what it has. */
export interface SupplyQuestion {
  query: Filter & Places;
  /** What has expired by this day is passed over: `2026-11-22`. */
  today: string;
}

/** What a place needs of one theme, and who is there to give it. All are organisations of the place. */
export interface ThemeSupply {
  theme: Theme;
  /** Look for something of it. */
  needing: number;
  /** Buy from a listed co-op of the theme, wherever that is. */
  buying: number;
  /** Offer something of it. */
  offering: number;
  /** Work in it. */
  working: number;
  /** Of those, the ones with a public contract, and those that supply somebody. */
  contracted: number;
  supplying: number;
  /** The sectors of the theme (ISIC Rev.4), each with how many work in it. */
  sectors: { sector: string; working: number }[];
}

/** What a place needs and has. */
export interface Supply {
  /** How many there are in the place. */
  organisations: number;
  themes: ThemeSupply[];
}

/** The parts of the file that know of it. */
type Parts = Pick<Cache, "rows" | "exchanges" | "edges">;

/**
 * What is needed and bought in a place, theme by theme, beside who is there to
 * offer it: worked examples apart. Where `needing` or `buying` stands beside no
 * `offering` and no `working`, there is nobody.
 */
export function supplyOf({ query, today }: SupplyQuestion, columns: Columns, parts: Parts): Supply {
  const selection = select(columns, query, placeCandidates(columns, query));
  const { rows, total } = selection;
  const sectors = countValues(columns, "sector", rows);
  const working = countValues(columns, "theme", rows);
  const stating = (kind: RelationKind) => having(columns, "relation", kind, rows);
  const contracted = countValues(columns, "theme", stating("public-contract-with"));
  const supplying = countValues(columns, "theme", stating("supplies"));
  const buying = boughtThemes(stating("buys-from"), columns, parts);
  const needing = exchanged("needs", { rows, today, selection }, columns, parts);
  const offering = exchanged("offers", { rows, today, selection }, columns, parts);
  return {
    organisations: total,
    themes: Theme.options.map((theme) => ({
      theme,
      needing: needing.get(theme) ?? 0,
      buying: buying.get(theme) ?? 0,
      offering: offering.get(theme) ?? 0,
      working: working.get(theme) ?? 0,
      contracted: contracted.get(theme) ?? 0,
      supplying: supplying.get(theme) ?? 0,
      sectors: themes[theme].isic.map((code) => {
        const sector = `isic4:${code}`;
        return { sector, working: sectors.get(sector) ?? 0 };
      }),
    })),
  };
}

/** Whether a theme is asked for in a place, and nobody is there to supply it. */
export function isLacking({ needing, buying, offering, working }: ThemeSupply): boolean {
  return needing + buying > 0 && offering + working === 0;
}

/** How many rows have each value of a facet. */
function countValues(
  columns: Columns,
  facet: FacetName,
  rows: Uint32Array,
): ReadonlyMap<string, number> {
  const sets = columns.sets(facet);
  const column = columns.column(facet);
  const bySet = new Uint32Array(sets.size);
  for (let at = 0; at < rows.length; at++) {
    const set = column[rows[at] as number] as number;
    bySet[set] = (bySet[set] as number) + 1;
  }
  return new Map(Array.from(sets.byCode(bySet), (count, code) => [sets.values[code] ?? "", count]));
}

/** Those of some rows that have a value in a facet. */
function having(columns: Columns, facet: FacetName, value: string, rows: Uint32Array): Uint32Array {
  const sets = columns.sets(facet);
  const column = columns.column(facet);
  const has = new Uint8Array(sets.size);
  for (const set of sets.within(sets.code(value) ?? -1)) has[set] = 1;
  return rows.filter((row) => has[column[row] as number] === 1);
}

/**
 * By theme, how many rows offer something of it, or need it, on a day: what the
 * columns say, but for those rows of which something has expired.
 */
function exchanged(
  side: Side,
  { rows, today, selection }: { rows: Uint32Array; today: string; selection: Selection },
  columns: Columns,
  { exchanges }: Parts,
): ReadonlyMap<string, number> {
  const counts = new Map(countValues(columns, side, rows));
  const sets = columns.sets(side);
  const column = columns.column(side);
  const isHere = (row: number) => selection.has(row) && !columns.exampleRows.has(row);
  for (const row of exchanges.expired(side, today).filter(isHere)) {
    const now = exchanges.of(row, side, today).flatMap(({ theme }) => theme ?? []);
    countOnce(
      counts,
      sets.of(column[row] ?? 0).map((code) => sets.values[code] ?? ""),
      -1,
    );
    countOnce(counts, now, 1);
  }
  return counts;
}

/** By theme, how many rows buy from a listed co-op that works in it. */
function boughtThemes(
  buyers: Uint32Array,
  columns: Columns,
  { rows, edges }: Parts,
): ReadonlyMap<string, number> {
  const sets = columns.sets("theme");
  const column = columns.column("theme");
  const bought = new Map<number, string[]>();
  for (const { row, kind, other, registration } of edges.among(buyers)) {
    if (kind !== "buys-from") continue;
    const [named] = [other, registration].flatMap((id) => rowsNamed(id, rows));
    if (named === undefined) continue;
    const themes = sets.of(column[named] ?? 0).map((code) => sets.values[code] ?? "");
    bought.set(row, [...(bought.get(row) ?? []), ...themes]);
  }
  const counts = new Map<string, number>();
  for (const themes of bought.values()) countOnce(counts, themes);
  return counts;
}

function countOnce<T>(counts: Map<T, number>, values: T[], by = 1): void {
  for (const value of new Set(values)) counts.set(value, (counts.get(value) ?? 0) + by);
}
