import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Listing } from "../../src/coop/listing.ts";
import { coopFields, latestFigures } from "../../src/federation/profile.ts";
import { anyListing } from "../helpers/listings.ts";
import { whole } from "../helpers/whole-listing.ts";

const rowsOf = (listing: Listing) =>
  coopFields(listing).map(({ name, value }) => [name as string, value as string] as const);

const bakery = {
  ...whole,
  id: "https://node.example/coops/abcdefghjk",
  provenance: { kind: "claimed" },
} as Listing;

describe("the rows of a profile", () => {
  it("are text that nobody's words can leave, and short enough for Mastodon", () => {
    fc.assert(
      fc.property(anyListing, (listing) => {
        const rows = rowsOf(listing);
        for (const [name, value] of rows) {
          expect(value.length, name).toBeLessThanOrEqual(2047);
          expect(value.trim(), name).not.toBe("");
          const inner = value.replace(
            /^<a href="[^"<>]*"( rel="me"| class="u-url mention")?>([^<>]*)<\/a>$/,
            "$2",
          );
          expect(inner, name).not.toMatch(/[<>"]|&(?!(amp|lt|gt|quot);)/);
        }
        const classes = listing.preferredUsername === undefined ? [] : (listing.stakeholders ?? []);
        const links = 3 + classes.filter(({ followable }) => followable === true).length;
        expect(rows.filter(([, value]) => value.startsWith("<a ")).length).toBeLessThanOrEqual(
          links,
        );
        expect(rows.at(-1)?.[0]).toBe("Directory");
      }),
    );
  });

  it("begin with what people ask first; what is unusual comes before all", () => {
    const names = rowsOf({ ...bakery, status: "active" }).map(([name]) => name);
    expect(names.slice(0, 4)).toEqual(["Type", "Members", "Place", "Website"]);
    const odd = rowsOf({ ...bakery, example: true }).map(([name, value]) => `${name}: ${value}`);
    expect(odd.slice(0, 2)).toEqual([
      "Worked example: Invented, to show how a listing looks",
      "Status: Dormant",
    ]);
  });

  it("count members by the latest year where there are no classes, and say what is an estimate", () => {
    const { stakeholders: _, ...classless } = bakery;
    const rows = Object.fromEntries(rowsOf(classless));
    expect(rows).toMatchObject({ Members: "328 (2023)", Workers: "17 (2023)", Founded: "1997" });
    const figures = [{ year: 2022, estimate: true as const, workers: { fewerThan: 5 } }];
    expect(Object.fromEntries(rowsOf({ ...classless, figures }))).toMatchObject({
      Workers: "fewer than 5 (2022, estimated)",
    });
  });

  it("leave markup in a place or a name without effect", () => {
    const address = { type: "PostalAddress" as const, addressLocality: "<a href=x>Y</a>" };
    const location = { type: "Place" as const, address: { ...address, addressCountry: "CA" } };
    const rows = Object.fromEntries(rowsOf({ ...bakery, location }));
    expect(rows["Place"]).toBe("&lt;a href=x&gt;Y&lt;/a&gt;, Canada");
  });
});

describe("the figures of an actor", () => {
  it("are those of the latest year, without sources and classes", () => {
    expect(latestFigures(bakery)).toEqual([{ year: 2024, volunteers: { fewerThan: 5 } }]);
    expect(latestFigures({ ...bakery, figures: [] })).toBeUndefined();
    const { figures: _, ...silent } = bakery;
    expect(latestFigures(silent)).toBeUndefined();
    const row = { year: 2025, source: "Us", membersByClass: { workers: 12 } };
    expect(latestFigures({ ...bakery, figures: [row] })).toBeUndefined();
  });
});
