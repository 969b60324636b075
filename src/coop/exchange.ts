import type { Capital, Theme } from "./codes.ts";
import type { Exchange } from "./listing.ts";

/** What an offer is of, or a need. */
export interface Wanted {
  theme: Theme | undefined;
  capital: Capital;
}

/**
 * How well what one offers fits what another looks for: 3 in theme and capital,
 * 2 in theme alone, 1 in capital where one of them names no theme, 0 not at all.
 */
export type Fit = 0 | 1 | 2 | 3;

/** How well an offer and a need fit; the same from both sides. */
export function fitOf(a: Wanted, b: Wanted): Fit {
  const same = a.capital === b.capital;
  if (a.theme === undefined || b.theme === undefined) return same ? 1 : 0;
  if (a.theme !== b.theme) return 0;
  return same ? 3 : 2;
}

/** The offers or needs that haven't expired. */
export function standing(exchanges: readonly Exchange[] = [], now: number): Exchange[] {
  const today = dayOf(now);
  return exchanges.filter(
    ({ validThrough }) => validThrough === undefined || validThrough >= today,
  );
}

/** The day of a moment (epoch ms), in UTC: `2026-11-22`. */
export function dayOf(now: number): string {
  return new Date(now).toISOString().slice(0, 10);
}

/** Those of the one side that fit something of the other, the best first. */
export function fitting<T extends Exchange>(these: readonly T[], those: readonly Exchange[]): T[] {
  const fit = (one: Exchange) =>
    Math.max(0, ...those.map((other) => fitOf(plain(one), plain(other))));
  return these
    .map((one) => ({ one, fit: fit(one) }))
    .filter((each) => each.fit > 0)
    .toSorted((a, b) => b.fit - a.fit)
    .map(({ one }) => one);
}

function plain({ theme, capital }: Exchange): Wanted {
  return { theme, capital };
}
