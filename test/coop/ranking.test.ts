import { expect, test } from "vitest";
import { findables, ranked } from "../../src/coop/ranking.ts";

const list = findables([
  { code: "a:1", label: "New York" },
  { code: "a:2", label: "Yorkshire and the Humber" },
  { code: "a:3", label: "York" },
  { code: "a:4", label: "Gyork" },
  { code: "a:york", label: "Somewhere" },
  { code: "a:6", label: "Łódź, Smørrebrød & Ærø", words: ["elsewhere"] },
]);
const codes = (text: string, limit = 10, first?: (code: string) => boolean) =>
  ranked(list, text, limit, first).map(({ code }) => code);

test("the code itself, then the whole name, its beginning, its words, anything in it", () => {
  expect(codes("york")).toEqual(["a:york", "a:3", "a:2", "a:1", "a:4"]);
  expect(codes("YORK", 2)).toEqual(["a:york", "a:3"]);
  expect(codes("humb york")).toEqual(["a:2"]);
  expect(codes("york", 2, (code) => code === "a:4")).toEqual(["a:4", "a:york"]);
});

test("accents, strokes and other words", () => {
  expect(codes("lodz")).toEqual(["a:6"]);
  expect(codes("smorre")).toEqual(["a:6"]);
  expect(codes("aero")).toEqual(["a:6"]);
  expect(codes("Elsewhere")).toEqual(["a:6"]);
});

test("nothing typed is everything, in order; signs alone are nothing", () => {
  expect(codes("")).toEqual(["a:1", "a:2", "a:3", "a:4", "a:york", "a:6"]);
  expect(codes("—")).toEqual([]);
});
