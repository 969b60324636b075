import { expect, it } from "vitest";
import { memberColumns } from "../../src/directory/member-columns.ts";
import { MandateForm } from "../../src/directory/mandate.ts";
import { blocks, firstCode, readDocument, tableUnder } from "./markdown.ts";

const readme = readDocument("README.md");

it("README.md has every column of the spreadsheet, with what stands in it", () => {
  const rows = tableUnder(readme, "Many co-ops at once");
  expect(firstCode(rows)).toEqual(memberColumns.map(({ name }) => name));
  expect(rows.map(([, what, example]) => [what, example])).toEqual(
    memberColumns.map(({ help, example }) => [help, example]),
  );
  const required = rows.filter(([name]) => name?.includes("(required)"));
  expect(firstCode(required)).toEqual(
    memberColumns.filter(({ required }) => required === true).map(({ name }) => name),
  );
});

it("README.md shows a mandate that can be recorded as it stands", () => {
  const mandates = blocks(readme, "json").filter((block) => block.includes('"basis"'));
  expect(mandates).toHaveLength(1);
  expect(MandateForm.safeParse(JSON.parse(mandates[0] ?? "")).error).toBeUndefined();
});
