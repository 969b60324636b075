import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  centroid,
  countries,
  findRegions,
  isRegion,
  parseRegion,
  regionCodes,
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

test("the lists are whole: 250 countries, 5,046 subdivisions and 17 regions of Quebec, all reached from above", () => {
  expect(countries()).toHaveLength(250);
  expect(codes).toHaveLength(250 + 5046 + 17);
  expect(new Set(codes).size).toBe(codes.length);
});

test("NUTS is whole: 27 countries, 92, 244 and 1,165 regions, all reached from above", () => {
  const below = (parents: string[]) =>
    parents.flatMap((code) => subdivisions(code, "nuts:").map((each) => each.code));
  const levels = [below(countries().map(({ code }) => code))];
  for (const _ of [2, 3]) {
    levels.push(
      (levels.at(-1) ?? []).flatMap((code) => subdivisions(code).map((each) => each.code)),
    );
  }
  expect(levels.map((each) => each.length)).toEqual([92, 244, 1165]);
  const all = levels.flat();
  expect(new Set(all.map((code) => regionPath(code).at(-1))).size).toBe(27);
  expect(all.toSorted()).toEqual(
    regionCodes()
      .filter((code) => code.startsWith("nuts:"))
      .toSorted(),
  );
  for (const code of all) {
    expect(regionLabel(code)?.trim()).toBeTruthy();
    expect(code.endsWith("Z")).toBe(false);
    expect(regionPath(code).at(-1)).toMatch(/^iso3166-1:/);
  }
});

test("every country and subdivision has a name, a point and a path that ends at a country", () => {
  for (const code of codes.filter((each) => each.startsWith("iso"))) {
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
  expect(regionPath("qc-region:01")).toEqual(["qc-region:01", "iso3166-2:CA-QC", "iso3166-1:CA"]);
  expect(regionPath("nuts:EL303")).toEqual(["nuts:EL303", "nuts:EL30", "nuts:EL3", "iso3166-1:GR"]);
  // Of another edition of NUTS, or of another scheme.
  expect(regionPath("nuts:UKM82")).toEqual(["nuts:UKM82"]);
  expect(regionPath("self:Eeyou Istchee")).toEqual(["self:Eeyou Istchee"]);
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
  expect(regionLabel("nuts:FRK23")).toBe("Drôme");
  expect(regionLabel("qc-region:11")).toBe("Gaspésie–Îles-de-la-Madeleine");
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
    ["nuts:itc11", "nuts:ITC11"],
    ["itc11", "nuts:ITC11"],
    ["QC-Region: 05", "qc-region:05"],
    ["SELF: Eeyou Istchee", "self:Eeyou Istchee"],
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

describe("finding what people type", () => {
  const first = (text: string, country?: string) => findRegions(text, { country })[0]?.code;

  test.each([
    ["france", "iso3166-1:FR"],
    ["québec", "iso3166-2:CA-QC"],
    ["Quebec", "iso3166-2:CA-QC"],
    ["estrie", "qc-region:05"],
    ["drome", "iso3166-2:FR-26"],
    ["lodzkie", "iso3166-2:PL-10"],
    ["itc11", "nuts:ITC11"],
    ["CA-QC", "iso3166-2:CA-QC"],
    ["gb", "iso3166-1:GB"],
  ])("%s", (text, code) => {
    expect(first(text)).toBe(code);
  });

  test("what is in the country comes before the rest", () => {
    expect(first("limburg", "NL")).toBe("iso3166-2:NL-LI");
    expect(first("limburg", "BE")).toBe("iso3166-2:BE-VLI");
    expect(first("estrie", "FR")).toBe("qc-region:05");
  });

  test("whatever is found is a region, once, and no more than asked for", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 4 }), fc.integer({ min: 1, max: 20 }), (text, limit) => {
        const found = findRegions(text, { limit });
        expect(found.length).toBeLessThanOrEqual(limit);
        expect(new Set(found.map(({ code }) => code)).size).toBe(found.length);
        for (const { code, label } of found) {
          expect(isRegion(code)).toBe(true);
          expect(label).toBe(regionLabel(code));
        }
      }),
    );
  });
});
