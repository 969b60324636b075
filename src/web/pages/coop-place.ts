import { html } from "hono/html";
import type { Point } from "../../coop/earth.ts";
import type { Listing } from "../../coop/listing.ts";
import type { SearchQuery } from "../../coop/query.ts";
import { regionLabel, regionPath } from "../../coop/regions.ts";
import type { Entry } from "../../index/directory-index.ts";
import { placeWords, regionName } from "../entries.ts";
import type { Html } from "../text.ts";
import { precisionWords } from "../words.ts";
import { locatorMap } from "./locator-map.ts";
import { searchHref } from "./search-address.ts";

/** So many km around a co-op is near it. */
const nearby = 25;

/** The address, the place from near to far, and a dot in the outline of the country. */
export function place(entry: Entry): Html | undefined {
  const { location } = entry.listing;
  if (location === undefined) return undefined;
  const { latitude, longitude, address } = location;
  const street = [address.streetAddress, address.postalCode].filter((each) => each !== undefined);
  return html`${street.length === 0 ? "" : html`<span dir="auto">${street.join(", ")}</span><br />`}${placeWords(entry).join(", ")}${
    latitude === undefined || longitude === undefined ? "" : point(location, latitude, longitude)
  }`;
}

function point(
  { precision, address: { addressCountry } }: NonNullable<Listing["location"]>,
  latitude: number,
  longitude: number,
): Html {
  const countryName = regionLabel(`iso3166-1:${addressCountry}`) ?? addressCountry;
  const spot = { country: addressCountry, countryName, latitude, longitude, precision };
  return html`${locatorMap(spot) ?? html`<br />`}<span class="aside"
      ><data value="${latitude},${longitude}"
        >${degrees(latitude, "N", "S")}, ${degrees(longitude, "E", "W")}</data
      >${precision === undefined ? "" : `, ${precisionWords[precision]}`}</span
    >${around({ latitude, longitude })}`;
}

/** What else is there: in a list, the nearest first, and on the map. */
function around(near: Point): Html {
  const query: SearchQuery = { near, radius_km: nearby };
  return html`<br /><a href="${searchHref({ ...query, sort: "nearest" })}">Co-ops nearby</a> ·
    <a href="${searchHref(query, "/map")}">on the map</a>`;
}

function degrees(value: number, positive: string, negative: string): string {
  // Four digits are about ten metres: more would pretend.
  return `${Math.abs(value).toFixed(4)}°\u00a0${value < 0 ? negative : positive}`;
}

/** The codes of other schemes in which the place is counted, beside the one that names it. */
export function otherRegions({ location }: Listing): Html | undefined {
  const others = location?.region?.slice(1) ?? [];
  return others.length === 0 ? undefined : regions(others);
}

/** Where it works. */
export function areaServed(listing: Listing): Html | undefined {
  return listing.areaServed && regions(listing.areaServed);
}

function regions(codes: string[]): Html {
  return html`${codes.map((code, index) => [index === 0 ? "" : html`<br />`, region(code)])}`;
}

/** A region and what contains it; of other schemes than ISO 3166 the code, too. */
function region(code: string): Html {
  if (code.startsWith("iso3166-")) return html`${regionPath(code).map(regionName).join(", ")}`;
  const scheme = code.slice(0, code.indexOf(":"));
  const label = regionLabel(code) ?? code.slice(scheme.length + 1);
  return scheme === "self"
    ? html`<span dir="auto">${label}</span> <span class="aside">(self-declared)</span>`
    : html`<span dir="auto">${label}</span> <span class="code">${code}</span>`;
}
