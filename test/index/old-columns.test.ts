import fc from "fast-check";
import { expect, test } from "vitest";
import { Theme } from "../../src/coop/codes.ts";
import { Columns, type RowState } from "../../src/index/old-columns.ts";
import { FactNumbers } from "../../src/index/facets.ts";

const plain: RowState = { example: false, closed: false, hidden: false };

test("columns hold what was last written, however often rows come, change and go", () => {
  const change = fc.record({
    row: fc.nat(3000),
    facts: fc.option(fc.uniqueArray(fc.nat(Theme.options.length - 1), { maxLength: 10 }), {
      nil: undefined,
    }),
    state: fc.record({ example: fc.boolean(), closed: fc.boolean(), hidden: fc.boolean() }),
    // Said when it was written, or afterwards.
    later: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(change, { size: "max", maxLength: 4000 }), (steps) => {
      const numbers = new FactNumbers();
      for (const value of Theme.options) numbers.add({ facet: "theme", value });
      const columns = new Columns();
      const model = new Map<number, { facts: number[] } & RowState>();
      for (const { row, facts, state, later } of steps) {
        if (facts === undefined) {
          columns.delete(row);
          model.delete(row);
        } else {
          columns.set(row, facts, row, later ? { ...state, hidden: !state.hidden } : state);
          if (later) columns.hide(row, state.hidden);
          model.set(row, { facts, ...state });
        }
        columns.hide(5000, true);
      }
      const kept = [...model]
        .filter(([, { closed, hidden }]) => !closed && !hidden)
        .toSorted(([a], [b]) => a - b);
      const counted = kept.filter(([, { example }]) => !example);
      const found = columns.tally({}, numbers, undefined);
      expect(found.rows).toEqual(kept.map(([row]) => row));
      expect(found.total).toBe(counted.length);
      expect(columns.coops).toBe(counted.length);
      expect(columns.examples).toBe(kept.length - counted.length);
      expect(columns.size).toBeGreaterThanOrEqual(kept.length);
      expect([...found.counts]).toEqual(
        Theme.options.map(
          (_, code) => counted.filter(([, { facts }]) => facts.includes(code)).length,
        ),
      );
      for (const [row] of kept) expect(columns.tie(row)).toBe(row);
    }),
    { numRuns: 30 },
  );
});

test("facts get numbers without end", () => {
  const numbers = new FactNumbers();
  const columns = new Columns();
  for (let at = 0; at < 3000; at++) numbers.add({ facet: "region", value: `self:r${at}` });
  columns.set(1, [2999], 0, plain);
  columns.set(2, [5], 0, plain);
  const query = { region: ["self:r5"] };
  const { total, counts } = columns.tally(query, numbers, undefined);
  expect(total).toBe(1);
  // The filter's own facet counts as if it weren't there.
  expect(counts[2999]).toBe(1);
  expect(numbers.values(counts, query).region).toEqual([
    { value: "self:r5", label: "r5", count: 1 },
  ]);
});

test("a facet has at most fifty values, what is chosen always among them", () => {
  const numbers = new FactNumbers();
  const columns = new Columns();
  const codes = [
    "AT",
    "BE",
    "BR",
    "CA",
    "CH",
    "CL",
    "CN",
    "CO",
    "CZ",
    "DE",
    "DK",
    "EE",
    "ES",
    "FI",
    "FR",
    "GB",
    "GR",
    "HR",
    "HU",
    "IE",
    "IN",
    "IS",
    "IT",
    "JP",
    "KE",
    "KR",
    "LT",
    "LU",
    "LV",
    "MA",
    "MX",
    "MY",
    "NG",
    "NL",
    "NO",
    "NP",
    "NZ",
    "PE",
    "PH",
    "PK",
    "PL",
    "PT",
    "RO",
    "RS",
    "SE",
    "SI",
    "SK",
    "TH",
    "TN",
    "TR",
    "UA",
    "US",
    "UY",
    "VN",
    "ZA",
  ];
  let row = 0;
  for (const [at, code] of codes.entries()) {
    const fact = numbers.add({ facet: "region", value: `iso3166-1:${code}` });
    for (let i = at; i < codes.length; i++) columns.set(++row, [fact], row, plain);
  }
  const query = { region: ["iso3166-1:ZA"] };
  const { region } = numbers.values(columns.tally(query, numbers, undefined).counts, query);
  expect(region).toHaveLength(50);
  expect(region[0]).toEqual({ value: "iso3166-1:AT", label: "Austria", count: 55 });
  expect(region.at(-1)).toEqual({ value: "iso3166-1:ZA", label: "South Africa", count: 1 });
});
