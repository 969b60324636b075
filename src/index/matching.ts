import { Theme } from "../coop/codes.ts";
import { distance, type Point } from "../coop/earth.ts";
import { type Fit, fitOf, type Wanted } from "../coop/exchange.ts";
import { type Columns, state } from "./columns.ts";
import { nowhere } from "./geo.ts";
import { readPlace, writePlace } from "./cursor.ts";
import type { Exchanges, Side } from "./exchanges.ts";

/** Who may have something to do with one co-op. */
export interface MatchQuestion {
  /** Which list of the others is looked through: `offers` for what the co-op needs. */
  side: Side;
  /** What has expired by this day is passed over: `2026-11-22`. */
  today: string;
  /** No farther away than so many kilometres. */
  radius?: number | undefined;
  cursor?: string | undefined;
  limit: number;
}

/** A co-op that matches another. */
interface Match<Of> {
  of: Of;
  /** How well the best of its offers or needs fits. */
  fit: Fit;
  /** How far away it is, in metres; null where a place isn't known. */
  metres: number | null;
}

/** A page of matches, and how many there are. */
export interface Matches<Of> {
  total: number;
  items: Match<Of>[];
  next: string | null;
}

/**
 * Up to so many kilometres away are in one ring: within it, who fits better
 * comes first. Behind the rings are those in the same country whose distance
 * isn't known, and then the others.
 */
const rings = [10, 25, 50, 100, 250, 500, 1000, Number.POSITIVE_INFINITY];

/** A match with its place in the order. */
interface Placed extends Match<number> {
  key: number;
  tie: number;
}

/**
 * Who offers what a co-op needs, or needs what it offers: the nearest first,
 * and among those about as far away the best fit. Worked examples are matched
 * with worked examples only.
 *
 * @param row The co-op's.
 * @throws {AppError} `bad-request` for a cursor of another question.
 */
export function matchesOf(
  row: number,
  question: MatchQuestion,
  columns: Columns,
  exchanges: Exchanges,
): Matches<number> {
  const { side, today, radius, limit } = question;
  const asked = [row, side, today, radius ?? null];
  const after =
    question.cursor === undefined
      ? undefined
      : (readPlace(asked, question.cursor, ["number", "number"]) as [key: number, tie: number]);
  const own = exchanges.of(row, side === "offers" ? "needs" : "offers", today);
  const found = fittingRows(own, side, today, exchanges);
  const place = placesFrom(row, columns);
  const shown = state.hidden | state.closed | state.held | state.example;
  const wanted = state.held | ((columns.state[row] ?? 0) & state.example);
  const placed: Placed[] = [];
  for (const [other, fit] of found) {
    if (other === row || ((columns.state[other] ?? 0) & shown) !== wanted) continue;
    const metres = place.metres(other);
    if (radius !== undefined && (metres === null || metres > radius * 1000)) continue;
    const ring =
      metres === null
        ? rings.length + (place.sameCountry(other) ? 0 : 1)
        : rings.findIndex((each) => metres <= each * 1000);
    const key = (ring * 4 + (3 - fit)) * 2 ** 25 + (metres ?? 0);
    placed.push({ of: other, fit, metres, key, tie: columns.tie[other] ?? 0 });
  }
  const left =
    after === undefined
      ? placed
      : placed.filter(({ key, tie }) => key > after[0] || (key === after[0] && tie > after[1]));
  const page = left.toSorted((a, b) => a.key - b.key || a.tie - b.tie).slice(0, limit + 1);
  const last = page.length > limit ? page[limit - 1] : undefined;
  return {
    total: placed.length,
    items: page.slice(0, limit).map(({ of, fit, metres }) => ({ of, fit, metres })),
    next: last === undefined ? null : writePlace(asked, [last.key, last.tie]),
  };
}

/** Every row with something that fits, and how well its best does. */
function fittingRows(
  own: Wanted[],
  side: Side,
  today: string,
  exchanges: Exchanges,
): Map<number, Fit> {
  const found = new Map<number, Fit>();
  // A need without a theme may be met by whatever has its capital, of any theme.
  const themes = own.some(({ theme }) => theme === undefined)
    ? Theme.options
    : new Set(own.flatMap(({ theme }) => theme ?? []));
  for (const theme of own.length === 0 ? [] : [undefined, ...themes]) {
    for (const { row, capital } of exchanges.having(side, theme, today)) {
      const fits = own.map((each) => fitOf(each, { theme, capital }));
      const fit = Math.max(...fits) as Fit;
      if (fit > (found.get(row) ?? 0)) found.set(row, fit);
    }
  }
  return found;
}

/** How far the others are from a row. */
function placesFrom(row: number, columns: Columns) {
  const latitude = columns.latitude[row] ?? nowhere;
  const here = point(latitude, columns.longitude[row] ?? 0);
  const regions = columns.sets("region");
  const column = columns.column("region");
  const countryOf = (at: number) =>
    regions.of(column[at] ?? 0).find((code) => regions.values[code]?.startsWith("iso3166-1:"));
  const country = countryOf(row);
  return {
    sameCountry: (other: number) => country !== undefined && countryOf(other) === country,
    metres(other: number): number | null {
      const to = columns.latitude[other] ?? nowhere;
      if (latitude === nowhere || to === nowhere) return null;
      const there = point(to, columns.longitude[other] ?? 0);
      return Math.round(distance(here, there) * 1000);
    },
  };
}

/** From microdegrees. */
function point(latitude: number, longitude: number): Point {
  return { latitude: latitude / 1e6, longitude: longitude / 1e6 };
}
