import { z } from "zod";
import {
  Capital,
  CoopType,
  Level,
  ProvenanceKind,
  RelationKind,
  StakeholderKind,
  Status,
  Theme,
} from "./codes.ts";
import { parseAlso } from "./dimensions.ts";
import type { Box, Point } from "./earth.ts";
import { parseRegion } from "./regions.ts";
import { registrationKey } from "./registrations.ts";
import { bare } from "./relation.ts";
import { parseSector } from "./sectors.ts";

/**
 * The filters that have facets, in the order in which pages show them. A filter
 * added at the end leaves the numbers of the others as they are.
 */
export const facetNames = [
  "theme",
  "sector",
  "region",
  "type",
  "multi_stakeholder",
  "stakeholder",
  "legal_form",
  "level",
  "status",
  "language",
  "member_of",
  "relation",
  "offers",
  "needs",
  "capital",
  "source",
  "women_band",
  "figure_year",
] as const;
export type FacetName = (typeof facetNames)[number];

/** Percent of the members who are women, as far as members are counted by sex. */
export const womenBands = ["0-24", "25-49", "50-74", "75-100", "unknown"] as const;
export type WomenBand = (typeof womenBands)[number];

/** What a co-op offers, or needs, whatever its theme. */
export const anyTheme = "any";

/** Bounds of what one question may cost. */
const mostValues = 50;
const mostWords = 16;
const pageSizes = "not between 1 and 100";

const Words = z
  .string()
  .trim()
  .max(200)
  .refine((text) => text.split(/[\s\p{P}]+/u).length <= mostWords, `more than ${mostWords} words`);

/** Several values in one parameter: repeated, or with commas between them. */
export const list = <T>(item: z.ZodType<T, string>) =>
  z
    .union([z.string(), z.array(z.string())])
    .transform((value) =>
      [value]
        .flat()
        .flatMap((each) => each.split(","))
        .map((each) => each.trim())
        .filter((each) => each !== ""),
    )
    .pipe(z.array(item).max(mostValues, `more than ${mostValues} values`))
    // What JSON Schema can't see behind the commas.
    .meta({ items: z.toJSONSchema(item, { io: "input", unrepresentable: "any" }) });

/** In which language codes are named, as far as they have names in it. */
export const LabelLanguage = z
  .string()
  .regex(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/, "not a language tag such as fr")
  .describe("The language of labels: en, fr, es, it; of countries any");

/** Reads a value, or says what would be one. */
function read<T>(parse: (text: string) => T | undefined, expected: string) {
  return z.string().transform((text, context) => {
    const value = parse(text);
    if (value !== undefined) return value;
    context.addIssue({ code: "custom", message: `“${text}” is not ${expected}` });
    return z.NEVER;
  });
}

const Sector = read(parseSector, "an ISIC Rev.4 code, such as Q, 87 or isic4:8720");
const Region = read(parseRegion, "an ISO 3166 code, such as CA or CA-QC");

const LegalForm = read((text) => {
  const [, scheme = "", code = ""] = /^(?:(form|elf):)?([a-z0-9-]{2,60})$/i.exec(text) ?? [];
  if (/^elf$/i.test(scheme) || (scheme === "" && /^[A-Z0-9]{4}$/.test(code))) {
    return /^[a-z0-9]{4}$/i.test(code) ? `elf:${code.toUpperCase()}` : undefined;
  }
  return code === "" ? undefined : `form:${code.toLowerCase()}`;
}, "a code of a legal form, such as form:fr-scic or elf:V1Z5");

const Language = read((text) => {
  const [first = "", ...rest] = text.split("-");
  const tag = [first.toLowerCase(), ...rest].join("-");
  return /^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/.test(tag) ? tag : undefined;
}, "a language tag, such as fr or pt-BR");

/** Of whom one is a member: by the URL, or by the number in a register. */
const Federation = read((text) => {
  if (/^https?:\/\//i.test(text)) return URL.canParse(text) ? bare(text) : undefined;
  const [, scheme = "", number = ""] = /^([a-z]{2}(?:-[a-z0-9_]+)+):(.+)$/i.exec(text) ?? [];
  return scheme === "" ? undefined : registrationKey(scheme, number);
}, "the address of a co-op or its number in a register, such as GB-COH:07444723");

const heldCapitals = Capital.options.flatMap((each) => [
  `offers:${each}` as const,
  `needs:${each}` as const,
]);

const Source = read(
  parseSource,
  "claimed, mandated, imported or the address of a source, such as ncua.gov/data",
);

/**
 * A source as it is filtered by: the kind of provenance, or of the address of
 * what a listing is based on the host and the first two parts of the path (what
 * comes behind is often the page of the co-op alone).
 */
export function parseSource(text: string): string | undefined {
  if (ProvenanceKind.options.some((each) => each === text)) return text;
  const url = URL.parse(/^https?:\/\//i.test(text) ? text : `https://${text}`);
  if (url === null) return undefined;
  const { host, pathname } = url;
  if (!host.includes(".")) return undefined;
  const path = pathname.split("/").filter((part) => part !== "");
  return [host.replace(/^www\./, ""), ...path.slice(0, 2)].join("/");
}

const AlsoFact = read(
  (text) => (parseAlso(text) === undefined ? undefined : text),
  "a dimension of the statistics with one of its values, such as theme:food or type:none",
);

const yearPattern = /^[12]\d{3}$/;
const year = "a year, such as 1997";
const FigureYear = read((text) => (yearPattern.test(text) ? text : undefined), year);
const Year = read((text) => (yearPattern.test(text) ? Number(text) : undefined), year);

/** Numbers with commas between them, each within its bounds. */
function numbers(text: string, bounds: readonly number[]): number[] | undefined {
  const parts = text.split(",").map((each) => each.trim());
  const found = parts.map(Number);
  const fits = found.every((each, at) => Math.abs(each) <= (bounds[at] ?? 0));
  return parts.length === bounds.length && !parts.includes("") && fits ? found : undefined;
}

const Near = read((text): Point | undefined => {
  const [latitude, longitude] = numbers(text, [90, 180]) ?? [];
  return latitude === undefined || longitude === undefined ? undefined : { latitude, longitude };
}, "a latitude and a longitude in degrees, such as 53.8,-1.55");

const BoundingBox = read((text): Box | undefined => {
  const [west, south, east, north] = numbers(text, [180, 90, 180, 90]) ?? [];
  if (west === undefined || south === undefined) return undefined;
  if (east === undefined || north === undefined || south > north) return undefined;
  return { west, south, east, north };
}, "west,south,east,north in degrees with south not above north, such as -8,49.9,1.8,60.9");

const Radius = read((text) => {
  const km = text.trim() === "" ? 0 : Number(text);
  return km > 0 && km <= 20_100 ? km : undefined;
}, "a distance in km above 0 and up to 20100, such as 50");

/** What has to fit together in a question. */
interface Together {
  near?: Point | undefined;
  radius_km?: number | undefined;
  founded_from?: number | undefined;
  founded_to?: number | undefined;
  sort?: string | undefined;
}

/** Says which parameters don't go with each other. */
export function checkTogether(
  { near, radius_km, founded_from, founded_to, sort }: Together,
  context: z.core.$RefinementCtx,
): void {
  const fault = (path: string, message: string) =>
    context.addIssue({ code: "custom", path: [path], message });
  if (near !== undefined && radius_km === undefined) {
    fault("near", "needs radius_km beside it, such as radius_km=50");
  }
  if (near === undefined && radius_km !== undefined) {
    fault("radius_km", "needs near beside it, such as near=53.8,-1.55");
  }
  if (near === undefined && sort === "nearest") {
    fault("sort", "nearest needs near beside it, such as near=53.8,-1.55");
  }
  if (founded_from !== undefined && founded_to !== undefined && founded_from > founded_to) {
    fault("founded_to", `is before founded_from, which is ${founded_from}`);
  }
}

/**
 * What can be asked of the directory, as parameters of the search page and of
 * `/api/v1/coops`. Values of one filter are alternatives, filters add up.
 */
export const SearchQuery = z
  .strictObject({
    q: Words.optional().describe("Words, “quoted phrases”; the last word may be incomplete"),
    theme: list(Theme).optional().describe("What the co-op works on"),
    sector: list(Sector).optional().describe("ISIC Rev.4 at any level: Q, 87, isic4:8720"),
    region: list(Region)
      .optional()
      .describe("ISO 3166, NUTS or another scheme: CA, CA-QC, nuts:ITC11"),
    type: list(CoopType).optional().describe("The declared type, of the ILO’s four"),
    multi_stakeholder: list(z.enum(["yes", "no", "unknown"]))
      .optional()
      .describe("By the ILO’s test on the classes of members"),
    stakeholder: list(StakeholderKind)
      .optional()
      .describe("Kinds of members of which there is a class"),
    legal_form: list(LegalForm).optional().describe("A code: form:fr-scic, elf:V1Z5"),
    level: list(Level).optional().describe("Where it stands among co-ops"),
    status: list(Status).optional().describe("Without it, everything but what is closed"),
    language: list(Language).optional().describe("A tag of BCP 47: fr, pt-BR"),
    member_of: list(Federation)
      .optional()
      .describe("The address of a federation, or its number in a register: GB-COH:07444723"),
    relation: list(RelationKind).optional().describe("Has a relation of this kind"),
    offers: list(z.enum([...Theme.options, anyTheme]))
      .optional()
      .describe("Offers something of a theme"),
    needs: list(z.enum([...Theme.options, anyTheme]))
      .optional()
      .describe("Looks for something of a theme"),
    capital: list(z.enum(heldCapitals)).optional().describe("What it offers or needs is made of"),
    source: list(Source)
      .optional()
      .describe("claimed, mandated, imported, or the address of a source without https://"),
    women_band: list(z.enum(womenBands))
      .optional()
      .describe("Percent of the members who are women"),
    figure_year: list(FigureYear).optional().describe("Has figures for the year"),
    founded_from: Year.optional().describe("Founded in this year or later"),
    founded_to: Year.optional().describe("Founded in this year or earlier"),
    in_year: Year.optional().describe(
      "Founded by then and not dissolved by then, closed now or not",
    ),
    also: list(AlsoFact)
      .optional()
      .describe("Facts that all must hold, as statistics have them: theme:food, type:none"),
    near: Near.optional().describe("latitude,longitude in degrees; with radius_km"),
    radius_km: Radius.optional().describe("Kilometres around near"),
    bbox: BoundingBox.optional().describe("west,south,east,north in degrees"),
    facets: list(z.enum([...facetNames, "none"]))
      .optional()
      .describe("Which facets are counted: all, when it is left out"),
    lang: LabelLanguage.optional(),
    count: z
      .enum(["organisations", "listings"])
      .optional()
      .describe("Whether several listings of one organisation count once (organisations) or each"),
    sort: z
      .enum(["relevance", "name", "updated", "nearest", "quality"])
      .optional()
      .describe("Relevance needs q, nearest needs near"),
    cursor: z.string().max(500).optional().describe("From next: the page behind this one"),
    limit: z
      .string()
      .regex(/^\d{1,4}$/, "not a whole number")
      .transform(Number)
      .pipe(z.number().min(1, pageSizes).max(100, pageSizes))
      .optional()
      .describe("Items of a page, 1 to 100; 20 when it is left out"),
  })
  .superRefine(checkTogether);
export type SearchQuery = z.infer<typeof SearchQuery>;

/** What of a question decides on single rows: all but text, places, order and page. */
export type Filter = Pick<
  SearchQuery,
  FacetName | "founded_from" | "founded_to" | "in_year" | "count"
> & {
  /** What there ever was: also what is closed, in whatever year. */
  ever?: boolean;
};
