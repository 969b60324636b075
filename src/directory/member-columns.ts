import type { z } from "zod";
import { CoopType, Theme, themes } from "../coop/codes.ts";
import { countryNamed } from "../coop/country-names.ts";
import { Listing, type ListingContent } from "../coop/listing.ts";
import { parseRegion } from "../coop/regions.ts";
import { parseSector, sectorOf } from "../coop/sectors.ts";
import { Email } from "./account.ts";
import { Handle } from "./handle.ts";

/** What the cells of one row have given so far. */
export interface RowFacts {
  content: Partial<ListingContent>;
  handle?: string;
  /** Where to write to: private. */
  email?: string;
  place: { country?: string; region?: string; locality?: string; postalCode?: string };
  register?: string;
  number?: string;
  members?: number;
  year?: number;
}

/** A column of the spreadsheet by which many co-ops are brought along. */
export interface MemberColumn {
  /** What stands above it. */
  name: string;
  required?: true;
  /** What stands in it, for README and page. */
  help: string;
  /** What stands in it in the template. */
  example: string;
  /**
   * Takes what stands in a cell, never empty.
   *
   * @returns What is wrong with it, if something is.
   */
  take: (value: string, facts: RowFacts) => string | undefined;
}

/** What stands in cells with several values between them. */
const separator = /\s*;\s*/;

/**
 * The columns: template, reading and documents are made from this one table.
 */
export const memberColumns: MemberColumn[] = [
  {
    name: "name",
    required: true,
    help: "What the co-op is called",
    example: "Panificio del Borgo",
    take: (value, { content }) => term(content, "name", value),
  },
  {
    name: "handle",
    help: "The name before the @ by which it is followed; made from the name where it is empty",
    example: "panificio_del_borgo",
    take(value, facts) {
      const read = Handle.safeParse(value.replace(/^@/, "").toLowerCase());
      if (!read.success) return first(read.error);
      facts.handle = read.data;
      return undefined;
    },
  },
  {
    name: "summary",
    help: "What it does, in a sentence or two",
    example: "Pane a lievito madre, cotto dai soci.",
    take: (value, { content }) => term(content, "summary", value),
  },
  {
    name: "language",
    help: "The language of name and summary: `it`, `pt-BR`",
    example: "it",
    take: (value, { content }) => term(content, "inLanguage", value),
  },
  {
    name: "website",
    help: "With `https://` or without",
    example: "https://panificiodelborgo.example/",
    take: (value, { content }) =>
      term(content, "url", /^[a-z]+:/i.test(value) ? value : `https://${value}`),
  },
  {
    name: "type",
    help: "`worker`, `producer`, `consumer-user` or `multi-stakeholder`",
    example: "worker",
    take(value, { content }) {
      const word = value
        .toLowerCase()
        .replace(/\s*co-?op(erative)?$/, "")
        .replace(/[^a-z]+/g, "-");
      const plain = ["consumer", "user", "consumers", "users"].includes(word)
        ? "consumer-user"
        : word;
      const read = CoopType.safeParse(plain);
      if (!read.success) return `not one of ${CoopType.options.join(", ")}`;
      content.coopType = read.data;
      return undefined;
    },
  },
  {
    name: "sector",
    help: "ISIC Rev.4: `1071`, `C`. Longer national codes that begin like ISIC, such as ATECO or NAF, do as well. Several with semicolons between them, the main one first",
    example: "1071",
    take(value, { content }) {
      const codes = value.split(separator).filter((each) => each !== "");
      const read = codes.map((code) => parseSector(code) ?? nationalSector(code));
      const wrong = codes.filter((_, at) => read[at] === undefined);
      if (wrong.length > 0) return `not an ISIC code: ${wrong.join(", ")}`;
      return term(content, "activity", [...new Set(read)]);
    },
  },
  {
    name: "theme",
    help: `\`${Object.keys(themes).join("`, `")}\`. Several with semicolons between them`,
    example: "food; work",
    take(value, { content }) {
      const words = value.split(separator).filter((each) => each !== "");
      const read = words.map(themeOf);
      const wrong = words.filter((_, at) => read[at] === undefined);
      if (wrong.length > 0) {
        return `not a theme: ${wrong.join(", ")}; there are ${Theme.options.join(", ")}`;
      }
      return term(content, "theme", [...new Set(read)]);
    },
  },
  {
    name: "legal form",
    help: "What its form is called in law",
    example: "Società cooperativa",
    take: (value, { content }) => term(content, "legalForm", value),
  },
  {
    name: "founded",
    help: "A year or a day: `1997`, `1997-05-02`",
    example: "1997",
    take: (value, { content }) => term(content, "foundingDate", value),
  },
  {
    name: "country",
    required: true,
    help: "A code of ISO 3166 or a name: `IT`, `Italy`",
    example: "IT",
    take(value, { place }) {
      const code = countryNamed(value);
      if (code === undefined) return "not a country such as IT or Italy";
      place.country = code;
      return undefined;
    },
  },
  {
    name: "region",
    help: "ISO 3166-2, or NUTS with its scheme: `IT-42`, `nuts:ITC3`",
    example: "IT-42",
    take(value, { place }) {
      const code = parseRegion(value);
      if (code === undefined) return "not a region such as IT-42 or nuts:ITC3";
      place.region = code;
      return undefined;
    },
  },
  {
    name: "locality",
    help: "The town or village",
    example: "Varese Ligure",
    take: (value, { place }) => assign(place, "locality", value, 120),
  },
  {
    name: "postal code",
    help: "Of the town, never of somebody’s home",
    example: "19028",
    take: (value, { place }) => assign(place, "postalCode", value, 20),
  },
  {
    name: "members",
    help: "How many members it has; it needs the year, too",
    example: "14",
    take(value, facts) {
      const count = Number(value.replace(/[ \u00A0\u202F'’]/g, ""));
      if (!/\d/.test(value) || !Number.isSafeInteger(count) || count < 0)
        return "not a whole number";
      facts.members = count;
      return undefined;
    },
  },
  {
    name: "year",
    help: "Of the number of members",
    example: "2025",
    take(value, facts) {
      if (!/^(1[789]|2[01])\d\d$/.test(value)) return "not a year such as 2025";
      facts.year = Number(value);
      return undefined;
    },
  },
  {
    name: "register",
    help: "The code of a public register, by org-id.guide: `IT-REA`, `GB-COH`",
    example: "IT-REA",
    take(value, facts) {
      facts.register = value.toUpperCase();
      return undefined;
    },
  },
  {
    name: "registration number",
    help: "Its number there: with it a newer spreadsheet finds the co-op again",
    example: "SP-123456",
    take(value, facts) {
      facts.number = value;
      return undefined;
    },
  },
  {
    name: "invitation e-mail",
    help: "To whom you will send its link. It is not published, and forgotten with the answer",
    example: "info@panificiodelborgo.example",
    take(value, facts) {
      const read = Email.safeParse(value);
      if (!read.success) return first(read.error);
      facts.email = read.data;
      return undefined;
    },
  },
];

/** Sets a term of the listing that fits its schema. */
function term(
  content: Partial<ListingContent>,
  name: keyof ListingContent,
  value: unknown,
): string | undefined {
  const read = Listing.shape[name].safeParse(value);
  if (!read.success) return first(read.error);
  Object.assign(content, { [name]: read.data });
  return undefined;
}

function assign(
  place: RowFacts["place"],
  name: "locality" | "postalCode",
  value: string,
  most: number,
): string | undefined {
  if (value.length > most) return `more than ${most} characters`;
  place[name] = value;
  return undefined;
}

function first(error: z.ZodError): string {
  return error.issues[0]?.message ?? "not usable";
}

/** National codes have up to six digits, and a letter at the end: `94990`, `10.71.10`, `10.71C`. */
function nationalSector(code: string): string | undefined {
  return /^\d{2}(\.?\d){0,4}[A-Za-z]?$/.test(code) ? sectorOf(code) : undefined;
}

function themeOf(word: string): Theme | undefined {
  const plain = word.toLowerCase();
  return Theme.options.find(
    (theme) => theme === plain || themes[theme].label.toLowerCase() === plain,
  );
}
