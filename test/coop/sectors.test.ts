import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { sectorWords } from "../../src/coop/sector-words.ts";
import {
  findSectors,
  isSector,
  parseSector,
  sectorLabel,
  sectorOf,
  sectorPath,
  sections,
} from "../../src/coop/sectors.ts";

const read = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`../../src/coop/data/${name}`, import.meta.url), "utf8"));
const isic = z.array(z.tuple([z.string(), z.string(), z.string()])).parse(read("isic-rev4.json"));
const nace = z.record(z.string(), z.string()).parse(read("nace-rev2.json"));

test("ISIC Rev.4 is whole: 21 sections, 88 divisions, 238 groups, 419 classes", () => {
  const lengths = isic.map(([code]) => (/^[A-U]$/.test(code) ? "section" : code.length));
  const count = (what: string | number) => lengths.filter((each) => each === what).length;
  expect([count("section"), count(2), count(3), count(4)]).toEqual([21, 88, 238, 419]);
  expect(isic).toHaveLength(766);
  expect(
    sections()
      .map(({ code }) => code.at(-1))
      .join(""),
  ).toBe("ABCDEFGHIJKLMNOPQRSTU");
});

test("every code has a title and a path that ends at a section", () => {
  const tops = new Set(sections().map(({ code }) => code));
  for (const [code, parent, title] of isic) {
    expect(isSector(`isic4:${code}`)).toBe(true);
    expect(sectorLabel(`isic4:${code}`)).toBe(title);
    const path = sectorPath(`isic4:${code}`);
    expect(path[0]).toBe(`isic4:${code}`);
    expect(path[1]).toBe(parent === "" ? undefined : `isic4:${parent}`);
    expect(tops.has(path.at(-1) ?? "")).toBe(true);
  }
  expect(sectorPath("isic4:4721")).toEqual(["isic4:4721", "isic4:472", "isic4:47", "isic4:G"]);
});

test.each([
  "",
  "isic4:",
  "isic4:q",
  "isic4:00",
  "isic4:47211",
  "47",
  "nace2:47",
  "isic4:__proto__",
])("“%s” is not a sector", (code) => {
  expect(isSector(code)).toBe(false);
  expect(sectorLabel(code)).toBeUndefined();
  expect(sectorPath(code)).toEqual([]);
});

describe("codes of NACE Rev.2 and what is built on it", () => {
  test.each([
    // As it stands, and less exact where ISIC has no such class.
    ["94990", "isic4:9499"],
    ["94.99", "isic4:9499"],
    ["35110", "isic4:351"],
    ["41202", "isic4:41"],
    ["01000", "isic4:01"],
    ["47", "isic4:47"],
    // The same number for another thing.
    ["68.20", "isic4:6810"],
    ["68.31", "isic4:682"],
    ["85.20", "isic4:8510"],
    ["85.59", "isic4:8549"],
    ["47.29", "isic4:4721"],
    ["47.25", "isic4:4722"],
    ["11.05", "isic4:1103"],
    ["01.47", "isic4:0146"],
    ["25.2", "isic4:2512"],
    ["10.89", "isic4:1079"],
    ["49.31", "isic4:4921"],
  ])("%s is %s", (digits, code) => {
    expect(sectorOf(digits)).toBe(code);
  });

  test.each(["", "4", "Q", "ab12", "00000", "34"])("“%s” is nothing", (digits) => {
    expect(sectorOf(digits)).toBeUndefined();
  });

  test("divisions are those of ISIC", () => {
    for (const [code] of isic) if (code.length === 2) expect(sectorOf(code)).toBe(`isic4:${code}`);
  });

  test("the table of differences stays within the division and leads to codes that exist", () => {
    for (const [from, to] of Object.entries(nace)) {
      expect(isSector(`isic4:${to}`)).toBe(true);
      expect(to.slice(0, 2)).toBe(from.slice(0, 2));
      expect(to).not.toBe(from);
      expect(sectorOf(from)).toBe(`isic4:${to}`);
    }
  });

  test("whatever the digits, the answer is a sector of that division", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^\d{2,6}$/), (digits) => {
        const code = sectorOf(digits);
        if (code === undefined) expect(isSector(`isic4:${digits.slice(0, 2)}`)).toBe(false);
        else expect(sectorPath(code)).toContain(`isic4:${digits.slice(0, 2)}`);
      }),
    );
  });
});

describe("reading what people write", () => {
  test.each([
    ["q", "isic4:Q"],
    ["Q", "isic4:Q"],
    [" 47 ", "isic4:47"],
    ["4721", "isic4:4721"],
    ["isic4:47", "isic4:47"],
    ["ISIC4:q", "isic4:Q"],
  ])("%s", (text, code) => {
    expect(parseSector(text)).toBe(code);
  });

  test.each(["", "isic4:", "bakery", "00", "isic3:47", "constructor"])("“%s” is none", (text) => {
    expect(parseSector(text)).toBeUndefined();
  });
});

describe("finding what people type", () => {
  test.each([
    ["credit union", "isic4:6419"],
    ["housing", "isic4:6810"],
    ["bakery", "isic4:1071"],
    ["Bread", "isic4:1071"],
    ["crech", "isic4:8890"],
    ["café", "isic4:5610"],
    ["CAFE", "isic4:5610"],
    ["solar", "isic4:3510"],
    ["farm", "isic4:01"],
    ["taxi", "isic4:4922"],
    ["bike repair", undefined],
    ["bicycle rep", "isic4:9529"],
    ["growing of grapes", "isic4:0121"],
    ["4721", "isic4:4721"],
    ["isic4:47", "isic4:47"],
    ["q", "isic4:Q"],
  ])("%s", (text, code) => {
    expect(findSectors(text, 5)[0]?.code).toBe(code);
  });

  test("nothing typed gives the sections, nonsense nothing, and there is an end", () => {
    expect(findSectors(" ", 50)).toEqual(sections());
    expect(findSectors("xyzzy", 5)).toEqual([]);
    expect(findSectors("!?", 5)).toEqual([]);
    expect(findSectors("a", 5)).toHaveLength(5);
  });

  test("every plain word leads to its sector, which exists", () => {
    for (const [code, words] of Object.entries(sectorWords)) {
      expect(isSector(`isic4:${code}`)).toBe(true);
      for (const word of words) {
        expect(
          findSectors(word, 3).map((each) => each.code),
          word,
        ).toContain(`isic4:${code}`);
      }
    }
  });
});
