import Database from "better-sqlite3";
import fc from "fast-check";
import { expect, test } from "vitest";
import { facetNames } from "../../src/coop/query.ts";
import { nowhere } from "../../src/index/geo.ts";
import { KeptSets } from "../../src/index/kept-sets.ts";
import { type FixedFacts, readRow, writeRow } from "../../src/index/row-bytes.ts";
import { Statements } from "../../src/index/statements.ts";

const place = fc.oneof(
  fc.constant({ latitude: nowhere, longitude: nowhere }),
  fc.record({
    latitude: fc.integer({ min: -90_000_000, max: 90_000_000 }),
    longitude: fc.integer({ min: -180_000_000, max: 180_000_000 }),
  }),
);

const figure = fc.record({
  measure: fc.constantFrom("members", "members:worker", "turnover:EUR"),
  year: fc.integer({ min: 1700, max: 2200 }),
  value: fc.oneof(
    fc.integer({ min: 0, max: 2 ** 40 }),
    fc.double({ min: -1e15, max: 1e15, noNaN: true }),
    fc.constantFrom(0, -0, -1, 0.5, 1e15, 2 ** 49),
  ),
  flags: fc.integer({ min: 0, max: 7 }),
});

const facts: fc.Arbitrary<FixedFacts> = fc
  .tuple(
    fc.record({
      sets: fc.array(fc.oneof(fc.constant(0), fc.nat(), fc.nat(300)), {
        minLength: facetNames.length,
        maxLength: facetNames.length,
      }),
      founded: fc.constantFrom(0, 1700, 2026, 9999),
      dissolved: fc.constantFrom(0, 1, 127, 128, 2026),
      quality: fc.nat(255),
      figures: fc.array(figure, { maxLength: 30 }),
    }),
    place,
  )
  .map(([rest, where]) => ({ ...rest, ...where }));

test("a row is read from its bytes as it was written", () => {
  using database = Object.assign(new Database(":memory:"), {
    [Symbol.dispose](this: Database.Database) {
      this.close();
    },
  });
  const kept = new KeptSets(new Statements(database));
  fc.assert(
    fc.property(facts, (row) => {
      const bytes = writeRow(row, kept);
      expect(readRow(bytes, kept)).toEqual({
        ...row,
        figures: row.figures.map((each) => ({ ...each, value: each.value + 0 })),
      });
    }),
    { numRuns: 2000 },
  );
});
