import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { facetNames, type Filter } from "../../src/coop/query.ts";
import { Columns, state } from "../../src/index/columns.ts";
import { nowhere } from "../../src/index/geo.ts";
import { facetCounts, select } from "../../src/index/select.ts";
import { newDictionaries, setsOf } from "../../src/index/sets.ts";
import { readSnapshot, writeSnapshot } from "../../src/index/snapshot.ts";
import { figuresSlowly, filter, type Row, slowly, step, take } from "./columns-model.ts";

const measures = ["members", "workers", "turnover:EUR"];

function answer(columns: Columns, asked: Filter, among: readonly number[] | undefined) {
  const candidates = among && Uint32Array.from(among);
  const found = select(columns, asked, candidates);
  const counts = facetCounts(columns, asked, candidates, facetNames);
  const rows = [...found.rows];
  const exampleRows = [...found.exampleRows];
  expect([found.total, found.examples]).toEqual([rows.length, exampleRows.length]);
  const marked = Array.from({ length: columns.size }, (_, row) => row).filter((row) =>
    found.has(row),
  );
  expect(marked).toEqual([...rows, ...exampleRows].toSorted((a, b) => a - b));
  return {
    rows,
    exampleRows,
    facets: Object.fromEntries(
      counts.entries().map(([facet, byValue]) => [facet, Object.fromEntries(byValue)]),
    ),
  };
}

function figuresOf(columns: Columns, measure: string, year: number) {
  const wanted = new Uint8Array(columns.size).fill(1);
  const { rows, values, flags } = columns.figures.gather(measure, year, wanted);
  const found = Array.from(rows, (row, at) => [row, values[at], flags[at]]);
  return found.toSorted(([a = 0], [b = 0]) => a - b);
}

function isAsThe(columns: Columns, model: Map<number, Row>) {
  for (const measure of measures) {
    const held = [...model.values()].flatMap(({ figures }) =>
      figures.filter((each) => each.measure === measure).map(({ year }) => year),
    );
    expect(columns.figures.years(measure)).toEqual([...new Set(held)].toSorted((a, b) => a - b));
    for (const year of [0, 2019, 2020, 2021]) {
      expect(figuresOf(columns, measure, year)).toEqual(figuresSlowly(model, measure, year));
    }
  }
  const shown = slowly(model, {}, undefined);
  expect([columns.coops, columns.examples]).toEqual([shown.rows.length, shown.exampleRows.length]);
}

const among = fc.option(
  fc.uniqueArray(fc.nat(200)).map((rows) => rows.toSorted((a, b) => a - b)),
  { nil: undefined },
);
const question = fc.tuple(filter, among);

test("columns find and count as looking at every row does, however rows come, change and go", () => {
  fc.assert(
    fc.property(
      fc.array(step, { size: "max", maxLength: 600 }),
      fc.array(question, { minLength: 3, maxLength: 6 }),
      (steps, questions) => {
        const columns = new Columns();
        const model = new Map<number, Row>();
        const ask = () => {
          isAsThe(columns, model);
          for (const [asked, rows] of [[{}, undefined] as const, ...questions]) {
            expect(answer(columns, asked, rows)).toEqual(slowly(model, asked, rows));
          }
        };
        for (const each of steps.slice(0, steps.length / 2)) take(columns, model, each);
        ask();
        for (const each of steps.slice(steps.length / 2)) take(columns, model, each);
        ask();
      },
    ),
    { numRuns: 40 },
  );
});

test("more filters than a mask has bits count all the same, whichever is left over", () => {
  const every: Filter = {
    theme: ["food", "care"],
    sector: ["isic4:Q", "isic4:87"],
    type: ["worker", "producer"],
    status: ["active", "forming"],
    level: ["primary", "secondary"],
    offers: ["any", "food"],
    member_of: Array.from({ length: 30 }, (_, at) => `https://union.example/${at}`),
  };
  const filtered = Object.keys(every) as (keyof typeof every & (typeof facetNames)[number])[];
  fc.assert(
    fc.property(fc.array(step, { size: "max", maxLength: 600 }), (steps) => {
      const columns = new Columns();
      const model = new Map<number, Row>();
      for (const each of steps) take(columns, model, each);
      const { facets } = slowly(model, every, undefined);
      for (const last of filtered) {
        const asked = [...filtered.filter((each) => each !== last), last];
        const counts = facetCounts(columns, every, undefined, asked).get(last);
        expect(Object.fromEntries(counts ?? []), last).toEqual(facets[last]);
      }
    }),
    { numRuns: 10 },
  );
});

test("a row that was taken for closed has its own status again, also after a restart", () => {
  const file = join(mkdtempSync(join(tmpdir(), "snapshot-")), "columns");
  const columns = new Columns();
  columns.set(1, {
    sets: setsOf(columns.dictionaries, { status: ["forming"] }),
    state: state.closed,
    latitude: nowhere,
    longitude: nowhere,
    founded: 0,
    dissolved: 0,
    updated: 0,
    quality: 0,
    tie: 0,
    figures: [],
  });
  writeSnapshot(file, columns, { key: "a", stamp: 1 });
  const again = readSnapshot(file, columns.dictionaries, "a")?.columns ?? new Columns();
  expect(select(again, { status: ["closed"] }).total).toBe(1);
  again.close(1, false);
  expect(select(again, { status: ["closed"] }).total).toBe(0);
  expect(select(again, { status: ["forming"] }).total).toBe(1);
});

test("a snapshot is the columns again, and goes on as they do", () => {
  const file = join(mkdtempSync(join(tmpdir(), "snapshot-")), "columns");
  const steps = fc.array(step, { size: "max", maxLength: 200 });
  fc.assert(
    fc.property(steps, steps, filter, (before, after, asked) => {
      const columns = new Columns();
      const model = new Map<number, Row>();
      for (const each of before) take(columns, model, each);
      writeSnapshot(file, columns, { key: "1 epoch", stamp: 7 });
      const read = readSnapshot(file, columns.dictionaries, "1 epoch");
      expect(read?.stamp).toBe(7);
      const again = read?.columns ?? new Columns();
      expect(answer(again, asked, undefined)).toEqual(answer(columns, asked, undefined));
      for (const each of after) take(again, model, each);
      isAsThe(again, model);
      expect(answer(again, asked, undefined)).toEqual(slowly(model, asked, undefined));
    }),
    { numRuns: 20 },
  );
});

test("a snapshot that is damaged, cut off or of something else is none", () => {
  const file = join(mkdtempSync(join(tmpdir(), "snapshot-")), "columns");
  const columns = new Columns();
  const [one] = fc.sample(
    step.filter(({ kind }) => kind === "set"),
    { numRuns: 1, seed: 1 },
  );
  if (one !== undefined) take(columns, new Map(), one);
  writeSnapshot(file, columns, { key: "a", stamp: 1 });
  const read = (key = "a") => readSnapshot(file, columns.dictionaries, key);
  expect(read()).toBeDefined();
  expect(read("b")).toBeUndefined();
  expect(readSnapshot(file, newDictionaries(), "a")).toBeUndefined();
  expect(readSnapshot(`${file}.not`, columns.dictionaries, "a")).toBeUndefined();
  const whole = readFileSync(file);
  for (let at = 0; at < whole.length; at += 67) {
    const damaged = Buffer.from(whole);
    damaged[at] = (damaged[at] ?? 0) ^ 1;
    writeFileSync(file, damaged);
    expect(read(), `byte ${at}`).toBeUndefined();
    writeFileSync(file, whole.subarray(0, at));
    expect(read(), `${at} bytes`).toBeUndefined();
  }
});

test("more rows, sets and figures than fit at first", () => {
  const columns = new Columns();
  const add = (row: number, value: number) =>
    columns.set(row, {
      sets: setsOf(columns.dictionaries, { region: [`self:r${row}`], figure_year: ["2020"] }),
      state: 0,
      latitude: nowhere,
      longitude: nowhere,
      founded: 0,
      dissolved: 0,
      updated: 0,
      quality: 0,
      tie: row,
      figures: [{ measure: "members", year: 2020, value, flags: 0 }],
    });
  for (let row = 1; row <= 70_000; row++) add(row, 1);
  // Out of order, so that much waits to be sorted in.
  for (let row = 69_999; row > 0; row -= 7) add(row, 2);
  for (let row = 1; row <= 70_000; row += 1000) columns.delete(row);
  const isHeld = (row: number) => row % 1000 !== 1;
  const expected = Array.from({ length: 70_000 }, (_, at) => at + 1)
    .filter(isHeld)
    .map((row) => [row, row % 7 === 69_999 % 7 ? 2 : 1, 0]);
  expect(figuresOf(columns, "members", 2020)).toEqual(expected);
  expect(columns.coops).toBe(expected.length);
  const { rows } = select(columns, { region: ["self:r69999", "self:r5", "self:r1001"] });
  expect([...rows]).toEqual([5, 69_999]);
  expect(columns.state[1]).toBe(0);
  expect(columns.state[2]).toBe(state.held);
});
