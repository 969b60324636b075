import { type RelationKind, Theme, themes } from "../coop/codes.ts";
import type { FacetName, Filter } from "../coop/query.ts";
import type { Columns } from "./columns.ts";
import type { Cache } from "./cache.ts";
import type { Side } from "./exchanges.ts";
import { rowsNamed } from "./other-end.ts";
import { placeCandidates, type Places } from "./place-filter.ts";
import { select } from "./select.ts";

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
  const { rows, total } = select(columns, query, placeCandidates(columns, query));
  const sectors = countValues(columns, "sector", rows);
  const working = countValues(columns, "theme", rows);
  const having = (kind: RelationKind) => {
    const some = rows.filter((row) => has(columns, "relation", row, kind));
    return { some, byTheme: countValues(columns, "theme", some) };
  };
  const contracted = having("public-contract-with").byTheme;
  const supplying = having("supplies").byTheme;
  const buying = boughtThemes(having("buys-from").some, columns, parts);
  const needing = exchanged("needs", rows, today, columns, parts);
  const offering = exchanged("offers", rows, today, columns, parts);
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
  for (const row of rows) bump(bySet, column[row] ?? 0);
  const byCode = new Uint32Array(sets.values.length);
  for (const [set, count] of bySet.entries()) {
    if (count > 0) for (const code of sets.of(set)) byCode[code] = (byCode[code] ?? 0) + count;
  }
  return new Map([...byCode.entries()].map(([code, count]) => [sets.values[code] ?? "", count]));
}

function bump(counts: Uint32Array, at: number): void {
  counts[at] = (counts[at] ?? 0) + 1;
}

function has(columns: Columns, facet: FacetName, row: number, value: string): boolean {
  const sets = columns.sets(facet);
  const code = sets.code(value);
  return code !== undefined && sets.of(columns.column(facet)[row] ?? 0).includes(code);
}

/** By theme, how many rows offer something of it, or need it, on a day. */
function exchanged(
  side: Side,
  rows: Uint32Array,
  today: string,
  columns: Columns,
  { exchanges }: Parts,
): ReadonlyMap<Theme, number> {
  const counts = new Map<Theme, number>();
  const column = columns.column(side);
  for (const row of rows) {
    if (column[row] === 0) continue;
    countOnce(
      counts,
      exchanges.of(row, side, today).flatMap(({ theme }) => theme ?? []),
    );
  }
  return counts;
}

/** By theme, how many rows buy from a listed co-op that works in it. */
function boughtThemes(
  buyers: Uint32Array,
  columns: Columns,
  { rows, edges }: Parts,
): ReadonlyMap<Theme, number> {
  const counts = new Map<Theme, number>();
  const sets = columns.sets("theme");
  const column = columns.column("theme");
  for (const buyer of buyers) {
    const bought = edges
      .of(buyer)
      .filter(({ kind }) => kind === "buys-from")
      .flatMap(({ other, registration }) =>
        [other, registration].flatMap((id) => rowsNamed(id, rows)).slice(0, 1),
      );
    const codes = bought.flatMap((row) => [...sets.of(column[row] ?? 0)]);
    countOnce(
      counts,
      codes.map((code) => sets.values[code] as Theme),
    );
  }
  return counts;
}

function countOnce<T>(counts: Map<T, number>, values: T[]): void {
  for (const value of new Set(values)) counts.set(value, (counts.get(value) ?? 0) + 1);
}
