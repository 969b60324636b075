import { parseAlso } from "../coop/dimensions.ts";
import type { SearchQuery } from "../coop/query.ts";
import type { Columns } from "./columns.ts";
import { alsoRows } from "./dimensions.ts";

/** What of a question says where, and with which facts beside. */
export type Places = Pick<SearchQuery, "near" | "radius_km" | "bbox" | "also">;

/**
 * The rows, ascending, that are where a question asks for and have all the facts
 * of `also`; undefined when it asks for neither.
 */
export function placeCandidates(
  columns: Columns,
  { near, radius_km: km, bbox, also = [] }: Places,
): Uint32Array | undefined {
  const around =
    near === undefined || km === undefined ? undefined : columns.geo.withinRadius(near, km);
  const inside = bbox === undefined ? undefined : columns.geo.withinBox(bbox);
  const facts = alsoRows(
    columns,
    also.flatMap((each) => parseAlso(each) ?? []),
  );
  return both(both(around, inside), facts);
}

/** What is in both lists, each ascending; a list that is undefined has everything. */
export function both(
  a: Uint32Array | undefined,
  b: Uint32Array | undefined,
): Uint32Array | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  const common = new Uint32Array(Math.min(a.length, b.length));
  let length = 0;
  let [i, j] = [0, 0];
  while (i < a.length && j < b.length) {
    const [left, right] = [a[i] ?? 0, b[j] ?? 0];
    if (left === right) common[length++] = left;
    if (left <= right) i += 1;
    if (right <= left) j += 1;
  }
  return common.subarray(0, length);
}
