import { describe, expect, test } from "vitest";
import { centroid, countries, subdivisions } from "../../src/coop/regions.ts";
import { locatorMap } from "../../src/web/pages/locator-map.ts";
import { htmlFaultOf } from "../helpers/page-words.ts";

async function mapOf(country: string, latitude: number, longitude: number) {
  const spot = { country, countryName: country, latitude, longitude, precision: undefined };
  return (await locatorMap(spot))?.toString();
}

/** Where the dot is, in the units of the drawing. */
function dotOf(map: string): [number, number] {
  const [, x, y] = /class="place" cx="([-\d.]+)" cy="([-\d.]+)"/.exec(map) ?? [];
  return [Number(x), Number(y)];
}

describe("the map of a place", () => {
  test("has the dot within the drawing, wherever on earth", async () => {
    let drawn = 0;
    let places = 0;
    for (const { code } of countries()) {
      for (const region of subdivisions(code)) {
        const middle = centroid(region.code);
        if (middle === undefined) continue;
        places += 1;
        const map = await mapOf(code.slice(-2), middle.latitude, middle.longitude);
        if (map === undefined) continue;
        drawn += 1;
        const [x, y] = dotOf(map);
        expect(x, region.code).toBeGreaterThanOrEqual(0);
        expect(x, region.code).toBeLessThanOrEqual(300);
        expect(y, region.code).toBeGreaterThanOrEqual(0);
        expect(y, region.code).toBeLessThanOrEqual(210);
        expect(map.length, region.code).toBeLessThan(16_000);
      }
    }
    // What isn't drawn are small islands and places far from their country.
    expect(drawn / places).toBeGreaterThan(0.8);
  });

  test("puts west to the left and north on top, islands near the coast included", async () => {
    const [, lille] = dotOf((await mapOf("FR", 50.63, 3.06)) ?? "");
    const [brest, breton] = dotOf((await mapOf("FR", 48.39, -4.49)) ?? "");
    const [bastia, corsican] = dotOf((await mapOf("FR", 42.7, 9.45)) ?? "");
    expect(brest).toBeLessThan(bastia);
    expect(lille).toBeLessThan(breton);
    expect(breton).toBeLessThan(corsican);
    expect(htmlFaultOf((await mapOf("FR", 50.63, 3.06)) ?? "")).toBeUndefined();
  });

  test("is left out where it would mislead", async () => {
    // Not at this scale, overseas, and plainly somewhere else.
    expect(await mapOf("MT", 35.9, 14.5)).toBeUndefined();
    expect(await mapOf("FR", -21.1, 55.5)).toBeUndefined();
    expect(await mapOf("IT", 48.86, 2.35)).toBeUndefined();
    expect(await mapOf("XX", 0, 0)).toBeUndefined();
  });
});
