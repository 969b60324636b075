import { themes, type CoopType, type Level, type Status, type Theme } from "../../coop/codes.ts";
import { type FacetName, facetNames, type SearchQuery } from "../../coop/query.ts";
import { regionLabel } from "../../coop/regions.ts";
import { sectorLabel } from "../../coop/sectors.ts";
import type { Answer } from "../../coop/stakeholders.ts";
import { answerWords, levelWords, statusWords, typeWords } from "../words.ts";

/** The address of a search. */
export function searchHref(query: SearchQuery): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined || value === "") continue;
    for (const each of [value].flat()) parameters.append(name, String(each));
  }
  const text = parameters.toString().replaceAll("%3A", ":");
  return text === "" ? "/search" : `/search?${text}`;
}

/** One value of one filter. */
export interface Filter {
  name: FacetName;
  value: string;
}

/** The filters of a search, one by one. */
export function activeFilters(query: SearchQuery): Filter[] {
  return facetNames.flatMap((name) => (query[name] ?? []).map((value) => ({ name, value })));
}

/** The same search, from its beginning, without one of its filters. */
export function without(query: SearchQuery, { name, value }: Filter): SearchQuery {
  const { cursor: _, ...rest } = query;
  const kept = (query[name] ?? []).filter((each) => each !== value);
  return { ...rest, [name]: kept.length === 0 ? undefined : kept };
}

/** What a value of a filter is called. */
export function filterLabel({ name, value }: Filter): string {
  switch (name) {
    case "theme":
      return themes[value as Theme]?.label ?? value;
    case "sector":
      return sectorLabel(value) ?? value;
    case "region":
      return regionLabel(value) ?? value;
    case "type":
      return typeWords[value as CoopType] ?? value;
    case "level":
      return levelWords[value as Level] ?? value;
    case "status":
      return statusWords[value as Status] ?? value;
    default:
      return answerWords[value as Answer] ?? value;
  }
}
