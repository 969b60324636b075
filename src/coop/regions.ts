import places from "./data/iso-3166-2.json" with { type: "json" };

const countryScheme = "iso3166-1:";
const subdivisionScheme = "iso3166-2:";

/** `nuts:ITC11`, `qc-region:01`, `self:Eeyou Istchee`: any other scheme, and what it says. */
const otherScheme =
  /^(?!iso3166-|javascript|vbscript|data|file|https?)[a-z][a-z0-9-]{1,29}:[\p{L}\p{N}](?:[\p{L}\p{M}\p{N} .,'’()/_-]{0,78}[\p{L}\p{M}\p{N}.)])?$/u;

interface Entry {
  /** The name of a subdivision; countries are named by Intl. */
  label?: string;
  /** What contains it, with its scheme. */
  parent?: string;
  latitude: number;
  longitude: number;
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
  return table;
}

/**
 * Whether this can stand as a region: a country of ISO 3166-1 (`iso3166-1:GB`),
 * a subdivision of ISO 3166-2 (`iso3166-2:GB-SCT`), both checked against the
 * lists, or a code of another scheme (`nuts:…`, `qc-region:…`, `self:…`), of
 * which only the shape is checked.
 */
export function isRegion(code: string): boolean {
  return entries().has(code) || otherScheme.test(code);
}

const displayNames = new Map<string, Intl.DisplayNames>();

function countryName(country: string, language: string): string | undefined {
  let names = displayNames.get(language);
  if (names === undefined) {
    try {
      names = new Intl.DisplayNames([language, "en"], { type: "region", fallback: "none" });
    } catch {
      // Not a language tag at all: English will do.
      return countryName(country, "en");
    }
    if (displayNames.size < 100) displayNames.set(language, names);
  }
  return names.of(country);
}

/**
 * The name of a region: of a country in the language asked for, of a
 * subdivision as ISO 3166-2 has it (mostly the local name), and of another
 * scheme what stands after the colon.
 */
export function regionLabel(code: string, language = "en"): string | undefined {
  const found = entries().get(code);
  if (found !== undefined) {
    return found.label ?? countryName(code.slice(countryScheme.length), language);
  }
  return otherScheme.test(code) ? code.slice(code.indexOf(":") + 1) : undefined;
}

/**
 * The region itself, then what contains it, up to the country. A code of
 * another scheme stands alone; an unknown one gives an empty path.
 */
export function regionPath(code: string): string[] {
  if (!entries().has(code)) return otherScheme.test(code) ? [code] : [];
  const path: string[] = [];
  for (let at: string | undefined = code; at !== undefined; at = entries().get(at)?.parent) {
    path.push(at);
  }
  return path;
}

/**
 * Reads a region as people write it in an address or a search: `gb`, `GB-SCT`,
 * `iso3166-2:gb-sct`, `nuts:ITC11`.
 *
 * @returns The code with its scheme, or undefined.
 */
export function parseRegion(text: string): string | undefined {
  const plain = text.trim();
  if (isRegion(plain)) return plain;
  const bare = plain.replace(/^iso3166-[12]:/i, "").toUpperCase();
  for (const scheme of [countryScheme, subdivisionScheme]) {
    if (entries().has(scheme + bare)) return scheme + bare;
  }
  const [scheme = "", ...rest] = plain.split(":");
  const lower = `${scheme.toLowerCase()}:${rest.join(":").trim()}`;
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
      label: countryName(country, language) ?? country,
    }))
    .toSorted((a, b) => a.label.localeCompare(b.label, language));
}

/** The subdivisions directly below a country or a subdivision, by name. */
export function subdivisions(code: string): { code: string; label: string }[] {
  return [...entries()]
    .filter(([, { parent }]) => parent === code)
    .map(([each, { label = each }]) => ({ code: each, label }))
    .toSorted((a, b) => a.label.localeCompare(b.label));
}

/**
 * Roughly where the middle of a region is, in decimal degrees (WGS 84): for a
 * bubble on a map, not for finding the way.
 */
export function centroid(code: string): { latitude: number; longitude: number } | undefined {
  const found = entries().get(code);
  return found && { latitude: found.latitude, longitude: found.longitude };
}
