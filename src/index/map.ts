import type { Box } from "../coop/earth.ts";
import type { SearchQuery } from "../coop/query.ts";
import { type Cluster, clustersOf } from "./clusters.ts";
import type { Columns } from "./columns.ts";
import { both, placeCandidates } from "./place-filter.ts";
import { select } from "./select.ts";

/** What is asked of the map: a search, and what of the earth is seen. */
export interface MapQuestion {
  /** Its `bbox`, order and page don't matter. */
  query: SearchQuery;
  box: Box;
  /** How fine the grid is: 0 to `largestZoom(box)`. */
  zoom: number;
}

/** Co-ops that are close to one another at the scale of a map. */
export type Group = Omit<Cluster, "row">;

/** What the map shows, before the listings themselves are read. */
export interface FoundOnMap {
  /** How many organisations the search finds, worked examples apart, wherever they are. */
  total: number;
  /** How many of them say where they are. */
  placed: number;
  /** How many are in the box: as many as the search finds with the box as `bbox`. */
  inBox: number;
  /** They add up, with the single ones, to what is in the box; the largest first. */
  groups: Group[];
  /** The URLs of the records of those that are alone in their cell. */
  records: string[];
}

/** Single co-ops are named up to this number; where there are more, they are groups of one. */
const mostPoints = 200;

/**
 * Finds what is to be seen on a part of the map.
 *
 * @param text The rows that have the words of the search, ascending; undefined is all.
 * @param record The URL of the record of a row.
 */
export function findOnMap(
  { query, box, zoom }: MapQuestion,
  text: Uint32Array | undefined,
  columns: Columns,
  record: (row: number) => string | undefined,
): FoundOnMap {
  const around = placeCandidates(columns, { ...query, bbox: undefined });
  const { rows, total } = select(columns, query, both(text, around));
  const { placed, inBox, clusters } = clustersOf(columns, rows, box, zoom);
  const single = clusters.filter(({ count }) => count === 1);
  const named = single.length > mostPoints ? [] : single;
  return {
    total,
    placed,
    inBox,
    groups: clusters
      .slice(0, clusters.length - named.length)
      .map(({ latitude, longitude, count, box: of }) => ({ latitude, longitude, count, box: of })),
    records: named.flatMap(({ row }) => record(row) ?? []),
  };
}
