import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  centroid,
  countries,
  isRegion,
  parseRegion,
  regionLabel,
  regionPath,
  subdivisions,
} from "../../src/coop/regions.ts";

/** Every code of the two lists. */
function* every(code?: string): Generator<string> {
  const below = code === undefined ? countries() : subdivisions(code);
  for (const { code: each } of below) {
    yield each;
    yield* every(each);
  }
}
const codes = [...every()];

test("the lists are whole: 250 countries and 5,046 subdivisions, all reached from above", () => {
  expect(countries()).toHaveLength(250);
  expect(codes).toHaveLength(250 + 5046);
  expect(new Set(codes).size).toBe(codes.length);
});

test("every region has a name, a point and a path that ends at a country", () => {
  for (const code of codes) {
    expect(isRegion(code)).toBe(true);
    expect(regionLabel(code)?.trim()).toMatch(/^[^[\]]+$/);
    const path = regionPath(code);
    expect(path[0]).toBe(code);
    expect(path.at(-1)).toBe(`iso3166-1:${code.slice(10, 12)}`);
    const { latitude, longitude } = centroid(code) ?? { latitude: NaN, longitude: NaN };
    expect(Math.abs(latitude)).toBeLessThanOrEqual(90);
    expect(Math.abs(longitude)).toBeLessThanOrEqual(180);
  }
});

test("paths are followed as far as they go", () => {
  expect(regionPath("iso3166-2:FR-67")).toEqual([
    "iso3166-2:FR-67",
    "iso3166-2:FR-6AE",
    "iso3166-2:FR-GES",
    "iso3166-1:FR",
  ]);
  expect(regionPath("iso3166-2:CA-QC")).toEqual(["iso3166-2:CA-QC", "iso3166-1:CA"]);
  expect(regionPath("iso3166-1:GB")).toEqual(["iso3166-1:GB"]);
  expect(regionPath("qc-region:01")).toEqual(["qc-region:01"]);
  expect(regionPath("iso3166-2:GB-XXX")).toEqual([]);
});

test("countries are named in the reader's language, subdivisions as they are", () => {
  expect(regionLabel("iso3166-1:GB", "fr")).toBe("Royaume-Uni");
  expect(regionLabel("iso3166-1:HU", "hu")).toBe("Magyarország");
  expect(regionLabel("iso3166-1:IT", "no such language")).toBe("Italy");
  expect(regionLabel("iso3166-2:GB-SCT", "fr")).toBe("Scotland");
  expect(regionLabel("iso3166-2:GB-BST")).toBe("City of Bristol");
  expect(regionLabel("iso3166-2:ES-CT")).toBe("Catalunya");
  expect(regionLabel("self:Eeyou Istchee")).toBe("Eeyou Istchee");
  expect(regionLabel("iso3166-1:ZZ")).toBeUndefined();
  const names = countries("es").map(({ label }) => label);
  expect(names).toContain("España");
  expect(names).toEqual(names.toSorted((a, b) => a.localeCompare(b, "es")));
});

test.each([
  "nuts:ITC11",
  "qc-region:01",
  "self:Eeyou Istchee",
  "self:Wet'suwet'en",
  "lau:31001",
  "self:ᐃᔨᔨᐤ",
])("%s is a region of another scheme", (code) => expect(isRegion(code)).toBe(true));

test.each([
  "",
  "GB",
  "iso3166-1:UK",
  "iso3166-1:gb",
  "iso3166-2:GB-XXX",
  "iso3166-2:GB",
  "iso3166-3:SUHH",
  "nuts:",
  "nuts: ITC11",
  "nuts:ITC11 ",
  "NUTS:ITC11",
  "self:<b>here</b>",
  `self:${"a".repeat(81)}`,
  "javascript:alert(1)",
  "https://example.org/",
  "__proto__",
])("“%s” is not a region", (code) => {
  expect(isRegion(code)).toBe(false);
  expect(regionLabel(code)).toBeUndefined();
  expect(regionPath(code)).toEqual([]);
  expect(centroid(code)).toBeUndefined();
});

test("a country's point lies on its largest part", () => {
  expect(centroid("iso3166-1:FR")).toEqual({ latitude: 46.6, longitude: 2.3 });
  expect(centroid("iso3166-1:US")?.latitude).toBeLessThan(45);
  expect(Math.abs(centroid("iso3166-1:FJ")?.longitude ?? 0)).toBeGreaterThan(170);
  expect(centroid("nuts:ITC11")).toBeUndefined();
});

describe("reading what people write", () => {
  test.each([
    ["gb", "iso3166-1:GB"],
    ["GB-SCT", "iso3166-2:GB-SCT"],
    ["gb-sct", "iso3166-2:GB-SCT"],
    [" iso3166-2:gb-sct ", "iso3166-2:GB-SCT"],
    ["ISO3166-1:ca", "iso3166-1:CA"],
    ["nuts:ITC11", "nuts:ITC11"],
    ["NUTS:ITC11", "nuts:ITC11"],
  ])("%s", (text, code) => {
    expect(parseRegion(text)).toBe(code);
  });

  test.each(["", "Scotland", "uk", "gb-xxx", "iso3166-2:", ":", "constructor"])(
    "“%s” is none",
    (text) => expect(parseRegion(text)).toBeUndefined(),
  );

  test("whatever is read is a region, and is read again as itself", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.constantFrom(...codes)), (text) => {
        const code = parseRegion(text);
        if (code === undefined) return;
        expect(isRegion(code)).toBe(true);
        expect(parseRegion(code)).toBe(code);
      }),
    );
  });
});
