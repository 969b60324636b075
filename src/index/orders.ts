import type { Columns } from "./columns.ts";
import type { Place } from "./cursor.ts";
import type { PlacedRow } from "./rows.ts";
import type { Selection } from "./select.ts";

/**
 * The first rows of a selection by a number, from behind a place on: one pass
 * that keeps no more than it gives.
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
  const from = after === undefined ? undefined : { key: Number(after.key), tie: after.tie };
  let worst = Infinity;
  const look = (row: number) => {
    const key = keyOf(row);
    if (key > worst) return;
    const each = { row, key, tie: ties[row] ?? 0 };
    if (from !== undefined && order(each, from) <= 0) return;
    let at = best.length;
    while (at > 0 && order(each, best[at - 1] ?? each) < 0) at--;
    if (at === limit) return;
    best.splice(at, 0, each);
    if (best.length > limit) best.pop();
    if (best.length === limit) worst = best[limit - 1]?.key ?? Infinity;
  };
  for (const row of rows) look(row);
  for (const row of exampleRows) look(row);
  return best;
}

interface Keyed {
  key: number;
  tie: number;
}

function order(a: Keyed, b: Keyed): number {
  return a.key - b.key || a.tie - b.tie;
}
