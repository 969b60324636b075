import { coopEndings } from "../coop/coop-words.ts";
import type { Asked, AskedPart } from "./asked.ts";
import { codesNamed } from "./code-names.ts";
import { fold } from "./fold.ts";
import { codeTerm, coop, numberTerm, phrase, withoutArticle } from "./text.ts";

/** Words of one name at the most. */
const longestName = 12;

const endings = coopEndings.map(fold).toSorted((a, b) => b.length - a.length);

/**
 * What is asked as an expression of FTS5. A word is found where it stands, and
 * in listings with a theme, a sector or a country that it names in any language;
 * several words in a row may be one such name.
 */
export function expressionOf({ parts }: Pick<Asked, "parts">): string {
  const clauses: string[] = [];
  for (let at = 0; at < parts.length;) {
    const name = longestNameAt(parts, at);
    const single = parts.slice(at, at + name.length).map(clauseOf);
    clauses.push(anyOf([allOf(single), ...name.codes.map(termFor)]));
    at += name.length;
  }
  const all = allOf(clauses);
  const number = parts.some(({ quoted }) => quoted) ? undefined : numberOf(parts);
  return number === undefined ? all : anyOf([all, number]);
}

/** What is asked part by part: what `expressionOf` finds has all of them. */
export function clausesOf({ parts }: Asked): string[] {
  return parts.map(clauseOf);
}

/** Expressions by which what is found is put in order. */
export interface Orders {
  /** Every word, and the last one a whole word, too. */
  entire: string;
  /** Every word in the name. */
  within: string;
  /** The name begins with all that was typed. */
  first: string;
  /** A word for co-operative in the name; undefined when none was typed. */
  coop: string | undefined;
}

/** How to put in order what `expressionOf` finds. */
export function ordersOf(asked: Asked): Orders {
  const all = expressionOf(asked);
  const words = asked.parts.map((part) => phrase(part.words, part.incomplete));
  const parts = asked.parts.map((part) => ({ ...part, incomplete: false }));
  return {
    entire: expressionOf({ ...asked, parts }),
    within: `{name legal} : (${words.join(" AND ")})`,
    first: `name : ^ ${phrase(asked.whole, asked.parts.at(-1)?.incomplete)}`,
    coop: asked.coop ? `(name : "${coop}") AND ${all}` : undefined,
  };
}

/** The name that begins with a part and has the most parts; one part alone when there is none. */
function longestNameAt(parts: AskedPart[], at: number): { length: number; codes: string[] } {
  let end = at;
  while (end < parts.length && end - at < longestName && parts[end]?.quoted === false) end++;
  for (; end - at > 1; end--) {
    const words = parts.slice(at, end).flatMap((part) => part.words.map(({ text }) => text));
    const codes = codesNamed(words, parts[end - 1]?.incomplete === true);
    if (codes.length > 0) return { length: end - at, codes };
  }
  return { length: 1, codes: [] };
}

function clauseOf({ words, quoted, incomplete }: AskedPart): string {
  const texts = words.map(({ text }) => text);
  const codes = codesNamed(texts, incomplete);
  const [only = ""] = texts;
  const ending = quoted ? undefined : endings.find((each) => only.endsWith(each));
  if (ending !== undefined) codes.push(...codesNamed([only.slice(0, -ending.length)], false));
  const found = [phrase(words, incomplete)];
  if (incomplete && words.length === 1) {
    found.push(phrase([{ text: withoutArticle(only), run: words[0]?.run === true }], true));
  }
  return anyOf([...found, ...codes.map(termFor)]);
}

/** All that was typed as one number in a register. */
function numberOf(parts: AskedPart[]): string | undefined {
  const term = numberTerm(parts.flatMap((part) => part.words.map(({ text }) => text)).join(" "));
  return term === undefined ? undefined : `"${term}"`;
}

function termFor(code: string): string {
  return `"${codeTerm(code)}"`;
}

function allOf(clauses: string[]): string {
  return clauses.length === 1 ? (clauses[0] ?? "") : `(${clauses.join(" AND ")})`;
}

function anyOf(clauses: string[]): string {
  const each = [...new Set(clauses)];
  return each.length === 1 ? (each[0] ?? "") : `(${each.join(" OR ")})`;
}
