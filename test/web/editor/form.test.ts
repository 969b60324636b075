import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canonicalJson, type Json } from "../../../src/coop/canonical-json.ts";
import { faultsOf } from "../../../src/web/editor/faults.ts";
import { contentOf, formOf } from "../../../src/web/editor/form.ts";
import { readNumber, writeNumber } from "../../../src/web/editor/written.ts";
import { tidyContent } from "../../helpers/tidy-content.ts";

describe("a listing in a form", () => {
  it("comes out as it went in, whatever it says", () => {
    fc.assert(
      fc.property(tidyContent, (content) => {
        const { content: after, unknown } = contentOf(formOf(content));
        expect(unknown).toEqual([]);
        expect(canonicalJson(after as Json)).toBe(canonicalJson(content as Json));
        expect(faultsOf(after)).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it("is read from any form without harm, and once read says the same again", () => {
    const name = fc.oneof(
      fc.constantFrom(
        "name",
        "theme",
        "stakeholders.0.kind",
        "stakeholders.7.members",
        "nameMap.fr",
      ),
      fc.constantFrom("__proto__.x", "constructor", "nameMap.__proto__", "figures.0.year", "x"),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(name, fc.string({ unit: "grapheme" }))), (fields) => {
        const once = contentOf(new URLSearchParams(fields)).content;
        expect(contentOf(formOf(once)).content).toEqual(once);
      }),
      { numRuns: 500 },
    );
    expect(({} as Record<string, unknown>)["x"]).toBeUndefined();
  });

  it("names the fields that it doesn't know", () => {
    const form = new URLSearchParams("name=A&listed=true&stakeholders.0.wages=3&id=x&type=y");
    expect(contentOf(form).unknown).toEqual(["listed", "stakeholders.0.wages", "id", "type"]);
  });

  it("takes what is empty as not given", () => {
    const form = new URLSearchParams("name=%20A%20&summary=&stakeholders.0.kind=&nameMap.fr=%20");
    expect(contentOf(form).content).toEqual({ name: "A", discoverable: false, indexable: false });
  });

  it("keeps what can't be read, and says what is wrong by field", () => {
    const form = new URLSearchParams({
      name: "",
      url: "our site",
      "stakeholders.0.key": "workers",
      "stakeholders.0.kind": "worker",
      "stakeholders.0.name": "Workers",
      "stakeholders.0.members": "a dozen",
      "stakeholders.0.voteShare": "150",
      "figures.0.year": "2025",
      "figures.0.turnover": "1,234",
      "figures.0.currency": "EUR",
      license: "CC0-1.0",
    });
    const { content } = contentOf(form);
    expect(formOf(content).get("stakeholders.0.members")).toBe("a dozen");
    const faults = Object.fromEntries(
      faultsOf(content).map(({ field, message }) => [field, message]),
    );
    expect(faults).toMatchObject({
      name: "Fill this in.",
      url: "Not a web address beginning with https:// or http://.",
      "stakeholders.0.members": "Not a whole number. For fewer than five, write <5.",
      "stakeholders.0.voteShare": "At most 100.",
      "figures.0.turnover": "This can be read in two ways: leave out what separates the thousands.",
    });
  });
});

describe("what people write", () => {
  it.each([
    ["1 234", 1234],
    ["1\u202f234", 1234],
    ["1’234", 1234],
    ["1,234", 1234],
    ["1.234", 1234],
    ["1.000", 1000],
    ["12,5", "12,5"],
    ["twelve", "twelve"],
  ])("%s members", (text, value) => {
    const fits = (number: number) => Number.isInteger(number) && number >= 0;
    expect(readNumber(text, true, fits)).toBe(value);
  });

  it.each([
    ["33,3", 33.3],
    ["33,333", 33.333],
    ["33.333 %", 33.333],
    ["40%", 40],
    ["150", 150],
  ])("%s of the votes", (text, value) => {
    expect(readNumber(text, false, (share) => share >= 0 && share <= 100)).toBe(value);
  });

  it.each([
    ["1.234.567,89", 1_234_567.89],
    ["1,234,567.89", 1_234_567.89],
    ["−12", -12],
    ["1,234", "1,234"],
    ["12.500", "12.500"],
    ["１２", 12],
  ])("%s euros", (text, value) => {
    expect(readNumber(text, false, () => true)).toBe(value);
  });

  it("reads every number that it writes", () => {
    const double = fc.double({ noNaN: true, noDefaultInfinity: true });
    const thousandths = fc.integer({ min: -1e6, max: 1e6 }).map((value) => value / 1000);
    fc.assert(
      fc.property(fc.oneof(double, thousandths), (value) => {
        // JSON knows no negative zero either.
        expect(readNumber(writeNumber(value), false, () => true)).toBe(value + 0);
      }),
    );
  });

  it.each([
    ["2.5.1997", "1997-05-02"],
    ["1997/5/2", "1997-05-02"],
    ["5/1997", "1997-05"],
    ["25/12/1997", "1997-12-25"],
    ["12/25/1997", "1997-12-25"],
    ["2/5/1997", "2/5/1997"],
    ["1997", "1997"],
    ["31.2.1997", "31.2.1997"],
  ])("the date %s", (text, value) => {
    expect(contentOf(new URLSearchParams({ foundingDate: text })).content["foundingDate"]).toBe(
      value,
    );
  });

  it("web addresses without their beginning", () => {
    const form = new URLSearchParams({ url: "bakery.example/shop", inLanguage: "FR" });
    expect(contentOf(form).content).toMatchObject({
      url: "https://bakery.example/shop",
      inLanguage: "fr",
    });
  });
});
