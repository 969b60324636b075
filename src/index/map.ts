import { type Box, widthOf } from "../coop/earth.ts";
import type { SearchQuery } from "../coop/query.ts";
import { type Cluster, clustersOf, countPlaced } from "./clusters.ts";
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

/** A co-op that is alone at the scale of a map: its record, and its place in degrees. */
export interface Single {
  record: string;
  latitude: number;
  longitude: number;
}

/** What the map shows, before the listings themselves are read. */
export interface FoundOnMap {
  /** How many organisations the search finds, worked examples apart, wherever they are. */
  total: number;
  /** How many of them say where they are. */
  placed: number;
  /** How many are in the box: as many as the search finds with the box as `bbox`. */
  inBox: number;
  /** Seven numbers for each group (see `readGroups`): objects would take longer to copy than to find. */
  groups: Float64Array;
  singles: Single[];
}

/** Single co-ops are named up to this number; where there are more, they are groups of one. */
const mostSingles = 200;
/** Degrees of longitude. */
const small = 20;

/**
 * Finds what is to be seen on a part of the map.
 *
 * @param text The rows that have the words of the search, ascending; undefined is all.
 * @param recordOf The URL of the record of a row.
 */
export function findOnMap(
  { query, box, zoom }: MapQuestion,
  text: Uint32Array | undefined,
  columns: Columns,
  recordOf: (row: number) => string | undefined,
): FoundOnMap {
  const around = placeCandidates(columns, { ...query, bbox: undefined });
  const { rows, total } = select(columns, query, both(text, around));
  // On a small part of the earth most rows are elsewhere, and needn't be looked at one by one.
  const near = widthOf(box) < small ? both(rows, columns.geo.withinBox(box)) : rows;
  const { inBox, clusters } = clustersOf(columns, near, box, zoom);
  const alone = clusters.filter(({ count }) => count === 1);
  const named = alone.length > mostSingles ? [] : alone;
  return {
    total,
    placed: countPlaced(columns, rows),
    inBox,
    groups: writeGroups(clusters.slice(0, clusters.length - named.length)),
    singles: named.flatMap(({ row, latitude, longitude }) => {
      const record = recordOf(row);
      return record === undefined ? [] : { record, latitude, longitude };
    }),
  };
}

function writeGroups(groups: Group[]): Float64Array {
  const numbers = new Float64Array(groups.length * 7);
  for (const [at, { latitude, longitude, count, box }] of groups.entries()) {
    numbers.set([latitude, longitude, count, box.west, box.south, box.east, box.north], at * 7);
  }
  return numbers;
}

export function readGroups(numbers: Float64Array): Group[] {
  return Array.from({ length: numbers.length / 7 }, (_, at) => {
    const [latitude = 0, longitude = 0, count = 0, west = 0, south = 0, east = 0, north = 0] =
      numbers.subarray(at * 7, at * 7 + 7);
    return { latitude, longitude, count, box: { west, south, east, north } };
  });
}
