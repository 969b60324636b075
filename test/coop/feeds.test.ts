import fc from "fast-check";
import { expect, it } from "vitest";
import { Theme } from "../../src/coop/codes.ts";
import {
  type Feed,
  feedName,
  feedOf,
  feedQuery,
  feedsOf,
  feedTitle,
  readFeedName,
} from "../../src/coop/feeds.ts";
import { SearchQuery } from "../../src/coop/query.ts";
import { regionCodes, regionPath } from "../../src/coop/regions.ts";
import { sectorCodes, sectorPath } from "../../src/coop/sectors.ts";

const theme = fc.constantFrom(...Theme.options);
const sector = fc.constantFrom(...sectorCodes());
const region = fc.constantFrom(...regionCodes());
const anyFeed: fc.Arbitrary<Feed> = fc.oneof(
  fc.constant({}),
  fc.record({ theme }),
  fc.record({ sector }),
  fc.record({ region }),
  fc.record({ theme, region }),
);

it.each<[string, Feed, string]>([
  ["all", {}, "All co-ops"],
  ["housing", { theme: "housing" }, "Housing"],
  ["sector.q", { sector: "isic4:Q" }, "Human health and social work activities"],
  ["region.gb-sct", { region: "iso3166-2:GB-SCT" }, "Scotland"],
  ["housing.gb-sct", { theme: "housing", region: "iso3166-2:GB-SCT" }, "Housing, Scotland"],
  ["fair-trade.ca", { theme: "fair-trade", region: "iso3166-1:CA" }, "Fair trade, Canada"],
])("the feed %s is what its name says", (name, feed, title) => {
  expect(readFeedName(name)).toEqual(feed);
  expect(feedName(feed)).toBe(name);
  expect(feedTitle(feed)).toBe(title);
});

it("has one name for each feed, which servers take for a handle and URLs have as it is", () => {
  fc.assert(
    fc.property(anyFeed, (feed) => {
      const name = feedName(feed);
      expect(readFeedName(name)).toEqual(feed);
      expect(feedOf(feedQuery(feed))).toEqual(feed);
      // Mastodon's rule for names (interop.md, account.rb), and no handle of a co-op.
      expect(name).toMatch(/^[a-z0-9_]+([.-]+[a-z0-9_]+)*$/);
      expect(encodeURIComponent(name)).toBe(name);
      expect(feedTitle(feed)).not.toBe("");
    }),
  );
});

it("has no two feeds with one name", () => {
  const regions = regionCodes().map((code) => feedName({ region: code }));
  expect(new Set(regions).size).toBe(regions.length);
});

it("knows no other names", () => {
  const wrong = ["", "Housing", "housing.", "housing.gb-xxx", "sector", "sector.", "sector.Q"];
  for (const each of [
    ...wrong,
    "region",
    "region.",
    "all.gb",
    "sector.isic4:q",
    "bakery.workers",
  ]) {
    expect(readFeedName(each), each).toBeUndefined();
  }
  fc.assert(
    fc.property(fc.string(), (text) => {
      const feed = readFeedName(text);
      if (feed !== undefined) expect(feedName(feed)).toBe(text);
    }),
  );
});

it("offers a search as a feed if it is one of a theme, a sector, a region, or a theme in a region", () => {
  const of = (text: string) =>
    feedOf(SearchQuery.parse(Object.fromEntries(new URLSearchParams(text))));
  expect(of("theme=housing&sort=name&limit=5")).toEqual({ theme: "housing" });
  expect(of("region=gb-sct")).toEqual({ region: "iso3166-2:GB-SCT" });
  for (const more of ["q=x", "theme=food,housing", "sector=q&region=gb", "type=worker"]) {
    expect(of(more), more).toBeUndefined();
  }
  expect(feedOf({ region: ["self:Eeyou Istchee"] })).toBeUndefined();
});

it("sorts a listing into exactly those feeds whose search would find it", () => {
  const listing = fc.record({
    theme: fc.uniqueArray(theme, { maxLength: 3 }),
    activity: fc.uniqueArray(sector, { maxLength: 3 }),
    region: fc.uniqueArray(region, { maxLength: 2 }),
    addressCountry: fc.constantFrom("GB", "CA", "IT"),
  });
  fc.assert(
    fc.property(listing, anyFeed, (given, other) => {
      const { addressCountry } = given;
      const address = { type: "PostalAddress" as const, addressCountry };
      const names = feedsOf({
        theme: given.theme,
        activity: given.activity,
        location: { type: "Place", address, region: given.region },
      });
      const places = new Set([...given.region, `iso3166-1:${addressCountry}`].flatMap(regionPath));
      const sectors = new Set(given.activity.flatMap(sectorPath));
      const belongs = (feed: Feed) =>
        (feed.theme === undefined || given.theme.includes(feed.theme)) &&
        (feed.sector === undefined || sectors.has(feed.sector)) &&
        (feed.region === undefined || places.has(feed.region));
      expect(names).toContain("all");
      expect(new Set(names).size).toBe(names.length);
      for (const name of names)
        expect(belongs(readFeedName(name) ?? { theme: "food", sector: "" })).toBe(true);
      expect(names.includes(feedName(other))).toBe(belongs(other));
    }),
  );
});
