import { expect, test } from "vitest";
import { SearchQuery } from "../../src/coop/query.ts";

/** What is wrong, by parameter. */
function faults(parameters: Record<string, string | string[]>): Record<string, string> {
  const { error } = SearchQuery.safeParse(parameters);
  return Object.fromEntries(
    (error?.issues ?? []).map(({ path, message }) => [String(path[0]), message]),
  );
}

test("values are read as people write them", () => {
  expect(
    SearchQuery.parse({
      sector: "q, isic4:87",
      region: ["gb-sct", "ITC11"],
      language: "FR,pt-BR",
      legal_form: "fr-scic,elf:phms,V1Z5",
      member_of: "https://union.example/coops/u/listing,gb-coh:7444723",
      source: "imported,https://www.data.example/sets/coops/17",
      offers: "any,food",
      figure_year: "2023",
      founded_from: "1997",
      near: " 53.8, -1.55",
      radius_km: "2.5",
      bbox: "170,-50,-170,-30",
    }),
  ).toEqual({
    sector: ["isic4:Q", "isic4:87"],
    region: ["iso3166-2:GB-SCT", "nuts:ITC11"],
    language: ["fr", "pt-BR"],
    legal_form: ["form:fr-scic", "elf:PHMS", "elf:V1Z5"],
    member_of: ["https://union.example/coops/u", "GB-COH:07444723"],
    source: ["imported", "data.example/sets/coops"],
    offers: ["any", "food"],
    figure_year: ["2023"],
    founded_from: 1997,
    near: { latitude: 53.8, longitude: -1.55 },
    radius_km: 2.5,
    bbox: { west: 170, south: -50, east: -170, north: -30 },
  });
});

test("each fault names the parameter and what would be right, all at once", () => {
  expect(
    faults({
      sector: "Z9",
      language: "french!",
      legal_form: "S.C.I.C.",
      member_of: "the union",
      source: "somewhere",
      figure_year: "23",
      founded_from: "0997",
      near: "53.8",
      bbox: "1,2,3",
      radius_km: "0",
    }),
  ).toEqual({
    sector: expect.stringContaining("such as Q, 87 or isic4:8720"),
    language: "“french!” is not a language tag, such as fr or pt-BR",
    legal_form: expect.stringContaining("such as form:fr-scic or elf:V1Z5"),
    member_of: expect.stringContaining("such as GB-COH:07444723"),
    source: expect.stringContaining("claimed, mandated, imported"),
    figure_year: "“23” is not a year, such as 1997",
    founded_from: "“0997” is not a year, such as 1997",
    near: expect.stringContaining("such as 53.8,-1.55"),
    bbox: expect.stringContaining("west,south,east,north"),
    radius_km: expect.stringContaining("such as 50"),
  });
});

test.each([
  [{ near: "1,2" }, { near: expect.stringContaining("radius_km") }],
  [{ radius_km: "5" }, { radius_km: expect.stringContaining("near") }],
  [{ near: "91,0", radius_km: "5" }, { near: expect.stringContaining("is not a latitude") }],
  [{ near: "1,", radius_km: "5" }, { near: expect.stringContaining("is not a latitude") }],
  [{ bbox: "1,9,3,4" }, { bbox: expect.stringContaining("south not above north") }],
  [{ radius_km: "1e9", near: "1,2" }, { radius_km: expect.stringContaining("up to 20100") }],
  [
    { founded_from: "2001", founded_to: "1999" },
    { founded_to: "is before founded_from, which is 2001" },
  ],
  [{ women_band: "0-25" }, { women_band: expect.stringContaining("0-24") }],
  [{ capital: "human" }, { capital: expect.stringContaining("offers:human") }],
])("%j is refused", (parameters, expected) => {
  expect(faults(parameters)).toEqual(expected);
});
