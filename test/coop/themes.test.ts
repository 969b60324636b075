import { expect, test } from "vitest";
import { Theme, themes } from "../../src/coop/codes.ts";
import { isSector, sectorPath } from "../../src/coop/sectors.ts";
import { findThemes, themesOf } from "../../src/coop/themes.ts";

test("the codes of the themes exist, each once; no division serves two", () => {
  for (const { isic } of Object.values(themes)) {
    expect(new Set(isic).size).toBe(isic.length);
    for (const code of isic) expect(isSector(`isic4:${code}`)).toBe(true);
  }
  const divisions = Object.values(themes).flatMap(({ isic }) =>
    isic.filter((code) => code.length === 2),
  );
  expect(new Set(divisions).size).toBe(divisions.length);
});

test("what a theme names below a division differs from what the division has", () => {
  for (const theme of Theme.options) {
    for (const code of themes[theme].isic.filter((each) => each.length > 2)) {
      const above = sectorPath(`isic4:${code}`)[1] ?? "";
      expect(themesOf(above)).not.toEqual(themesOf(`isic4:${code}`));
    }
  }
});

test.each<[string, Theme[]]>([
  ["isic4:1071", ["food"]],
  ["isic4:47", ["retail"]],
  ["isic4:4711", ["food", "retail"]],
  ["isic4:4721", ["food", "retail"]],
  ["isic4:4761", ["retail"]],
  ["isic4:5820", ["tech"]],
  ["isic4:5813", ["culture"]],
  ["isic4:4774", ["environment", "retail"]],
  ["isic4:6419", ["finance"]],
  ["isic4:9511", ["tech"]],
  ["isic4:9529", ["making"]],
  ["isic4:G", []],
  ["isic4:9810", []],
  ["isic4:nothing", []],
])("the themes of %s", (activity, expected) => {
  expect(themesOf(activity).toSorted()).toEqual(expected.toSorted());
});

test("themes are found by their names and by plain words", () => {
  expect(findThemes("hous")[0]?.code).toBe("housing");
  expect(findThemes("solar")[0]?.code).toBe("energy");
  expect(findThemes("Bäckerei")).toEqual([]);
  expect(findThemes("").map(({ code }) => code)).toEqual(Theme.options);
  expect(findThemes("", 3)).toHaveLength(3);
});
