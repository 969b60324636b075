import places from "./data/iso-3166-2.json" with { type: "json" };
import nuts from "./data/nuts.json" with { type: "json" };
import { displayName } from "./display-names.ts";
import { type Findables, findables, ranked } from "./ranking.ts";

const countryScheme = "iso3166-1:";
const subdivisionScheme = "iso3166-2:";
/** The statistical regions of the European Union, three levels below the country. */
const nutsScheme = "nuts:";
const quebecScheme = "qc-region:";

/** The administrative regions of Quebec, 01 to 17. */
const quebecRegions = [
  "Bas-Saint-Laurent",
  "Saguenay–Lac-Saint-Jean",
  "Capitale-Nationale",
  "Mauricie",
  "Estrie",
  "Montréal",
  "Outaouais",
  "Abitibi-Témiscamingue",
  "Côte-Nord",
  "Nord-du-Québec",
  "Gaspésie–Îles-de-la-Madeleine",
  "Chaudière-Appalaches",
  "Laval",
  "Lanaudière",
  "Laurentides",
  "Montérégie",
  "Centre-du-Québec",
];

/** `lau:31001`, `self:Eeyou Istchee`: any other scheme, and what it says. */
const otherScheme =
  /^(?!iso3166-|javascript|vbscript|data|file|https?)[a-z][a-z0-9-]{1,29}:[\p{L}\p{N}](?:[\p{L}\p{M}\p{N} .,'’()/_-]{0,78}[\p{L}\p{M}\p{N}.)])?$/u;

interface Entry {
  /** The name of a subdivision; countries are named by Intl. */
  label?: string;
  /** What contains it, with its scheme. */
  parent?: string;
  /** Of countries and their subdivisions. */
  latitude?: number;
  longitude?: number;
}

type Subdivision = [
  code: string,
  name: string,
  latitude: number,
  longitude: number,
  parent?: string,
];

let table: Map<string, Entry> | undefined;

/** Code with its scheme → entry; built when first asked for. */
function entries(): Map<string, Entry> {
  if (table !== undefined) return table;
  table = new Map();
  const countries = Object.entries(places) as [string, [number, number, Subdivision[]]][];
  for (const [country, [latitude, longitude, subdivisions]] of countries) {
    table.set(countryScheme + country, { latitude, longitude });
    for (const [code, label, lat, lng, parent] of subdivisions) {
      table.set(`${subdivisionScheme}${country}-${code}`, {
        label,
        parent:
          parent === undefined
            ? countryScheme + country
            : `${subdivisionScheme}${country}-${parent}`,
        latitude: lat,
        longitude: lng,
      });
    }
  }
  for (const [code = "", label = ""] of nuts) {
    table.set(nutsScheme + code, { label, parent: nutsParent(code) });
  }
  for (const [index, label] of quebecRegions.entries()) {
    const code = String(index + 1).padStart(2, "0");
    table.set(quebecScheme + code, { label, parent: `${subdivisionScheme}CA-QC` });
  }
  return table;
}

/** NUTS writes EL for Greece, which ISO 3166 calls GR. */
function nutsParent(code: string): string {
  if (code.length > 3) return nutsScheme + code.slice(0, -1);
  const country = code.slice(0, 2);
  return countryScheme + (country === "EL" ? "GR" : country);
}

/**
 * Whether this can stand as a region: a country of ISO 3166-1 (`iso3166-1:GB`),
 * a subdivision of ISO 3166-2 (`iso3166-2:GB-SCT`), both checked against the
 * lists, or a code of another scheme (`nuts:…`, `qc-region:…`, `self:…`), of
 * which only the shape is checked: lists such as NUTS have several editions.
 */
export function isRegion(code: string): boolean {
  return entries().has(code) || otherScheme.test(code);
}

/**
 * The name of a region: of a country in the language asked for, of what is
 * below it as ISO 3166-2, NUTS 2024 or Quebec has it (mostly the local name),
 * and of anything else what stands after the colon.
 */
export function regionLabel(code: string, language = "en"): string | undefined {
  const found = entries().get(code);
  if (found !== undefined) {
    return found.label ?? displayName("region", code.slice(countryScheme.length), language);
  }
  return otherScheme.test(code) ? code.slice(code.indexOf(":") + 1) : undefined;
}

/**
 * The region itself, then what contains it, up to the country. A code that is
 * in none of the lists stands alone; what is no region has an empty path.
 */
export function regionPath(code: string): string[] {
  if (!entries().has(code)) return otherScheme.test(code) ? [code] : [];
  const path: string[] = [];
  for (let at: string | undefined = code; at !== undefined; at = entries().get(at)?.parent) {
    path.push(at);
  }
  return path;
}

/** What directly contains a region; undefined of countries, and of codes that are in none of the lists. */
export function regionParent(code: string): string | undefined {
  return entries().get(code)?.parent;
}

/**
 * Reads a region as people write it in an address or a search: `gb`, `GB-SCT`,
 * `iso3166-2:gb-sct`, `itc11`, `nuts:ITC11`.
 *
 * @returns The code with its scheme, or undefined.
 */
export function parseRegion(text: string): string | undefined {
  const plain = text.trim();
  if (entries().has(plain)) return plain;
  const at = plain.indexOf(":") + 1;
  const [scheme, rest] = [plain.slice(0, at).toLowerCase(), plain.slice(at).trim()];
  const schemes = scheme.startsWith("iso3166-")
    ? [countryScheme, subdivisionScheme]
    : scheme === ""
      ? [countryScheme, subdivisionScheme, nutsScheme]
      : [scheme];
  for (const each of schemes) {
    if (entries().has(each + rest.toUpperCase())) return each + rest.toUpperCase();
  }
  const lower = scheme + rest;
  return isRegion(lower) ? lower : undefined;
}

/**
 * Every country of ISO 3166-1, and Kosovo (XK), by name in the language asked
 * for.
 */
export function countries(language = "en"): { code: string; label: string }[] {
  return Object.keys(places)
    .map((country) => ({
      code: countryScheme + country,
      label: displayName("region", country, language) ?? country,
    }))
    .toSorted((a, b) => a.label.localeCompare(b.label, language));
}

/**
 * What is directly below a country or a region, by name: the subdivisions of
 * ISO 3166-2, the regions of Quebec, and below a region of NUTS those of NUTS.
 *
 * @param scheme `nuts:` for the regions of NUTS directly below a country.
 */
export function subdivisions(
  code: string,
  scheme?: typeof nutsScheme,
): { code: string; label: string }[] {
  const isMeant = (each: string) =>
    each.startsWith(nutsScheme)
      ? code.startsWith(nutsScheme) || scheme !== undefined
      : scheme === undefined;
  return [...entries()]
    .filter(([each, { parent }]) => parent === code && isMeant(each))
    .map(([each, { label = each }]) => ({ code: each, label }))
    .toSorted((a, b) => a.label.localeCompare(b.label));
}

let list: Findables | undefined;

/** Countries by their English names, then what is below them. */
function everyRegion(): Findables {
  return (list ??= findables(
    [...entries()]
      .map(([code, { label }]) => ({ code, label: label ?? regionLabel(code) ?? code }))
      .toSorted((a, b) => rankOf(a.code) - rankOf(b.code)),
  ));
}

const schemes = [countryScheme, subdivisionScheme, quebecScheme, nutsScheme];

function rankOf(code: string): number {
  return schemes.findIndex((scheme) => code.startsWith(scheme));
}

/** Every code of the lists, countries first. */
export function regionCodes(): string[] {
  return [...entries().keys()].toSorted((a, b) => rankOf(a) - rankOf(b));
}

/**
 * Regions by their names and codes, whatever the accents and capitals, the
 * likeliest first.
 *
 * @param country ISO 3166-1 alpha-2: what is there comes before the rest.
 */
export function findRegions(
  text: string,
  { country, limit = 10 }: { country?: string | undefined; limit?: number } = {},
): { code: string; label: string }[] {
  const whole = countryScheme + country;
  const isThere = (code: string) => country !== undefined && regionPath(code).at(-1) === whole;
  return ranked(everyRegion(), text, limit, isThere);
}

/**
 * Roughly where the middle of a region is, in decimal degrees (WGS 84): for a
 * bubble on a map, not for finding the way.
 */
export function centroid(code: string): { latitude: number; longitude: number } | undefined {
  const found = entries().get(code);
  if (found?.latitude === undefined || found.longitude === undefined) return undefined;
  return { latitude: found.latitude, longitude: found.longitude };
}
