import Database from "better-sqlite3";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Theme } from "../../src/coop/codes.ts";
import type { Exchange } from "../../src/coop/listing.ts";
import { Edges, edgeTables } from "../../src/index/edges.ts";
import { Statements } from "../../src/index/statements.ts";
import { readerOf } from "./memory-reader.ts";
import { listing } from "./samples.ts";

const themes = ["food", "housing", "energy"] as const satisfies Theme[];
const days = ["2026-11-21", "2026-11-24", "2026-12-01", "2027-01-01"];

const exchange: fc.Arbitrary<Exchange> = fc.record(
  {
    name: fc.constant("Something"),
    capital: fc.constant("physical" as const),
    theme: fc.constantFrom(...themes),
    validThrough: fc.constantFrom(...days),
  },
  { requiredKeys: ["name", "capital"] },
);
const exchanges = fc.option(fc.array(exchange, { minLength: 1, maxLength: 3 }), { nil: undefined });

test("what a place needs and offers is counted by what hasn't expired by the day that is asked", () => {
  const coop = fc.record({ offers: exchanges, needs: exchanges, example: fc.boolean() });
  fc.assert(
    fc.property(fc.array(coop, { maxLength: 20 }), fc.constantFrom(...days), (coops, today) => {
      const all = coops.map(({ offers, needs, example }, at) =>
        listing(`c${at}`, {
          ...(offers && { offers }),
          ...(needs && { needs }),
          ...(example && { example }),
        }),
      );
      using found = readerOf(all);
      const supply = found.reader.supply({ query: {}, today });
      const counted = (theme: Theme, side: "offers" | "needs") =>
        all.filter(
          ({ [side]: some, example }) =>
            example !== true &&
            some?.some(
              (each) => each.theme === theme && (each.validThrough ?? "9999-12-31") >= today,
            ) === true,
        ).length;
      for (const theme of themes) {
        expect(supply.themes.find((each) => each.theme === theme)).toMatchObject({
          needing: counted(theme, "needs"),
          offering: counted(theme, "offers"),
        });
      }
    }),
    { numRuns: 60 },
  );
});

test("the relations of many rows are those of each", () => {
  using database = disposing(new Database(":memory:"));
  database.db.exec(edgeTables);
  const edges = new Edges(new Statements(database.db));
  const relation = (kind: "supplies" | "member-of") => ({ kind, name: "Somebody" });
  for (let row = 1; row <= 4000; row += 1) {
    const relations = [relation("supplies"), relation("member-of")].slice(row % 3);
    if (relations.length > 0) edges.put(row, { relations });
  }
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat(4200), { maxLength: 3000, size: "max" }), (some) => {
      const rows = Uint32Array.from(some).toSorted();
      const each = [...rows].flatMap((row) => edges.of(row).map((edge) => ({ row, ...edge })));
      expect([...edges.among(rows)]).toEqual(each);
    }),
    { numRuns: 20, endOnFailure: true },
  );
});

function disposing(db: Database.Database) {
  return { db, [Symbol.dispose]: () => void db.close() };
}
