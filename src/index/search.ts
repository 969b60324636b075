import { type FacetName, facetNames, type SearchQuery } from "../coop/query.ts";
import { readText } from "./asked.ts";
import type { Cache } from "./cache.ts";
import type { Columns } from "./columns.ts";
import { type Place, readCursor, type Sort, writeCursor } from "./cursor.ts";
import type { FacetValue } from "./directory-index.ts";
import { expressionOf } from "./expression.ts";
import { facetValues } from "./facets.ts";
import type { PlacedRow } from "./rows.ts";
import { selectAndCount, type Selection } from "./select.ts";

/** What a search finds, before the listings themselves are read. */
export interface Found {
  total: number;
  examples: number;
  /** The URLs of the records of the page. */
  records: string[];
  facets: Record<FacetName, FacetValue[]>;
  next: string | null;
}

/** Items of a result, when the query doesn't say. */
const defaultLimit = 20;

/**
 * Answers a query: FTS5 finds the text, one pass over the columns filters and
 * counts, and only the items of the page are read.
 *
 * @throws {AppError} `bad-request` for a cursor of another query.
 */
export function search(query: SearchQuery, cache: Cache, columns: Columns): Found {
  const text = readText(query.q ?? "");
  const sort = sortOf(query.sort, text.kind === "words" || text.kind === "nothing");
  const after = readCursor(query, sort);
  const limit = query.limit ?? defaultLimit;
  let scores: [row: number, score: number][] = [];
  let hits: number[] | undefined;
  if (text.kind === "nothing") hits = [];
  if (text.kind === "words" && sort === "relevance") {
    scores = cache.texts.scores(expressionOf(text));
    hits = scores.map(([row]) => row);
  } else if (text.kind === "words") {
    hits = cache.texts.hits(expressionOf(text));
  }
  const candidates = hits && Uint32Array.from(hits).toSorted();
  const { selection, counts } = selectAndCount(columns, query, candidates, facetNames);
  const page =
    sort === "relevance"
      ? bestOf(scores, selection, columns, after, limit + 1)
      : sort === "name"
        ? byName(selection, columns, cache, after, limit + 1)
        : newest(selection, columns, after, limit + 1);
  const last = page.length > limit ? page[limit - 1] : undefined;
  return {
    total: selection.total,
    examples: selection.examples,
    records: page.slice(0, limit).flatMap(({ row }) => cache.rows.record(row) ?? []),
    facets: facetValues(columns, counts, query),
    next: last === undefined ? null : writeCursor(query, sort, last),
  };
}

/** Without words there is no relevance. */
function sortOf(sort: SearchQuery["sort"], words: boolean): Sort {
  const wanted = sort === "nearest" || sort === "quality" ? "name" : sort;
  if (words) return wanted ?? "relevance";
  return wanted === "updated" ? "updated" : "name";
}

function byName(
  { rows, exampleRows, marks }: Selection,
  columns: Columns,
  cache: Cache,
  after: Place | undefined,
  limit: number,
): PlacedRow[] {
  // Sorting the matches, or going along the order until enough of it matches:
  // whichever looks at fewer rows.
  if ((rows.length + exampleRows.length) ** 2 < columns.size * limit) {
    return cache.rows.sortedByName([...rows, ...exampleRows], after, limit);
  }
  const page: PlacedRow[] = [];
  for (const each of cache.rows.byName(after)) {
    if (marks[each.row] === 1) page.push(each);
    if (page.length === limit) break;
  }
  return page;
}

function newest(
  { rows, exampleRows }: Selection,
  columns: Columns,
  after: Place | undefined,
  limit: number,
): PlacedRow[] {
  const all = [...rows, ...exampleRows].map((row): [number, number] => [
    row,
    -(columns.updated[row] ?? 0),
  ]);
  return first(all, columns, after, limit);
}

function bestOf(
  scores: [row: number, score: number][],
  { marks }: Selection,
  columns: Columns,
  after: Place | undefined,
  limit: number,
): PlacedRow[] {
  return first(
    scores.filter(([row]) => marks[row] === 1),
    columns,
    after,
    limit,
  );
}

function first(
  keyed: [row: number, key: number][],
  columns: Columns,
  after: Place | undefined,
  limit: number,
): PlacedRow[] {
  const left: (PlacedRow & { key: number })[] = [];
  for (const [row, key] of keyed) {
    const tie = columns.tie[row] ?? 0;
    if (after === undefined || key > Number(after.key) || (key === after.key && tie > after.tie)) {
      left.push({ row, key, tie });
    }
  }
  return left.toSorted((a, b) => a.key - b.key || a.tie - b.tie).slice(0, limit);
}

/** The rows that have the words of a search, ascending; undefined is all. */
export function textRows(q: string, { texts }: Cache): Uint32Array | undefined {
  const text = readText(q);
  if (text.kind === "nothing") return new Uint32Array(0);
  return text.kind === "words" ? Uint32Array.from(texts.hits(expressionOf(text))) : undefined;
}
