import { byStanding, gather, inOrder, type SameAs, type Standing } from "../coop/organisation.ts";
import type { Entry } from "./directory-index.ts";
import type { Found, Rows } from "./rows.ts";
import type { Ties } from "./ties.ts";

/**
 * Finds out anew which listings are one organisation and which of them stands
 * for it, as far as changed rows may have to do with it. To be called in the
 * write that changed them.
 *
 * @param touched Rows that were written, and all that an organisation held that
 *   a changed listing or attestation belonged to. Some may be gone.
 */
export function settleOrganisations(rows: Rows, ties: Ties, touched: Iterable<number>): void {
  const left = new Set(touched);
  for (const row of left) {
    const { members, links } = reachable(rows, ties, row);
    for (const each of members.keys()) left.delete(each);
    settle(rows, [...members.values()], links);
  }
}

type Member = Standing & { found: Found };

/** What can be reached from a row over shared registrations and attestations, itself among it. */
function reachable(rows: Rows, ties: Ties, from: number) {
  const members = new Map<number, Member>();
  const links: SameAs[] = [];
  const seen = new Set<string>();
  const next = [from];
  for (let row = next.pop(); row !== undefined; row = next.pop()) {
    const member = members.has(row) ? undefined : rows.standing(row);
    if (member === undefined) continue;
    members.set(row, member);
    for (const key of member.registrations) {
      if (!seen.has(key)) for (const other of rows.byKey(key)) next.push(other);
      seen.add(key);
    }
    for (const same of ties.linked(member.id)) {
      links.push([member.id, same]);
      const other = rows.find(same);
      if (other !== undefined) next.push(other.row);
    }
  }
  return { members, links };
}

function settle(rows: Rows, members: Member[], links: SameAs[]): void {
  for (const group of gather(members, links)) {
    const [first] = group.toSorted(inOrder);
    for (const { found } of group) {
      rows.setInstead(found, found === first?.found ? null : (first?.found.row ?? null));
    }
  }
}

/** The listings of one organisation, that which stands for it first. */
export function inStanding(entries: Entry[]): Entry[] {
  return entries.toSorted((a, b) => byStanding(a.listing, b.listing));
}
