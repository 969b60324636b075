import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { StakeholderKind, VoteRule } from "../../src/coop/codes.ts";
import type { StakeholderClass } from "../../src/coop/listing.ts";
import {
  type Answer,
  type Governed,
  iloTest,
  multiStakeholder,
} from "../../src/coop/stakeholders.ts";

const upTo = (most: number, step = 1) =>
  Array.from({ length: Math.floor(most / step) + 1 }, (_, index) => index * step);

/** Every way to take one of each list. */
function* everyWay<T>([first, ...rest]: T[][]): Generator<T[]> {
  if (first === undefined) {
    yield [];
    return;
  }
  for (const tail of everyWay(rest)) for (const each of first) yield [each, ...tail];
}

/**
 * The ILO's test the slow and obvious way: try all that the untold could be,
 * judge each case as if it were told, and see whether all agree. Shares are in
 * whole tens here, so steps of five reach every case there is.
 */
function model({ stakeholders: classes = [], voteRule, boardSize }: Governed): Answer {
  if (classes.length === 0) return "unknown";
  const fold = { resident: "user", "disadvantaged-worker": "worker" } as Record<string, string>;
  const named = classes.map(({ kind }) => fold[kind] ?? kind);
  // What “other” may be: one of the types there are, or one of its own.
  const mayBe = named.map((type, index) =>
    type === "other"
      ? [
          ...new Set(named.filter((each) => each !== "other")),
          ...classes.map((_, own) => `other ${own}`).slice(0, index + 1),
        ]
      : [type],
  );

  const sum = (values: number[]) => values.reduce((all, each) => all + each, 0);
  const told = (of: (each: StakeholderClass) => number | undefined) =>
    classes.map(of).filter((each) => each !== undefined);
  const seats = told((each) => each.boardSeats);
  const shares = told((each) => each.voteShare);

  let held: number[][] | undefined;
  let whole: number | undefined;
  if (boardSize !== 0 && sum(seats) > 0) {
    const all = seats.length === classes.length;
    if (boardSize !== undefined || all) whole = Math.max(boardSize ?? 0, sum(seats));
    const left = whole === undefined ? sum(seats) + 1 : whole - sum(seats);
    held = classes.map(({ boardSeats }) => (boardSeats === undefined ? upTo(left) : [boardSeats]));
  } else if (shares.length > 0 && (sum(shares) > 0 || shares.length < classes.length)) {
    whole = Math.max(100, sum(shares));
    const left = whole - sum(shares);
    held = classes.map(({ voteShare }) => (voteShare === undefined ? upTo(left, 5) : [voteShare]));
  } else if (voteRule === "one-member-one-vote") {
    const counts = classes.map(({ members }) =>
      typeof members === "object" ? members.fewerThan - 1 : members,
    );
    const most = sum(counts.filter((each) => each !== undefined)) + 1;
    if (counts.some((each) => each !== undefined) && counts.some((each) => each !== 0)) {
      held = classes.map(({ members }, index) => {
        if (typeof members === "number") return [members];
        return upTo(counts[index] ?? most);
      });
    }
  }

  const answers = new Set<Answer>();
  for (const types of everyWay(mayBe)) {
    const vetoes = new Set(types.filter((_, index) => classes[index]?.veto === true));
    if (new Set(types).size < 2 || vetoes.size === 1) {
      answers.add("no");
      continue;
    }
    if (held === undefined) {
      answers.add("unknown");
      continue;
    }
    for (const values of everyWay(held)) {
      if (whole !== undefined && sum(values) > whole) continue;
      const by = new Map<string, number>();
      for (const [index, type] of types.entries()) {
        by.set(type, (by.get(type) ?? 0) + (values[index] ?? 0));
      }
      const present = [...by.values()].filter((each) => each > 0);
      const most = Math.max(...by.values());
      answers.add(present.length >= 2 && most * 2 <= (whole ?? sum(values)) ? "yes" : "no");
    }
  }
  const [answer = "unknown"] = answers;
  return answers.size === 1 ? answer : "unknown";
}

const kind = fc.constantFrom<StakeholderKind>(
  "worker",
  "disadvantaged-worker",
  "user",
  "resident",
  "producer",
  "supporting",
  "other",
);
const classes = fc
  .array(
    fc.record(
      {
        kind,
        members: fc.oneof(
          fc.nat(9),
          fc.integer({ min: 1, max: 5 }).map((fewerThan) => ({ fewerThan })),
        ),
        voteShare: fc.constantFrom(0, 10, 20, 30, 40, 50, 60),
        boardSeats: fc.nat(4),
        veto: fc.constant(true as const),
      },
      { requiredKeys: ["kind"] },
    ),
    { maxLength: 4 },
  )
  // A veto now and then, not in every other class.
  .chain((list) =>
    fc
      .nat(4)
      .map((vetoes) =>
        list.map(({ veto, ...each }) => (veto && vetoes === 0 ? { ...each, veto } : each)),
      ),
  )
  .chain((list) =>
    // Mostly a field is told for all or for none; sometimes for some.
    fc.subarray(["members", "voteShare", "boardSeats"] as const).map((left) =>
      list.map((each, index): StakeholderClass => {
        const kept = { ...each };
        for (const field of left) delete kept[field];
        return { ...kept, key: `c${index}`, name: "C" };
      }),
    ),
  );
const subject: fc.Arbitrary<Governed> = fc.record(
  {
    stakeholders: classes,
    voteRule: fc.constantFrom<VoteRule>("one-member-one-vote", "by-class"),
    boardSize: fc.nat(8),
  },
  { requiredKeys: [] },
);

test("agrees with trying everything", () => {
  const answers = { yes: 0, no: 0, unknown: 0 };
  fc.assert(
    fc.property(subject, (listing) => {
      const answer = multiStakeholder(listing);
      answers[answer] += 1;
      expect(answer).toBe(model(listing));
    }),
    { numRuns: 3000 },
  );
  // Else the subjects would test too little.
  for (const count of Object.values(answers)) expect(count).toBeGreaterThan(100);
});

test("does not depend on the order of the classes", () => {
  fc.assert(
    fc.property(subject, (listing) => {
      const reversed = { ...listing, stakeholders: listing.stakeholders?.toReversed() ?? [] };
      expect(multiStakeholder(reversed)).toBe(multiStakeholder(listing));
    }),
  );
});

test("a hidden count never changes a yes to a no, nor a no to a yes", () => {
  fc.assert(
    fc.property(subject, (listing) => {
      const hidden = (listing.stakeholders ?? []).map((each) =>
        typeof each.members === "number" && each.members < 5
          ? { ...each, members: { fewerThan: 5 } }
          : each,
      );
      const after = multiStakeholder({ ...listing, stakeholders: hidden });
      if (after !== "unknown") expect(after).toBe(multiStakeholder(listing));
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

  test.each<[string, Governed, Answer]>([
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
      "balanced assembly, one type on the board",
      {
        stakeholders: of(
          ["worker", { voteShare: 50, boardSeats: 5 }],
          ["user", { voteShare: 50, boardSeats: 0 }],
        ),
      },
      "no",
    ],
    [
      "tenants are users",
      { stakeholders: of(["resident", { voteShare: 30 }], ["user", { voteShare: 70 }]) },
      "no",
    ],
    [
      "who works under protection is a worker",
      {
        stakeholders: of(
          ["disadvantaged-worker", { voteShare: 30 }],
          ["worker", { voteShare: 30 }],
          ["user", { voteShare: 40 }],
        ),
      },
      "no",
    ],
    [
      "the board governs, whatever the assembly is like",
      {
        stakeholders: of(
          ["worker", { voteShare: 90, boardSeats: 2 }],
          ["user", { voteShare: 10, boardSeats: 2 }],
        ),
      },
      "yes",
    ],
    [
      "there is no board",
      {
        boardSize: 0,
        stakeholders: of(
          ["worker", { voteShare: 90, boardSeats: 2 }],
          ["user", { voteShare: 10, boardSeats: 2 }],
        ),
      },
      "no",
    ],
    [
      "seats that no class has",
      {
        boardSize: 9,
        stakeholders: of(["worker", { boardSeats: 4 }], ["user", { boardSeats: 1 }]),
      },
      "yes",
    ],
    [
      "most of the board is known, the rest is not",
      { boardSize: 9, stakeholders: of(["worker", { boardSeats: 5 }], ["user", {}]) },
      "no",
    ],
    [
      "too little of the board is known",
      { boardSize: 9, stakeholders: of(["worker", { boardSeats: 4 }], ["user", {}]) },
      "unknown",
    ],
    [
      "an exclusive veto",
      {
        stakeholders: of(["worker", { voteShare: 50, veto: true }], ["user", { voteShare: 50 }]),
      },
      "no",
    ],
    [
      "each has a veto",
      {
        stakeholders: of(
          ["worker", { voteShare: 50, veto: true }],
          ["user", { voteShare: 50, veto: true }],
        ),
      },
      "yes",
    ],
    [
      "it depends on who the others are",
      {
        stakeholders: of(
          ["worker", { voteShare: 40 }],
          ["user", { voteShare: 40 }],
          ["other", { voteShare: 20 }],
        ),
      },
      "unknown",
    ],
    [
      "whoever the others are",
      {
        stakeholders: of(
          ["worker", { voteShare: 40 }],
          ["user", { voteShare: 30 }],
          ["supporting", { voteShare: 20 }],
          ["other", { voteShare: 10 }],
        ),
      },
      "yes",
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
      "a small count stays hidden, and it matters",
      {
        voteRule: "one-member-one-vote",
        stakeholders: of(
          ["disadvantaged-worker", { members: { fewerThan: 5 } }],
          ["user", { members: 3 }],
        ),
      },
      "unknown",
    ],
    [
      "a small count stays hidden, and it doesn't matter",
      {
        voteRule: "one-member-one-vote",
        stakeholders: of(
          ["disadvantaged-worker", { members: { fewerThan: 5 } }],
          ["user", { members: 5 }],
        ),
      },
      "no",
    ],
    [
      "nobody has a share",
      { stakeholders: of(["worker", { voteShare: 0 }], ["user", { voteShare: 0 }]) },
      "unknown",
    ],
    [
      "shares that don't quite add up in binary",
      {
        stakeholders: of(
          ["worker", { voteShare: 37.7 }],
          ["worker", { voteShare: 12.3 }],
          ["user", { voteShare: 50 }],
        ),
      },
      "yes",
    ],
  ])("%s", (_, listing, answer) => {
    expect(iloTest(listing).answer).toBe(answer);
    expect(model(listing)).toBe(answer);
  });
});
