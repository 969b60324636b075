import type { Context } from "hono";
import { z } from "zod";
import { type Theme, themes } from "../coop/codes.ts";
import { legalFormCountry, legalFormLabel, legalForms } from "../coop/legal-forms.ts";
import { type Findables, findables, ranked } from "../coop/ranking.ts";
import { findRegions, parseRegion, regionPath } from "../coop/regions.ts";
import { findSectors, sectorLabel, sectorPath } from "../coop/sectors.ts";
import { findThemes } from "../coop/themes.ts";
import { languages } from "./editor/languages.ts";
import { regionName } from "./entries.ts";
import { demandParameters } from "./parameters.ts";
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

const SuggestQuery = z.strictObject({
  kind: Kind,
  q: z.string().trim().max(200).optional(),
  /** ISO 3166-1 alpha-2: its regions come before others, and legal forms are those of it. */
  country: z
    .string()
    .regex(/^[A-Za-z]{2}$/, "not a country such as CA")
    .transform((code) => code.toUpperCase())
    .optional(),
  limit: z.coerce.number().int().min(1).max(50).default(10),
});

/** `GET /api/v1/suggest`: codes by what they are called, for whoever fills in a form. */
export function suggestCodes(c: Context): Response {
  const { kind, q, country, limit } = demandParameters(
    SuggestQuery,
    new URL(c.req.url).searchParams,
  );
  return Response.json(
    { items: suggest(kind, q ?? "", { country, limit }) },
    { headers: { "access-control-allow-origin": "*", "cache-control": "public, max-age=3600" } },
  );
}

/** Codes by what they are called, the likeliest first. */
export function suggest(
  kind: Kind,
  words: string,
  { country, limit }: { country?: string | undefined; limit: number },
): Suggestion[] {
  switch (kind) {
    case "sector": {
      return findSectors(words, limit).map(({ code }) => suggestion(kind, code));
    }
    case "region": {
      // A code of a scheme without a list here, such as `nuts:ITC11`, is taken as it is.
      const written = parseRegion(words);
      const found = findRegions(words, { country, limit }).map(({ code }) => code);
      const all = new Set([...(written === undefined ? [] : [written]), ...found]);
      return [...all].slice(0, limit).map((code) => suggestion(kind, code));
    }
    case "theme": {
      return findThemes(words, limit).map(({ code }) => suggestion(kind, code));
    }
    case "language": {
      return ranked(languageList(), words, limit).map(({ code }) => suggestion(kind, code));
    }
    case "legal-form": {
      return ranked(legalFormList(country), words, limit).map(({ code }) => suggestion(kind, code));
    }
  }
}

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
  switch (kind) {
    case "sector": {
      const section = sectorPath(code).at(-1);
      const within = section === undefined || section === code ? undefined : sectorLabel(section);
      return { code, label: sectorLabel(code) ?? code, within };
    }
    case "region": {
      const above = regionPath(code).slice(1).map(regionName).join(", ");
      return { code, label: regionName(code), within: above === "" ? undefined : above };
    }
    case "theme": {
      return { code, label: themes[code as Theme]?.label ?? code };
    }
    case "language": {
      return { code, label: languageName(code) };
    }
    case "legal-form": {
      const country = legalFormCountry(code);
      const within = country === undefined ? undefined : regionName(`iso3166-1:${country}`);
      return { code, label: legalFormLabel(code) ?? code, within };
    }
  }
}
