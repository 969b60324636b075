import { coopRuns, coopWords } from "../coop/coop-words.ts";
import { fold } from "./fold.ts";

/**
 * How text is cut into terms: the one place for it, so that what is written and
 * what is asked for always meet. FTS5's own tokenizer only splits at the spaces
 * put here; its tables end at Unicode 6.1 and know nothing of ł, ß or of
 * scripts without spaces.
 */

/** Runs of scripts that put no spaces between words, or, as Korean, too few. */
const unspaced =
  /[\p{scx=Han}\p{scx=Hira}\p{scx=Kana}\p{scx=Hang}\p{scx=Thai}\p{scx=Laoo}\p{scx=Khmr}\p{scx=Mymr}]+/gu;

/** A piece of a folded word: a whole word, or a run of characters without spaces. */
export interface Piece {
  text: string;
  run: boolean;
}

/** Thai is the first script without spaces; most texts have nothing of the kind. */
const spaced = /^[\0-\u0dff]*$/;

/** The word that stands for co-operative, in whatever language it was written. */
export const coop = "coop";

const coops = new Set(coopWords.map(fold));

/** A co-operative, in a run. */
export const coopRun = new RegExp(coopRuns.map(fold).join("|"), "u");

/** Behind the letters of the Latin, Greek and Cyrillic scripts. */
const latin = "\u0530";

/** The article in Arabic, alone or behind `and`, `in`, `as`, `so`, `for`; and in Hebrew. */
const article = /^(?:[وبكف]?ال|لل)(?=\p{L}{2})|^ה(?=\p{L}{3})/u;
/** The same before a word that is being typed. */
const earlyArticle = /^(?:(?:[وبكف]?ال|لل)|ה)(?=\p{L})/u;

/**
 * A folded word as a term: words for co-operative become one, and the article
 * that is written together with its noun is left out.
 */
function termOf(word: string): string {
  if (coops.has(word)) return coop;
  if (word < latin) return word;
  const bare = word.replace(article, "");
  return coops.has(bare) ? coop : bare;
}

/** The beginning of a word without an article, if there may be one before it. */
export function withoutArticle(beginning: string): string {
  return beginning.replace(earlyArticle, "");
}

/** The pieces of folded text, in their order. */
export function pieces(folded: string): Piece[] {
  return folded.split(" ").flatMap((word) => {
    if (spaced.test(word)) return word === "" ? [] : [{ text: termOf(word), run: false }];
    const found: Piece[] = [];
    let end = 0;
    for (const { 0: text, index } of word.matchAll(unspaced)) {
      if (index > end) found.push({ text: word.slice(end, index), run: false });
      found.push({ text, run: true });
      end = index + text.length;
    }
    if (end < word.length) found.push({ text: word.slice(end), run: false });
    return found;
  });
}

/**
 * The terms of a piece. A run becomes its pairs of characters and then its last
 * character: so whatever part of the run is asked for is a phrase of pairs, and
 * a single character is the beginning of a term. Pairs, not the words of
 * Intl.Segmenter, as those change with the version of ICU and cost ten times as
 * much.
 */
function terms({ text, run }: Piece): string[] {
  if (!run) return [text];
  const characters = Array.from(text);
  return characters.map((each, at) => each + (characters[at + 1] ?? ""));
}

/** Between two texts of one column, so that no phrase reaches from one into the next. No query can hold it. */
const boundary = "\uf8ff";

/**
 * What is put into a column of the full-text table: terms with spaces between
 * them.
 *
 * @param marks Terms beside the texts, such as those of `codeTerm`.
 */
export function indexText(texts: Iterable<string | undefined>, marks: string[] = []): string {
  const found = new Set<string>();
  for (const text of texts) {
    const folded = text === undefined ? "" : fold(text);
    if (folded === "") continue;
    // The same as below, without taking the text to pieces.
    if (spaced.test(folded)) {
      found.add(folded.split(" ").map(termOf).join(" "));
      continue;
    }
    const all = pieces(folded);
    found.add(all.flatMap(terms).join(" "));
    if (all.some((piece) => piece.run && coopRun.test(piece.text))) found.add(coop);
  }
  if (marks.length > 0) found.add([...new Set(marks)].join(" "));
  return [...found].join(` ${boundary} `);
}

/** All that begins with this is a mark and no word: what people type can't hold it. */
export const firstMark = "\ue000";

/** The term for a code that a listing has: `isic4:4721`, `theme:food`, `iso3166-1:GB`. */
export function codeTerm(code: string): string {
  return `\ue001${code.toLowerCase().replace(/[^a-z0-9]+/g, "")}`;
}

/**
 * The term for a number in a register, as people and spreadsheets mangle it:
 * without signs and leading zeros.
 *
 * @returns Undefined for what has no digit, or is too short to be meant as one.
 */
export function numberTerm(text: string): string | undefined {
  if (!/\d/u.test(text)) return undefined;
  const plain = fold(text).replaceAll(" ", "").replace(/^0+/u, "");
  return plain.length < 4 || plain.length > 40 ? undefined : `\ue002${plain}`;
}

/** An expression of FTS5: pieces that stand next to one another, the last one perhaps incomplete. */
export function phrase(words: readonly Piece[], incomplete = false): string {
  const found = words.flatMap(terms);
  const last = words.at(-1);
  const characters = last?.run === true ? Array.from(last.text).length : 0;
  // The last character of a run ends it only in the text, not in what is asked.
  if (characters > 1) found.pop();
  const open = characters === 1 || (characters === 0 && incomplete);
  return `"${found.join(" ")}"${open ? "*" : ""}`;
}
