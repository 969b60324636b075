import { type Asked, type AskedPart, readText } from "./asked.ts";
import { fold } from "./fold.ts";
import { allowedDistance, type Vocabulary } from "./vocabulary.ts";

/** Words that are tried in place of another. */
const mostWords = 8;

/** Of what finds something, only words are doubted that stand in so few listings. */
const rare = 10;

/** Words of a text that are doubted. */
const mostDoubted = 5;

/** Searches that are tried before it is given up. */
const mostTries = 24;

/** Words of scripts without spaces, of which there may be more than one. */
const run = /[\p{scx=Han}\p{scx=Hira}\p{scx=Kana}\p{scx=Hang}\p{scx=Thai}]{4,}/gu;

let segmenter: Intl.Segmenter | undefined;

/** Only for what is asked: what it says changes from one version of ICU to the next. */
function wordsIn(text: string): string[] {
  segmenter ??= new Intl.Segmenter("ja", { granularity: "word" });
  return [...segmenter.segment(text)].map(({ segment }) => segment);
}

/** How many listings a text finds. */
type Count = (asked: Asked) => number;

/**
 * What may have been meant by a text: with words of the index in place of those
 * that stand in none of its listings, or in too few; and if that finds nothing,
 * without one of its words. Quoted words and numbers are left alone; words of
 * scripts without spaces are only taken apart.
 *
 * @param found How many listings the text finds as it is: what is meant finds
 *   more, and if this isn't 0, at least ten times as many.
 * @returns The text with the words put right, or undefined.
 */
export function meant(
  typed: string,
  found: number,
  vocabulary: Vocabulary,
  count: Count,
): string | undefined {
  const { kind, parts } = readText(typed);
  if (kind !== "words") return undefined;
  const least = found === 0 ? 1 : found * 10;
  let tries = mostTries;
  const tried = (text: string) => tries-- > 0 && count(readText(text)) >= least;
  const apart = withSpaces(typed);
  if (apart !== typed && tried(apart)) return apart;

  const doubtful = parts
    .filter(canBeWrong)
    .filter((part) => found === 0 || vocabulary.count(textOf(part)) <= rare);
  const unknown = doubtful.filter(
    (part) => count({ kind: "words", parts: [part], whole: part.words, coop: false }) === 0,
  );
  // All that stand nowhere have to be replaced at once; if each stands somewhere, any one.
  const choices: AskedPart[][] = unknown.length > 0 ? [unknown] : doubtful.map((part) => [part]);
  for (const wrong of choices.slice(0, mostDoubted)) {
    if (tries <= 0 || wrong.length > mostDoubted) break;
    const each = wrong.map((part) => ({ from: textOf(part), to: nearest(part, vocabulary) }));
    if (each.some(({ to }) => to.length === 0)) continue;
    for (const rank of ranks(each.map(({ to }) => to.length))) {
      const text = each.reduce(
        (sum, { from, to }, at) => replaced(sum, from, to[rank[at] ?? 0] ?? from),
        typed,
      );
      if (tried(text)) return text;
    }
  }
  return found === 0 ? withoutOne(typed, parts, count) : undefined;
}

/** Words of scripts without spaces with spaces between them: they needn't stand together then. */
function withSpaces(typed: string): string {
  if (typed.includes('"')) return typed;
  return typed.replace(run, (text) => {
    const words = wordsIn(text);
    return words.every((each) => Array.from(each).length > 1) ? words.join(" ") : text;
  });
}

/** Of three words or more, all but the one that stands in the way of the most telling rest. */
function withoutOne(typed: string, parts: AskedPart[], count: Count): string | undefined {
  if (parts.length < 3 || parts.length > 8 || parts.some(({ quoted }) => quoted)) return undefined;
  let best: { text: string; found: number } | undefined;
  for (const part of parts) {
    const text = replaced(typed, textOf(part), "").replace(/\s+/gu, " ").trim();
    const found = count(readText(text));
    if (found > 0 && (best === undefined || found < best.found)) best = { text, found };
  }
  return best?.text;
}

function canBeWrong({ words: [word], quoted }: AskedPart): boolean {
  return (
    !quoted &&
    word !== undefined &&
    !word.run &&
    allowedDistance(word.text.length) > 0 &&
    !/\p{N}/u.test(word.text)
  );
}

function textOf({ words: [word] }: AskedPart): string {
  return word?.text ?? "";
}

function nearest(part: AskedPart, vocabulary: Vocabulary): string[] {
  const word = textOf(part);
  return vocabulary
    .near(word, allowedDistance(word.length), mostWords + 1)
    .flatMap((each) => (each.word === word ? [] : each.word))
    .slice(0, mostWords);
}

/** Which of its words each takes: the first of all, then those next to them. */
function ranks(lengths: number[]): number[][] {
  let all: number[][] = [[]];
  for (const length of lengths) {
    all = all.flatMap((some) => Array.from({ length }, (_, at) => [...some, at]));
    all = all.toSorted((a, b) => sum(a) - sum(b)).slice(0, mostTries);
  }
  return all;
}

function sum(numbers: number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}

/** The text with a word in place of another, the rest as it was typed. */
function replaced(typed: string, from: string, to: string): string {
  return typed
    .split(/(\s+|["“”„‟«»＂])/u)
    .map((token) => {
      const words = fold(token).split(" ");
      if (!words.includes(from)) return token;
      return words.map((each) => (each === from ? to : each)).join(" ");
    })
    .join("");
}
