import { byStanding, organisationsOf, representative } from "../coop/organisation.ts";
import type { Cache } from "./cache.ts";
import type { Columns } from "./old-columns.ts";
import type { Entry } from "./directory-index.ts";

/**
 * Finds out anew which listings are one organisation and which of them stands
 * for it, as far as changed rows may have to do with it: SQL gathers what could
 * belong together, and `organisationsOf` decides what does. To be called in the
 * write that changed them.
 *
 * @param touched Rows that were written, and all that an organisation held that
 *   a changed listing or attestation belonged to. Some may be gone.
 */
export function settleOrganisations(cache: Cache, columns: Columns, touched: Set<number>): void {
  if (touched.size === 0) return;
  const instead = new Map<number, number | null>();
  const related: (Entry["listing"] & { row: number })[] = [];
  const stands = (row: number, by: number | null) => {
    if (instead.get(row) === by) return;
    cache.setInstead(row, by);
    columns.hide(row, by !== null);
  };
  for (const reached of cache.reachable([...touched])) {
    instead.set(reached.row, reached.instead);
    const entry = reached.related === 1 ? cache.entry(reached.row) : undefined;
    if (entry === undefined) stands(reached.row, null);
    else related.push({ ...entry.listing, row: reached.row });
  }
  if (related.length === 0) return;
  const links = cache.links(related.map(({ id }) => id));
  for (const [first, ...others] of organisationsOf(related, links)) {
    if (first === undefined) continue;
    const { row: by } = representative([first, ...others]);
    for (const { row } of [first, ...others]) stands(row, row === by ? null : by);
  }
}

/** The listings of one organisation, that which stands for it first. */
export function inStanding(entries: Entry[]): Entry[] {
  return entries.toSorted((a, b) => byStanding(a.listing, b.listing));
}
