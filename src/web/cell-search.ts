import type { DimensionName } from "../coop/dimensions.ts";
import type { SearchQuery } from "../coop/query.ts";
import { filtersOf } from "../index/dimensions.ts";

/** A value of a dimension. */
export type Fact = readonly [dimension: DimensionName, value: string];

/**
 * The search that finds what is counted in a cell: that of the table, with the
 * facts of the cell. A filter that is free says a fact best; else it is demanded
 * beside, as values of one filter are alternatives.
 */
export function cellSearch(query: SearchQuery, facts: readonly Fact[]): SearchQuery {
  const search: SearchQuery = { ...query };
  const demand = ([name, value]: Fact) => {
    search.also = [...(search.also ?? []), `${name}:${value}`];
  };
  for (const fact of facts) {
    const { facet, founded, in_year: year } = filtersOf(...fact);
    if (year !== undefined) search.in_year = year;
    else if (facet !== undefined && isFree(search[facet.name])) {
      Object.assign(search, { [facet.name]: [facet.value] });
    } else if (
      founded !== undefined &&
      search.founded_from === undefined &&
      search.founded_to === undefined
    ) {
      search.founded_from = founded.from;
      search.founded_to = founded.to;
    } else demand(fact);
  }
  return search;
}

function isFree(values: readonly string[] | undefined): boolean {
  return values === undefined || values.length === 0;
}
