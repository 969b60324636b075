import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { protect } from "../../src/coop/disclosure.ts";
import { type Count, Listing, type StakeholderClass } from "../../src/coop/listing.ts";
import { anyContent, anyListing } from "../helpers/listings.ts";

type Subject = Parameters<typeof protect>[0];

/** Members as they are: of each class, how many of them are persons, and where it is told. */
interface Known {
  key: string;
  kind: StakeholderClass["kind"];
  members: number;
  natural: number;
  told: "now" | "then" | "both" | "nowhere";
}

const kinds = ["worker", "user", "organisation", "supporting"] as const;
const anyTold = fc.constantFrom("now", "then", "both", "both");
const truth: fc.Arbitrary<Known[]> = fc
  .tuple(
    fc.array(fc.tuple(fc.nat(7), anyTold), { minLength: 1, maxLength: 2 }),
    fc.array(fc.tuple(fc.constantFrom(...kinds), fc.nat(30), fc.boolean(), anyTold), {
      maxLength: 3,
    }),
    // One that isn't told leaves totals that say nothing, but for what they say together.
    fc.option(fc.tuple(fc.constantFrom(...kinds), fc.nat(12))),
  )
  .map(([sensitive, others, silent]) =>
    [
      ...sensitive.map(([members, told]) => ({
        kind: "disadvantaged-worker" as const,
        members,
        natural: members,
        told,
      })),
      ...others.map(([kind, members, natural, told]) => ({
        kind,
        members,
        natural: kind === "worker" || (kind !== "organisation" && natural) ? members : 0,
        told,
      })),
      ...(silent === null
        ? []
        : [
            {
              kind: silent[0],
              members: silent[1],
              natural: silent[0] === "organisation" ? 0 : silent[1],
              told: "nowhere" as const,
            },
          ]),
    ].map((each, index) => ({ ...each, key: `c${index}` })),
  );

const sum = (values: number[]) => values.reduce((all, each) => all + each, 0);
const works = (kind: string) => kind === "worker" || kind === "disadvantaged-worker";

/** A listing that tells all of the truth that there is a term for; some of it is then left out. */
const told = fc
  .record({
    known: truth,
    dated: fc.boolean(),
    voteRule: fc.constantFrom("one-member-one-vote", "by-class", undefined),
    extra: fc.nat(6),
    left: fc.subarray([
      "members",
      "membersNatural",
      "membersLegal",
      "membersBySex",
      "workerMembers",
      "workers",
    ] as const),
    alike: fc.boolean(),
  })
  .map(({ known, dated, voteRule, extra, left, alike }) => {
    const all = sum(known.map(({ members }) => members));
    const natural = sum(known.map((each) => each.natural));
    const workerMembers = sum(
      known.filter(({ kind }) => works(kind)).map(({ members }) => members),
    );
    const share = (members: number) => (all === 0 ? 0 : Math.round((10_000 * members) / all) / 100);
    const then = known.filter((each) => each.told === "then" || each.told === "both");
    const row: NonNullable<Subject["figures"]>[number] = {
      year: 2025,
      members: all,
      membersNatural: natural,
      membersLegal: all - natural,
      membersBySex: { female: Math.floor(natural / 2), male: Math.ceil(natural / 2) },
      workerMembers,
      workers: workerMembers + extra,
      turnover: 1,
      currency: "EUR",
      ...(then.length > 0 && {
        membersByClass: Object.fromEntries(then.map(({ key, members }) => [key, members])),
      }),
    };
    for (const measure of left) delete row[measure];
    const listing: Subject = {
      ...(voteRule !== undefined && { voteRule }),
      figures: [row],
      stakeholders: known.map(({ key, kind, members, told: where }) => ({
        key,
        kind,
        name: key,
        ...((where === "now" || where === "both") && { members }),
        ...(dated && { asOf: "2025-12-31" }),
        ...(voteRule !== "by-class" && { voteShare: share(members) }),
        capitalShare: alike ? share(members) : 100 / known.length,
      })),
    };
    return { known, listing };
  });

function* everyWay(ranges: number[][]): Generator<number[]> {
  const [first, ...rest] = ranges;
  if (first === undefined) {
    yield [];
    return;
  }
  for (const tail of everyWay(rest)) for (const each of first) yield [each, ...tail];
}

const upTo = (most: number) => Array.from({ length: most + 1 }, (_, value) => value);

/**
 * Who knows all that is published, and the truth about everything but the
 * hidden counts, even who is a person: tries every number of members for each
 * hidden class and keeps those at which everything published comes out right.
 */
function attack(published: Subject, known: Known[]): Map<string, Set<number>> {
  const row = published.figures?.[0];
  const counts = (key: string): (Count | undefined)[] => [
    published.stakeholders?.find((each) => each.key === key)?.members,
    row?.membersByClass?.[key],
  ];
  const hidden = known.map(({ key }) => counts(key).find((count) => typeof count === "object"));
  const ranges = known.map(({ members, told: where }, index) => {
    const count = hidden[index];
    // Of a class that isn't told there may be any number, and here at most so many.
    if (where === "nowhere") return upTo(24);
    return typeof count === "object" ? upTo(count.fewerThan - 1) : [members];
  });
  const near = (share: number | undefined, members: number, all: number) =>
    share === undefined || all === 0 || Math.abs(share - (100 * members) / all) <= 0.005;
  const found = new Map<string, Set<number>>();
  for (const members of everyWay(ranges)) {
    const of = (belongs: (each: Known, index: number) => number) =>
      sum(known.map((each, index) => belongs(each, index)));
    const count = (index: number) => members[index] ?? 0;
    const all = of((_, index) => count(index));
    const natural = of((each, index) =>
      hidden[index] !== undefined || (each.told === "nowhere" && each.kind !== "organisation")
        ? count(index)
        : each.natural,
    );
    const workerMembers = of(({ kind }, index) => (works(kind) ? count(index) : 0));
    const sexes = row?.membersBySex;
    const fits = [
      row?.members === undefined || row.members === all,
      row?.membersNatural === undefined || row.membersNatural === natural,
      row?.membersLegal === undefined || row.membersLegal === all - natural,
      sexes === undefined || Number(sexes.female) + Number(sexes.male) === natural,
      row?.workerMembers === undefined || row.workerMembers === workerMembers,
      row?.workers === undefined || Number(row.workers) >= workerMembers,
      published.voteRule === "by-class" ||
        known.every(({ key }, index) =>
          near(
            published.stakeholders?.find((each) => each.key === key)?.voteShare,
            count(index),
            all,
          ),
        ),
    ];
    if (fits.includes(false)) continue;
    for (const [index, { key }] of known.entries()) {
      if (hidden[index] === undefined) continue;
      found.set(key, (found.get(key) ?? new Set()).add(count(index)));
    }
  }
  return found;
}

test("nobody can tell a hidden count, nor bound it further, from what stands beside it", () => {
  let attacks = 0;
  fc.assert(
    fc.property(told, ({ known, listing }) => {
      const { content } = protect(listing);
      for (const { key, kind, members } of known) {
        if (kind !== "disadvantaged-worker" || members >= 5) continue;
        const shown = content.stakeholders?.find((each) => each.key === key)?.members;
        for (const count of [shown, content.figures?.[0]?.membersByClass?.[key]]) {
          expect(typeof count).not.toBe("number");
        }
      }
      for (const values of attack(content, known).values()) {
        attacks += 1;
        expect(values).toEqual(new Set([0, 1, 2, 3, 4]));
      }
    }),
    { numRuns: 2000 },
  );
  expect(attacks).toBeGreaterThan(500);
});

test("unprotected, the same attack succeeds", () => {
  let found = 0;
  fc.assert(
    fc.property(told, ({ known: classes, listing }) => {
      const naive = structuredClone(listing);
      for (const each of naive.stakeholders ?? []) {
        if (each.kind !== "disadvantaged-worker") continue;
        if (Number(each.members) < 5) each.members = { fewerThan: 5 };
        const counts = naive.figures?.[0]?.membersByClass;
        if (counts !== undefined && Number(counts[each.key]) < 5)
          counts[each.key] = { fewerThan: 5 };
      }
      for (const values of attack(naive, classes).values()) if (values.size === 1) found += 1;
    }),
    { numRuns: 300 },
  );
  expect(found).toBeGreaterThan(100);
});

test("what is protected is protected already", () => {
  fc.assert(
    fc.property(
      fc.oneof(
        anyContent,
        told.map(({ listing }) => listing),
      ),
      (content) => {
        const once = protect(content as Subject);
        expect(protect(once.content)).toEqual({ content: once.content, hidden: [] });
        if (once.hidden.length === 0) expect(once.content).toBe(content);
      },
    ),
    { numRuns: 500 },
  );
});

test("a protected listing is a listing, and the one that came stays as it was", () => {
  fc.assert(
    fc.property(anyListing, (listing) => {
      const before = structuredClone(listing);
      expect(Listing.safeParse(protect(listing).content).error).toBeUndefined();
      expect(listing).toEqual(before);
    }),
    { numRuns: 300 },
  );
});

describe("only as much goes as must", () => {
  const returning = {
    key: "returning",
    kind: "disadvantaged-worker",
    name: "R",
    members: 3,
  } as const;
  const users = { key: "users", kind: "user", name: "U", members: 30 } as const;
  const hide = (content: Subject) => protect(content).hidden;

  test.each<[string, Subject, string[]]>([
    ["no sensitive class", { stakeholders: [{ ...users, members: 3 }] }, []],
    ["five of them", { stakeholders: [{ ...returning, members: 5 }, users] }, []],
    [
      "four of them",
      { stakeholders: [{ ...returning, members: 4 }, users] },
      ["stakeholders.0.members"],
    ],
    [
      "a narrower bound",
      { stakeholders: [{ ...returning, members: { fewerThan: 2 } }] },
      ["stakeholders.0.members"],
    ],
    ["a wider bound", { stakeholders: [{ ...returning, members: { fewerThan: 9 } }] }, []],
    [
      "shares of votes by heads",
      {
        voteRule: "one-member-one-vote",
        stakeholders: [
          { ...returning, voteShare: 9.09 },
          { ...users, voteShare: 90.91 },
        ],
      },
      ["stakeholders.0.members", "stakeholders.0.voteShare", "stakeholders.1.voteShare"],
    ],
    [
      "shares of votes by class",
      {
        voteRule: "by-class",
        stakeholders: [
          { ...returning, voteShare: 50 },
          { ...users, voteShare: 50 },
        ],
      },
      ["stakeholders.0.members"],
    ],
    [
      "capital in equal shares",
      {
        stakeholders: [
          { ...returning, capitalShare: 9 },
          { ...users, capitalShare: 91 },
        ],
      },
      ["stakeholders.0.members", "stakeholders.0.capitalShare", "stakeholders.1.capitalShare"],
    ],
    [
      "capital in unequal shares",
      {
        stakeholders: [
          { ...returning, capitalShare: 40 },
          { ...users, capitalShare: 60 },
        ],
      },
      ["stakeholders.0.members"],
    ],
    [
      "a total of the same year",
      {
        stakeholders: [
          { ...returning, asOf: "2025-12" },
          { ...users, asOf: "2025-12" },
        ],
        figures: [
          { year: 2025, members: 33 },
          { year: 2024, members: 33 },
        ],
      },
      ["figures.0.members", "figures.0", "stakeholders.0.members"],
    ],
    [
      "a total that doesn't fit the classes",
      { stakeholders: [returning, users], figures: [{ year: 2025, members: 412 }] },
      ["stakeholders.0.members"],
    ],
    [
      "a class that isn't counted, and would be small",
      {
        stakeholders: [{ key: "r", kind: "disadvantaged-worker", name: "R" }, users],
        figures: [{ year: 2025, members: 33 }],
      },
      ["figures.0.members", "figures.0"],
    ],
    [
      "a class that isn't counted, and would be large",
      {
        stakeholders: [{ key: "r", kind: "disadvantaged-worker", name: "R" }, users],
        figures: [{ year: 2025, members: 40 }],
      },
      [],
    ],
    [
      "a class that the listing no longer has",
      { stakeholders: [users], figures: [{ year: 2020, membersByClass: { gone: 2, users: 20 } }] },
      ["figures.0.membersByClass.gone"],
    ],
    [
      "room enough among the workers",
      { stakeholders: [returning, users], figures: [{ year: 2025, workers: 4, volunteers: 2 }] },
      ["stakeholders.0.members"],
    ],
    [
      "too little room among the workers",
      { stakeholders: [returning, users], figures: [{ year: 2025, workers: 3, volunteers: 2 }] },
      ["figures.0.workers", "stakeholders.0.members"],
    ],
  ])("%s", (_, content, hidden) => {
    expect(hide(content)).toEqual(hidden);
  });
});
