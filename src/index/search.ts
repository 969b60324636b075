import { type FacetName, facetNames, type SearchQuery } from "../coop/query.ts";
import { AppError } from "../errors.ts";
import type { Cache } from "./cache.ts";
import type { Columns } from "./columns.ts";
import { type Place, readCursor, type Sort, writeCursor } from "./cursor.ts";
import type { FacetValue } from "./directory-index.ts";
import { facetValues } from "./facets.ts";
import { findText, type FoundText } from "./found-text.ts";
import { firstRows } from "./orders.ts";
import { both, placeCandidates } from "./place-filter.ts";
import { mostScored, qualityOf, relevance } from "./relevance.ts";
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
  previous: string | null;
  /** No text has what was typed: this is what `to` finds. */
  corrected?: { from: string; to: string };
  /** Few texts have what was typed: this finds much more. */
  suggestion?: string;
}

/** Items of a result, when the query doesn't say. */
const defaultLimit = 20;

/**
 * Answers a query: FTS5 finds the text, the tiles of the earth the place, one
 * pass over the columns filters and counts, and only the items of the page are
 * read.
 *
 * @throws {AppError} `bad-request` for a cursor of another query.
 */
export function search(query: SearchQuery, cache: Cache, columns: Columns): Found {
  const text = findText(query.q ?? "", cache, columns);
  const { rows, corrected, suggestion } = text;
  const candidates = both(rows, placeCandidates(columns, query));
  const counted =
    query.facets === undefined ? facetNames : facetNames.filter(isAmong(query.facets));
  const { selection, counts } = selectAndCount(columns, query, candidates, counted);
  const limit = query.limit ?? defaultLimit;
  const { sort, after } = orderOf(query, text);
  const some = pageOf(sort, { query, text, selection, cache, columns, after, limit: limit + 1 });
  const isMore = some.length > limit;
  const page = some.slice(0, limit);
  const isBack = after?.back === true;
  if (isBack) page.reverse();
  const [first, last] = [page[0], page.at(-1)];
  const cursor = (place: Place | undefined) =>
    place === undefined ? null : writeCursor(query, sort, place);
  return {
    total: selection.total,
    examples: selection.examples,
    records: page.flatMap(({ row }) => cache.rows.record(row) ?? []),
    facets: facetValues(columns, counts, query, query.lang),
    next: isMore || isBack ? cursor(last) : null,
    previous: (isBack ? isMore : after !== undefined)
      ? cursor(first && { ...first, back: true })
      : null,
    ...(corrected !== undefined && { corrected }),
    ...(suggestion !== undefined && { suggestion }),
  };
}

/** The rows that have the words of a search, ascending; undefined is all. */
export function textRows(q: string, cache: Cache, columns: Columns): Uint32Array | undefined {
  return findText(q, cache, columns).rows;
}

function isAmong(asked: readonly string[]): (facet: FacetName) => boolean {
  return (facet) => asked.includes(facet);
}

/**
 * In which order the result is, and where in it the page begins. Without words
 * there is no relevance; what is too much to be scored is in order of quality.
 * A result that was begun in one of the two goes on in it.
 */
function orderOf(
  query: SearchQuery,
  { asked, rows }: FoundText,
): { sort: Sort; after: Place | undefined } {
  const wanted = query.sort ?? "relevance";
  if (wanted !== "relevance" || asked.kind === "everything") {
    const sort = wanted === "relevance" ? "name" : wanted;
    return { sort, after: readCursor(query, [sort]) };
  }
  const after = readCursor(query, ["relevance", "quality"]);
  const size = rows?.length ?? Infinity;
  const sort = after?.sort ?? (size <= mostScored ? "relevance" : "quality");
  if (sort === "relevance" && size > 2 * mostScored) {
    throw new AppError(
      "bad-request",
      "There is so much more now that it comes in another order: begin again without the cursor.",
    );
  }
  return { sort, after };
}

interface PageQuestion {
  query: SearchQuery;
  text: FoundText;
  selection: Selection;
  cache: Cache;
  columns: Columns;
  after: Place | undefined;
  limit: number;
}

function pageOf(sort: Sort, question: PageQuestion): PlacedRow[] {
  const { query, text, selection, cache, columns, after, limit } = question;
  const first = (keyOf: (row: number) => number) =>
    firstRows(selection, keyOf, columns, after, limit);
  switch (sort) {
    case "name":
      return byName(question);
    case "nearest":
      return nearest(question);
    case "updated":
      return first((row) => -(columns.updated[row] ?? 0));
    case "relevance":
      return first(relevance(text, cache, columns));
    default: {
      const typed = query.sort === "quality" ? undefined : text.typed;
      return first(qualityOf(typed, cache, columns));
    }
  }
}

function byName({ selection, cache, columns, after, limit }: PageQuestion): PlacedRow[] {
  // Sorting the matches, or going along the order until enough of it matches:
  // whichever looks at fewer rows.
  if ((selection.total + selection.examples) ** 2 < columns.size * limit) {
    return cache.rows.sortedByName([...selection.rows, ...selection.exampleRows], after, limit);
  }
  const page: PlacedRow[] = [];
  for (const each of cache.rows.byName(after)) {
    if (selection.has(each.row)) page.push(each);
    if (page.length === limit) break;
  }
  return page;
}

function nearest({ query, selection, columns, after, limit }: PageQuestion): PlacedRow[] {
  if (query.near === undefined) return []; // no query has it without
  if (after?.back === true) {
    return firstRows(selection, columns.geo.distanceFrom(query.near), columns, after, limit);
  }
  const found = columns.geo.nearest(query.near, {
    limit,
    among: {
      size: selection.total + selection.examples,
      rows: () => [...selection.rows, ...selection.exampleRows],
      has: (row) => selection.has(row),
    },
    tie: columns.tie,
    after: after && { km: Number(after.key), tie: after.tie },
  });
  return found.map(({ row, km, tie }) => ({ row, key: km, tie }));
}
