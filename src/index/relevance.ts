import type { Cache } from "./cache.ts";
import type { Columns } from "./columns.ts";
import { clausesOf, expressionOf, ordersOf } from "./expression.ts";
import { fold } from "./fold.ts";
import type { FoundText } from "./found-text.ts";
import { qualityKey, relevanceKey } from "./ranking.ts";

/** Up to so many are scored: that costs 1.7 µs for each. */
export const mostScored = 5000;

/** An index of so few rows is scored whatever the words; otherwise not by words that stand in so many. */
const fewRows = 200_000;
const common = 100_000;

/** Names that begin with what was typed, where so many are found that they aren't scored. */
const mostNamed = 1000;

/**
 * The places of what a text finds in the order by relevance, for as many as can
 * be scored. Smaller comes first.
 */
export function relevance(
  { asked, typed, rows }: FoundText,
  { texts, rows: listings }: Cache,
  columns: Columns,
): (row: number) => number {
  if (asked.kind !== "words") return () => 0;
  const { entire, within, first, coop } = ordersOf(asked);
  const sets = [entire, within, first, coop].map((expression) =>
    expression === undefined ? new Set<number>() : new Set(texts.hits(expression)),
  );
  const [isEntire, isWithin, isFirst, isCoop] = sets;
  const exact = new Set(
    listings.named(fold(typed), mostNamed).flatMap((each) => (each.exact ? each.row : [])),
  );
  const isScored =
    columns.size <= fewRows ||
    clausesOf(asked).every((clause) => texts.count(clause, common) < common);
  const scores = new Map(isScored ? texts.scores(expressionOf(asked)) : []);
  const keys = new Map<number, number>();
  for (const row of rows ?? []) {
    const key = relevanceKey({
      bm25: scores.get(row) ?? -1,
      exact: exact.has(row),
      entire: isEntire?.has(row) === true,
      within: isWithin?.has(row) === true,
      first: isFirst?.has(row) === true,
      coop: isCoop?.has(row) === true,
      quality: columns.quality[row] ?? 0,
    });
    keys.set(row, key);
  }
  return (row) => keys.get(row) ?? 0;
}

/** The same for more than can be scored, and for everything: by quality, those with the name first. */
export function qualityOf(
  typed: string | undefined,
  { rows: listings }: Cache,
  columns: Columns,
): (row: number) => number {
  const start = typed === undefined ? "" : fold(typed);
  const begin = new Map(
    (start === "" ? [] : listings.named(start, mostNamed)).map(({ row, exact }) => [row, exact]),
  );
  const { quality } = columns;
  if (begin.size === 0) return (row) => qualityKey(quality[row] ?? 0, false, false);
  return (row) => {
    const exact = begin.get(row);
    return qualityKey(quality[row] ?? 0, exact === true, exact !== undefined);
  };
}
