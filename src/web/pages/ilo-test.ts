import type { Listing, StakeholderClass } from "../../coop/listing.ts";
import type { Answer } from "../../coop/stakeholders.ts";
import { listed, number, percent, spelled } from "../text.ts";
import { kindWords } from "../words.ts";

/** The answer of the ILO's test in words. */
export interface TestInWords {
  /** The answer in a few words. */
  verdict: string;
  /** What it follows from. */
  why: string;
  /** Said where the co-op calls itself something else. */
  difference: string | undefined;
}

/**
 * Says why the ILO's test answers as it does (20th ICLS 2018; the test itself
 * is `multiStakeholder`).
 */
export function testInWords(listing: Listing, answer: Answer): TestInWords {
  const verdict = {
    yes: "Multi-stakeholder by the ILO’s test",
    no: "Not multi-stakeholder by the ILO’s test",
    unknown: "Whether it is multi-stakeholder by the ILO’s test is not known",
  }[answer];
  const classes = listing.stakeholders ?? [];
  const kinds = [...new Set(classes.map(({ kind }) => kind))];
  const why = { yes: whyYes, no: whyNo, unknown: whyUnknown }[answer](listing, classes, kinds);
  return { verdict, why, difference: differenceOf(listing, answer) };
}

type Why = (
  listing: Listing,
  classes: StakeholderClass[],
  kinds: StakeholderClass["kind"][],
) => string;

const whyYes: Why = (listing, classes, kinds) => {
  const [largest] = votesByKind(listing, classes);
  const strongest =
    largest === undefined
      ? ""
      : `: the largest share, ${percent(largest.share)}, is with ${kindWords[largest.kind]}`;
  const words = kinds.map((kind) => kindWords[kind]);
  return `It has members of ${spelled(kinds.length)} kinds (${listed(words)}), more than one kind takes part in governing, and none has more than half of the votes${strongest}.`;
};

const whyNo: Why = (listing, classes, kinds) => {
  const [only] = kinds;
  if (kinds.length === 1 && only !== undefined)
    return `All its members are of one kind: ${kindWords[only]}.`;
  const [votes] = votesByKind(listing, classes);
  if (votes !== undefined && votes.share > 50) {
    return `There are members of several kinds, but one has more than half of the votes: ${kindWords[votes.kind]}, with ${percent(votes.share)}.`;
  }
  const [seats] = seatsByKind(classes);
  const all = classes.reduce((sum, each) => sum + (each.boardSeats ?? 0), 0);
  if (seats !== undefined && seats.seats > all / 2) {
    return `There are members of several kinds, but one has more than half of the seats on the board: ${kindWords[seats.kind]}, with ${number(seats.seats)} of ${number(all)}.`;
  }
  return "There are members of several kinds, but only one of them takes part in governing.";
};

const whyUnknown: Why = (_listing, classes, kinds) =>
  classes.length === 0
    ? "The listing doesn’t say what classes of members there are."
    : `There are members of ${spelled(kinds.length)} kinds (${listed(kinds.map((kind) => kindWords[kind]))}), but how the votes are shared between them isn’t stated.`;

function votesByKind(listing: Listing, classes: StakeholderClass[]) {
  const shares = effectiveVotes(listing);
  return byKind(classes, (each) => shares.get(each.key)).map(([kind, share]) => ({ kind, share }));
}

function seatsByKind(classes: StakeholderClass[]) {
  return byKind(classes, (each) => each.boardSeats).map(([kind, seats]) => ({ kind, seats }));
}

/** Sums by kind, largest first. */
function byKind(
  classes: StakeholderClass[],
  of: (each: StakeholderClass) => number | undefined,
): [StakeholderClass["kind"], number][] {
  const sums = new Map<StakeholderClass["kind"], number>();
  for (const each of classes) {
    const value = of(each);
    if (value !== undefined) sums.set(each.kind, (sums.get(each.kind) ?? 0) + value);
  }
  return [...sums].toSorted(([, a], [, b]) => b - a);
}

/**
 * Percent of the votes by the key of a class: as stated, or, where each member
 * has one vote and all heads are counted, as the heads.
 */
export function effectiveVotes({ stakeholders = [], voteRule }: Listing): Map<string, number> {
  const stated = stakeholders.filter(({ voteShare }) => voteShare !== undefined);
  if (stated.length > 0) return new Map(stated.map(({ key, voteShare = 0 }) => [key, voteShare]));
  const heads = stakeholders.map(({ members }) => members);
  if (voteRule !== "one-member-one-vote" || !heads.every((each) => typeof each === "number")) {
    return new Map();
  }
  const all = heads.reduce((sum, each) => sum + each, 0);
  if (all === 0) return new Map();
  return new Map(stakeholders.map(({ key }, index) => [key, (100 * (heads[index] ?? 0)) / all]));
}

function differenceOf({ coopType }: Listing, answer: Answer): string | undefined {
  if (coopType === "multi-stakeholder" && answer === "no") {
    return "The co-op counts itself as multi-stakeholder. Both are shown as they are: laws and by-laws draw the line in other places than the ILO’s test does.";
  }
  if (coopType !== undefined && coopType !== "multi-stakeholder" && answer === "yes") {
    return "The co-op counts itself as another type. Both are shown as they are: a co-op names the type that describes it best.";
  }
  if (coopType === "multi-stakeholder" && answer === "unknown") {
    return "The co-op is declared as multi-stakeholder; the figures that would show it are not published.";
  }
  return undefined;
}
