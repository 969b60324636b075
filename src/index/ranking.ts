/** How a listing answers what was asked. */
export interface Match {
  /** The score of FTS5, below 0: smaller is better. */
  bm25: number;
  /** Its name is what was typed. */
  exact: boolean;
  /** It has every word as it was typed, the last one not only as a beginning. */
  entire: boolean;
  /** All words are in its name. */
  within: boolean;
  /** Its name begins with what was typed. */
  first: boolean;
  /** A word for co-operative was typed, and its name has one. */
  coop: boolean;
  /** 0 to 255. */
  quality: number;
}

/** Further than any score of FTS5. */
const step = 1000;

/**
 * The place of a listing in the order by relevance, ascending: first the one
 * whose name was typed, then those with every word as it was typed, within these
 * by score, and by `quality` up to a fifth up or down: that makes good for bm25,
 * which takes a listing that says more for one that says it less clearly.
 */
export function relevanceKey(match: Match): number {
  const { bm25, exact, entire, within, first, coop, quality } = match;
  const weight =
    (within ? 1.3 : 1) * (first ? 1.2 : 1) * (coop ? 1.2 : 1) * (0.8 + (0.4 * quality) / 255);
  return bm25 * weight - (exact ? 2 * step : 0) - (entire ? step : 0);
}

/**
 * The same where so many are found that they aren't scored: by quality, but for
 * those whose name is what was typed, or begins with it.
 */
export function qualityKey(quality: number, exact: boolean, first: boolean): number {
  return 255 - quality - (exact ? 2 * step : first ? step : 0);
}
