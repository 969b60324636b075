import { countryLanguages, regionWords } from "../coop/region-words.ts";
import { countries, isRegion, regionLabel } from "../coop/regions.ts";
import { sectorPath } from "../coop/sectors.ts";
import { topicNames } from "../coop/topic-words.ts";
import { readText } from "./asked.ts";

/** Words of the titles of sectors that say nothing alone. */
const fillers = new Set(
  (
    "activities activity other service services related except including not elsewhere classified nec " +
    "products product own use basis fee contract similar general support auxiliary articles goods non " +
    "based n e c etc general specialized forms kinds similar " +
    "activites autres services produits articles propre travaux organisations " +
    "actividades otros otras servicios productos propio apoyo otro otra " +
    "attivita altri altre altro servizi prodotti supporto fornitura " +
    "undifferentiated community private"
  ).split(" "),
);

/** The shortest beginning of a name that is completed. */
const shortest = 4;

/** Codes that one name stands for at the most: words that stand for more say nothing. */
const mostCodes = 40;

interface Names {
  /** By name, its words with single spaces between them, what it may stand for. */
  codes: Map<string, string[]>;
  /** The names in order, to find those that begin with something. */
  sorted: string[];
}

/** A name that is found as it is written. */
const plainWord = /^[A-Z][a-z]{3,}$/;

let table: Names | undefined;

function names(): Names {
  if (table !== undefined) return table;
  const codes = new Map<string, string[]>();
  const add = (name: string, code: string) => {
    if (name === "") return;
    const known = codes.get(name);
    if (known === undefined) codes.set(name, [code]);
    else if (!known.includes(code)) known.push(code);
  };
  const topics = topicNames();
  for (const { code, titles } of topics) {
    for (const title of titles) {
      const split = contentWords(title);
      add(split.join(" "), code);
      for (const word of split) if (!fillers.has(word)) add(word, code);
    }
  }
  const [themes, sectors] = [true, false].map((wanted) =>
    topics
      .filter(({ code }) => code.startsWith("theme:") === wanted)
      .flatMap(({ code, words }) => words.map((word) => ({ code, name: nameOf(word) }))),
  );
  for (const { name, code } of sectors ?? []) add(name, code);
  // What is a word for something narrower is no word for the theme: not all finance is credit unions.
  for (const { name, code } of themes ?? []) if (!codes.has(name)) add(name, code);
  for (const { code } of countries()) {
    // The same name in several languages is read once.
    const labels = new Set(countryLanguages.map((language) => regionLabel(code, language) ?? ""));
    for (const label of labels)
      add(plainWord.test(label) ? label.toLowerCase() : nameOf(label), code);
  }
  for (const [code, words] of Object.entries(regionWords)) {
    if (isRegion(code)) for (const word of words) add(nameOf(word), code);
  }
  table = { codes, sorted: [...codes.keys()].toSorted() };
  return table;
}

function nameOf(text: string): string {
  return contentWords(text).join(" ");
}

/** The words of a name as they are left of it when somebody types it. */
function contentWords(name: string): string[] {
  return readText(name.replaceAll('"', "")).parts.flatMap(({ words }) =>
    words.map(({ text }) => text),
  );
}

/**
 * The themes, sectors, countries and regions that go by a name, in any language
 * that is known of them: a whole title, a word of it, or a plain word for it.
 * What is contained in another one of them is left out.
 *
 * @param words The words of the name, as `readText` leaves them.
 * @param incomplete The last one may be the beginning of a word, if it is none.
 */
export function codesNamed(words: readonly string[], incomplete: boolean): string[] {
  const { codes, sorted } = names();
  const name = words.join(" ");
  const found = new Set(codes.get(name));
  if (found.size === 0 && incomplete && Array.from(words.at(-1) ?? "").length >= shortest) {
    for (let at = firstFrom(sorted, name); sorted[at]?.startsWith(name) === true; at++) {
      for (const code of codes.get(sorted[at] ?? "") ?? []) found.add(code);
    }
  }
  const widest = [...found].filter((code) =>
    sectorPath(code)
      .slice(1)
      .every((above) => !found.has(above)),
  );
  return widest.length > mostCodes ? [] : widest;
}

/** Every word that stands for a code alone: a spelling that is right, though no text may have it. */
export function namingWords(): string[] {
  return names().sorted.filter((name) => !name.includes(" "));
}

function firstFrom(sorted: readonly string[], wanted: string): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? "") < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}
