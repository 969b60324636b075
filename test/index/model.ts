import { createHash } from "node:crypto";
import { themes } from "../../src/coop/codes.ts";
import type { Listing } from "../../src/coop/listing.ts";
import { organisationsOf, representative, type SameAs } from "../../src/coop/organisation.ts";
import { type FacetName, type SearchQuery } from "../../src/coop/query.ts";
import { regionLabel, regionPath } from "../../src/coop/regions.ts";
import { sectorLabel, sectorPath } from "../../src/coop/sectors.ts";
import { multiStakeholder } from "../../src/coop/stakeholders.ts";
import { codesNamed } from "../../src/index/code-names.ts";
import type { SearchResult } from "../../src/index/directory-index.ts";

/** A word of names and queries, and how it is compared; `run` for scripts without spaces. */
export interface Word {
  written: string;
  plain: string;
  run?: true;
  /** A word for co-operative: alone it finds everything, beside others it is no condition. */
  coop?: true;
  /** A stop word: beside others it is no condition. */
  stop?: true;
}

export const vocabulary: Word[] = [
  { written: "bakery", plain: "bakery" },
  { written: "Bake", plain: "bake" },
  { written: "Società", plain: "societa" },
  { written: "ŁÓDŹ", plain: "lodz" },
  { written: "Cooperativa", plain: "cooperativa", coop: true },
  { written: "co-op", plain: "coop", coop: true },
  { written: "Straße", plain: "strasse" },
  { written: "Ёлка", plain: "елка" },
  { written: "AND", plain: "and", stop: true },
  { written: "生活必需品店", plain: "生活必需品店", run: true },
  { written: "品店生活", plain: "品店生活", run: true },
  { written: "먹거리나눔", plain: "먹거리나눔", run: true },
];

/** Words that must stand together, or one word; `prefix` when the last may be incomplete. */
export interface Term {
  words: Word[];
  prefix: boolean;
  quoted?: true;
}

/** A query's text, and what it means. */
export interface Asked {
  q: string;
  terms: Term[];
}

/** A listing with the words of its name, which the generator knows. */
export interface Known {
  listing: Listing;
  name: Word[];
  summary: Word[];
}

/** The facets that the model knows of. */
const modelled = [
  "theme",
  "sector",
  "region",
  "type",
  "multi_stakeholder",
  "level",
  "status",
] as const satisfies FacetName[];

/** What of the words must be met. */
function conditionsOf(terms: Term[]): Term[] {
  const is = (kind: "coop" | "stop") => (term: Term) =>
    term.quoted !== true && term.words.every((word) => word[kind] === true);
  const telling = terms.filter((term) => !is("coop")(term) && !is("stop")(term));
  if (telling.length > 0) return telling;
  return terms.some(is("coop")) ? [] : terms;
}

/** The answer to a query, found by looking at every listing. */
export function slowly(
  all: Known[],
  links: readonly SameAs[],
  asked: Asked | undefined,
  query: SearchQuery,
): Pick<SearchResult, "total" | "examples" | "facets"> & { found: Known[]; texts: number } {
  const conditions = asked === undefined ? [] : conditionsOf(asked.terms);
  const text = shown(all, links).filter((each) => conditions.every((term) => has(each, term)));
  const without = (facet?: FacetName) =>
    text.filter(({ listing }) =>
      modelled.every((name) => {
        const wanted: readonly string[] = query[name] ?? [];
        if (name === "status" && name !== facet && wanted.length === 0) {
          return listing.status !== "closed";
        }
        return (
          name === facet ||
          wanted.length === 0 ||
          wanted.some((value) => valuesOf(listing, name).has(value))
        );
      }),
    );
  const found = without();
  const texts = text.length;
  const examples = found.filter(({ listing }) => listing.example).length;
  const facets = Object.fromEntries(
    modelled.map((name) => {
      const counted = without(name).filter(({ listing }) => !listing.example);
      const values = shownValues(name, query, all).map((value) => ({
        value,
        label: labelOf(name, value),
        count: counted.filter(({ listing }) => valuesOf(listing, name).has(value)).length,
      }));
      const chosen: readonly string[] = query[name] ?? [];
      return [
        name,
        values
          .filter(({ value, count }) => count > 0 || chosen.includes(value))
          .toSorted((a, b) => b.count - a.count || compare(a.value, b.value)),
      ];
    }),
  ) as unknown as SearchResult["facets"];
  return { total: found.length - examples, examples, facets, found, texts };
}

/** Of each organisation, the listing that stands for it. */
function shown(all: Known[], links: readonly SameAs[]): Known[] {
  const groups = organisationsOf(
    all.map(({ listing }) => listing),
    links,
  );
  const standing = new Set(
    groups.map(([first, ...others]) => first && representative([first, ...others])),
  );
  return all.filter(({ listing }) => standing.has(listing));
}

/** By name or by the time of change; equals by the hash of the record's URL. */
export function inOrder(found: Known[], sort: "name" | "updated"): Known[] {
  const tie = ({ listing }: Known) =>
    createHash("sha256").update(`${listing.id}/listing`).digest("hex").slice(0, 12);
  const name = (each: Known) => each.name.map(({ plain }) => plain).join(" ");
  return found.toSorted((a, b) =>
    sort === "name"
      ? compare(name(a), name(b)) || compare(tie(a), tie(b))
      : compare(b.listing.updated, a.listing.updated) || compare(tie(a), tie(b)),
  );
}

function compare(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

function has(each: Known, term: Term): boolean {
  const names = term.words.map(termOf);
  const codes = new Set(codesNamed(names, term.prefix));
  const own = [
    ...[...valuesOf(each.listing, "theme")].map((theme) => `theme:${theme}`),
    ...valuesOf(each.listing, "sector"),
    ...valuesOf(each.listing, "region"),
    ...[...valuesOf(each.listing, "type")].map((type) => `type:${type}`),
  ];
  return own.some((code) => codes.has(code)) || isInText(each, term);
}

/** All words for co-operative are the same. */
function termOf({ plain, coop }: Word): string {
  return coop === true ? "coop" : plain;
}

function isInText(each: Known, { words, prefix }: Term): boolean {
  return textsOf(each).some((text) =>
    text.some((_, at) =>
      words.every((word, i) => {
        const there = text[at + i];
        if (there === undefined) return false;
        const first = i === 0;
        const last = i === words.length - 1;
        if (!word.run || !there.run) {
          return last && prefix && !word.run
            ? termOf(there).startsWith(termOf(word))
            : termOf(there) === termOf(word);
        }
        // A run may be part of a longer one, where nothing stands between.
        if (first && last) return there.plain.includes(word.plain);
        if (first) return there.plain.endsWith(word.plain);
        return last ? there.plain.startsWith(word.plain) : there.plain === word.plain;
      }),
    ),
  );
}

function textsOf({ listing, name, summary }: Known): Word[][] {
  const labels = [...valuesOf(listing, "region")]
    .filter((code) => !code.startsWith("iso3166-1:"))
    .map((code) => regionLabel(code));
  const words = (label = "") =>
    label
      .normalize("NFD")
      .replace(/\p{Mn}/gu, "")
      .toLowerCase()
      .split(/[^a-z0-9]+/)
      .filter((word) => word !== "")
      .map((word) => ({ written: word, plain: word }));
  return [name, summary, ...labels.map(words)];
}

function valuesOf(listing: Listing, name: FacetName): Set<string> {
  const { location } = listing;
  switch (name) {
    case "theme":
      return new Set(listing.theme);
    case "sector":
      return new Set((listing.activity ?? []).flatMap(sectorPath));
    case "region":
      return new Set(
        location === undefined
          ? []
          : [...(location.region ?? []), `iso3166-1:${location.address.addressCountry}`].flatMap(
              regionPath,
            ),
      );
    case "type":
      return new Set(listing.coopType === undefined ? [] : [listing.coopType]);
    case "level":
    case "status":
      return new Set(listing[name] === undefined ? [] : [listing[name]]);
    case "multi_stakeholder":
      return new Set([multiStakeholder(listing)]);
    default:
      return new Set();
  }
}

function shownValues(name: FacetName, query: SearchQuery, all: Known[]): string[] {
  const chosen: readonly string[] = query[name] ?? [];
  const held = new Set(all.flatMap(({ listing }) => [...valuesOf(listing, name)]));
  for (const value of chosen) held.add(value);
  return [...held].filter((value) => {
    if (chosen.includes(value)) return true;
    if (name === "sector") {
      const [, parent] = sectorPath(value);
      return parent === undefined || chosen.includes(parent);
    }
    if (name === "region") {
      const [, parent] = regionPath(value);
      return value.startsWith("iso3166-1:") || (parent !== undefined && chosen.includes(parent));
    }
    return true;
  });
}

function labelOf(name: FacetName, value: string): string {
  switch (name) {
    case "theme":
      return themes[value as keyof typeof themes].label;
    case "sector":
      return sectorLabel(value) ?? "";
    case "region":
      return regionLabel(value) ?? "";
    case "type":
      return (
        {
          producer: "Producer",
          worker: "Worker",
          "consumer-user": "Consumer or user",
          "multi-stakeholder": "Multi-stakeholder",
        }[value] ?? ""
      );
    case "level":
    case "status":
      return value.charAt(0).toUpperCase() + value.slice(1);
    default:
      return { yes: "Yes", no: "No", unknown: "Not known" }[value] ?? "";
  }
}
