import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { StakeholderKind, VoteRule } from "../../src/coop/codes.ts";
import type { StakeholderClass } from "../../src/coop/listing.ts";
import { type Answer, multiStakeholder } from "../../src/coop/stakeholders.ts";

interface Subject {
  stakeholders?: StakeholderClass[];
  voteRule?: VoteRule;
}

/**
 * The ILO's test the slow and obvious way, in whole numbers: write down every
 * vote that is told of by the kind that holds it, and count.
 */
function model({ stakeholders = [], voteRule }: Subject): Answer {
  if (stakeholders.length === 0) return "unknown";
  const kinds = [...new Set(stakeholders.map(({ kind }) => kind))];
  if (kinds.length === 1) return "no";

  const hundredths = (percent: number) => Math.round(percent * 100);
  const holders = (of: (each: StakeholderClass) => number) =>
    stakeholders.flatMap((each) => Array.from({ length: of(each) }, () => each.kind));
  const most = (body: string[]) =>
    Math.max(...kinds.map((kind) => body.filter((each) => each === kind).length));

  const votes = holders(({ voteShare = 0 }) => hundredths(voteShare));
  if (most(votes) > 5000) return "no";

  const bodies: string[][] = [];
  if (stakeholders.every(({ voteShare }) => voteShare !== undefined)) {
    bodies.push(votes);
  } else if (
    voteRule === "one-member-one-vote" &&
    stakeholders.every(({ members }) => typeof members === "number")
  ) {
    const heads = holders(({ members }) => Number(members));
    if (heads.length > 0) bodies.push(heads);
    if (most(heads) * 2 > heads.length) return "no";
  }
  if (stakeholders.every(({ boardSeats }) => boardSeats !== undefined)) {
    const seats = holders(({ boardSeats = 0 }) => boardSeats);
    if (seats.length > 0) bodies.push(seats);
    if (most(seats) * 2 > seats.length) return "no";
  }
  if (bodies.length === 0) return "unknown";
  return bodies.some((body) => new Set(body).size > 1) ? "yes" : "no";
}

const kind = fc.constantFrom(...StakeholderKind.options.slice(0, 4));
const classes = fc
  .array(
    fc.record(
      {
        kind,
        members: fc.oneof(fc.nat(30), fc.constant({ fewerThan: 5 })),
        // Shares that meet at a half are the ones to get wrong.
        voteShare: fc.oneof(
          fc.nat(1000).map((tenths) => tenths / 10),
          fc.constantFrom(0, 12.3, 16.67, 25, 33.33, 37.7, 50),
        ),
        boardSeats: fc.nat(6),
      },
      { requiredKeys: ["kind"] },
    ),
    { maxLength: 6 },
  )
  .map((list) =>
    list.map((each, index): StakeholderClass => ({ ...each, key: `c${index}`, name: "C" })),
  );
const subject = fc.record(
  { stakeholders: classes, voteRule: fc.constantFrom(...VoteRule.options) },
  { requiredKeys: [] },
);

test("agrees with the slow and obvious way", () => {
  fc.assert(
    fc.property(subject, (listing) => {
      expect(multiStakeholder(listing)).toBe(model(listing));
    }),
    { numRuns: 500 },
  );
});

test("does not depend on the order of the classes", () => {
  fc.assert(
    fc.property(subject, (listing) => {
      const reversed = { ...listing, stakeholders: listing.stakeholders?.toReversed() ?? [] };
      expect(multiStakeholder(reversed)).toBe(multiStakeholder(listing));
    }),
  );
});

test("knowing more never turns a no into a yes", () => {
  fc.assert(
    fc.property(subject, fc.nat(5), (listing, at) => {
      const less = (listing.stakeholders ?? []).map((each, index) => {
        if (index !== at) return each;
        const { voteShare: _, ...rest } = each;
        return rest;
      });
      const before = multiStakeholder({ voteRule: "by-class", stakeholders: less });
      const after = multiStakeholder({ ...listing, voteRule: "by-class" });
      if (before === "no" && less.every(({ boardSeats }) => boardSeats === undefined)) {
        expect(after).toBe("no");
      }
    }),
  );
});

describe("cases that people argue about", () => {
  const of = (...list: [StakeholderClass["kind"], Partial<StakeholderClass>][]) =>
    list.map(([each, rest], index): StakeholderClass => ({
      key: `c${index}`,
      name: "C",
      kind: each,
      ...rest,
    }));

  test.each<[string, Subject, Answer]>([
    ["no classes", {}, "unknown"],
    ["one class", { stakeholders: of(["worker", {}]) }, "no"],
    ["two classes of one kind", { stakeholders: of(["worker", {}], ["worker", {}]) }, "no"],
    ["two kinds, no figures", { stakeholders: of(["worker", {}], ["user", {}]) }, "unknown"],
    [
      "half and half",
      { stakeholders: of(["worker", { voteShare: 50 }], ["user", { voteShare: 50 }]) },
      "yes",
    ],
    [
      "one with a majority",
      { stakeholders: of(["worker", { voteShare: 50.5 }], ["user", { voteShare: 49.5 }]) },
      "no",
    ],
    [
      "a majority is known, the rest is not",
      { stakeholders: of(["worker", { voteShare: 60 }], ["user", {}]) },
      "no",
    ],
    [
      "two classes of one kind have it together, the rest is not known",
      {
        stakeholders: of(
          ["worker", { voteShare: 30 }],
          ["worker", { voteShare: 30 }],
          ["user", {}],
        ),
      },
      "no",
    ],
    [
      "balanced assembly, one kind on the board",
      {
        stakeholders: of(
          ["worker", { voteShare: 50, boardSeats: 5 }],
          ["user", { voteShare: 50, boardSeats: 0 }],
        ),
      },
      "no",
    ],
    [
      "votes as heads",
      {
        voteRule: "one-member-one-vote",
        stakeholders: of(["worker", { members: 3 }], ["user", { members: 3 }]),
      },
      "yes",
    ],
    [
      "a third of the heads, in parts that don't add up in binary",
      {
        voteRule: "one-member-one-vote",
        stakeholders: of(
          ["worker", { members: 1 }],
          ["worker", { members: 2 }],
          ["user", { members: 3 }],
        ),
      },
      "yes",
    ],
    [
      "heads say nothing where classes vote",
      {
        voteRule: "by-class",
        stakeholders: of(["worker", { members: 3 }], ["user", { members: 300 }]),
      },
      "unknown",
    ],
    [
      "a small count stays hidden",
      {
        voteRule: "one-member-one-vote",
        stakeholders: of(
          ["disadvantaged-worker", { members: { fewerThan: 5 } }],
          ["user", { members: 3 }],
        ),
      },
      "unknown",
    ],
  ])("%s", (_, listing, answer) => {
    expect(multiStakeholder(listing)).toBe(answer);
    expect(model(listing)).toBe(answer);
  });
});
