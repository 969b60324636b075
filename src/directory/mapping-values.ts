import { z } from "zod";
import { countryNamed } from "../coop/country-names.ts";
import { sectorOfNaics } from "../coop/naics.ts";
import { isRegion, regionLabel, regionPath, subdivisions } from "../coop/regions.ts";
import { parseSector, sectorOf } from "../coop/sectors.ts";
import { website } from "./website.ts";

/** The name of a column. */
const Column = z.string().min(1).max(200);

const shared = {
  column: Column,
  /** What stands for nothing: `n/a`, `.`. */
  none: z.array(z.string()).optional(),
  /** Makes a list of a cell: what stands between the values. */
  split: z.string().min(1).max(5).optional(),
  /** Values with a meaning of their own, by what stands in the cell. */
  table: z.record(z.string(), z.json()).optional(),
  /** What it is when the cell is filled, but neither the table nor `as` knows it. */
  otherwise: z.json().optional(),
};

/** The order of a date's parts. */
export const DateFormat = z
  .string()
  .regex(/^(?=.*YYYY)[DMY ./-]+$/, "not a format of YYYY, MM and DD such as DD.MM.YYYY")
  .max(20);

const Letters = z.string().regex(/^[A-Z]{2}$/, "not a country code such as IT");

/** What a column gives a listing: `{ "column": "Town" }`, and how its cells are read. */
export const Reading = z.discriminatedUnion("as", [
  z.strictObject({ ...shared, as: z.literal("text"), prefix: z.string().max(50).optional() }),
  z.strictObject({
    ...shared,
    as: z.literal("number"),
    decimal: z.enum([".", ","]).optional(),
    thousands: z.enum([",", ".", " ", "'", "’"]).optional(),
    /** The unit of the column: 1000 where it is in thousands. */
    times: z.number().positive().optional(),
  }),
  z.strictObject({
    ...shared,
    as: z.literal("date"),
    /** Such as `DD.MM.YYYY`; a year, a month or a day as ISO 8601 writes them is always read. */
    format: z.array(DateFormat).min(1).max(10).optional(),
  }),
  z.strictObject({
    ...shared,
    as: z.literal("yes-no"),
    yes: z.array(z.string()).min(1),
    no: z.array(z.string()).min(1),
  }),
  z.strictObject({ ...shared, as: z.enum(["website", "country"]) }),
  z.strictObject({
    ...shared,
    as: z.enum(["isic-4", "nace-2", "uk-sic-2007", "ateco-2007", "naf-2", "naics-2022"]),
  }),
  z.strictObject({
    ...shared,
    as: z.enum(["iso-3166-2", "nuts"]),
    /** In which country names are looked up; codes need none. */
    country: Letters.optional(),
    prefix: z.string().max(50).optional(),
  }),
]);
export type Reading = z.infer<typeof Reading>;

/** What a cell came to: undefined for nothing, and what is doubtful about it. */
export interface Read {
  value: z.core.util.JSONType | undefined;
  doubts: string[];
}

/** Reads the cell of a column. */
export function readCell(reading: Reading, cells: Record<string, string>): Read {
  const whole = tidy(cells[reading.column] ?? "");
  if (reading.split === undefined) return readValue(reading, whole);
  const parts = whole.split(reading.split).map((part) => readValue(reading, tidy(part)));
  const values = parts.flatMap(({ value }) => (value === undefined ? [] : [value]));
  return {
    value: values.length === 0 ? undefined : unique(values),
    doubts: parts.flatMap(({ doubts }) => doubts),
  };
}

function unique<T>(values: T[]): T[] {
  return [...new Map(values.map((value) => [JSON.stringify(value), value])).values()];
}

/** Line ends as one, no space at the ends, none doubled within. */
function tidy(text: string): string {
  return text
    .replace(/\r\n?/g, "\n")
    .replace(/[^\S\n]+/gu, " ")
    .trim();
}

function readValue(reading: Reading, text: string): Read {
  if (text === "" || reading.none?.includes(text) === true) return { value: undefined, doubts: [] };
  const { table, otherwise } = reading;
  if (table !== undefined && Object.hasOwn(table, text)) return { value: table[text], doubts: [] };
  const value = table !== undefined && reading.as === "text" ? undefined : convert(reading, text);
  if (value !== undefined) return { value, doubts: [] };
  if (otherwise !== undefined) return { value: otherwise, doubts: [] };
  return {
    value: undefined,
    doubts: [`column ${reading.column}: “${cut(text)}” ${unfit(reading)}`],
  };
}

function cut(text: string): string {
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}

const kinds: Record<Reading["as"], string> = {
  text: "is not in the table of the mapping",
  number: "is no number",
  date: "is no date",
  "yes-no": "is neither yes nor no",
  website: "is no web address",
  country: "is no country",
  "isic-4": "is no code of ISIC Rev.4",
  "nace-2": "is no code of NACE Rev.2",
  "uk-sic-2007": "is no code of the UK SIC 2007",
  "ateco-2007": "is no code of Ateco 2007",
  "naf-2": "is no code of the NAF Rev.2",
  "naics-2022": "is no code of NAICS 2022 that ISIC has a sector for",
  "iso-3166-2": "is no region of ISO 3166-2",
  nuts: "is no code of NUTS",
};

function unfit(reading: Reading): string {
  return `${kinds[reading.as]}: it is left out`;
}

function convert(reading: Reading, text: string): Read["value"] {
  switch (reading.as) {
    case "text":
      return `${reading.prefix ?? ""}${text}`;
    case "number":
      return numberOf(reading, text);
    case "date":
      return dateOf(text, reading.format ?? []);
    case "yes-no":
      return reading.yes.includes(text) ? true : reading.no.includes(text) ? false : undefined;
    case "website":
      return website(text);
    case "country":
      return countryNamed(text);
    case "isic-4":
      return parseSector(text);
    case "naics-2022":
      return sectorOfNaics(text);
    case "nace-2":
    case "uk-sic-2007":
    case "ateco-2007":
    case "naf-2":
      // NAF ends in a letter, and so may a section stand before the digits.
      return sectorOf(text.replace(/^[A-U](?=\d)|(?<=\d)[A-Z]$/gi, ""));
    case "iso-3166-2":
      return subdivisionOf(`${reading.prefix ?? ""}${text}`, reading.country);
    case "nuts": {
      const code = `${reading.prefix ?? ""}${text}`.toUpperCase();
      // One that is known lies in a country.
      return regionPath(`nuts:${code}`).length > 1 ? `nuts:${code}` : undefined;
    }
    default:
      return reading satisfies never;
  }
}

/** A number such as `1.234,5`, `1 234.5`, `12%` or `-3`. */
function numberOf(
  { decimal = ".", thousands, times = 1 }: Extract<Reading, { as: "number" }>,
  text: string,
): number | undefined {
  const signs = thousands === " " ? /[\s\u00A0\u202F]/gu : thousands;
  const joined = signs === undefined ? text : text.replaceAll(signs, "");
  const plain = joined.replace(/\s?%$/, "").replace(decimal, ".");
  if (!/^[-+]?(\d+(\.\d*)?|\.\d+)$/.test(plain)) return undefined;
  // Multiplying brings digits with it that nobody wrote: 353.4 × 1000.
  return Number((Number(plain) * times).toPrecision(15));
}

/** A date in the given order of its parts, or as ISO 8601 writes it, without the time of day. */
function dateOf(text: string, formats: string[]): string | undefined {
  const day = text.replace(/(?<=\d)[ T]\d{1,2}:\d\d.*$/s, "");
  if (/^\d{4}(-\d\d(-\d\d)?)?$/.test(day)) return day;
  for (const format of formats) {
    const pattern = format
      .replace(/[./-]/g, String.raw`\$&`)
      .replace("YYYY", String.raw`(?<year>\d{4})`)
      .replace(/M+/, String.raw`(?<month>\d{1,2})`)
      .replace(/D+/, String.raw`(?<day>\d{1,2})`);
    const { year, month, day: dayOfMonth } = new RegExp(`^${pattern}$`).exec(day)?.groups ?? {};
    if (year === undefined) continue;
    const parts = [year, month, dayOfMonth].filter((part) => part !== undefined);
    return parts.map((part) => part.padStart(2, "0")).join("-");
  }
  return undefined;
}

/** A subdivision by its code (`IT-62`) or, within a country, by its name or the rest of its code. */
function subdivisionOf(text: string, country: string | undefined): string | undefined {
  const code = `iso3166-2:${text.toUpperCase()}`;
  if (isRegion(code)) return code;
  if (country === undefined) return undefined;
  const within = `iso3166-2:${country}-${text.toUpperCase()}`;
  return isRegion(within) ? within : namesIn(country).get(plain(text));
}

const byCountry = new Map<string, Map<string, string>>();

function namesIn(country: string): Map<string, string> {
  const known = byCountry.get(country);
  if (known !== undefined) return known;
  const names = new Map<string, string>();
  const add = (code: string) => {
    // What is greater goes first: a province may have the name of its region.
    const below = subdivisions(code).filter(({ code: each }) => regionLabel(each) !== undefined);
    for (const each of below) {
      if (!names.has(plain(each.label))) names.set(plain(each.label), each.code);
    }
    for (const each of below) add(each.code);
  };
  add(`iso3166-1:${country}`);
  byCountry.set(country, names);
  return names;
}

function plain(name: string): string {
  return name
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim()
    .toLowerCase();
}
