/**
 * How text is cut into terms: the one place for it, so that what is written and
 * what is asked for always meet. FTS5's own tokenizer only splits at the spaces
 * put here; its tables end at Unicode 6.1 and know nothing of ł, ß or of
 * scripts without spaces.
 */

/** Marks that searches leave out: accents of Latin, Greek and Cyrillic, points of Hebrew and Arabic. */
const marks = new RegExp(
  String.raw`[\u0300-\u036f\u0483-\u0487` +
    String.raw`\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7` +
    String.raw`\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06dc` +
    String.raw`\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20f0\ufe20-\ufe2f]`,
  "gu",
);

/** Letters that Unicode doesn't take apart, as those write them who lack them. */
const letters: Record<string, string> = {
  ß: "ss",
  ł: "l",
  ø: "o",
  đ: "d",
  ð: "d",
  þ: "th",
  æ: "ae",
  œ: "oe",
  ı: "i",
  ħ: "h",
  ŧ: "t",
  ς: "σ",
};
const letter = new RegExp(`[${Object.keys(letters).join("")}]`, "gu");

/** `c.i.c.`, `s.p.a`: an abbreviation is one word. */
const abbreviation = /(?<![\p{L}\p{N}])(?:\p{L}\.)+\p{L}?(?![\p{L}\p{N}])/gu;

/** The places at which `co-op`, `co op` and `co-housing` are written as one word, too. */
const prefixCo =
  /(?<![\p{L}\p{N}])co(?:[-\u2010-\u2015](?=\p{L})| (?=ops?(?![\p{L}\p{N}])|operat))/gu;

/** Runs of scripts that put no spaces between words, or, as Korean, too few. */
const unspaced =
  /[\p{scx=Han}\p{scx=Hira}\p{scx=Kana}\p{scx=Hang}\p{scx=Thai}\p{scx=Laoo}\p{scx=Khmr}\p{scx=Mymr}]+/gu;

const ascii = /^[\0-\x7f]*$/;

function withoutAccents(text: string): string {
  return text
    .normalize("NFKD")
    .toLowerCase()
    .replace(/\p{Cf}|\u02bb/gu, "")
    .replace(marks, "")
    .replace(letter, (each) => letters[each] ?? each)
    .normalize("NFC");
}

/**
 * Text as it is compared and sorted: lower case, without accents, compatibility
 * forms and punctuation, words separated by single spaces. Empty when there is
 * no letter or digit in it.
 */
export function fold(text: string): string {
  const plain = ascii.test(text) ? text.toLowerCase() : withoutAccents(text);
  return plain
    .replace(/['’ʼ](?:(?<=\p{scx=Cyrl}.)(?=\p{scx=Cyrl})|(?<=\p{L}.)(?=s(?![\p{L}\p{N}])))/gu, "")
    .replace(abbreviation, (each) => each.replaceAll(".", ""))
    .replace(prefixCo, "co")
    .replace(/(?:[^\p{L}\p{M}\p{N}]|ʼ)+/gu, " ")
    .trim();
}

/** A piece of a folded word: a whole word, or a run of characters without spaces. */
interface Piece {
  text: string;
  run: boolean;
}

/** Thai is the first script without spaces; most words have nothing of the kind. */
const spaced = /^[\0-\u0dff]*$/;

function pieces(word: string): Piece[] {
  if (spaced.test(word)) return word === "" ? [] : [{ text: word, run: false }];
  const found: Piece[] = [];
  let end = 0;
  for (const { 0: text, index } of word.matchAll(unspaced)) {
    if (index > end) found.push({ text: word.slice(end, index), run: false });
    found.push({ text, run: true });
    end = index + text.length;
  }
  if (end < word.length) found.push({ text: word.slice(end), run: false });
  return found;
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

/** What is put into a column of the full-text table: terms with spaces between them. */
export function indexText(texts: Iterable<string | undefined>): string {
  const columns = new Set<string>();
  for (const text of texts) {
    if (text === undefined) continue;
    const found = fold(text).split(" ").flatMap(pieces).flatMap(terms).join(" ");
    if (found !== "") columns.add(found);
  }
  return [...columns].join(` ${boundary} `);
}

/** What to look for in the text. */
export type TextQuery =
  /** Nothing was asked. */
  | { kind: "everything" }
  /** Something was asked that no text can hold: only signs, such as `&` or an emoji. */
  | { kind: "nothing" }
  /** An expression of FTS5. */
  | { kind: "match"; expression: string };

/**
 * Reads what people type: all words must be there, the last one may be
 * incomplete, "quoted words" stand together in this order. Whatever FTS5 would
 * take for an operator is a word or a sign as any other.
 */
export function textQuery(typed: string): TextQuery {
  const parts = typed.replace(/[“”„‟«»＂]/gu, '"').split('"');
  const found: string[] = [];
  for (const [at, part] of parts.entries()) {
    const last = at === parts.length - 1;
    const words = fold(part).split(" ").flatMap(pieces);
    if (words.length === 0) continue;
    // A quotation that isn't closed is one that is being typed.
    if (at % 2 === 1) found.push(phrase(words, last));
    else {
      for (const [i, word] of words.entries()) {
        if (short.test(word.text)) found.push('"coop"*');
        else found.push(phrase([word], last && i === words.length - 1));
      }
    }
  }
  if (found.length > 0) return { kind: "match", expression: found.join(" AND ") };
  return { kind: /[^"\s]/u.test(parts.join("")) ? "nothing" : "everything" };
}

/** Short for the word for co-operative in any language: it finds that, too. */
const short = /^coops?$/;

/** Pieces that stand next to one another. */
function phrase(words: Piece[], incomplete: boolean): string {
  const found = words.flatMap(terms);
  const last = words.at(-1);
  const characters = last?.run === true ? Array.from(last.text).length : 0;
  // The last character of a run ends it only in the text, not in what is asked.
  if (characters > 1) found.pop();
  const open = characters === 1 || (characters === 0 && incomplete);
  return `"${found.join(" ")}"${open ? "*" : ""}`;
}
