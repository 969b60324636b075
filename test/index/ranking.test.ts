import fc from "fast-check";
import { expect, test } from "vitest";
import type { Listing } from "../../src/coop/listing.ts";
import { listingId } from "../../src/coop/listing-record.ts";
import type { SearchQuery } from "../../src/coop/query.ts";
import { Columns } from "../../src/index/columns.ts";
import { firstRows } from "../../src/index/orders.ts";
import { mostScored } from "../../src/index/relevance.ts";
import type { Found } from "../../src/index/search.ts";
import { readerOf } from "./memory-reader.ts";
import { listing } from "./samples.ts";

/** A search without facets. */
function finder(all: readonly Listing[]) {
  const found = readerOf(all);
  return {
    search: (query: SearchQuery): Found => found.reader.search({ facets: ["none"], ...query }),
    remove: (some: readonly Listing[]) => found.remove(some),
    [Symbol.dispose]: () => found[Symbol.dispose](),
  };
}

test("more than can be scored is in order of quality behind the name that was typed, page by page without a gap", () => {
  const plain = Array.from({ length: mostScored }, (_, at) =>
    listing(`p${at}`, { name: `The Bakery ${at}` }),
  );
  const better = Array.from({ length: 40 }, (_, at) =>
    listing(`b${at}`, {
      name: `Our Bakery ${at}`,
      summary: "We bake bread, and decide together what we bake.",
      url: "https://bakery.example/",
      theme: ["food"],
    }),
  );
  const named = [listing("n0", { name: "Bakery" }), listing("n1", { name: "Bakery Street" })];
  const all = [...plain, ...better, ...named];
  using index = finder(all);

  const pages: string[][] = [];
  let cursor: string | null = null;
  do {
    const query: SearchQuery = { q: "bakery", limit: 100 };
    const found: Found = index.search(cursor === null ? query : { ...query, cursor });
    expect(found.total).toBe(all.length);
    pages.push(found.records);
    cursor = found.next;
  } while (cursor !== null);
  const records = pages.flat();
  expect(records.slice(0, 2)).toEqual(named.map(({ id }) => listingId(id)));
  expect(new Set(records.slice(2, 42))).toEqual(new Set(better.map(({ id }) => listingId(id))));
  expect(new Set(records).size).toBe(all.length);
  expect(records).toHaveLength(all.length);

  // A result goes on in the order in which it began, though so few could now be scored.
  const { next } = index.search({ q: "bakery", limit: 100 });
  index.remove(
    plain.filter((each) => !pages.slice(0, 2).flat().includes(listingId(each.id))).slice(0, 60),
  );
  const second = index.search({ q: "bakery", limit: 100, cursor: next ?? "" });
  expect(second.total).toBe(all.length - 60);
  expect(second.records).toEqual(pages[1]);
  expect(index.search({ q: "bakery", limit: 2 }).records).toEqual(records.slice(0, 2));
}, 120_000);

test("of few, the name that was typed comes first, then whole words, names, and what says more of itself", () => {
  using index = finder(
    [
      { name: "Rolling Loaf", summary: "A bakery" },
      { name: "Bakeryworks" },
      {
        name: "The Little Bakery",
        summary: "Bread",
        url: "https://bread.example/",
        theme: ["food"],
      },
      { name: "The Small Bakery" },
      { name: "Bakery" },
      { name: "Bakery Co-op" },
    ].map((content, at) => listing(`a${at}`, content as Partial<Listing>)),
  );
  const order = (q: string) => index.search({ q }).records.map((record) => record.slice(-10, -8));
  expect(order("bakery").slice(0, 2)).toEqual(["a4", "a5"]);
  expect(order("bakery").slice(2, 5)).toEqual(["a2", "a3", "a0"]);
  expect(order("bakery").at(-1)).toBe("a1");
  expect(order("bakery co-op")[0]).toBe("a5");
  expect(order("bak")[0]).toMatch(/a[145]/);
});

test("the first rows are those that sorting all of them gives", () => {
  const keys = fc.array(fc.tuple(fc.integer({ min: 0, max: 4 }), fc.nat(9)), { maxLength: 30 });
  fc.assert(
    fc.property(
      keys,
      fc.integer({ min: 1, max: 6 }),
      fc.nat(30),
      fc.boolean(),
      (rows, limit, at, back) => {
        const columns = new Columns();
        columns.tie = Uint32Array.from(rows, ([, tie]) => tie);
        const key = (row: number) => rows[row]?.[0] ?? 0;
        const selection = {
          rows: Uint32Array.from(rows.keys()),
          exampleRows: new Uint32Array(0),
          total: rows.length,
          examples: 0,
          has: () => true,
        };
        const placed = rows.map(([first, tie], row) => ({ row, key: first, tie }));
        const sorted = placed.toSorted((a, b) => a.key - b.key || a.tie - b.tie);
        const from = sorted[at];
        const isBehind = (each: { key: number; tie: number }) =>
          from === undefined || (each.key - from.key || each.tie - from.tie) * (back ? -1 : 1) > 0;
        const expected = (back ? sorted.toReversed() : sorted)
          .filter((each) => isBehind(each))
          .slice(0, limit);
        const after = from && {
          key: from.key,
          tie: from.tie,
          ...(back && { back: true as const }),
        };
        if (from === undefined && back) return;
        const found = firstRows(selection, key, columns, after, limit);
        expect(found.map((each) => [each.key, each.tie])).toEqual(
          expected.map((each) => [each.key, each.tie]),
        );
      },
    ),
  );
});
