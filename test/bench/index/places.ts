import { centroid, regionCodes, regionPath } from "../../../src/coop/regions.ts";
import { Chance, falling, Weighted } from "./chance.ts";
import { placeNames } from "./words.ts";

/** Where a co-op can be. */
interface City {
  name: string;
  country: number;
  region: number;
  latitude: number;
  longitude: number;
}

/** The world of a seed. */
export interface Places {
  /** Codes of ISO 3166: `GB`. */
  countries: string[];
  /** The smallest subdivisions of these countries, with their scheme: `iso3166-2:GB-SCT`. */
  regions: string[];
  /** By number of the region: what contains it directly below the country, numbered by itself. */
  provinces: number[];
  cities: City[];
  /** Draws one of the cities. */
  draw: Weighted;
}

const citiesOfWorld = 20_000;

/** The 200 countries with the most subdivisions, these, and cities spread over them. */
export function places(seed: number): Places {
  const chance = new Chance(seed ^ 0x706c6163);
  const found = [...Map.groupBy(leaves(), (code) => code.slice("iso3166-2:".length).slice(0, 2))]
    .map(([country, regions]) => ({ country, regions }))
    .toSorted((a, b) => b.regions.length - a.regions.length || (a.country < b.country ? -1 : 1))
    .slice(0, 200);
  const regions = found.flatMap((each) => each.regions);
  const starts: number[] = [];
  let start = 0;
  for (const each of found) {
    starts.push(start);
    start += each.regions.length;
  }
  const drawCountry = new Weighted(falling(found.length, 8, 0.6));
  const names = placeNames(chance, citiesOfWorld);
  const cities = Array.from({ length: citiesOfWorld }, (_, at): City => {
    const country = drawCountry.draw(chance);
    const own = found[country]?.regions ?? [];
    const within = chance.below(own.length);
    const middle = centroid(own[within] ?? "") ?? { latitude: 0, longitude: 0 };
    return {
      name: names[at] ?? "",
      country,
      region: (starts[country] ?? 0) + within,
      latitude: clamp(middle.latitude + (chance.part() - 0.5) * 2, 85),
      longitude: clamp(middle.longitude + (chance.part() - 0.5) * 2, 179),
    };
  });
  const draw = new Weighted(falling(citiesOfWorld, 20, 0.7));
  const provinceOf = (code: string) => regionPath(code).at(-2) ?? code;
  const numbers = [...new Set(regions.map(provinceOf))];
  return {
    countries: found.map(({ country }) => country),
    regions,
    provinces: regions.map((code) => numbers.indexOf(provinceOf(code))),
    cities,
    draw,
  };
}

function leaves(): string[] {
  const codes = regionCodes().filter((code) => code.startsWith("iso3166-2:"));
  const above = new Set(codes.flatMap((code) => regionPath(code).slice(1)));
  return codes.filter((code) => !above.has(code));
}

function clamp(degrees: number, most: number): number {
  return Math.max(-most, Math.min(most, degrees));
}
