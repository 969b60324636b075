import { Theme, themes } from "./codes.ts";
import type { Listing } from "./listing.ts";
import type { SearchQuery } from "./query.ts";
import { regionCodes, regionLabel, regionPath } from "./regions.ts";
import { isSector, sectorLabel, sectorPath } from "./sectors.ts";

/**
 * What people follow to hear of new co-ops: those of a theme, of a sector, of a
 * region, of a theme in a region, or all. There are some hundred thousand of
 * them, and none is stored: each is what its name says.
 */
export interface Feed {
  theme?: Theme;
  /** Never together with a theme or a region. */
  sector?: string;
  region?: string;
}

/** The name of the feed of all co-ops. */
const ALL = "all";

const sectorScheme = "isic4:";
/** Regions of ISO 3166 stand in names without their scheme. */
const plainSchemes = /^iso3166-[12]:/;

let regions: Map<string, string> | undefined;

/** Every region that has a feed, by how names write it: `gb-sct`, `nuts.itc11`. */
function regionByWord(): Map<string, string> {
  return (regions ??= new Map(regionCodes().map((code) => [wordOf(code), code])));
}

function wordOf(region: string): string {
  return region.replace(plainSchemes, "").replace(":", ".").toLowerCase();
}

/** The name of a feed: what stands before the @ of its handle, and ends its URL. */
export function feedName({ theme, sector, region }: Feed): string {
  if (sector !== undefined) return `sector.${sector.slice(sectorScheme.length).toLowerCase()}`;
  if (region === undefined) return theme ?? ALL;
  return `${theme ?? "region"}.${wordOf(region)}`;
}

/** The feed with a name, in small letters; undefined if none has it. */
export function readFeedName(name: string): Feed | undefined {
  if (name === ALL) return {};
  const dot = name.indexOf(".");
  const [first, rest] = dot === -1 ? [name, undefined] : [name.slice(0, dot), name.slice(dot + 1)];
  if (first === "sector") {
    const sector = `${sectorScheme}${rest?.toUpperCase()}`;
    return isSector(sector) && feedName({ sector }) === name ? { sector } : undefined;
  }
  const { data: theme } = Theme.safeParse(first);
  if (rest === undefined) return theme && { theme };
  const region = regionByWord().get(rest);
  if (region === undefined || (theme === undefined && first !== "region")) return undefined;
  return theme === undefined ? { region } : { theme, region };
}

/** What a feed is about, in words: `Housing, Scotland`. */
export function feedTitle({ theme, sector, region }: Feed): string {
  if (sector !== undefined) return sectorLabel(sector) ?? sector;
  const parts = [theme && themes[theme].label, region && (regionLabel(region) ?? region)];
  return parts.filter((part) => part !== undefined).join(", ") || "All co-ops";
}

/** The search that finds all co-ops of a feed. */
export function feedQuery({ theme, sector, region }: Feed): SearchQuery {
  return {
    ...(theme && { theme: [theme] }),
    ...(sector !== undefined && { sector: [sector] }),
    ...(region !== undefined && { region: [region] }),
  };
}

/** What of a search a feed can be about; anything else, and no feed has what it finds. */
const followed = new Set(["theme", "sector", "region"]);
/** What changes nothing about what is found. */
const idle = new Set(["sort", "cursor", "limit", "facets", "lang", "count"]);

/** The feed that has what a search finds, if there is one. */
export function feedOf(query: SearchQuery): Feed | undefined {
  for (const [key, value] of Object.entries(query)) {
    if (value === undefined || idle.has(key)) continue;
    if (!followed.has(key) || !Array.isArray(value) || value.length > 1) return undefined;
  }
  const [theme, sector, region] = [query.theme?.[0], query.sector?.[0], query.region?.[0]];
  if (sector !== undefined && (theme !== undefined || region !== undefined)) return undefined;
  if (region !== undefined && regionByWord().get(wordOf(region)) !== region) return undefined;
  return {
    ...(theme && { theme }),
    ...(sector !== undefined && { sector }),
    ...(region !== undefined && { region }),
  };
}

/** What decides to which feeds a listing belongs. */
type Sorted = Pick<Listing, "theme" | "activity" | "location">;

/** The names of all feeds that a listing belongs to: of its themes, and of its sectors and regions with all above them. */
export function feedsOf({ theme = [], activity = [], location }: Sorted): string[] {
  const country = location && `iso3166-1:${location.address.addressCountry}`;
  const places = [...(location?.region ?? []), ...(country === undefined ? [] : [country])];
  const known = regionByWord();
  const above = [...new Set(places.flatMap((code) => regionPath(code)))].filter(
    (code) => known.get(wordOf(code)) === code,
  );
  const sectors = [...new Set(activity.flatMap((code) => sectorPath(code)))];
  const feeds: Feed[] = [
    {},
    ...theme.map((each) => ({ theme: each })),
    ...sectors.map((sector) => ({ sector })),
    ...above.map((region) => ({ region })),
    ...theme.flatMap((each) => above.map((region) => ({ theme: each, region }))),
  ];
  return [...new Set(feeds.map(feedName))];
}
