import type { Context } from "hono";
import { z } from "zod";
import { type Theme, themes } from "../coop/codes.ts";
import { legalFormCountry, legalFormLabel, legalForms } from "../coop/legal-forms.ts";
import { type Findables, findables, ranked } from "../coop/ranking.ts";
import { coopOf } from "../coop/listing-record.ts";
import { LabelLanguage } from "../coop/query.ts";
import { findRegions, parseRegion, regionPath } from "../coop/regions.ts";
import { findSectors, sectorLabel, sectorPath } from "../coop/sectors.ts";
import { findThemes } from "../coop/themes.ts";
import { languages } from "./editor/languages.ts";
import { pageOf, regionName } from "./entries.ts";
import { unlessKnown } from "./answer.ts";
import { demandParameters } from "./parameters.ts";
import { searchHref } from "./pages/search-address.ts";
import type { Site } from "./site.ts";
import { languageName } from "./text.ts";

/** What can be suggested. */
const Kind = z.enum(["sector", "region", "theme", "legal-form", "language"]);
export type Kind = z.infer<typeof Kind>;

/** A code with what it is called. */
export interface Suggestion {
  code: string;
  label: string;
  /** What contains it, to tell it from others of the same name. */
  within?: string | undefined;
}

export const SuggestQuery = z.strictObject({
  kind: Kind.optional().describe(
    "Of which kind codes are looked for; left out, everything that can be searched for",
  ),
  q: z.string().trim().max(200).optional().describe("What was typed so far"),
  country: z
    .string()
    .regex(/^[A-Za-z]{2}$/, "not a country such as CA")
    .transform((code) => code.toUpperCase())
    .optional()
    .describe("ISO 3166-1 alpha-2: regions there come first, and legal forms are those of it"),
  lang: LabelLanguage.optional(),
  limit: z.coerce
    .number()
    .int()
    .min(1)
    .max(50)
    .default(10)
    .describe("Suggestions at the most, 1 to 50; 10 when it is left out"),
});

/**
 * `GET /api/v1/suggest`: codes of one kind by what they are called, for whoever
 * fills in a form; or, without a kind, what somebody may be about to look for.
 */
export async function suggestFor(site: Site, c: Context): Promise<Response> {
  const {
    kind,
    q = "",
    country,
    lang,
    limit,
  } = demandParameters(SuggestQuery, new URL(c.req.url).searchParams);
  if (kind === undefined) {
    const answer = async () => ({ items: await suggestSearch(site, q, limit, lang) });
    return unlessKnown(site, c, [], answer, "public, max-age=60");
  }
  return Response.json(
    { items: suggest(kind, q, { country, limit }) },
    { headers: { "access-control-allow-origin": "*", "cache-control": "public, max-age=3600" } },
  );
}

/** What can be looked for that begins so, and where it is found. */
async function suggestSearch({ index, node }: Site, q: string, limit: number, lang?: string) {
  const found = await index.suggest(q, limit, lang);
  return found.map(({ kind, label, value, count }) => {
    switch (kind) {
      case "coop": {
        const id = coopOf(value);
        return { kind, label, value: id, count, href: pageOf(node.host, id) };
      }
      case "query":
        return { kind, label, value, count, href: searchHref({ q: value }) };
      default:
        return { kind, label, value, count, href: searchHref({ [kind]: [value] }) };
    }
  });
}

/** Codes by what they are called, the likeliest first. */
export function suggest(
  kind: Kind,
  words: string,
  { country, limit }: { country?: string | undefined; limit: number },
): Suggestion[] {
  const found = finders[kind](words, limit, country).map(({ code }) => code);
  // A code of a scheme without a list here, such as `nuts:ITC11`, is taken as it is.
  const written = kind === "region" ? parseRegion(words) : undefined;
  const all = new Set([...(written === undefined ? [] : [written]), ...found]);
  return [...all].slice(0, limit).map((code) => suggestion(kind, code));
}

type Find = (words: string, limit: number, country: string | undefined) => { code: string }[];

const finders: Record<Kind, Find> = {
  sector: findSectors,
  region: (words, limit, country) => findRegions(words, { country, limit }),
  theme: findThemes,
  language: (words, limit) => ranked(languageList(), words, limit),
  "legal-form": (words, limit, country) => ranked(legalFormList(country), words, limit),
};

let byLanguage: Findables | undefined;

function languageList(): Findables {
  byLanguage ??= findables(
    languages.map((code) => ({ code, label: languageName(code), words: [ownName(code)] })),
  );
  return byLanguage;
}

/** What a language calls itself. */
function ownName(code: string): string {
  return new Intl.DisplayNames([code, "en"], { type: "language" }).of(code) ?? code;
}

function legalFormList(country: string | undefined): Findables {
  return findables(
    legalForms(country).map(({ code, name, nameEn }) => ({ code, label: name, words: [nameEn] })),
  );
}

/** A code with what it is called. */
export function suggestion(kind: Kind, code: string): Suggestion {
  return { code, ...describe[kind](code) };
}

const describe: Record<Kind, (code: string) => Omit<Suggestion, "code">> = {
  sector(code) {
    const section = sectorPath(code).at(-1);
    const within = section === undefined || section === code ? undefined : sectorLabel(section);
    return { label: sectorLabel(code) ?? code, within };
  },
  region(code) {
    const above = regionPath(code).slice(1).map(regionName).join(", ");
    return { label: regionName(code), within: above === "" ? undefined : above };
  },
  theme: (code) => ({ label: themes[code as Theme]?.label ?? code }),
  language: (code) => ({ label: languageName(code) }),
  "legal-form"(code) {
    const country = legalFormCountry(code);
    const within = country === undefined ? undefined : regionName(`iso3166-1:${country}`);
    return { label: legalFormLabel(code) ?? code, within };
  },
};
