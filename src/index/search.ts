import type { SearchQuery } from "../coop/query.ts";
import { readText } from "./asked.ts";
import type { Cache, PlacedRow } from "./cache.ts";
import type { Columns, Tally } from "./old-columns.ts";
import { type Place, readCursor, type Sort, writeCursor } from "./cursor.ts";
import type { SearchResult } from "./directory-index.ts";
import { expressionOf } from "./expression.ts";
import type { FactNumbers } from "./facets.ts";

/** Items of a result, when the query doesn't say. */
const defaultLimit = 20;

/**
 * Answers a query: FTS5 finds the text, one pass over the columns filters and
 * counts, and only the items of the page are read.
 *
 * @throws {AppError} `bad-request` for a cursor of another query.
 */
export function search(
  query: SearchQuery,
  cache: Cache,
  columns: Columns,
  numbers: FactNumbers,
): SearchResult {
  const text = readText(query.q ?? "");
  const sort = sortOf(query.sort, text.kind === "words" || text.kind === "nothing");
  const after = readCursor(query, sort);
  const limit = query.limit ?? defaultLimit;
  let scores: [row: number, score: number][] = [];
  let hits: number[] | undefined;
  if (text.kind === "nothing") hits = [];
  if (text.kind === "words" && sort === "relevance") {
    scores = cache.scores(expressionOf(text));
    hits = scores.map(([row]) => row);
  } else if (text.kind === "words") {
    hits = cache.hits(expressionOf(text));
  }
  const tally = columns.tally(query, numbers, hits);
  const page =
    sort === "relevance"
      ? bestOf(scores, tally, columns, after, limit + 1)
      : inOrder(sort, tally, columns, cache, after, limit + 1);
  const last = page.length > limit ? page[limit - 1] : undefined;
  return {
    total: tally.total,
    examples: tally.examples,
    items: page
      .slice(0, limit)
      .map(({ row }) => cache.entry(row))
      .filter((entry) => entry !== undefined),
    facets: numbers.values(tally.counts, query),
    next: last === undefined ? null : writeCursor(query, sort, last),
  };
}

/** Without words there is no relevance. */
function sortOf(sort: SearchQuery["sort"], words: boolean): Sort {
  const wanted = sort === "nearest" || sort === "quality" ? "name" : sort;
  if (words) return wanted ?? "relevance";
  return wanted === "updated" ? "updated" : "name";
}

function inOrder(
  sort: Exclude<Sort, "relevance">,
  { rows, matches }: Tally,
  columns: Columns,
  cache: Cache,
  after: Place | undefined,
  limit: number,
): PlacedRow[] {
  const order = sort === "name" ? "name" : "newest";
  // Sorting the matches, or going along the order until enough of it matches:
  // whichever looks at fewer rows.
  if (rows.length ** 2 < columns.size * limit) return cache.sorted(rows, order, after, limit);
  const page: PlacedRow[] = [];
  for (const each of cache.inOrder(order, after)) {
    if (matches[each.row] === 1) page.push(each);
    if (page.length === limit) break;
  }
  return page;
}

function bestOf(
  scores: [row: number, score: number][],
  { matches }: Tally,
  columns: Columns,
  after: Place | undefined,
  limit: number,
): PlacedRow[] {
  const left: (PlacedRow & { key: number })[] = [];
  for (const [row, key] of scores) {
    if (matches[row] !== 1) continue;
    const tie = columns.tie(row);
    if (after === undefined || key > Number(after.key) || (key === after.key && tie > after.tie)) {
      left.push({ row, key, tie });
    }
  }
  return left.toSorted((a, b) => a.key - b.key || a.tie - b.tie).slice(0, limit);
}
