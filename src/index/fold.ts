/** Marks that searches leave out: accents of Latin, Greek and Cyrillic, points of Hebrew and Arabic. */
const marks = new RegExp(
  String.raw`[\u0300-\u036f\u0483-\u0487` +
    String.raw`\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7` +
    String.raw`\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06dc` +
    String.raw`\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20f0\ufe20-\ufe2f]`,
  "gu",
);

/** Letters that Unicode doesn't take apart, as those write them who lack them, or who don't care. */
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
  // Arabic: alef of any kind (those with a hamza lose it as a mark), ta marbuta,
  // alef maksura and the Persian forms of kaf, gaf and ya.
  "\u0671": "ا",
  ة: "ه",
  ى: "ي",
  ی: "ي",
  ک: "ك",
  گ: "ك",
};
const letter = new RegExp(`[${Object.keys(letters).join("")}]`, "gu");

const hiragana = /[\u3041-\u3096]/gu;

/** `c.i.c.`, `s.p.a`, `Κοι.Σ.Π.Ε.`: an abbreviation is one word. */
const abbreviation =
  /(?<![\p{L}\p{N}])(?:\p{L}\.)+\p{L}?(?![\p{L}\p{N}])|(?<![\p{L}\p{N}])\p{L}{2,4}\.(?:\p{L}\.)+\p{L}?(?![\p{L}\p{N}])/gu;

/** The places at which `co-op`, `co op` and `co-housing` are written as one word, too. */
const prefixCo =
  /(?<![\p{L}\p{N}])co(?:[-\u2010-\u2015](?=\p{L})| (?=ops?(?![\p{L}\p{N}])|operat))/gu;

const quotation = /['’ʼ]/u;
/** Apostrophes that are no gap: within a Cyrillic word, and before an s at the end of one. */
const apostrophe = /['’ʼ](?:(?<=\p{scx=Cyrl}.)(?=\p{scx=Cyrl})|(?<=\p{L}.)(?=s(?![\p{L}\p{N}])))/gu;

const ascii = /^[\0-\x7f]*$/;

/** Nothing before this but the soft hyphen is a format character, a syllable of Japanese, or Arabic. */
const beyondHebrew = /[\u00ad\u02bb\u0600-\uffff]/;

function withoutAccents(text: string): string {
  const apart = text.normalize("NFKD").toLowerCase();
  const plain = (beyondHebrew.test(apart) ? apart.replace(/\p{Cf}|\u02bb/gu, "") : apart)
    .replace(marks, "")
    .replace(letter, (each) => letters[each] ?? each)
    .normalize("NFC");
  return beyondHebrew.test(plain)
    ? plain.replace(hiragana, (each) => String.fromCharCode(each.charCodeAt(0) + 0x60))
    : plain;
}

/**
 * Text as it is compared and sorted: lower case, without accents, compatibility
 * forms and punctuation, words separated by single spaces; Arabic letters and
 * Japanese syllables that stand for one another made the same. Empty when there
 * is no letter or digit in it.
 */
export function fold(text: string): string {
  const isAscii = ascii.test(text);
  let plain = isAscii ? text.toLowerCase() : withoutAccents(text);
  // Each of these is looked for by what few texts have, which is much faster.
  if (quotation.test(plain)) plain = plain.replace(apostrophe, "");
  // A point before a letter: at the end of a word it is a gap in any case.
  if (/\.[^\0-@]/.test(plain)) {
    plain = plain.replace(abbreviation, (each) => each.replaceAll(".", ""));
  }
  if (/co[-\u2010-\u2015 ]/.test(plain)) plain = plain.replace(prefixCo, "co");
  return plain.replace(isAscii ? /[^a-z0-9]+/g : /(?:[^\p{L}\p{M}\p{N}]|ʼ)+/gu, " ").trim();
}
