import { describe, expect, test } from "vitest";
import { Listing } from "../../src/coop/listing.ts";
import {
  legalFormCountry,
  legalFormLabel,
  legalFormOf,
  legalForms,
  rulesOf,
} from "../../src/coop/legal-forms.ts";
import { regionPath } from "../../src/coop/regions.ts";

test("there are 34 forms, each with its own code, which a listing may name", () => {
  const codes = legalForms().map(({ code }) => code);
  expect(codes).toHaveLength(34);
  expect(new Set(codes).size).toBe(34);
  for (const code of codes) {
    expect(Listing.shape.legalFormCode.safeParse(code).success).toBe(true);
    expect(legalFormOf(code)?.code).toBe(code);
    expect(legalFormLabel(code)).toBeTruthy();
  }
});

test("forms of countries and their parts are where they say", () => {
  for (const { country, subdivision } of legalForms()) {
    if (country === undefined || country === "EU") continue;
    expect(regionPath(`iso3166-1:${country}`)).toHaveLength(1);
    if (subdivision === undefined) continue;
    expect(regionPath(`iso3166-2:${subdivision}`).at(-1)).toBe(`iso3166-1:${country}`);
  }
});

test("codes of ISO 20275 that forms use have a name, and a country that fits", () => {
  for (const { elf, country } of legalForms()) {
    if (elf === undefined) continue;
    expect(legalFormLabel(`elf:${elf}`)).toBeTruthy();
    expect(legalFormCountry(`elf:${elf}`)).toBe(country);
  }
  expect(legalFormLabel("elf:PHMS")).toBe("Cooperativa Sociale");
  expect(legalFormLabel("elf:0000")).toBeUndefined();
  expect(legalFormLabel("form:xx-unheard-of")).toBeUndefined();
  expect(legalFormOf("elf:PHMS")).toBeUndefined();
});

test("what nobody has read a text of has no rule, no law and no year", () => {
  for (const { verified, rules, law, since } of legalForms()) {
    if (verified !== "not") continue;
    expect([rules, law, since]).toEqual([[], undefined, undefined]);
  }
});

test("a country has its own forms and those of none", () => {
  expect(legalForms("FR").map(({ code }) => code)).toEqual([
    "form:fr-scic",
    "form:fr-scop",
    "form:intl-generic-worker",
    "form:intl-generic-multi",
  ]);
});

describe("rules hold from a day and until another", () => {
  const kinds = (code: string, day: string) =>
    rulesOf(legalFormOf(code)!, day).flatMap((each) =>
      each.rule === "kinds" ? each.groups.length : [],
    );

  test("in Quebec two of two until October 2005, since then two of three", () => {
    expect(kinds("form:ca-qc-coop-solidarite", "2005-10-31")).toEqual([2]);
    expect(kinds("form:ca-qc-coop-solidarite", "2005-11-01")).toEqual([3]);
    expect(kinds("form:ca-qc-coop-solidarite", "2026-11-22")).toEqual([3]);
  });

  test("in Hungary an institution is asked for since 2017", () => {
    expect(kinds("form:hu-szocialis-szovetkezet", "2016-12-31")).toEqual([]);
    expect(kinds("form:hu-szocialis-szovetkezet", "2017-01-01")).toEqual([2]);
  });

  test("the first text of the Polish law holds no longer", () => {
    expect(rulesOf(legalFormOf("form:pl-spoldzielnia-socjalna")!, "2008-12-31")).toHaveLength(2);
    expect(rulesOf(legalFormOf("form:pl-spoldzielnia-socjalna")!, "2026-11-22")).toEqual([]);
  });
});
