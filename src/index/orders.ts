import type { Columns } from "./columns.ts";
import type { Place } from "./cursor.ts";
import type { PlacedRow } from "./rows.ts";
import type { Selection } from "./select.ts";

/**
 * The first rows of a selection by a number, from behind a place on, or from
 * before it the other way: one pass that keeps no more than it gives.
 *
 * @param keyOf Smaller comes first; of equals, the smaller tie.
 */
export function firstRows(
  { rows, exampleRows }: Selection,
  keyOf: (row: number) => number,
  { tie: ties }: Columns,
  after: Place | undefined,
  limit: number,
): PlacedRow[] {
  const best: (PlacedRow & { key: number })[] = [];
  // The other way, everything is counted below zero.
  const way = after?.back === true ? -1 : 1;
  const from =
    after === undefined ? undefined : { key: way * Number(after.key), tie: way * after.tie };
  // Most rows are out at a glance: of very many, hardly one is among the first.
  let worst: Keyed = { key: Infinity, tie: Infinity };
  const look = (row: number) => {
    const key = way * keyOf(row);
    if (key > worst.key) return;
    const tie = way * (ties[row] ?? 0);
    if (key === worst.key && tie >= worst.tie) return;
    const each = { row, key, tie };
    if (from !== undefined && order(each, from) <= 0) return;
    let at = best.length;
    while (at > 0 && order(each, best[at - 1] ?? each) < 0) at--;
    best.splice(at, 0, each);
    if (best.length > limit) best.pop();
    if (best.length === limit) worst = best[limit - 1] ?? worst;
  };
  for (const row of rows) look(row);
  for (const row of exampleRows) look(row);
  return best.map(({ row, key, tie }) => ({ row, key: way * key, tie: way * tie }));
}

interface Keyed {
  key: number;
  tie: number;
}

function order(a: Keyed, b: Keyed): number {
  return a.key - b.key || a.tie - b.tie;
}
