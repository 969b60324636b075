/** A code that can be found by what people type. */
export interface Findable {
  code: string;
  label: string;
  /** Other words for it. */
  words?: readonly string[];
}

/** A list of codes, ready to be looked through. */
export type Findables = (Findable & { names: string[] })[];

/** Letters that Unicode doesn't take apart. */
const letters: Record<string, string> = {
  ł: "l",
  ø: "o",
  đ: "d",
  ð: "d",
  ß: "ss",
  æ: "ae",
  œ: "oe",
  ı: "i",
};

/** Small letters, without accents; words with one space between them. */
function plain(text: string): string {
  return text
    .normalize("NFKD")
    .toLowerCase()
    .replace(/\p{M}/gu, "")
    .replace(/[łøđðßæœı]/gu, (each) => letters[each] ?? each)
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim();
}

/** Prepares a list, once for all that is asked of it. */
export function findables(list: Iterable<Findable>): Findables {
  return [...list].map((each) => ({
    ...each,
    names: [each.label, ...(each.words ?? [])].map(plain),
  }));
}

/**
 * The codes that fit what somebody types, the likeliest first: the code itself,
 * then names that are it, begin with it, have words that begin with its words,
 * or have it somewhere. Of equals the shorter name comes first, then what comes
 * first in the list. Nothing typed gives the beginning of the list.
 *
 * @param first Those for which this is true come before all others.
 */
export function ranked(
  list: Findables,
  text: string,
  limit: number,
  first: (code: string) => boolean = () => false,
): { code: string; label: string }[] {
  const query = plain(text);
  const code = text.trim().toLowerCase();
  return list
    .map((each, index) => ({ each, index, score: scoreOf(each, query, code) }))
    .filter(({ score }) => score < none)
    .map((found) => ({ ...found, later: first(found.each.code) ? 0 : 1 }))
    .toSorted(
      (a, b) =>
        a.later - b.later ||
        a.score - b.score ||
        (query === "" ? 0 : a.each.label.length - b.each.label.length) ||
        a.index - b.index,
    )
    .slice(0, limit)
    .map(({ each }) => ({ code: each.code, label: each.label }));
}

const none = 5;

function scoreOf({ code, names }: Findables[number], query: string, typed: string): number {
  const own = code.toLowerCase();
  if (typed !== "" && (own === typed || own.slice(own.indexOf(":") + 1) === typed)) return 0;
  if (query === "") return typed === "" ? 1 : none;
  const scores = names.map((name) => {
    if (name === query) return 1;
    if (name.startsWith(query)) return 2;
    const words = name.split(" ");
    if (query.split(" ").every((each) => words.some((word) => word.startsWith(each)))) return 3;
    return query.length > 2 && name.includes(query) ? 4 : none;
  });
  return Math.min(...scores);
}
