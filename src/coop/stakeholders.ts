import type { Listing, StakeholderClass } from "./listing.ts";

/** An answer that doesn't pretend to know. */
export type Answer = "yes" | "no" | "unknown";

/**
 * Whether a co-op is multi-stakeholder by the ILO's test: members of more than
 * one type, more than one of them represented in governance, none with a
 * majority of the votes (Guidelines concerning statistics of cooperatives,
 * 20th ICLS 2018).
 *
 * Types are stakeholder kinds: two classes of workers are one type. Votes are
 * those of the general assembly and, where seats are given, of the board.
 */
export function multiStakeholder(listing: Pick<Listing, "stakeholders" | "voteRule">): Answer {
  const classes = listing.stakeholders ?? [];
  if (classes.length === 0) return "unknown";
  if (new Set(classes.map(({ kind }) => kind)).size < 2) return "no";

  const assembly = sharesByKind(classes, (each) => each.voteShare, 100) ?? headsByKind(listing);
  const seats = classes.reduce((sum, each) => sum + (each.boardSeats ?? 0), 0);
  const board = seats === 0 ? undefined : sharesByKind(classes, (each) => each.boardSeats, seats);

  const bodies = [assembly, board].filter((body) => body !== undefined);
  // A class known to hold more than half settles it, whatever else is missing.
  const partial = classes.some((each) => (each.voteShare ?? 0) > 50);
  if (partial || bodies.some((body) => body.some((share) => share > 50))) return "no";
  if (bodies.length === 0) return "unknown";
  return bodies.some((body) => body.filter((share) => share > 0).length >= 2) ? "yes" : "no";
}

/** Percent by kind, or undefined if any class doesn't tell. */
function sharesByKind(
  classes: StakeholderClass[],
  of: (each: StakeholderClass) => number | undefined,
  whole: number,
): number[] | undefined {
  const shares = new Map<string, number>();
  for (const each of classes) {
    const share = of(each);
    if (share === undefined) return undefined;
    shares.set(each.kind, (shares.get(each.kind) ?? 0) + (100 * share) / whole);
  }
  return [...shares.values()];
}

/** Where each member has one vote, the votes are as the heads. */
function headsByKind({ stakeholders = [], voteRule }: Pick<Listing, "stakeholders" | "voteRule">) {
  if (voteRule !== "one-member-one-vote") return undefined;
  let all = 0;
  for (const { members } of stakeholders) {
    if (typeof members !== "number") return undefined;
    all += members;
  }
  return all === 0 ? undefined : sharesByKind(stakeholders, (each) => each.members as number, all);
}
