import { parseSource, type SearchQuery } from "../coop/query.ts";
import type { SearchResult } from "../index/directory-index.ts";
import type { Names } from "./pages/filter-label.ts";
import type { Site } from "./site.ts";
import { knownSources } from "./sources.ts";

/** So many federations are called by their names; more are never shown unfolded. */
const most = 12;

/** What the federations and sources are called that a search can be narrowed to. */
export async function filterNames(
  { db, index }: Pick<Site, "db" | "index">,
  query: SearchQuery,
  facets: SearchResult["facets"],
): Promise<Names> {
  const names = new Map<string, string>();
  const federations = [
    ...(query.member_of ?? []),
    ...(facets.member_of ?? []).map(({ value }) => value),
  ];
  const found = await Promise.all(
    [...new Set(federations)]
      .slice(0, most)
      .map(async (value) => [value, (await index.lookup(value))[0]?.listing.name] as const),
  );
  for (const [value, name] of found) if (name !== undefined) names.set(value, name);
  for (const { isBasedOn, creditText } of await knownSources(db)) {
    const source = isBasedOn === undefined ? undefined : parseSource(isBasedOn);
    if (source !== undefined && creditText !== undefined) names.set(source, creditText);
  }
  return names;
}
