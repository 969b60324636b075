import { existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { KnownWords, removeWords } from "../../src/index/known-words.ts";
import { type KnownWord, Vocabulary } from "../../src/index/vocabulary.ts";

/** Few letters, so that many words are near one another. */
const word = fc.string({
  unit: fc.constantFrom("a", "b", "c", "é", "ж"),
  minLength: 1,
  maxLength: 9,
});
const words = fc
  .dictionary(word, fc.integer({ min: 1, max: 50 }), { maxKeys: 120, noNullPrototype: true })
  .map(sorted);

function sorted(counts: Record<string, number>): KnownWord[] {
  return Object.keys(counts)
    .toSorted()
    .map((each) => ({ word: each, count: counts[each] ?? 0 }));
}

/** The distance as its definition says it, all cells. */
function slips(a: string, b: string): number {
  const cells = Array.from({ length: a.length + 1 }, (_, i) =>
    Array.from({ length: b.length + 1 }, (_, j) => (i === 0 ? j : j === 0 ? i : 0)),
  );
  const at = (i: number, j: number) => cells[i]?.[j] ?? Infinity;
  for (let i = 1; i <= a.length; i++) {
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      const crossed = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      (cells[i] ?? [])[j] = Math.min(
        at(i - 1, j - 1) + same,
        at(i - 1, j) + 1,
        at(i, j - 1) + 1,
        crossed ? at(i - 2, j - 2) + 1 : Infinity,
      );
    }
  }
  return at(a.length, b.length);
}

test("words within a distance are those that a table for each word finds, the nearest and most frequent first", () => {
  fc.assert(
    fc.property(words, word, fc.constantFrom(1, 2), (all, asked, distance) => {
      const expected = all
        .map((each) => ({ ...each, distance: slips(asked, each.word) }))
        .filter((each) => each.distance <= distance)
        .toSorted((a, b) => a.distance - b.distance || b.count - a.count);
      const vocabulary = Vocabulary.of(all);
      expect(vocabulary.near(asked, distance, 1000)).toEqual(expected);
      expect(vocabulary.near(asked, distance, 8)).toEqual(expected.slice(0, 8));
    }),
    { numRuns: 2000 },
  );
});

test("words with a beginning are those that looking at each finds, the most frequent first", () => {
  fc.assert(
    fc.property(
      words,
      fc.oneof(word, fc.constant("")),
      fc.integer({ min: 1, max: 9 }),
      (all, start, limit) => {
        const expected = all
          .filter((each) => each.word.startsWith(start))
          .toSorted((a, b) => b.count - a.count);
        const vocabulary = Vocabulary.of(all);
        expect(vocabulary.beginning(start, limit)).toEqual(expected.slice(0, limit));
        expect(vocabulary.count(start)).toBe(all.find((each) => each.word === start)?.count ?? 0);
      },
    ),
    { numRuns: 2000 },
  );
});

test("the words of an index are read a little at a time, and again when it has changed", () => {
  const terms = Array.from(
    { length: 3000 },
    (_, at) =>
      `word${String.fromCharCode(97 + (at % 26))}${at.toString(26).replace(/\d/g, (digit) => "qrstuvwxyz"[Number(digit)] ?? "")}`,
  );
  let counts = new Map(
    [...new Set(terms), "北京", "c1", "\ue001isic447"].toSorted().map((term) => [term, 1]),
  );
  let time = 0;
  const words = new KnownWords(
    (after, limit) => [...counts].filter(([term]) => term > after).slice(0, limit),
    () => time++,
  );
  const index = { version: 1, size: 30_000 };
  let slices = 1;
  while (words.keepUp(index, 2)) slices++;
  expect(slices).toBeGreaterThan(2);
  const found = words
    .upToDate(index)
    .beginning("word", 10_000)
    .map((each) => each.word);
  expect(found.toSorted()).toEqual([...new Set(terms)].toSorted());
  expect(words.upToDate(index).count("c1")).toBe(0);

  counts = new Map([["bakery", 2], ...counts]);
  // A large index that has hardly grown keeps the words that it had.
  expect(words.keepUp({ version: 2, size: 30_100 })).toBe(false);
  expect(words.upToDate({ version: 2, size: 30_100 }).count("bakery")).toBe(0);
  const grown = { version: 3, size: 50_000 };
  while (words.keepUp(grown, 2)) slices++;
  expect(words.upToDate(grown).count("bakery")).toBe(2);
  const small = { version: 4, size: 20 };
  counts = new Map([["bread", 1]]);
  expect(words.upToDate(small).count("bread")).toBe(1);
});

test("one thread reads the words of a large index, and the others take them from it", () => {
  const file = join(mkdtempSync(join(tmpdir(), "words-")), "index.sqlite-words");
  let terms = ["bakery", "bread"];
  let asked = 0;
  let time = 0;
  const known = () =>
    new KnownWords(
      (after) => {
        asked += 1;
        return terms.filter((term) => term > after).map((term) => [term, 3]);
      },
      () => time,
    );
  const large = { version: 7, size: 30_000 };
  const [keeper, taker] = [known(), known()];
  taker.take(file, "one life");
  expect(taker.upToDate(large).count("bakery")).toBe(0);
  expect(asked).toBe(0);
  expect(keeper.keep(file, "one life", large)).toBe(false);
  expect(asked).toBe(1);
  taker.take(file, "one life");
  expect(taker.upToDate(large).count("bakery")).toBe(3);
  expect(
    taker
      .upToDate(large)
      .near("breat", 1, 5)
      .map(({ word }) => word),
  ).toEqual(["bread"]);
  expect(asked).toBe(1);

  // After a restart the file is as good as having read.
  const later = { version: 8, size: 30_100 };
  expect(known().keep(file, "one life", later)).toBe(false);
  expect(asked).toBe(1);
  time = 3_600_001;
  terms = ["bread", "butter"];
  expect(known().keep(file, "one life", later)).toBe(false);
  expect(asked).toBe(2);
  taker.take(file, "one life");
  expect(taker.upToDate(later).count("butter")).toBe(3);
  expect(taker.upToDate(later).count("bakery")).toBe(0);

  // Of another index, or damaged: neither taken nor trusted.
  taker.take(file, "another life");
  expect(taker.upToDate(later).count("butter")).toBe(3);
  const bytes = readFileSync(file);
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
  writeFileSync(file, bytes);
  const other = known();
  other.take(file, "one life");
  expect(other.upToDate(later).size).toBe(0);
  expect(known().keep(file, "one life", later)).toBe(false);
  other.take(file, "one life");
  expect(other.upToDate(later).count("butter")).toBe(3);
  removeWords(file.slice(0, -"-words".length));
  expect(existsSync(file)).toBe(false);
});
