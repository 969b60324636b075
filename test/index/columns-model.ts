import fc from "fast-check";
import { type FacetName, facetNames, type Filter } from "../../src/coop/query.ts";
import { type Columns, state } from "../../src/index/columns.ts";
import type { Figure } from "../../src/index/figures.ts";
import { nowhere } from "../../src/index/geo.ts";
import { setsOf } from "../../src/index/sets.ts";

/** A row as plain as it can be. */
export interface Row {
  facts: Partial<Record<FacetName, string[]>>;
  example: boolean;
  closed: boolean;
  hidden: boolean;
  founded: number;
  dissolved: number;
  figures: Figure[];
}

/** What happens to a row. */
export type Step =
  | { kind: "set"; row: number; as: Row }
  | { kind: "delete"; row: number }
  | { kind: "hide" | "close"; row: number; yes: boolean };

const values = {
  theme: ["food", "care", "energy"],
  sector: ["isic4:Q", "isic4:87", "isic4:G"],
  type: ["worker", "producer"],
  status: ["active", "closed", "forming"],
  level: ["primary", "secondary"],
  offers: ["any", "food"],
} as const satisfies Partial<Record<FacetName, readonly string[]>>;

const figure: fc.Arbitrary<Figure> = fc.record({
  measure: fc.constantFrom("members", "workers", "turnover:EUR"),
  year: fc.constantFrom(2019, 2020, 2021),
  // Also what needs more than 32 bits, or isn't whole.
  value: fc.oneof(fc.nat(9), fc.constantFrom(-3, 0.5, 2 ** 40)),
  flags: fc.nat(3),
});

const row: fc.Arbitrary<Row> = fc.record({
  facts: fc.record({
    theme: fc.subarray([...values.theme]),
    sector: fc.subarray([...values.sector]),
    type: fc.subarray([...values.type], { maxLength: 1 }),
    status: fc.subarray([...values.status], { maxLength: 1 }),
    level: fc.subarray([...values.level], { maxLength: 1 }),
    offers: fc.subarray([...values.offers]),
    // More sets than a byte can number.
    member_of: fc.uniqueArray(
      fc.nat(40).map((at) => `https://union.example/${at}`),
      { maxLength: 2 },
    ),
  }),
  example: fc.constantFrom(false, false, false, true),
  closed: fc.boolean(),
  hidden: fc.boolean(),
  founded: fc.constantFrom(0, 1990, 2000, 2010),
  dissolved: fc.constantFrom(0, 0, 2005),
  figures: fc.uniqueArray(figure, {
    maxLength: 5,
    selector: ({ measure, year }) => `${measure} ${year}`,
  }),
});

const at = fc.nat(200);

export const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant("set"), row: at, as: row }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("delete"), row: at }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constantFrom("hide", "close"), row: at, yes: fc.boolean() }),
  },
);

const some = <T>(all: readonly T[]) =>
  fc.option(fc.subarray([...all], { minLength: 1, maxLength: 2 }), { nil: undefined, freq: 2 });
const year = fc.constantFrom(undefined, undefined, undefined, 1990, 1995, 2007);

export const filter: fc.Arbitrary<Filter> = fc
  .record({
    theme: some(values.theme),
    sector: some([...values.sector, "isic4:A"]),
    type: some(values.type),
    status: some(values.status),
    level: some(values.level),
    offers: some(values.offers),
    member_of: some(["https://union.example/1", "https://union.example/2"]),
    founded_from: year,
    founded_to: year,
    in_year: year,
    count: fc.constantFrom(undefined, undefined, "organisations" as const, "listings" as const),
  })
  .map(
    (each) =>
      Object.fromEntries(Object.entries(each).filter(([, value]) => value !== undefined)) as Filter,
  );

/** Does to the columns and to the model what the step says. */
export function take(columns: Columns, model: Map<number, Row>, each: Step): void {
  const known = model.get(each.row);
  switch (each.kind) {
    case "set":
      columns.set(each.row, {
        sets: setsOf(columns.dictionaries, factsOf(each.as)),
        state:
          (each.as.example ? state.example : 0) |
          (each.as.closed ? state.closed : 0) |
          (each.as.hidden ? state.hidden : 0),
        latitude: nowhere,
        longitude: nowhere,
        founded: each.as.founded,
        dissolved: each.as.dissolved,
        updated: 1,
        quality: 2,
        tie: each.row,
        figures: each.as.figures,
      });
      model.set(each.row, each.as);
      break;
    case "delete":
      columns.delete(each.row);
      model.delete(each.row);
      break;
    case "hide":
      columns.hide(each.row, each.yes);
      if (known !== undefined) model.set(each.row, { ...known, hidden: each.yes });
      break;
    default:
      columns.close(each.row, each.yes);
      if (known !== undefined) model.set(each.row, { ...known, closed: each.yes });
  }
}

/** The years of its figures are a facet, too. */
function factsOf({ facts, figures }: Row): Row["facts"] {
  return { ...facts, figure_year: [...new Set(figures.map((each) => String(each.year)))] };
}

function valuesOf(each: Row, facet: FacetName): readonly string[] {
  return facet === "status" && each.closed ? ["closed"] : (factsOf(each)[facet] ?? []);
}

/** Whether a row passes all filters but that of one facet. */
function passes(each: Row, asked: Filter, except?: FacetName): boolean {
  const { in_year, founded_from = 0, founded_to = 9999, count } = asked;
  if (each.hidden && count !== "listings") return false;
  if (asked.founded_from !== undefined || asked.founded_to !== undefined) {
    if (each.founded === 0) return false;
    if (each.founded < founded_from || each.founded > founded_to) return false;
  }
  if (in_year !== undefined) {
    if (each.founded === 0 || each.founded > in_year) return false;
    if (each.dissolved === 0 ? each.closed : each.dissolved <= in_year) return false;
  }
  return facetNames.every((facet) => {
    const wanted: readonly string[] = asked[facet] ?? [];
    if (facet === except) return true;
    if (wanted.length > 0) return wanted.some((value) => valuesOf(each, facet).includes(value));
    return facet !== "status" || in_year !== undefined || !each.closed;
  });
}

/** The answer, found by looking at every row for every value. */
export function slowly(
  model: ReadonlyMap<number, Row>,
  asked: Filter,
  among: readonly number[] | undefined,
) {
  const all = [...model]
    .toSorted(([a], [b]) => a - b)
    .filter(([row]) => among === undefined || among.includes(row));
  const found = all.filter(([, each]) => passes(each, asked));
  const facets = facetNames.map((facet) => {
    const counted = all.filter(([, each]) => !each.example && passes(each, asked, facet));
    const known = new Set(counted.flatMap(([, each]) => valuesOf(each, facet)));
    const counts = [...known].map((value) => [
      value,
      counted.filter(([, each]) => valuesOf(each, facet).includes(value)).length,
    ]);
    return [facet, Object.fromEntries(counts)];
  });
  return {
    rows: found.filter(([, each]) => !each.example).map(([row]) => row),
    exampleRows: found.filter(([, each]) => each.example).map(([row]) => row),
    facets: Object.fromEntries(facets),
  };
}

/** Every figure of a measure and a year, by row; the latest that each row has when it is 0. */
export function figuresSlowly(model: ReadonlyMap<number, Row>, measure: string, year: number) {
  return [...model]
    .flatMap(([row, { figures }]) => {
      const own = figures.filter((each) => each.measure === measure);
      const latest = Math.max(...own.map((each) => each.year));
      return own
        .filter((each) => each.year === (year === 0 ? latest : year))
        .map(({ value, flags }) => [row, value, flags]);
    })
    .toSorted(([a = 0], [b = 0]) => a - b);
}
