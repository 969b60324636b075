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

  const votes = told(classes, (each) => each.voteShare);
  const assembly = votes.whole ? { byKind: votes.byKind, all: 100 } : headsByKind(listing);
  const seats = told(classes, (each) => each.boardSeats);
  const board = seats.whole && seats.all > 0 ? seats : undefined;

  const bodies = [assembly, board].filter((body) => body !== undefined);
  // A kind known to hold more than half settles it, whatever else is missing.
  const known = [...bodies, { byKind: votes.byKind, all: 100 }];
  if (known.some(({ byKind, all }) => byKind.some((held) => isMajority(held, all)))) return "no";
  if (bodies.length === 0) return "unknown";
  return bodies.some(({ byKind }) => byKind.filter((held) => held > 0).length >= 2) ? "yes" : "no";
}

/** More than half; the margin is for sums of decimals such as 37.7 + 12.3. */
function isMajority(held: number, all: number): boolean {
  return 2 * held > all + 1e-6;
}

/** What the classes tell, added up by kind; whole if every one of them does. */
function told(
  classes: StakeholderClass[],
  of: (each: StakeholderClass) => number | undefined,
): { byKind: number[]; all: number; whole: boolean } {
  const byKind = new Map<string, number>();
  let [all, whole] = [0, true];
  for (const each of classes) {
    const share = of(each);
    if (share === undefined) {
      whole = false;
      continue;
    }
    byKind.set(each.kind, (byKind.get(each.kind) ?? 0) + share);
    all += share;
  }
  return { byKind: [...byKind.values()], all, whole };
}

/** Where each member has one vote, the votes are as the heads. */
function headsByKind({ stakeholders = [], voteRule }: Pick<Listing, "stakeholders" | "voteRule">) {
  if (voteRule !== "one-member-one-vote") return undefined;
  const heads = told(stakeholders, ({ members }) =>
    typeof members === "number" ? members : undefined,
  );
  return heads.whole && heads.all > 0 ? heads : undefined;
}
