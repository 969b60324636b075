import type { FacetName } from "../coop/query.ts";
import { regionLabel } from "../coop/regions.ts";
import { type Asked, readText } from "./asked.ts";
import type { Cache } from "./cache.ts";
import { codesNamed } from "./code-names.ts";
import { type Columns, state } from "./columns.ts";
import { fold } from "./fold.ts";
import { labelOf } from "./labels.ts";
import { phrase } from "./text.ts";

/** What somebody who types may be about to look for. */
export interface Suggestion {
  kind: "coop" | "theme" | "sector" | "region" | "query";
  /** What to show. Of a co-op that is left to who has its listing. */
  label: string;
  /** The code, the URL of the record, or the text to search for. */
  value: string;
  /** How many organisations there are; of a text how many listings have it, 1,000 at the most. */
  count: number;
}

/** In an index of so few rows beginnings of words are looked up as they are, otherwise in its words. */
const fewRows = 100_000;

/** Names that are looked at, words that a beginning is completed to, and texts that are counted. */
const mostNames = 200;
const mostWords = 8;
const mostCounted = 1000;

/** So many of the first are codes, and of the last texts. */
const mostCodes = 4;
const mostTexts = 2;

/**
 * Completes what is being typed: themes, sectors and places by their names, then
 * co-ops by any word of theirs, the best first, then the words themselves.
 *
 * @param language Of the labels.
 */
export function suggest(
  typed: string,
  limit: number,
  language: string,
  cache: Cache,
  columns: Columns,
): Suggestion[] {
  const asked = readText(typed);
  if (asked.kind !== "words" || limit < 1) return [];
  const codes = suggestCodes(typed, asked, language, columns).slice(0, mostCodes);
  const texts = suggestTexts(typed, asked, cache, columns).slice(0, mostTexts);
  const coops = suggestCoops(typed, asked, cache, columns);
  const room = Math.max(limit - codes.length - texts.length, 0);
  return [...codes, ...coops.slice(0, room), ...texts].slice(0, limit);
}

function suggestCodes(
  typed: string,
  { parts }: Asked,
  language: string,
  columns: Columns,
): Suggestion[] {
  const words = parts.flatMap((part) => part.words.map(({ text }) => text));
  const codes = codesNamed(words, parts.at(-1)?.incomplete === true);
  const regions = regionsNamed(fold(typed), columns.sets("region").values);
  const found = [...new Set([...codes, ...regions])].flatMap((code): Suggestion[] => {
    const [facet, value] = facetOf(code);
    const count = facet === undefined ? 0 : countOf(columns, facet, value);
    if (facet === undefined || count === 0) return [];
    return [{ kind: facet, label: labelOf(facet, value, language), value, count }];
  });
  return found.toSorted((a, b) => b.count - a.count);
}

/** Codes of lists: others are whatever somebody writes, and without number. */
const listed =
  /^(iso3166-1:[A-Z]{2}|iso3166-2:[A-Z]{2}-[A-Z0-9]{1,3}|nuts:[A-Z]{2}[A-Z0-9]{1,3}|qc-region:\d\d)$/;

/** By code, the name of a region with a space before each of its words. */
const regionNames = new Map<string, string>();

/** Which of these regions have a word, or words in a row, that go on as what is typed. */
function regionsNamed(beginning: string, regions: readonly string[]): string[] {
  return regions.filter((code) => {
    let name = regionNames.get(code);
    if (name === undefined) {
      name = ` ${fold(regionLabel(code) ?? "")}`;
      if (listed.test(code)) regionNames.set(code, name);
    }
    return name.includes(` ${beginning}`);
  });
}

function facetOf(code: string): ["theme" | "sector" | "region" | undefined, string] {
  if (code.startsWith("theme:")) return ["theme", code.slice("theme:".length)];
  if (code.startsWith("isic4:")) return ["sector", code];
  return [code.startsWith("type:") ? undefined : "region", code];
}

/** The organisations that a search for a value finds. */
function countOf(columns: Columns, facet: FacetName, value: string): number {
  const sets = columns.sets(facet);
  const code = sets.code(value);
  if (code === undefined) return 0;
  const counts = columns.counts(facet);
  let sum = 0;
  for (const set of sets.within(code)) sum += counts[set] ?? 0;
  return sum;
}

function suggestCoops(typed: string, asked: Asked, cache: Cache, columns: Columns): Suggestion[] {
  const begin = cache.rows.named(fold(typed), mostNames).map(({ row }) => row);
  const first = new Set(begin);
  const rows = new Set([
    ...begin,
    ...cache.texts.first(namesWith(asked, cache, columns), mostNames),
  ]);
  const { state: states, quality, tie } = columns;
  const rank = (row: number) => (first.has(row) ? 256 : 0) + (quality[row] ?? 0);
  return [...rows]
    .filter((row) => ((states[row] ?? 0) & ~state.example) === state.held)
    .toSorted((a, b) => rank(b) - rank(a) || (tie[a] ?? 0) - (tie[b] ?? 0))
    .flatMap((row) => cache.rows.record(row) ?? [])
    .map((value) => ({ kind: "coop", label: "", value, count: 1 }));
}

/** An expression for names with all words, the last one completed. */
function namesWith({ parts }: Asked, cache: Cache, columns: Columns): string {
  const clauses = parts.map(({ words, incomplete }) => {
    const [word] = words;
    const isOpen = incomplete && words.length === 1 && word?.run === false;
    if (!isOpen || columns.size <= fewRows) return phrase(words, incomplete);
    const known = cache.words.upToDate(columns).beginning(word.text, mostWords);
    const all = [word.text, ...known.map((each) => each.word)];
    return `(${all.map((text) => phrase([{ text, run: false }])).join(" OR ")})`;
  });
  return `name : (${clauses.join(" AND ")})`;
}

/** The text with its last word completed to words of the index. */
function suggestTexts(typed: string, asked: Asked, cache: Cache, columns: Columns): Suggestion[] {
  const last = asked.parts.at(-1);
  const [word] = last?.words ?? [];
  if (last === undefined || word === undefined || !last.incomplete || last.quoted || word.run) {
    return [];
  }
  const head = typed.trimEnd().replace(/[^\s"]+$/u, "");
  return cache.words
    .upToDate(columns)
    .beginning(word.text, mostTexts + 1)
    .filter((each) => each.word !== word.text && each.count > 0)
    .flatMap((each): Suggestion[] => {
      const value = head + each.word;
      const { kind, parts } = readText(value);
      if (kind !== "words") return [];
      const clauses = parts.map((part) => phrase(part.words));
      const count = cache.texts.count(clauses.join(" AND "), mostCounted);
      return count === 0 ? [] : [{ kind: "query", label: value, value, count }];
    });
}
