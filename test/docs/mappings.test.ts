import { expect, test } from "vitest";
import { Reading } from "../../src/directory/mapping-values.ts";
import { readMapping } from "../../src/directory/mapping-file.ts";
import { mappings } from "../../src/directory/sources/mappings.ts";
import { blocks, codes, firstCode, readDocument, tableUnder } from "./markdown.ts";

const page = readDocument("docs/mappings.md");
const example = readDocument("fixtures/mapping/our-mapping.json");

/** What `as` may be in one of the ways to read a cell. */
function namesOf({ shape: { as } }: { shape: { as: { def: object } } }): string[] {
  return "values" in as.def
    ? (as.def.values as string[])
    : Object.keys((as.def as { entries: object }).entries);
}

test("every way to read a cell is described, with its options", () => {
  const rows = tableUnder(page, "What a cell means");
  const described = rows.flatMap(([as = ""]) => codes(as));
  const known = Reading.options.flatMap(namesOf);
  expect(described.toSorted()).toEqual(known.toSorted());
  const shared = new Set(["column", "none", "split", "table", "otherwise"]);
  for (const { shape } of Reading.options) {
    const [as] = namesOf({ shape });
    const row = rows.find(([names = ""]) => codes(names).includes(String(as)));
    const own = Object.keys(shape).filter((option) => option !== "as" && !shared.has(option));
    for (const option of own) expect(codes(row?.[2] ?? ""), `${as}: ${option}`).toContain(option);
  }
});

test("every part of the file is described, and the examples are those of the fixture", () => {
  const [file = "", listing = ""] = blocks(page, "json");
  const shown = JSON.parse(file) as Record<string, unknown>;
  const whole = JSON.parse(example) as Record<string, unknown>;
  readMapping(file, "the page");
  expect({ ...whole, listing: shown["listing"] }).toEqual(shown);
  const parts = firstCode(tableUnder(page, "The file"));
  expect(parts).toEqual(expect.arrayContaining(Object.keys(whole)));
  const terms = JSON.parse(`{${listing}}`) as Record<string, unknown>;
  expect(whole["listing"]).toMatchObject({ location: terms["location"] });
});

test("README lists the mappings that come along", () => {
  const named = firstCode(tableUnder(readDocument("README.md"), "Import"));
  expect(named).toEqual([...Object.keys(mappings), "./our-mapping.json"]);
});
