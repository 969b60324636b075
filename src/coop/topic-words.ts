import { CoopType, type Theme, themes } from "./codes.ts";
import topics from "./data/topic-words.json" with { type: "json" };
import { sectorWords } from "./sector-words.ts";
import { sectorCodes, sectorLabel } from "./sectors.ts";
import { themeWords } from "./themes.ts";

/** What a theme, a sector or a type is called. */
export interface TopicNames {
  /** `theme:food`, `isic4:4721`, `type:worker`. */
  code: string;
  /** Its titles, in every language that there is one in. */
  titles: string[];
  /** Plain words for it, each of which means it, or what is below it. */
  words: string[];
}

const translated: Record<string, Record<string, string[]>> = topics;

/** By language, code and place: the first is the title, of what has one. */
function namesIn(language: string, code: string): string[] {
  const names = translated[language];
  return names !== undefined && Object.hasOwn(names, code) ? (names[code] ?? []) : [];
}

/** Classes have plain words only, sections and divisions titles. */
function hasTitle(code: string): boolean {
  return code.startsWith("theme:") || code.length <= "isic4:99".length;
}

/**
 * The title of a theme (`theme:food`) or a sector (`isic4:47`) in a language,
 * or in English where it has none in that.
 */
export function topicLabel(code: string, language = "en"): string | undefined {
  const [base = ""] = language.split("-");
  const [title] = hasTitle(code) ? namesIn(base, code) : [];
  return (
    title ?? (code.startsWith("theme:") ? themes[code.slice(6) as Theme]?.label : sectorLabel(code))
  );
}

/** What each type of co-op is called, where people look for one. */
const typeWords: Record<CoopType, string> = {
  worker:
    "worker worker-owned employee-owned travailleurs SCOP trabajadores lavoratori Arbeiter Produktivgenossenschaft trabalhadores",
  "consumer-user":
    "consumer consumer-owned consommateurs consumidores consumatori Konsumgenossenschaft",
  producer:
    "producer producers producteurs productores produttori Erzeugergenossenschaft produtores",
  "multi-stakeholder": "multi-stakeholder multistakeholder SCIC multi-sociétariale",
};

/** All themes, sectors and types, with what they are called in any language. */
export function topicNames(): TopicNames[] {
  const codes = [...Object.keys(themes).map((theme) => `theme:${theme}`), ...sectorCodes()];
  const types = CoopType.options.map((type) => ({
    code: `type:${type}`,
    titles: [],
    words: typeWords[type].split(" "),
  }));
  const named = codes.map((code) => {
    const all = Object.keys(translated).map((language) => namesIn(language, code));
    const title = topicLabel(code);
    const english = code.startsWith("theme:")
      ? themeWords(code.slice(6) as Theme)
      : (sectorWords[code.slice("isic4:".length)] ?? []);
    return {
      code,
      titles: [
        ...(title === undefined ? [] : [title]),
        ...(hasTitle(code) ? all.flatMap(([first]) => first ?? []) : []),
      ],
      words: [...english, ...all.flatMap((names) => (hasTitle(code) ? names.slice(1) : names))],
    };
  });
  return [...named, ...types];
}
