import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { StakeholderKind } from "../../src/coop/codes.ts";
import { legalForms } from "../../src/coop/legal-forms.ts";
import type { StakeholderClass } from "../../src/coop/listing.ts";
import { type Warned, warningsOf } from "../../src/coop/warnings.ts";
import { readExamples } from "../../src/directory/examples.ts";
import { anyContent } from "../helpers/listings.ts";

const today = "2026-11-22";
const folder = fileURLToPath(new URL("../../fixtures/examples", import.meta.url));
const paths = (listing: Warned, day = today) => warningsOf(listing, day).map(({ path }) => path);

type Given = Partial<StakeholderClass> & { kind: StakeholderKind };
const classes = (...given: Given[]): StakeholderClass[] =>
  given.map((each, index) => ({ key: `c${index}`, name: `Class ${index}`, ...each }));

test("it says something about anything, and never fails", () => {
  const forms = [
    undefined,
    "elf:PHMS",
    "form:xx-unheard-of",
    ...legalForms().map(({ code }) => code),
  ];
  fc.assert(
    fc.property(anyContent, fc.constantFrom(...forms), (content, form) => {
      const { legalFormCode: _, ...rest } = content;
      const listing: Warned = form === undefined ? rest : { ...rest, legalFormCode: form };
      for (const { path, text, law, verified } of warningsOf(listing, today)) {
        let at: unknown = listing;
        const steps = path.split(".");
        for (const step of steps.slice(0, -1)) at = (at as Record<string, unknown>)[step];
        // The place exists, but for what is missing there.
        expect(typeof at).toBe("object");
        expect(text).toMatch(/^.+\.$/su);
        expect(law === undefined).toBe(verified === undefined);
      }
    }),
    { numRuns: 1000 },
  );
});

test("of a listing of which nothing is said there is nothing to say", () => {
  expect(warningsOf({}, today)).toEqual([]);
});

/** What is odd, where, and what is next to it and isn't. */
test.each<[string, string, Warned, Warned]>([
  [
    "a number with a wrong check digit",
    "identifier.0.value",
    { identifier: [{ type: "PropertyValue", propertyID: "FR-RCS", value: "732829321" }] },
    { identifier: [{ type: "PropertyValue", propertyID: "FR-RCS", value: "732829320" }] },
  ],
  [
    "dissolved before it was founded",
    "dissolutionDate",
    { foundingDate: "2001-05", dissolutionDate: "2001-04-30", status: "closed" },
    { foundingDate: "2001-05", dissolutionDate: "2001", status: "closed" },
  ],
  [
    "dissolved, and active",
    "status",
    { dissolutionDate: "2026-11-22", status: "active" },
    { dissolutionDate: "2026-11-23", status: "active" },
  ],
  [
    "founded tomorrow, and active",
    "foundingDate",
    { foundingDate: "2026-11-23" },
    { foundingDate: "2026-11-23", status: "forming" },
  ],
  [
    "called multi-stakeholder, and of one type",
    "coopType",
    {
      coopType: "multi-stakeholder",
      stakeholders: classes({ kind: "user" }, { kind: "resident" }),
    },
    { coopType: "multi-stakeholder", stakeholders: classes({ kind: "user" }, { kind: "worker" }) },
  ],
  [
    "called a worker co-op, and multi-stakeholder",
    "coopType",
    {
      coopType: "worker",
      stakeholders: classes({ kind: "user", boardSeats: 2 }, { kind: "worker", boardSeats: 2 }),
    },
    {
      coopType: "worker",
      stakeholders: classes({ kind: "user", boardSeats: 1 }, { kind: "worker", boardSeats: 2 }),
    },
  ],
  [
    "called a worker co-op, and of users only",
    "coopType",
    { coopType: "worker", stakeholders: classes({ kind: "user" }) },
    { coopType: "worker", stakeholders: classes({ kind: "disadvantaged-worker" }) },
  ],
  [
    "a form of another country",
    "legalFormCode",
    {
      legalFormCode: "form:fr-scic",
      location: { type: "Place", address: { type: "PostalAddress", addressCountry: "IT" } },
    },
    {
      legalFormCode: "form:fr-scic",
      location: { type: "Place", address: { type: "PostalAddress", addressCountry: "FR" } },
    },
  ],
  [
    "a form of another part of the country",
    "legalFormCode",
    {
      legalFormCode: "form:ca-qc-coop-solidarite",
      location: {
        type: "Place",
        address: { type: "PostalAddress", addressCountry: "CA" },
        region: ["iso3166-2:CA-ON"],
      },
    },
    {
      legalFormCode: "form:ca-qc-coop-solidarite",
      location: {
        type: "Place",
        address: { type: "PostalAddress", addressCountry: "CA" },
        region: ["qc-region:05"],
      },
    },
  ],
  [
    "a type that its form seldom is",
    "coopType",
    { legalFormCode: "form:it-coop-sociale-b", coopType: "consumer-user" },
    { legalFormCode: "form:it-coop-sociale-b", coopType: "worker" },
  ],
  [
    "themes of other sectors",
    "theme",
    { theme: ["energy", "tech"], activity: ["isic4:1071"] },
    { theme: ["energy", "food"], activity: ["isic4:1071"] },
  ],
  [
    "votes that don't add up",
    "stakeholders",
    { stakeholders: classes({ kind: "user", voteShare: 60 }, { kind: "worker", voteShare: 39.4 }) },
    { stakeholders: classes({ kind: "user", voteShare: 60 }, { kind: "worker", voteShare: 39.6 }) },
  ],
  [
    "more votes than there are, though not all are told",
    "stakeholders",
    {
      stakeholders: classes(
        { kind: "user", voteShare: 60 },
        { kind: "worker", voteShare: 41 },
        { kind: "producer" },
      ),
    },
    {
      stakeholders: classes(
        { kind: "user", voteShare: 60 },
        { kind: "worker", voteShare: 30 },
        { kind: "producer" },
      ),
    },
  ],
  [
    "more capital than there is",
    "stakeholders",
    {
      stakeholders: classes(
        { kind: "user", capitalShare: 60 },
        { kind: "worker", capitalShare: 41 },
      ),
    },
    {
      stakeholders: classes(
        { kind: "user", capitalShare: 60 },
        { kind: "worker", capitalShare: 20 },
      ),
    },
  ],
  [
    "more seats than there are",
    "boardSize",
    { boardSize: 4, stakeholders: classes({ kind: "user", boardSeats: 5 }) },
    { boardSize: 5, stakeholders: classes({ kind: "user", boardSeats: 5 }) },
  ],
  [
    "seats on a board that there isn't",
    "boardSize",
    { boardSize: 0, stakeholders: classes({ kind: "user", boardSeats: 1 }) },
    { boardSize: 0, stakeholders: classes({ kind: "user", boardSeats: 0 }) },
  ],
  [
    "one vote each, and not so",
    "voteRule",
    {
      voteRule: "one-member-one-vote",
      stakeholders: classes(
        { kind: "user", members: 90, voteShare: 50 },
        { kind: "worker", members: 10, voteShare: 50 },
      ),
    },
    {
      voteRule: "one-member-one-vote",
      stakeholders: classes(
        { kind: "user", members: 90, voteShare: 90 },
        { kind: "worker", members: 10, voteShare: 10 },
        { kind: "supporting", members: 50, voteShare: 0 },
      ),
    },
  ],
  [
    "a class counted tomorrow",
    "stakeholders.0.asOf",
    { stakeholders: classes({ kind: "user", asOf: "2026-12" }) },
    { stakeholders: classes({ kind: "user", asOf: "2026" }) },
  ],
  [
    "next year's figures",
    "figures.0.year",
    { figures: [{ year: 2027, members: 1 }] },
    { figures: [{ year: 2026, members: 1 }] },
  ],
  [
    "figures from before there was a co-op",
    "figures.0.year",
    { foundingDate: "2001-05", figures: [{ year: 2000, members: 1 }] },
    { foundingDate: "2001-05", figures: [{ year: 2001, members: 1 }] },
  ],
  [
    "figures from when it was no more",
    "figures.0.year",
    { dissolutionDate: "2020", status: "closed", figures: [{ year: 2021, members: 1 }] },
    { dissolutionDate: "2020", status: "closed", figures: [{ year: 2020, members: 1 }] },
  ],
  [
    "figures counted tomorrow",
    "figures.0.asOf",
    { figures: [{ year: 2026, asOf: "2026-11-23", members: 1 }] },
    { figures: [{ year: 2026, asOf: "2026-11", members: 1 }] },
  ],
  [
    "members that don't add up, from two sources",
    "figures.0.members",
    {
      figures: [
        { year: 2025, members: 10 },
        { year: 2025, membersNatural: 7, membersLegal: 2 },
      ],
    },
    {
      figures: [
        { year: 2025, members: 10 },
        { year: 2024, membersNatural: 7, membersLegal: 2 },
      ],
    },
  ],
  [
    "more persons than members",
    "figures.0.membersNatural",
    { figures: [{ year: 2025, members: { fewerThan: 10 }, membersNatural: 10 }] },
    { figures: [{ year: 2025, members: { fewerThan: 11 }, membersNatural: 10 }] },
  ],
  [
    "more organisations than members",
    "figures.0.membersLegal",
    { figures: [{ year: 2025, members: 9, membersLegal: 10 }] },
    { figures: [{ year: 2025, members: 10, membersLegal: 10 }] },
  ],
  [
    "more women and men than members",
    "figures.0.membersBySex",
    { figures: [{ year: 2025, members: 9, membersBySex: { female: 5, male: 5 } }] },
    { figures: [{ year: 2025, members: 10, membersBySex: { female: 5, male: 5 } }] },
  ],
  [
    "fewer women and men than persons",
    "figures.0.membersBySex",
    {
      figures: [
        { year: 2025, membersNatural: 11, membersBySex: { female: 5, male: 5, notStated: 0 } },
      ],
    },
    { figures: [{ year: 2025, membersNatural: 11, membersBySex: { female: 5, male: 5 } }] },
  ],
  [
    "more members in classes than there are",
    "figures.0.membersByClass",
    { figures: [{ year: 2025, members: 9, membersByClass: { a: 5, b: 5 } }] },
    { figures: [{ year: 2025, members: 10, membersByClass: { a: 5, b: 5 } }] },
  ],
  [
    "a class that there isn't",
    "figures.0.membersByClass.b",
    {
      stakeholders: classes({ kind: "user", key: "a" }),
      figures: [{ year: 2025, membersByClass: { a: 5, b: 5 } }],
    },
    {
      stakeholders: classes({ kind: "user", key: "a" }),
      figures: [{ year: 2025, membersByClass: { a: 5 } }],
    },
  ],
  [
    "more worker-members than workers",
    "figures.0.workerMembers",
    { figures: [{ year: 2025, workers: 4, workerMembers: 5 }] },
    { figures: [{ year: 2025, workers: 5, workerMembers: 5 }] },
  ],
  [
    "more worker-members than members",
    "figures.0.workerMembers",
    { figures: [{ year: 2025, members: 4, workerMembers: 5 }] },
    { figures: [{ year: 2025, members: 5, workerMembers: 5 }] },
  ],
  [
    "an offer of yesterday",
    "offers.0.validThrough",
    { offers: [{ name: "Oven", capital: "physical", validThrough: "2026-11-21" }] },
    { offers: [{ name: "Oven", capital: "physical", validThrough: "2026-11-22" }] },
  ],
  [
    "a relation to itself, by its id",
    "relations.0",
    {
      id: "https://a.example/coops/1",
      relations: [{ kind: "supplies", name: "Us", id: "https://a.example/coops/1" }],
    },
    {
      id: "https://a.example/coops/1",
      relations: [{ kind: "supplies", name: "Us", id: "https://a.example/coops/2" }],
    },
  ],
  [
    "a relation to itself, by its number",
    "relations.0",
    {
      identifier: [{ type: "PropertyValue", propertyID: "FR-RCS", value: "732 829 320" }],
      relations: [
        {
          kind: "supplies",
          name: "Us",
          identifier: { type: "PropertyValue", propertyID: "FR-SIRET", value: "73282932000074" },
        },
      ],
    },
    {
      relations: [
        {
          kind: "supplies",
          name: "Them",
          identifier: { type: "PropertyValue", propertyID: "FR-RCS", value: "732829320" },
        },
      ],
    },
  ],
  [
    "a relation that ended before it began",
    "relations.0.until",
    { relations: [{ kind: "supplies", name: "Them", since: "2012", until: "2011-12" }] },
    { relations: [{ kind: "supplies", name: "Them", since: "2012-05", until: "2012" }] },
  ],
  [
    "a mandate that isn't told",
    "provenance.mandate",
    { provenance: { kind: "mandated" } },
    { provenance: { kind: "mandated", mandate: { by: "Union", basis: "§ 3", date: "2020" } } },
  ],
])("%s", (_, path, odd, fine) => {
  expect(paths(odd)).toEqual([path]);
  expect(paths(fine)).toEqual([]);
});

describe("the law of the form", () => {
  const name = "Cooperativa sociale La Fragola";
  test.each<[string, string, string, Warned, Warned]>([
    [
      "form:it-coop-sociale-a",
      "half of the members may be volunteers",
      "stakeholders",
      {
        stakeholders: classes({ kind: "supporting", members: 11 }, { kind: "worker", members: 10 }),
      },
      {
        stakeholders: classes({ kind: "supporting", members: 10 }, { kind: "worker", members: 10 }),
      },
    ],
    [
      "form:it-coop-sociale-b",
      "a hidden count is given the benefit of the doubt",
      "stakeholders",
      {
        stakeholders: classes(
          { kind: "supporting", members: 5 },
          { kind: "disadvantaged-worker", members: { fewerThan: 5 } },
        ),
      },
      {
        stakeholders: classes(
          { kind: "supporting", members: 4 },
          { kind: "disadvantaged-worker", members: { fewerThan: 5 } },
        ),
      },
    ],
    [
      "form:it-coop-sociale-a",
      "the name says what it is",
      "legalName",
      { legalName: "La Fragola" },
      { legalName: name.toUpperCase() },
    ],
    [
      "form:ca-qc-coop-solidarite",
      "two of users, workers and supporters",
      "stakeholders",
      { stakeholders: classes({ kind: "user" }, { kind: "producer" }) },
      { stakeholders: classes({ kind: "user" }, { kind: "supporting" }) },
    ],
    [
      "form:ca-qc-coop-solidarite",
      "one member, one vote",
      "voteRule",
      { voteRule: "by-class" },
      { voteRule: "one-member-one-vote" },
    ],
    [
      "form:fr-scic",
      "three categories",
      "stakeholders",
      { stakeholders: classes({ kind: "user" }, { kind: "worker" }) },
      { stakeholders: classes({ kind: "user" }, { kind: "worker" }, { kind: "public-body" }) },
    ],
    [
      "form:fr-scic",
      "users among them",
      "stakeholders",
      {
        stakeholders: classes({ kind: "worker" }, { kind: "supporting" }, { kind: "public-body" }),
      },
      { stakeholders: classes({ kind: "worker" }, { kind: "supporting" }, { kind: "other" }) },
    ],
    [
      "form:fr-scic",
      "no college above half",
      "stakeholders.0.voteShare",
      {
        voteRule: "by-class",
        stakeholders: classes(
          { kind: "user", voteShare: 51 },
          { kind: "worker", voteShare: 39 },
          { kind: "public-body", voteShare: 10 },
        ),
      },
      {
        voteRule: "by-class",
        stakeholders: classes(
          { kind: "user", voteShare: 50 },
          { kind: "worker", voteShare: 40 },
          { kind: "public-body", voteShare: 10 },
        ),
      },
    ],
    [
      "form:fr-scic",
      "no college below a tenth",
      "stakeholders.2.voteShare",
      {
        voteRule: "by-class",
        stakeholders: classes(
          { kind: "user", voteShare: 50 },
          { kind: "worker", voteShare: 41 },
          { kind: "public-body", voteShare: 9 },
        ),
      },
      {
        voteRule: "other",
        stakeholders: classes(
          { kind: "user", voteShare: 50 },
          { kind: "worker", voteShare: 41 },
          { kind: "public-body", voteShare: 9 },
        ),
      },
    ],
    [
      "form:es-iniciativa-social",
      "collaborators have 30 % of the votes",
      "stakeholders",
      {
        stakeholders: classes(
          { kind: "supporting", voteShare: 20 },
          { kind: "investor", voteShare: 11 },
          { kind: "worker", voteShare: 69 },
        ),
      },
      {
        stakeholders: classes(
          { kind: "supporting", voteShare: 20 },
          { kind: "investor", voteShare: 10 },
          { kind: "worker", voteShare: 70 },
        ),
      },
    ],
    [
      "form:es-iniciativa-social",
      "collaborators have 45 % of the capital",
      "stakeholders",
      { stakeholders: classes({ kind: "supporting", capitalShare: 45.1 }, { kind: "worker" }) },
      { stakeholders: classes({ kind: "supporting", capitalShare: 45 }, { kind: "worker" }) },
    ],
    [
      "form:es-iniciativa-social",
      "no surplus to members",
      "distributionConstraint",
      { distributionConstraint: "limited" },
      { distributionConstraint: "non-distributing" },
    ],
    [
      "form:es-integral",
      "every activity on the board",
      "stakeholders.1.boardSeats",
      {
        stakeholders: classes(
          { kind: "worker", boardSeats: 3 },
          { kind: "user", boardSeats: 0 },
          { kind: "supporting", boardSeats: 0 },
        ),
      },
      {
        stakeholders: classes(
          { kind: "worker", boardSeats: 2 },
          { kind: "user", boardSeats: 1 },
          { kind: "supporting", boardSeats: 0 },
        ),
      },
    ],
    [
      "form:es-mixta",
      "two classes",
      "stakeholders",
      { stakeholders: classes({ kind: "worker" }) },
      { stakeholders: classes({ kind: "worker" }, { kind: "investor" }) },
    ],
    [
      "form:pt-regie",
      "a public body with users",
      "stakeholders",
      { stakeholders: classes({ kind: "public-body" }) },
      { stakeholders: classes({ kind: "public-body" }, { kind: "user" }) },
    ],
    [
      "form:hu-szocialis-szovetkezet",
      "an institution with workers",
      "stakeholders",
      { stakeholders: classes({ kind: "worker" }, { kind: "user" }) },
      { stakeholders: classes({ kind: "worker" }, { kind: "organisation" }) },
    ],
    [
      "form:gr-koinsep",
      "a third of organisations",
      "stakeholders",
      {
        stakeholders: classes({ kind: "organisation", members: 4 }, { kind: "worker", members: 7 }),
      },
      {
        stakeholders: classes({ kind: "organisation", members: 4 }, { kind: "worker", members: 8 }),
      },
    ],
    [
      "form:be-sc-es-agreee",
      "limited dividends",
      "distributionConstraint",
      { distributionConstraint: "none" },
      { distributionConstraint: "limited" },
    ],
    [
      "form:kr-social-coop",
      "no dividends",
      "distributionConstraint",
      { distributionConstraint: "limited" },
      { distributionConstraint: "non-distributing" },
    ],
    [
      "form:us-wi-193",
      "a patron",
      "stakeholders",
      { stakeholders: classes({ kind: "investor" }) },
      { stakeholders: classes({ kind: "investor" }, { kind: "producer" }) },
    ],
    [
      "form:gb-somerset",
      "classes vote",
      "voteRule",
      { voteRule: "one-member-one-vote" },
      { voteRule: "by-class" },
    ],
    [
      "form:gb-fairshares",
      "three classes",
      "stakeholders",
      { stakeholders: classes({ kind: "worker" }, { kind: "user" }) },
      { stakeholders: classes({ kind: "worker" }, { kind: "user" }, { kind: "investor" }) },
    ],
    [
      "form:ca-mb-multi",
      "two classes",
      "stakeholders",
      { stakeholders: classes({ kind: "worker" }) },
      { stakeholders: classes({ kind: "worker" }, { kind: "user" }) },
    ],
  ])("%s: %s", (legalFormCode, _, path, odd, fine) => {
    const [warning, ...others] = warningsOf({ ...odd, legalFormCode }, today);
    expect(others).toEqual([]);
    expect(warning?.path).toBe(path);
    expect(warning?.law).toBeTruthy();
    expect(["read in the text of the law", "partly verified"]).toContain(warning?.verified);
    expect(warningsOf({ ...fine, legalFormCode }, today)).toEqual([]);
  });

  test("is that of the day", () => {
    const qc: Warned = {
      legalFormCode: "form:ca-qc-coop-solidarite",
      stakeholders: classes({ kind: "user" }, { kind: "supporting" }),
    };
    expect(paths(qc, "2005-10-31")).toEqual(["stakeholders"]);
    expect(paths(qc, "2005-11-01")).toEqual([]);
    const hu: Warned = {
      legalFormCode: "form:hu-szocialis-szovetkezet",
      stakeholders: classes({ kind: "worker" }),
    };
    expect(paths(hu, "2016-12-31")).toEqual([]);
    expect(paths(hu, "2017-01-01")).toEqual(["stakeholders"]);
    const pl: Warned = {
      legalFormCode: "form:pl-spoldzielnia-socjalna",
      stakeholders: classes({ kind: "disadvantaged-worker", members: 60 }),
    };
    expect(paths(pl, "2008-01-01")).toEqual(["stakeholders"]);
    expect(paths(pl)).toEqual([]);
  });

  test("says which section, and how far it was read", () => {
    const listing: Warned = {
      legalFormCode: "form:es-iniciativa-social",
      stakeholders: classes(
        { kind: "supporting", voteShare: 31 },
        { kind: "worker", voteShare: 69 },
      ),
    };
    expect(warningsOf(listing, today)).toEqual([
      {
        path: "stakeholders",
        text: "In Cooperativa de iniciativa social, supporters and investors together have at most 30 % of the votes; here they have 31 %.",
        law: "Ley 27/1999, art. 14",
        verified: "read in the text of the law",
      },
    ]);
  });
});

test("the worked examples keep to the laws of their forms, and their sums add up", async () => {
  for (const { handle, content } of await readExamples(folder)) {
    const said = warningsOf(content, today).filter(
      ({ path }) => !/^(coopType$|offers|needs)/.test(path),
    );
    expect(said, handle).toEqual([]);
  }
});
