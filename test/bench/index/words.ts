import { Chance } from "./chance.ts";

/** The languages of the texts, the most used first, with their shares in percent. */
export const languages: readonly [tag: string, share: number][] = [
  ["en", 31],
  ["fr", 14],
  ["es", 12],
  ["it", 10],
  ["de", 8],
  ["pt", 6],
  ["pl", 5],
  ["nl", 4],
  ["sv", 3.5],
  ["tr", 3],
  ["fi", 2],
  ["id", 1.5],
];

/** Words of each language: 463,524 of all together. */
export const wordsOfLanguage = 38_627;

/**
 * Words by their numbers: those of a language are one after the other, the most
 * used first. No name of a place and no title of a sector begins as they do, so
 * that hits can be counted in the data alone.
 */
export interface Vocabulary {
  /** Without accents: what peers hold, and what is asked for. */
  plain: string[];
  /** As a listing has them. */
  written: string[];
}

const beginnings = pairs("xqjzv");
const beginningsOfPlaces = pairs("w");
const consonants = Array.from("bdfgklmnprstvz");
const vowels = Array.from("aeiou");
const accents: Record<string, string> = { a: "á", e: "é", i: "í", o: "ö", u: "ü" };

/** The words of a seed. */
export function vocabulary(seed: number): Vocabulary {
  const chance = new Chance(seed);
  const taken = new Set<string>();
  const fresh = (syllables: number) => newWord(chance, beginnings, syllables, taken);
  const plain: string[] = [];
  const written: string[] = [];
  for (const language of languages.keys()) {
    for (let rank = 0; rank < wordsOfLanguage; rank += 1) {
      const syllables = rank < 128 ? 2 : rank < 4096 ? 3 : 4;
      const word = fresh(syllables);
      plain.push(word);
      const accented = language > 0 && chance.happens(0.25);
      written.push(accented ? word.replace(/[aeiou]/, (each) => accents[each] ?? each) : word);
    }
  }
  return { plain, written };
}

/** Names of places: a word for each, which no other text has. */
export function placeNames(chance: Chance, count: number): string[] {
  const taken = new Set<string>();
  return Array.from({ length: count }, () => newWord(chance, beginningsOfPlaces, 4, taken));
}

function newWord(
  chance: Chance,
  from: readonly string[],
  syllables: number,
  taken: Set<string>,
): string {
  for (;;) {
    let word = chance.pick(from) + chance.pick(vowels);
    for (let at = 1; at < syllables; at += 1) word += chance.pick(consonants) + chance.pick(vowels);
    if (taken.has(word)) continue;
    taken.add(word);
    return word;
  }
}

function pairs(firsts: string): string[] {
  return Array.from(firsts).flatMap((first) => Array.from("bdfgkmnpt", (next) => first + next));
}
