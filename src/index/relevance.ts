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
  const among = rows ?? new Uint32Array(0);
  const isHit = (expression: string | undefined) =>
    marksOf(expression === undefined ? new Uint32Array(0) : texts.hits(expression), among);
  const [isEntire, isWithin, isFirst, isCoop] = [entire, within, first, coop].map(isHit);
  const exact = new Set(
    listings.named(fold(typed), mostNamed).flatMap((each) => (each.exact ? each.row : [])),
  );
  const isScored =
    columns.size <= fewRows ||
    clausesOf(asked).every((clause) => texts.count(clause, common) < common);
  const scores = isScored ? texts.scores(expressionOf(asked)) : [];
  const keys = Float64Array.from(among, (row, at) =>
    relevanceKey({
      bm25: scores[at] ?? -1,
      exact: exact.has(row),
      entire: isEntire?.[at] === 1,
      within: isWithin?.[at] === 1,
      first: isFirst?.[at] === 1,
      coop: isCoop?.[at] === 1,
      quality: columns.quality[row] ?? 0,
    }),
  );
  // Whoever asks goes along the rows, too: the next one is never far.
  let at = 0;
  return (row) => {
    if ((among[at] ?? Infinity) > row) at = 0;
    while ((among[at] ?? Infinity) < row) at += 1;
    return keys[at] ?? 0;
  };
}

/** By place in an ascending list, 1 where another one has the same. */
function marksOf(some: Uint32Array, list: Uint32Array): Uint8Array {
  const marks = new Uint8Array(list.length);
  for (let at = 0, other = 0; at < list.length && other < some.length;) {
    const order = (list[at] as number) - (some[other] as number);
    if (order === 0) marks[at] = 1;
    if (order <= 0) at += 1;
    if (order >= 0) other += 1;
  }
  return marks;
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
