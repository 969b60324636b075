import { parseAlso } from "../coop/dimensions.ts";
import type { SearchQuery } from "../coop/query.ts";
import type { Columns } from "./columns.ts";
import { alsoRows } from "./dimensions.ts";
import { firstFrom } from "./geo.ts";

/** From so many times as many rows on, they are sought rather than gone through. */
const skipFrom = 32;

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
export function both(a: Uint32Array, b: Uint32Array | undefined): Uint32Array;
export function both(
  a: Uint32Array | undefined,
  b: Uint32Array | undefined,
): Uint32Array | undefined;
export function both(
  a: Uint32Array | undefined,
  b: Uint32Array | undefined,
): Uint32Array | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  const [short, long] = a.length <= b.length ? [a, b] : [b, a];
  const common = new Uint32Array(short.length);
  const skips = short.length * skipFrom < long.length;
  let [length, at] = [0, 0];
  for (let i = 0; i < short.length; i++) {
    const row = short[i]!;
    if (skips) at = firstFrom(long, row, at, long.length);
    else while (at < long.length && long[at]! < row) at += 1;
    if (long[at] === row) common[length++] = row;
  }
  return common.subarray(0, length);
}
