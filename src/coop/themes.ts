import { type Theme, themes } from "./codes.ts";
import { type Findables, findables, ranked } from "./ranking.ts";
import { sectorPath } from "./sectors.ts";

const words: Partial<Record<Theme, string[]>> = {
  food: ["farm", "farming", "agriculture", "grocery", "restaurant", "fishing", "market garden"],
  housing: ["homes", "tenants", "co-housing", "building together"],
  care: ["health", "elderly", "childcare", "disability", "social services"],
  energy: ["electricity", "solar", "wind", "heating"],
  finance: ["credit union", "bank", "savings", "insurance", "loans"],
  work: ["jobs", "freelancers", "work integration", "consultancy"],
  culture: ["arts", "music", "theatre", "media", "books", "sport"],
  education: ["school", "training", "learning"],
  environment: ["recycling", "re-use", "water", "forest", "climate"],
  "fair-trade": ["fairtrade", "trade justice"],
  tech: ["software", "internet", "platform", "digital"],
  transport: ["mobility", "bus", "car sharing", "delivery", "bicycles"],
  retail: ["shop", "supermarket", "second-hand"],
  making: ["crafts", "manufacturing", "construction", "workshop"],
  community: ["club", "neighbourhood", "association", "pub"],
};

/** Plain English words for what co-ops of a theme do. */
export function themeWords(theme: Theme): readonly string[] {
  return words[theme] ?? [];
}

/**
 * The themes of a sector: those that name it, or else those that name what
 * contains it, the nearest first. For sources that have nothing but a code.
 *
 * @param activity `isic4:4711`.
 */
export function themesOf(activity: string): Theme[] {
  for (const sector of sectorPath(activity)) {
    const code = sector.slice("isic4:".length);
    const named = (Object.keys(themes) as Theme[]).filter((theme) =>
      themes[theme].isic.some((each) => each === code),
    );
    if (named.length > 0) return named;
  }
  return [];
}

let list: Findables | undefined;

/** Themes by their names, codes and plain words, the likeliest first. */
export function findThemes(text: string, limit = 20): { code: Theme; label: string }[] {
  list ??= findables(
    (Object.keys(themes) as Theme[]).map((code) => ({
      code,
      label: themes[code].label,
      words: words[code] ?? [],
    })),
  );
  return ranked(list, text, limit) as { code: Theme; label: string }[];
}
