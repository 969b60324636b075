import fc from "fast-check";
import { expect, test } from "vitest";
import type { DimensionName } from "../../src/coop/dimensions.ts";
import { Columns, state } from "../../src/index/columns.ts";
import { nowhere } from "../../src/index/geo.ts";
import { alsoRows } from "../../src/index/dimensions.ts";
import { carriedForward, type Figure } from "../../src/index/figures.ts";
import type { StatName } from "../../src/index/measures.ts";
import type { Cells } from "../../src/index/table.ts";
import { setsOf } from "../../src/index/sets.ts";
import { type StatisticsQuestion, tabulate } from "../../src/index/statistics.ts";

/** A co-op with the facts that tables look at. */
interface Coop {
  type: string[];
  theme: string[];
  sector: string[];
  region: string[];
  capital: string[];
  founded: number;
  dissolved: number;
  closed: boolean;
  figures: Figure[];
}

const years = [2014, 2015, 2016];
const read = [
  "members",
  "workers",
  "workerMembers",
  "turnover:EUR",
  "members:disadvantaged-worker",
];

const figures = fc
  .uniqueArray(
    fc.record({
      measure: fc.constantFrom(...read),
      year: fc.constantFrom(...years),
      value: fc.integer({ min: 0, max: 12 }),
      flags: fc.constantFrom(0, 0, 1, carriedForward),
    }),
    { selector: ({ measure, year }) => `${measure} ${year}`, maxLength: 8 },
  )
  .map((all) =>
    all.map((each) =>
      each.measure.startsWith("turn") ? { ...each, value: each.value * 1e7 - 2.5e7 } : each,
    ),
  );
const coop: fc.Arbitrary<Coop> = fc.record({
  type: fc.constantFrom([], ["worker"], ["producer"]),
  theme: fc.subarray(["food", "care", "energy"]),
  sector: fc.constantFrom(
    [],
    ["isic4:Q"],
    ["isic4:Q", "isic4:87"],
    ["isic4:G", "isic4:47", "isic4:Q", "isic4:86"],
  ),
  region: fc.constantFrom(
    [],
    ["iso3166-1:CA"],
    ["iso3166-1:CA", "iso3166-2:CA-QC", "qc-region:06"],
    ["iso3166-1:GB", "iso3166-2:GB-SCT", "iso3166-2:GB-GLG", "iso3166-1:CA"],
  ),
  capital: fc.subarray(["offers:human", "offers:social", "needs:human"]),
  founded: fc.constantFrom(0, 1997, 2001, 2014, 2015, 2016),
  dissolved: fc.constantFrom(0, 0, 2015, 2016),
  closed: fc.boolean(),
  figures,
});

const dimensions = [
  "type",
  "theme",
  "section",
  "division",
  "country",
  "region",
  "district",
  "quebec_region",
  "capital_offered",
  "founded",
  "decade",
] as const;

function valuesOf(each: Coop, name: DimensionName): string[] {
  const values = (() => {
    switch (name) {
      case "type":
        return each.type;
      case "theme":
        return each.theme;
      case "section":
        return each.sector.filter((code) => code.length === 7);
      case "division":
        return each.sector.filter((code) => code.length === 8);
      case "country":
        return each.region.filter((code) => code.startsWith("iso3166-1"));
      case "region":
        return each.region.filter((code) => ["iso3166-2:CA-QC", "iso3166-2:GB-SCT"].includes(code));
      case "district":
        return each.region.filter((code) => code === "iso3166-2:GB-GLG");
      case "quebec_region":
        return each.region.filter((code) => code.startsWith("qc-"));
      case "capital_offered":
        return each.capital
          .filter((code) => code.startsWith("offers:"))
          .map((code) => code.slice(7));
      case "founded":
        return each.founded === 0 ? [] : [String(each.founded)];
      case "decade":
        return each.founded === 0 ? [] : [`${String(each.founded).slice(0, 3)}0`];
      case "figure_year":
        return [...new Set(each.figures.map(({ year }) => String(year)))];
      default:
        throw new Error(name);
    }
  })();
  return values.length === 0 ? ["none"] : values;
}

function columnsOf(all: Coop[]): Columns {
  const columns = new Columns();
  for (const [row, each] of all.entries()) {
    const { type, theme, sector, region, capital } = each;
    const figure_year = [...new Set(each.figures.map(({ year }) => String(year)))];
    columns.set(row, {
      sets: setsOf(columns.dictionaries, { type, theme, sector, region, capital, figure_year }),
      state: each.closed ? state.closed : 0,
      latitude: nowhere,
      longitude: nowhere,
      founded: each.founded,
      dissolved: each.dissolved,
      updated: 0,
      quality: 0,
      tie: row,
      figures: each.figures,
    });
  }
  return columns;
}

function wasThere(each: Coop, year: number): boolean {
  if (each.founded === 0 || each.founded > year) return false;
  return each.dissolved === 0 ? !each.closed : each.dissolved > year;
}

function isFound(each: Coop, when: number | "ever" | undefined): boolean {
  if (when === "ever") return true;
  return when === undefined ? !each.closed : wasThere(each, when);
}

/** What one co-op reports: nothing, or a number and how it came about. */
function reported(each: Coop, measure: string, year: number | undefined) {
  const of = (name: string, at: number) =>
    each.figures.find((figure) => figure.measure === name && figure.year === at);
  const latest = years.toReversed();
  const isCarried = (...all: Figure[]) => all.every(({ flags }) => flags === carriedForward);
  const whole = ({ value }: Figure) => ({ value, part: value, of: 1 });
  if (measure === "worker_member_ratio") {
    for (const at of year === undefined ? latest : [year]) {
      const part = of("workerMembers", at);
      const all = of("workers", at);
      if (part === undefined || all === undefined || all.value === 0 || part.value > all.value)
        continue;
      const carried = year !== undefined && isCarried(part, all);
      return {
        kind: carried ? "carried" : "news",
        value: part.value / all.value,
        part: part.value,
        of: all.value,
      };
    }
    return undefined;
  }
  const name = { worker_members: "workerMembers" }[measure] ?? measure;
  const figure =
    year === undefined
      ? latest.map((at) => of(name, at)).find((found) => found !== undefined)
      : of(name, year);
  if (figure === undefined) return undefined;
  if (measure === "members:disadvantaged-worker" && figure.value < 5) return undefined;
  return { kind: year !== undefined && isCarried(figure) ? "carried" : "news", ...whole(figure) };
}

function quantile(values: number[], part: number): number | null {
  if (values.length === 0) return null;
  const sorted = values.toSorted((a, b) => a - b);
  const at = (sorted.length - 1) * part;
  const low = sorted[Math.floor(at)] ?? NaN;
  return low + ((sorted[Math.ceil(at)] ?? NaN) - low) * (at % 1);
}

function statistic(
  figures: { value: number; part: number; of: number }[],
  stat: StatName,
): number | null {
  if (figures.length === 0) return null;
  const sum = (values: number[]) => values.reduce((total, each) => total + each, 0);
  const values = figures.map(({ value }) => value);
  if (stat === "ratio")
    return sum(figures.map(({ part }) => part)) / sum(figures.map(({ of }) => of));
  if (stat === "sum") return sum(values);
  return stat === "mean" ? sum(values) / values.length : quantile(values, 0.5);
}

interface Expected {
  organisations: number;
  contributors: number;
  value: number | null;
  lower: number | null;
  upper: number | null;
  carried: number;
  carriedValue: number | null;
}

/** What a cell comes to, found by looking at every co-op that belongs to it. */
function slowly(
  coops: Coop[],
  question: StatisticsQuestion,
  year: number | undefined,
  matched: number[],
): Expected {
  const { measure, stat } = question;
  const figures = coops
    .filter((each) => matched.every((at) => reported(each, measure, at)?.kind === "news"))
    .flatMap((each) => reported(each, measure, year) ?? []);
  const of = (kind: string) => figures.filter((figure) => figure.kind === kind);
  const values = of("news").map(({ value }) => value);
  return {
    organisations: coops.length,
    contributors: measure === "organisations" ? coops.length : values.length,
    value: measure === "organisations" ? coops.length : statistic(of("news"), stat),
    lower: quantile(values, 0.25),
    upper: quantile(values, 0.75),
    carried: of("carried").length,
    carriedValue: statistic(of("carried"), stat),
  };
}

function check(cells: Cells, at: number, expected: Expected, stat: StatName): void {
  const close = (value: number | undefined, wanted: number | null) => {
    if (wanted === null) expect(value ?? NaN).toBeNaN();
    else expect(value).toBeCloseTo(wanted, 6);
  };
  expect(cells.organisations[at]).toBe(expected.organisations);
  expect(cells.contributors[at]).toBe(expected.contributors);
  close(cells.value[at], expected.value);
  if (stat === "quartiles") {
    close(cells.lower?.[at], cells.lower === undefined ? null : expected.lower);
    close(cells.upper?.[at], cells.upper === undefined ? null : expected.upper);
  }
  expect(cells.carried?.[at] ?? 0).toBe(expected.carried);
  close(cells.carriedValue?.[at], expected.carriedValue);
}

const some = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const side = some(fc.constantFrom(...dimensions));
const measured = fc
  .constantFrom(
    "organisations",
    "members",
    "worker_members",
    "turnover:EUR",
    "members:disadvantaged-worker",
    "worker_member_ratio",
  )
  .chain((measure) =>
    fc.record({
      measure: fc.constant(measure),
      stat: fc.constantFrom<StatName>(
        measure === "worker_member_ratio" ? "ratio" : "sum",
        "mean",
        "median",
        "quartiles",
      ),
      matched: fc.boolean(),
    }),
  );
const coops = fc.array(coop, { maxLength: 14 });

function ask(
  all: Coop[],
  question: Partial<StatisticsQuestion> & { measure: string; stat: StatName },
) {
  const full: StatisticsQuestion = {
    query: {},
    span: { from: undefined, to: undefined },
    matched: false,
    ...question,
  };
  const table = tabulate(columnsOf(all), full, (when) =>
    Uint32Array.from(all.flatMap((each, row) => (isFound(each, when) ? [row] : []))),
  );
  if (table.kind === "too-large") throw new Error("too large");
  return { table, full };
}

const isIn = (each: Coop, name: DimensionName | undefined, value: string) =>
  name === undefined || valuesOf(each, name).includes(value);

test("every cell and margin of a table is what looking at each co-op finds", () => {
  const when = some(fc.constantFrom(...years));
  fc.assert(
    fc.property(coops, side, side, measured, when, (all, rows, cols, asked, year) => {
      const { table, full } = ask(all, { rows, cols, year, ...asked });
      const found = all.filter((each) => isFound(each, year));
      const rowValues = table.rows?.values ?? [""];
      const colValues = table.cols?.values ?? [""];
      const occurring = (name: DimensionName | undefined) =>
        name === undefined ? [""] : [...new Set(found.flatMap((each) => valuesOf(each, name)))];
      expect(new Set(rowValues)).toEqual(new Set(occurring(rows)));
      expect(new Set(colValues)).toEqual(new Set(occurring(cols)));
      for (const [r, row] of rowValues.entries()) {
        const inRow = found.filter((each) => isIn(each, rows, row));
        check(table.rowMargin as Cells, r, slowly(inRow, full, year, []), asked.stat);
        for (const [c, col] of colValues.entries()) {
          const inCell = inRow.filter((each) => isIn(each, cols, col));
          check(table.cells, r * colValues.length + c, slowly(inCell, full, year, []), asked.stat);
        }
      }
      for (const [c, col] of colValues.entries()) {
        const inCol = found.filter((each) => isIn(each, cols, col));
        check(table.colMargin as Cells, c, slowly(inCol, full, year, []), asked.stat);
      }
      check(table.total as Cells, 0, slowly(found, full, year, []), asked.stat);
    }),
    { numRuns: 200 },
  );
});

test("a second year is compared with who reported in both", () => {
  fc.assert(
    fc.property(coops, side, measured, (all, rows, asked) => {
      const [compare, year] = [2014, 2016];
      const { table, full } = ask(all, { rows, year, compare, ...asked });
      const matched = asked.matched && asked.measure !== "organisations" ? [compare, year] : [];
      for (const [r, row] of (table.rows?.values ?? [""]).entries()) {
        const inRow = all.filter((each) => isIn(each, rows, row));
        // In a panel only those count that were there, and reported, both times.
        const panel = (at: number) => inRow.filter((each) => wasThere(each, at));
        const reports = (each: Coop, at: number) =>
          wasThere(each, at) &&
          (asked.measure === "organisations" || reported(each, asked.measure, at)?.kind === "news");
        const both = inRow.filter((each) => reports(each, compare) && reports(each, year));
        const figuresIn = (at: number) => ({
          ...slowly(panel(at), full, at, []),
          ...(matched.length > 0 && {
            ...slowly(both, full, at, []),
            organisations: panel(at).length,
          }),
        });
        const [now, then] = [figuresIn(year), figuresIn(compare)];
        check(table.cells, r, now, asked.stat);
        const { compared } = table.cells;
        check(
          { ...compared, lower: [], upper: [] } as unknown as Cells,
          r,
          { ...then, lower: null, upper: null, carried: 0, carriedValue: null },
          "sum",
        );
        expect(compared?.both[r]).toBe(both.length);
        const difference =
          now.value === null || then.value === null ? null : now.value - then.value;
        if (difference === null) expect(compared?.difference[r]).toBeNaN();
        else expect(compared?.difference[r]).toBeCloseTo(difference, 6);
      }
    }),
    { numRuns: 200 },
  );
});

test("a series is the tables of its years, one after another", () => {
  fc.assert(
    fc.property(coops, side, measured, fc.boolean(), (all, other, { measure, stat }, turned) => {
      const sides = turned
        ? { rows: other, cols: "year" as const }
        : { rows: "year" as const, cols: other };
      const { table } = ask(all, { ...sides, measure, stat });
      const shown = (turned ? table.cols : table.rows)?.values ?? [];
      const width = table.cols?.values.length ?? 1;
      const others = (turned ? table.rows : table.cols)?.values ?? [""];
      for (const [at, year] of shown.entries()) {
        const single = ask(all, { rows: other, measure, stat, year: Number(year) }).table;
        const values = single.rows?.values ?? [""];
        for (const [o, value] of others.entries()) {
          const cell = turned ? o * width + at : at * width + o;
          const there = values.indexOf(value);
          expect(table.cells.organisations[cell]).toBe(single.cells.organisations[there] ?? 0);
          expect(table.cells.contributors[cell]).toBe(single.cells.contributors[there] ?? 0);
          expect(table.cells.value[cell] ?? NaN).toBe(
            single.cells.value[there] ?? (measure === "organisations" ? 0 : NaN),
          );
          expect(table.cells.carried?.[cell] ?? 0).toBe(single.cells.carried?.[there] ?? 0);
        }
        const margin = turned ? table.colMargin : table.rowMargin;
        expect(margin?.organisations[at]).toBe(single.total?.organisations[0]);
        expect(margin?.value[at]).toBe(single.total?.value[0]);
      }
      if (measure === "members") {
        const told = all.flatMap((each) =>
          each.figures.filter((figure) => figure.measure === "members"),
        );
        expect(shown.map(Number)).toEqual(
          [...new Set(told.map(({ year }) => year))].toSorted((a, b) => a - b),
        );
      }
      expect(table.undated).toBe(
        all.filter(({ founded, closed, dissolved }) => founded === 0 || (closed && dissolved === 0))
          .length,
      );
    }),
    { numRuns: 200 },
  );
});

test("by the year of the figures, a co-op is in every year that it has any of", () => {
  fc.assert(
    fc.property(coops, side, measured, (all, cols, asked) => {
      const { table, full } = ask(all, { rows: "figure_year", cols, ...asked });
      const found = all.filter(({ closed }) => !closed);
      const shown = table.rows?.values.map(Number) ?? [];
      const matched = asked.matched && asked.measure !== "organisations" ? shown : [];
      const colValues = table.cols?.values ?? [""];
      for (const [r, year] of shown.entries()) {
        for (const [c, col] of colValues.entries()) {
          const inCell = found.filter(
            (each) => each.figures.some((figure) => figure.year === year) && isIn(each, cols, col),
          );
          check(
            table.cells,
            r * colValues.length + c,
            slowly(inCell, full, year, matched),
            asked.stat,
          );
        }
      }
    }),
    { numRuns: 200 },
  );
});

test("rows with a fact are those that a table counts in its cell", () => {
  fc.assert(
    fc.property(
      coops,
      fc.constantFrom(...dimensions),
      fc.constantFrom(...dimensions),
      (all, a, b) => {
        const columns = columnsOf(all);
        for (const first of new Set(all.flatMap((each) => valuesOf(each, a)))) {
          for (const second of new Set(all.flatMap((each) => valuesOf(each, b)))) {
            const rows = alsoRows(columns, [
              { dimension: a, value: first },
              { dimension: b, value: second },
            ]);
            const expected = all.flatMap((each, row) =>
              isIn(each, a, first) && isIn(each, b, second) ? [row] : [],
            );
            expect([...(rows ?? [])]).toEqual(expected);
          }
        }
      },
    ),
    { numRuns: 30 },
  );
});

test("a table of more pairs than rows is the same as one of few", () => {
  const all = Array.from({ length: 70 }, (_, at): Coop => ({
    type: at % 4 === 0 ? [] : ["worker"],
    theme: [],
    sector: [`isic4:${10 + at}`, `isic4:${10 + ((at * 7) % 70)}`],
    region: [],
    capital: [],
    founded: 1900 + at,
    dissolved: 0,
    closed: false,
    figures: [{ measure: "members", year: 2015, value: (at * 13) % 50, flags: 0 }],
  }));
  for (const stat of ["sum", "median"] as const) {
    const { table, full } = ask(all, {
      rows: "division",
      cols: "founded",
      measure: "members",
      stat,
    });
    const [rows, cols] = [table.rows?.values ?? [], table.cols?.values ?? []];
    expect(rows.length * cols.length).toBeGreaterThan(4096 + 4 * 70);
    for (const [r, row] of rows.entries()) {
      const inRow = all.filter((each) => isIn(each, "division", row));
      check(table.rowMargin as Cells, r, slowly(inRow, full, undefined, []), stat);
      for (const [c, col] of cols.entries()) {
        const inCell = inRow.filter((each) => isIn(each, "founded", col));
        check(table.cells, r * cols.length + c, slowly(inCell, full, undefined, []), stat);
      }
    }
    for (const [c, col] of cols.entries()) {
      const inCol = all.filter((each) => isIn(each, "founded", col));
      check(table.colMargin as Cells, c, slowly(inCol, full, undefined, []), stat);
    }
    check(table.total as Cells, 0, slowly(all, full, undefined, []), stat);
  }
});

test("a table of too many cells says how many there would be", () => {
  const all = Array.from({ length: 400 }, (_, at): Coop => ({
    type: [],
    theme: [],
    sector: [`isic4:${1000 + at}`],
    region: [],
    capital: [],
    founded: 1500 + at,
    dissolved: 0,
    closed: false,
    figures: [],
  }));
  const question: StatisticsQuestion = {
    query: {},
    rows: "class",
    cols: "founded",
    measure: "organisations",
    stat: "sum",
    span: { from: undefined, to: undefined },
    matched: false,
  };
  const table = tabulate(columnsOf(all), question, () => Uint32Array.from(all.keys()));
  expect(table).toEqual({ kind: "too-large", rows: 400, cols: 400 });
});
