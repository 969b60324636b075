import fc from "fast-check";
import { Theme } from "../../src/coop/codes.ts";
import type { Listing, StakeholderClass } from "../../src/coop/listing.ts";
import type { SameAs } from "../../src/coop/organisation.ts";
import type { SearchQuery } from "../../src/coop/query.ts";
import { stopWords } from "../../src/coop/stop-words.ts";
import { type Asked, type Known, type Term, vocabulary, type Word } from "./model.ts";
import { listing } from "./samples.ts";

const themeCodes = Theme.options.slice(0, 4);
const sectorCodes = [
  "isic4:Q",
  "isic4:87",
  "isic4:872",
  "isic4:8720",
  "isic4:86",
  "isic4:G",
  "isic4:4721",
];
const regionCodes = [
  "iso3166-1:GB",
  "iso3166-2:GB-SCT",
  "iso3166-2:GB-GLG",
  "iso3166-2:CA-QC",
  "nuts:ITC11",
];
const types = ["worker", "producer", "consumer-user", "multi-stakeholder"] as const;

const workers: StakeholderClass = { key: "w", kind: "worker", name: "Workers", voteShare: 50 };
const users: StakeholderClass = { key: "u", kind: "user", name: "Users", voteShare: 50 };

const words = fc.array(fc.constantFrom(...vocabulary), { minLength: 1, maxLength: 4 });

function written(each: Word[]): string {
  return each.map((word) => word.written).join(" ");
}

/** So few numbers that several listings have the same, written in two ways; and one that says nothing. */
const registration = fc
  .constantFrom("SC 111222", "sc111222", "07444723", "7444723", "SC399880", "00000000", "unknown")
  .map((value) => ({ type: "PropertyValue" as const, propertyID: "GB-COH", value }));

/** Two listings of a directory that somebody attests to be the same. */
export function links(size: number): fc.Arbitrary<SameAs[]> {
  const coop = fc.nat(size).map((at) => `https://coops.example/coops/c${at}`);
  const pair = fc.tuple(coop, coop).filter(([a, b]) => a < b);
  return fc.uniqueArray(pair, { maxLength: 4, selector: (each) => each.join(" ") });
}

/** A listing with this id, made of few words and codes, so that queries find some. */
export function known(id: string): fc.Arbitrary<Known> {
  return fc
    .record({
      name: words,
      summary: fc.option(words, { nil: [] }),
      theme: fc.uniqueArray(fc.constantFrom(...themeCodes), { maxLength: 2 }),
      activity: fc.uniqueArray(fc.constantFrom(...sectorCodes), { maxLength: 2 }),
      country: fc.constantFrom(undefined, "GB", "CA", "IT"),
      region: fc.uniqueArray(fc.constantFrom(...regionCodes), { maxLength: 2 }),
      coopType: fc.constantFrom(undefined, ...types),
      stakeholders: fc.constantFrom(undefined, [workers] as StakeholderClass[], [workers, users]),
      example: fc.constantFrom(undefined, undefined, undefined, true as const),
      day: fc.integer({ min: 1, max: 5 }),
      status: fc.constantFrom("active", "active", "forming", "closed"),
      level: fc.constantFrom("primary", "secondary"),
      identifier: fc.array(registration, { maxLength: 2 }),
      kind: fc.constantFrom("claimed", "mandated", "imported"),
      url: fc.constantFrom(undefined, "https://www.coops.example/about", "https://else.example/"),
    })
    .map(({ name, summary, theme, activity, country, region, day, ...rest }) => {
      const { coopType, stakeholders, example, status, level, identifier, kind, url } = rest;
      const content: Partial<Listing> = {
        name: written(name),
        updated: `2026-11-0${day}T00:00:00.000Z`,
        provenance: { kind },
        status,
        level,
        ...(identifier.length > 0 && { identifier }),
        ...(url !== undefined && { url }),
        ...(summary.length > 0 && { summary: written(summary) }),
        ...(theme.length > 0 && { theme }),
        ...(activity.length > 0 && { activity }),
        ...(coopType !== undefined && { coopType }),
        ...(stakeholders !== undefined && { stakeholders }),
        ...(example !== undefined && { example }),
        ...(country !== undefined && {
          location: {
            type: "Place" as const,
            address: { type: "PostalAddress" as const, addressCountry: country },
            ...(region.length > 0 && { region }),
          },
        }),
      };
      return { listing: listing(id, content), name, summary };
    });
}

/** So many listings, each with an id of its own. */
export function directory(maxLength: number): fc.Arbitrary<Known[]> {
  return fc
    .integer({ min: 0, max: maxLength })
    .chain((size) => fc.tuple(...Array.from({ length: size }, (_, at) => known(`c${at}`))));
}

const otherWords: Word[] = ["health", "scotland", "energy", "nothing"].map((word) => ({
  written: word,
  plain: word,
}));
const word = fc.constantFrom(...vocabulary, ...otherWords);
/** Part of a run: two characters or more, from anywhere in it. */
const partOfRun = fc
  .tuple(
    fc.constantFrom(...vocabulary.filter(({ run }) => run)),
    fc.nat(3),
    fc.integer({ min: 1, max: 6 }),
  )
  .map(([{ plain }, from, length]): Word => {
    const part = plain.slice(from, from + length);
    return { written: part, plain: part, run: true };
  })
  .filter(({ plain }) => plain !== "");

const single = fc
  .oneof({ weight: 3, arbitrary: word }, partOfRun)
  .map((each): { q: string; term: Term } => ({
    q: each.written,
    term: { words: [each], prefix: false },
  }));
const quoted = fc
  .array(word, { minLength: 1, maxLength: 3 })
  .map((each): { q: string; term: Term } => ({
    q: `"${written(each)}"`,
    term: { words: each, prefix: false, quoted: true },
  }));

/** Words and quotations; the last word may be incomplete. */
export const asked: fc.Arbitrary<Asked> = fc
  .tuple(
    fc.array(fc.oneof({ weight: 3, arbitrary: single }, quoted), { minLength: 1, maxLength: 2 }),
    fc.nat(3),
  )
  .map(([terms, cut]) => {
    const last = terms.at(-1);
    const [only] = last?.term.words ?? [];
    if (last !== undefined && only !== undefined && !last.q.startsWith('"')) {
      last.term.prefix = true;
      if (!only.run && !only.coop && !only.stop && only.plain.length > cut + 1) {
        const plain = only.plain.slice(0, only.plain.length - cut);
        // What is left may be a stop word: “lo” of “lodz”.
        last.term.words = [{ written: plain, plain, ...(stopWords.has(plain) && { stop: true }) }];
        last.q = plain;
      }
    }
    return { q: terms.map(({ q }) => q).join(" "), terms: terms.map(({ term }) => term) };
  });

function some<T>(values: readonly T[]) {
  return fc.option(fc.uniqueArray(fc.constantFrom(...values), { maxLength: 2 }), {
    nil: undefined,
  });
}

/** Filters, order and length of page. */
export const filters: fc.Arbitrary<SearchQuery> = fc
  .record({
    theme: some(themeCodes),
    sector: some(sectorCodes),
    region: some([...regionCodes, "iso3166-1:CA", "iso3166-1:FR"]),
    type: some(types),
    multi_stakeholder: some(["yes", "no", "unknown"] as const),
    level: some(["primary", "secondary", "apex"] as const),
    status: some(["active", "forming", "closed"] as const),
    sort: fc.constantFrom(undefined, "relevance" as const, "name" as const, "updated" as const),
    limit: fc.integer({ min: 1, max: 7 }),
  })
  .map((query) =>
    Object.fromEntries(Object.entries(query).filter(([, value]) => value !== undefined)),
  );
