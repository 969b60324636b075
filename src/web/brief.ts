import type { Entry } from "../index/directory-index.ts";
import { pagePath } from "./entries.ts";
import type { Site } from "./site.ts";

/** A co-op in short, for programs; all of it is at `/api/v1/coops/lookup?id=`. */
export interface Brief {
  /** The co-op's own URL. */
  id: string;
  /** The signed record. */
  listing: string;
  /** The page on this node. */
  page: string;
  name: string;
  themes: string[];
  /** ISO 3166-1 alpha-2. */
  country: string | null;
  locality: string | null;
  latitude: number | null;
  longitude: number | null;
  /** A worked example: found, but never counted. */
  example: boolean;
}

/** What stands for a co-op where several are put beside each other. */
export function brief(node: Pick<Site["node"], "origin" | "host">, entry: Entry): Brief {
  const { id, name, theme = [], location, example } = entry.listing;
  return {
    id,
    listing: entry.record,
    page: node.origin + pagePath(node.host, entry),
    name,
    themes: theme,
    country: location?.address.addressCountry ?? null,
    locality: location?.address.addressLocality ?? null,
    latitude: location?.latitude ?? null,
    longitude: location?.longitude ?? null,
    example: example === true,
  };
}
