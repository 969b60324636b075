import type { StakeholderKind } from "../../coop/codes.ts";
import type { Listing } from "../../coop/listing.ts";
import { type Answer, iloTest, type Judgement, typeOf } from "../../coop/stakeholders.ts";
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
 * is `iloTest`).
 */
export function testInWords(listing: Listing): TestInWords {
  const judgement = iloTest(listing);
  const verdict = {
    yes: "Multi-stakeholder by the ILO’s test",
    no: "Not multi-stakeholder by the ILO’s test",
    unknown: "Whether it is multi-stakeholder by the ILO’s test is not known",
  }[judgement.answer];
  return {
    verdict,
    why: why(judgement, typesOf(listing)),
    difference: differenceOf(listing, judgement.answer),
  };
}

/** Each type once; classes of the kind `other` are told apart from the rest only. */
function typesOf({ stakeholders = [] }: Listing): StakeholderKind[] {
  return [...new Set(stakeholders.map(({ kind }) => typeOf(kind) ?? "other"))];
}

const bodyWords = {
  board: "the seats on the board",
  votes: "the votes",
  heads: "the votes, of which each member has one",
};

function why(judgement: Judgement, types: StakeholderKind[]): string {
  const { reason, type = "other", body = "votes" } = judgement;
  const words = listed(types.map((each) => kindWords[each]));
  const several =
    types.length === 1
      ? "There are several classes of members"
      : `There are members of ${spelled(types.length)} types (${words})`;
  switch (reason) {
    case "no-classes":
      return "The listing doesn’t say what classes of members there are.";
    case "one-type":
      return `All its members are of one type: ${kindWords[type]}.`;
    case "veto":
      return `${several}, but only one of them has a veto: ${kindWords[type]}.`;
    case "majority":
      return `${several}, but one has more than half of ${bodyWords[body]}: ${kindWords[type]}, with ${share(judgement)}.`;
    case "one-represented":
      return `${several}, but only one of them takes part in governing: ${kindWords[type]}.`;
    case "balanced":
      return `${several}, more than one type takes part in governing, and none has more than half of ${bodyWords[body]}${judgement.exact === true ? `: the largest share, ${share(judgement)}, is with ${kindWords[type]}` : ""}.`;
    case "not-told":
      return `${several}, but how the votes are shared between them isn’t stated.`;
    case "told-in-part":
      return `${several}, but too little is stated of how ${body === "board" ? bodyWords.board : "the votes"} are shared between them.`;
    case "other-kinds":
      return `${several}, but it depends on the type of those that are called other members.`;
  }
  return reason satisfies never;
}

function share({ body, held = 0, whole = 0, exact }: Judgement): string {
  const words =
    body === "board" ? `${number(held)} of ${number(whole)}` : percent((100 * held) / whole);
  return exact === true ? words : `at least ${words}`;
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
