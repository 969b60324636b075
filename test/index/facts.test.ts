import fc from "fast-check";
import { expect, test } from "vitest";
import { legalForms } from "../../src/coop/legal-forms.ts";
import type { Listing } from "../../src/coop/listing.ts";
import { type FacetName, type SearchQuery, womenBands } from "../../src/coop/query.ts";
import { carriedForward, estimated } from "../../src/index/figures.ts";
import { figuresOf } from "../../src/index/listing-figures.ts";
import { openIndex } from "../../src/index/sqlite-index.ts";
import { freshStore } from "../helpers/database.ts";
import { listing, put, record } from "./samples.ts";

const union = "https://union.example/coops/u";
const [form = { code: "" }, otherForm = { code: "" }] = legalForms();

/** Every value that the listings below can have in a facet, and whether one has it. */
const facets: Partial<Record<FacetName, [string, (each: Listing) => boolean][]>> = {
  stakeholder: (["worker", "user", "disadvantaged-worker"] as const).map((kind) => [
    kind,
    ({ stakeholders = [] }) => stakeholders.some((each) => each.kind === kind),
  ]),
  legal_form: [form.code, otherForm.code, "elf:PHMS"].map((code) => [
    code,
    ({ legalFormCode }) => legalFormCode === code,
  ]),
  language: ["fr", "pt", "pt-BR"].map((tag) => [
    tag,
    ({ inLanguage = "", knowsLanguage = [] }) =>
      [inLanguage, ...knowsLanguage].some((each) => each === tag || each.startsWith(`${tag}-`)),
  ]),
  member_of: [
    [
      union,
      (each) =>
        now(each).some(({ kind, id }) => kind === "member-of" && id?.startsWith(union) === true),
    ],
    [
      "GB-COH:07444723",
      (each) =>
        now(each).some(({ kind, identifier }) => kind === "member-of" && identifier !== undefined),
    ],
  ],
  relation: (["member-of", "supplies"] as const).map((kind) => [
    kind,
    (each) => now(each).some((relation) => relation.kind === kind),
  ]),
  offers: [
    ["food", ({ offers = [] }) => offers.some(({ theme }) => theme === "food")],
    ["any", ({ offers }) => offers !== undefined],
  ],
  needs: [["any", ({ needs }) => needs !== undefined]],
  capital: [
    ["offers:human", ({ offers = [] }) => offers.some(({ capital }) => capital === "human")],
    ["needs:financial", ({ needs }) => needs !== undefined],
  ],
  source: [
    ["claimed", ({ provenance }) => provenance.kind === "claimed"],
    ["imported", ({ provenance }) => provenance.kind === "imported"],
    ["data.example/sets/coops", ({ provenance }) => provenance.isBasedOn !== undefined],
  ],
  women_band: womenBands.map((band) => [band, (each) => bandOf(each) === band]),
  figure_year: [2019, 2021].map((year) => [
    String(year),
    ({ figures = [] }) => figures.some((each) => each.year === year),
  ]),
};
const names = Object.keys(facets) as FacetName[];

/** One relation is over when the listing is written, on the 20th of November 2026. */
function now({ relations = [] }: Listing) {
  return relations.filter(({ until }) => until !== "2026-11-19");
}

function bandOf({ figures = [] }: Listing): string {
  const rows = figures
    .map(({ year, membersBySex }) => ({ year, female: membersBySex?.female }))
    .filter(({ female }) => typeof female === "number");
  const latest = rows.find(({ year }) => year === 2021) ?? rows[0];
  // Of four, as all of them below.
  return { 0: "0-24", 1: "25-49", 2: "50-74", 4: "75-100" }[Number(latest?.female)] ?? "unknown";
}

const relation = fc.record({
  kind: fc.constantFrom("member-of" as const, "supplies" as const),
  name: fc.constant("Union"),
  id: fc.constantFrom(undefined, union, `${union}/listing`),
  identifier: fc.constantFrom(undefined, {
    type: "PropertyValue" as const,
    propertyID: "GB-COH",
    value: "7444723",
  }),
  until: fc.constantFrom(undefined, "2026-11-19", "2026", "2030-01"),
});

const exchange = fc.record({
  name: fc.constant("Something"),
  theme: fc.constantFrom(undefined, "food" as const),
  capital: fc.constantFrom("human" as const, "social" as const),
});

const women = fc.constantFrom(0, 1, 2, 4, { fewerThan: 5 });
const figures = fc.uniqueArray(
  fc.record({ year: fc.constantFrom(2019, 2021), female: fc.option(women, { nil: undefined }) }),
  { selector: ({ year }) => year, maxLength: 2 },
);

const content = fc
  .record({
    kinds: fc.subarray(["worker", "user", "disadvantaged-worker"] as const),
    legalFormCode: fc.constantFrom(undefined, form.code, otherForm.code, "elf:PHMS"),
    inLanguage: fc.constantFrom(undefined, "fr", "pt-BR"),
    knowsLanguage: fc.constantFrom(undefined, ["pt"], ["fr", "pt-BR"]),
    relations: fc.array(relation, { maxLength: 2 }),
    offers: fc.array(exchange, { maxLength: 2 }),
    needs: fc.boolean(),
    source: fc.constantFrom(
      undefined,
      "https://www.data.example/sets/coops/",
      "http://data.example/sets/coops/17?page=2",
    ),
    kind: fc.constantFrom("claimed" as const, "imported" as const),
    figures,
    founded: fc.constantFrom(undefined, "1997", "2001-05-02"),
  })
  .map((each) => {
    const { kinds, needs, source, kind, founded, ...rest } = each;
    const listed: Partial<Listing> = JSON.parse(
      JSON.stringify({
        ...rest,
        relations: none(each.relations),
        offers: none(each.offers),
        needs: needs ? [{ name: "Money", capital: "financial" }] : undefined,
        provenance: { kind, isBasedOn: source },
        foundingDate: founded,
        stakeholders: none(kinds.map((kind) => ({ key: kind, kind, name: kind }))),
        figures: none(
          each.figures.map(({ year, female }) => ({
            year,
            workers: 3,
            membersBySex: female === undefined ? undefined : { female, male: menBeside(female) },
          })),
        ),
      }),
    );
    return listed;
  });

function none<T>(all: T[]): T[] | undefined {
  return all.length === 0 ? undefined : all;
}

function menBeside(female: number | object): number {
  return typeof female === "number" ? 4 - female : 3;
}

const query: fc.Arbitrary<SearchQuery> = fc
  .record({
    filters: fc.subarray(names, { maxLength: 2 }).chain((some) =>
      fc.tuple(
        ...some.map((name) =>
          fc
            .subarray(
              (facets[name] ?? []).map(([value]) => value),
              { minLength: 1 },
            )
            .map((values) => [name, values] as const),
        ),
      ),
    ),
    founded_from: fc.constantFrom(undefined, undefined, 1998),
    founded_to: fc.constantFrom(undefined, undefined, 2001),
  })
  .map(({ filters, ...years }) => ({ ...years, ...Object.fromEntries(filters), limit: 100 }));

test("every fact is a filter and is counted, as each listing says it", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(content, { minLength: 5, maxLength: 25 }),
      fc.array(query, { minLength: 5, maxLength: 10 }),
      async (contents, queries) => {
        const all = contents.map((each, at) => listing(`c${at}`, each));
        await using store = await freshStore("sqlite");
        await put(store.db, ...all.map((each) => record(each)));
        await using index = await openIndex(store.db, ":memory:");
        await index.catchUp();
        for (const asked of queries) {
          const passing = (except?: FacetName) =>
            all.filter(
              (each) =>
                isFounded(each, asked) &&
                names.every((name) => {
                  const wanted: readonly string[] | undefined = asked[name];
                  if (wanted === undefined || name === except) return true;
                  return (facets[name] ?? []).some(
                    ([value, has]) => wanted.includes(value) && has(each),
                  );
                }),
            );
          const result = await index.search(asked);
          const found = result.items.map((each) => each.listing.id);
          expect(found.toSorted()).toEqual(
            passing()
              .map(({ id }) => id)
              .toSorted(),
          );
          expect(result.total).toBe(found.length);
          for (const name of names) {
            const counts = (facets[name] ?? []).map(([value, has]) => [
              value,
              passing(name).filter(has).length,
            ]);
            const given = new Map(result.facets[name].map(({ value, count }) => [value, count]));
            expect(
              counts.map(([value]) => [value, given.get(String(value)) ?? 0]),
              name,
            ).toEqual(counts);
          }
        }
      },
    ),
    { numRuns: 12 },
  );
}, 60_000);

function isFounded({ foundingDate }: Listing, { founded_from, founded_to }: SearchQuery): boolean {
  if (founded_from === undefined && founded_to === undefined) return true;
  const year = Number(foundingDate?.slice(0, 4) ?? -1);
  return year >= (founded_from ?? 0) && year <= (founded_to ?? 9999);
}

function read(content: Partial<Listing>): Record<string, [number, number]> {
  return Object.fromEntries(
    figuresOf(listing("c", content)).map(({ measure, year, value, flags }) => [
      `${measure} ${year}`,
      [value, flags],
    ]),
  );
}

test("counts of which only a bound is known are no figures, nor is a sum that they belong to", () => {
  const stakeholders = [
    { key: "a", kind: "worker", name: "A" },
    { key: "b", kind: "worker", name: "B" },
    { key: "c", kind: "user", name: "C" },
  ] satisfies Listing["stakeholders"];
  const membersByClass = { a: 10, b: { fewerThan: 5 }, c: 7, gone: 3 };
  const row = { year: 2024, members: { fewerThan: 20 }, workers: 4, membersByClass };
  expect(read({ stakeholders, figures: [row] })).toEqual({
    "workers 2024": [4, 0],
    "members:user 2024": [7, 0],
  });
});

test("what the profile says of its classes counts for its own year, where no figure does", () => {
  const stakeholders = [
    { key: "a", kind: "worker", name: "A", members: 5, asOf: "2023-06" },
    { key: "b", kind: "worker", name: "B", members: 6, asOf: "2021" },
    { key: "c", kind: "user", name: "C", members: 8 },
    { key: "d", kind: "producer", name: "D", members: 9, asOf: "2022" },
  ] satisfies Listing["stakeholders"];
  const figures = [{ year: 2022, membersByClass: { d: 1 } }];
  expect(read({ stakeholders, figures })).toEqual({
    "members:producer 2022": [1, 0],
    "members:worker 2023": [11, 0],
    "members:user 2026": [8, 0],
  });
});

test("accounts that only repeat those of the year before are carried forward", () => {
  const row = (year: number, more: object) => ({ year, source: "register", ...more });
  const same = { members: 12, workers: 3 };
  const flags = (content: Partial<Listing>) =>
    Object.entries(read(content)).map(([place, [, flag]]) => `${place} ${flag}`);
  expect(
    flags({ figures: [row(2020, same), row(2021, same), row(2022, { ...same, members: 13 })] }),
  ).toEqual([
    "members 2020 0",
    "workers 2020 0",
    `members 2021 ${carriedForward}`,
    `workers 2021 ${carriedForward}`,
    "members 2022 0",
    "workers 2022 0",
  ]);
  // Counted anew, with the same result; told by somebody else; not enough to tell.
  for (const second of [
    row(2021, { ...same, asOf: "2021-12-31" }),
    { year: 2021, source: "survey", ...same },
    row(2021, { members: 12, workers: 4 }),
    row(2021, { members: 12 }),
  ]) {
    expect(flags({ figures: [row(2020, { ...same, asOf: "2020-12-31" }), second] })).not.toContain(
      `members 2021 ${carriedForward}`,
    );
  }
  const asOf = "2020-12-31";
  expect(
    flags({
      figures: [
        row(2020, { members: 5, asOf }),
        row(2021, { members: 6, workers: 2, asOf, estimate: true }),
      ],
    }),
  ).toEqual([
    "members 2020 0",
    `members 2021 ${carriedForward | estimated}`,
    `workers 2021 ${estimated}`,
  ]);
});

test("amounts are kept apart by currency", () => {
  const figures: Listing["figures"] = [
    { year: 2024, turnover: 10.5, currency: "EUR" },
    { year: 2024, surplus: -3, currency: "GBP" },
  ];
  expect(read({ figures })).toEqual({
    "turnover:EUR 2024": [10.5, 0],
    "surplus:GBP 2024": [-3, 0],
  });
});
