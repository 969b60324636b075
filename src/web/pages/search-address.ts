import type { Point } from "../../coop/earth.ts";
import { parseAlso } from "../../coop/dimensions.ts";
import { facetNames, type SearchQuery } from "../../coop/query.ts";
import { factLabel } from "../statistics-words.ts";
import { counted, number } from "../text.ts";
import { facetWords } from "../words.ts";
import { type Filter, filterLabel, type Names } from "./filter-label.ts";

/** The address of a search, or of what else answers the same question. */
export function searchHref(query: SearchQuery, path = "/search"): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined || value === "") continue;
    for (const each of [value].flat()) parameters.append(name, written(each));
  }
  const text = parameters.toString().replaceAll("%3A", ":").replaceAll("%2C", ",");
  return text === "" ? path : `${path}?${text}`;
}

/** A value as parameters have it; places are numbers with commas between them. */
function written(value: Exclude<SearchQuery[keyof SearchQuery], undefined | unknown[]>): string {
  if (typeof value !== "object") return String(value);
  return "latitude" in value
    ? `${value.latitude},${value.longitude}`
    : [value.west, value.south, value.east, value.north].join(",");
}

/** Something that narrows a search, and the same search, from its beginning, without it. */
export interface Narrowing {
  /** The parameter. */
  name: keyof SearchQuery;
  label: string;
  rest: SearchQuery;
}

/** All that narrows a search beside its words, one by one. */
export function narrowings(query: SearchQuery, names?: Names): Narrowing[] {
  const { cursor: _, ...first } = query;
  const { near, radius_km, bbox, founded_from: from, founded_to: to } = query;
  const values = facetNames.flatMap((name) =>
    (query[name] ?? []).map((value): Narrowing => {
      const kept = (query[name] as string[]).filter((each) => each !== value);
      return {
        name,
        label: chipLabel({ name, value }, names),
        rest: { ...first, [name]: kept.length === 0 ? undefined : kept },
      };
    }),
  );
  const others: Narrowing[] = [];
  if (near !== undefined) {
    others.push({
      name: "near",
      label: `Within ${number(radius_km ?? 0)} km of ${place(near.latitude, near.longitude)}`,
      rest: {
        ...first,
        near: undefined,
        radius_km: undefined,
        sort: unless(first.sort, "nearest"),
      },
    });
  }
  if (bbox !== undefined) {
    others.push({
      name: "bbox",
      label: `Between ${place(bbox.south, bbox.west)} and ${place(bbox.north, bbox.east)}`,
      rest: { ...first, bbox: undefined },
    });
  }
  if (from !== undefined || to !== undefined) {
    const years =
      from === undefined ? `by ${to}` : to === undefined ? `since ${from}` : `${from} to ${to}`;
    others.push({
      name: "founded_from",
      label: `Founded ${years}`,
      rest: { ...first, founded_from: undefined, founded_to: undefined },
    });
  }
  if (query.in_year !== undefined) {
    others.push({
      name: "in_year",
      label: `There in ${query.in_year}`,
      rest: { ...first, in_year: undefined },
    });
  }
  for (const each of query.also ?? []) {
    const rest = query.also?.filter((other) => other !== each);
    const also = parseAlso(each);
    if (also === undefined) continue;
    others.push({
      name: "also",
      label: factLabel(also, names),
      rest: { ...first, also: rest?.length === 0 ? undefined : rest },
    });
  }
  return [...values, ...others];
}

/** On its own a value such as “Not known” would say nothing. */
function chipLabel(filter: Filter, names: Names | undefined): string {
  const label = filterLabel(filter, names);
  const telling: (keyof SearchQuery)[] = ["theme", "sector", "region", "type", "capital"];
  return telling.includes(filter.name) ? label : `${facetWords[filter.name]}: ${label}`;
}

/** A point in words: `53.80° N, 1.55° W`. */
export function pointWords({ latitude, longitude }: Point): string {
  return place(latitude, longitude);
}

function place(latitude: number, longitude: number): string {
  const degrees = (value: number, [above, below]: readonly [string, string]) =>
    `${Math.abs(value).toFixed(2)}°\u00a0${value < 0 ? below : above}`;
  return `${degrees(latitude, ["N", "S"])}, ${degrees(longitude, ["E", "W"])}`;
}

function unless<T>(value: T | undefined, not: T): T | undefined {
  return value === not ? undefined : value;
}

/** How many were found, by what is counted. */
export function foundWords(total: number, { count }: SearchQuery): string {
  return counted(total, count === "listings" ? "listing" : "co-op");
}
