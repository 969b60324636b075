import { readFileSync } from "node:fs";
import { parse } from "csv-parse/sync";
import { expect, test } from "vitest";
import { z } from "zod";
import { Listing } from "../../src/coop/listing.ts";
import { regionPath } from "../../src/coop/regions.ts";
import { multiStakeholder } from "../../src/coop/stakeholders.ts";
import { uk2023 } from "../../src/directory/sources/uk-2023.ts";
import { ukRegion } from "../../src/directory/sources/uk-regions.ts";

const file = new URL(
  "../../fixtures/coops-uk-2023/standard.Q2-2023.postcodes.csv",
  import.meta.url,
);
const rows = z
  .array(z.record(z.string(), z.string()))
  .parse(parse(readFileSync(file), { columns: true }));

const mapped = rows.map((row) => {
  const result = uk2023.toListing(row);
  if ("refused" in result) throw new Error(result.refused);
  const listing = Listing.parse({
    ...result.content,
    id: `https://directory.example/coops/${result.key.toLowerCase()}`,
    type: ["Organization", "schema:Cooperative"],
    updated: "2026-11-21T20:00:00Z",
    listed: true,
  });
  return { ...result, row, listing };
});

const one = (name: string) => {
  const found = mapped.find(({ row }) => row["Name"] === name);
  if (found === undefined) throw new Error(`no row ${name}`);
  return found.listing;
};

function countBy<T>(items: T[], key: (item: T) => string | undefined): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const item of items) {
    const name = key(item) ?? "none";
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

test("every row becomes a listing, once", () => {
  expect(mapped).toHaveLength(7387);
  expect(new Set(mapped.map(({ key }) => key)).size).toBe(7387);
  expect(mapped.flatMap(({ doubts }) => doubts)).toEqual([]);
});

test("the fixture has the figures of its README", () => {
  expect(countBy(rows, (row) => row["Ownership Classification"])).toEqual({
    Consumers: 3152,
    "Community of Interest": 1823,
    Tenants: 641,
    Enterprises: 439,
    "Multi-stakeholder": 401,
    Workers: 389,
    "Self-employed": 256,
    "": 198,
    "Employee Trust": 61,
    "Co-operatives": 27,
  });
});

test("the ownership classification becomes type, level and class", () => {
  expect(countBy(mapped, ({ listing }) => listing.coopType)).toEqual({
    "consumer-user": 3152 + 641,
    worker: 389 + 256 + 61,
    producer: 439,
    "multi-stakeholder": 401,
    none: 1823 + 198 + 27,
  });
  expect(countBy(mapped, ({ listing }) => listing.stakeholders?.[0]?.kind)).toEqual({
    user: 3152,
    resident: 641,
    worker: 389 + 256 + 61,
    producer: 439,
    organisation: 27,
    none: 1823 + 401 + 198,
  });
  expect(countBy(mapped, ({ listing }) => listing.level)).toEqual({ primary: 7360, secondary: 27 });
  for (const { listing } of mapped) {
    for (const each of listing.stakeholders ?? []) {
      expect(Object.keys(each).toSorted()).toEqual(["key", "kind", "name"]);
    }
  }
});

test("what a class is not told of, the test does not know", () => {
  const answers = countBy(mapped, ({ listing }) => multiStakeholder(listing));
  expect(answers).toEqual({ no: 7387 - 1823 - 401 - 198, unknown: 1823 + 401 + 198 });
});

test("nothing of a street address is left, in the fixture or in a listing", () => {
  expect(new Set(rows.map((row) => row["Street Address"]))).toEqual(new Set([""]));
  for (const { listing } of mapped)
    expect(listing.location?.address).not.toHaveProperty("streetAddress");
  expect(JSON.stringify(mapped.map(({ listing }) => listing))).not.toMatch(/\bc\/o\b/i);
});

test("97 rows of a hundred and more have a region below the country", () => {
  const below = mapped.filter(({ listing }) =>
    listing.location?.region?.[0]?.startsWith("iso3166-2:GB-"),
  );
  expect(below).toHaveLength(7377);
  const nations = countBy(mapped, ({ listing }) =>
    regionPath(listing.location?.region?.[0] ?? "").at(-2),
  );
  expect(nations).toEqual({
    "iso3166-2:GB-ENG": expect.any(Number),
    "iso3166-2:GB-SCT": expect.any(Number),
    "iso3166-2:GB-WLS": expect.any(Number),
    "iso3166-2:GB-NIR": expect.any(Number),
    none: 10,
  });
  expect(ukRegion("Bristol, City of")).toBe("iso3166-2:GB-BST");
  expect(ukRegion("Vale of Glamorgan")).toBe("iso3166-2:GB-VGL");
  expect(ukRegion("Northamptonshire")).toBe("iso3166-2:GB-ENG");
  expect(ukRegion("Ruritania")).toBeUndefined();
});

test("places are points of postcodes", () => {
  const points = mapped.flatMap(({ listing }) => listing.location?.latitude ?? []);
  expect(points).toHaveLength(7090);
  for (const { listing } of mapped) {
    const { latitude, longitude, precision } = listing.location ?? {};
    expect(precision).toBe(latitude === undefined ? undefined : "postcode");
    if (latitude === undefined || longitude === undefined) continue;
    expect(latitude).toBeGreaterThan(49);
    expect(latitude).toBeLessThan(61);
    expect(longitude).toBeGreaterThan(-9);
    expect(longitude).toBeLessThan(2);
  }
  expect(
    mapped.filter(({ listing }) => listing.location?.address.addressCountry === "JE"),
  ).toHaveLength(2);
});

test("sectors and themes come from the UK SIC", () => {
  expect(mapped.filter(({ listing }) => listing.activity !== undefined)).toHaveLength(7366);
  const byCode = (code: string) => mapped.find(({ row }) => row["SIC Code"] === code)?.listing;
  // Renting out homes is 68.20 there and 6810 in ISIC.
  expect(byCode("68201")).toMatchObject({ activity: ["isic4:6810"], theme: ["housing"] });
  expect(byCode("94990")).toMatchObject({ activity: ["isic4:9499"], theme: ["community"] });
  expect(byCode("35110")).toMatchObject({ activity: ["isic4:351"], theme: ["energy"] });
  expect(one("Levern Credit Union Limited")).toMatchObject({
    activity: ["isic4:6419"],
    theme: ["finance"],
  });
});

test("identifiers say whose they are", () => {
  expect(one("Argyll Fencer's Co-operative Ltd")).toEqual({
    id: "https://directory.example/coops/r007634",
    type: ["Organization", "schema:Cooperative"],
    updated: "2026-11-21T20:00:00Z",
    name: "Argyll Fencer's Co-operative Ltd",
    url: "http://www.argyllfencers.org",
    legalForm: "Company",
    identifier: [
      { type: "PropertyValue", propertyID: "ZZ-CUK", value: "R007634" },
      { type: "PropertyValue", propertyID: "GB-COH", value: "SC399880" },
    ],
    status: "active",
    level: "primary",
    coopType: "producer",
    stakeholders: [{ key: "enterprises", kind: "producer", name: "Enterprises" }],
    activity: ["isic4:439"],
    theme: ["making"],
    location: {
      type: "Place",
      address: {
        type: "PostalAddress",
        addressLocality: "Crianlarich",
        postalCode: "FK20 8SB",
        addressCountry: "GB",
      },
      latitude: 56.437628,
      longitude: -4.810429,
      precision: "postcode",
      region: ["iso3166-2:GB-AGB"],
    },
    provenance: {
      kind: "imported",
      isBasedOn: uk2023.isBasedOn,
      creditText: "Co-operatives UK, ODC-By 1.0",
      license: "ODC-By-1.0",
      retrieved: "2023",
    },
    license: "ODC-By-1.0",
    listed: true,
    discoverable: false,
    indexable: false,
  });
  const companies = mapped.flatMap(
    ({ listing }) => listing.identifier?.filter(({ propertyID }) => propertyID === "GB-COH") ?? [],
  );
  expect(companies).toHaveLength(918);
  for (const { value } of companies) expect(value).toMatch(/^([A-Z]{2}\d{6}|\d{8})$/);
});

test.each([
  ["www.shop.coop", "https://www.shop.coop"],
  ["shop.coop/join", "https://shop.coop/join"],
  ["http://shop.coop", "http://shop.coop"],
  ["http://www.www.shop.coop", "http://www.shop.coop"],
  ["n/a", undefined],
  ["someone@shop.coop", undefined],
  ["javascript:alert(1)", undefined],
  ["ftp://shop.coop", undefined],
  ["http://127.0.0.1/", undefined],
  ["not yet", undefined],
])("the website %s is read as %s", (text, url) => {
  const row = uk2023.rowSchema.parse({ ...rows[0], Website: text });
  const result = uk2023.toListing(row);
  if ("refused" in result) throw new Error(result.refused);
  expect(result.content.url).toBe(url);
  expect(result.doubts).toHaveLength(url === undefined ? 1 : 0);
});

test("a row without a name is refused, characters lost on the way are mended", () => {
  const row = uk2023.rowSchema.parse(rows[0]);
  expect(uk2023.toListing({ ...row, Name: " " })).toEqual({ refused: "R006884 has no name" });
  expect(uk2023.toListing({ ...row, Name: "Film Caf\uFFFD  Co-op Limited" })).toMatchObject({
    content: { name: "Film Café Co-op Limited" },
  });
});
