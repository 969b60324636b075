import type { Listing } from "../coop/listing.ts";
import { registrationKey } from "../coop/registrations.ts";

/** What a listing says by which it may be known as one that is there already. */
type Likely = Pick<Listing, "name" | "url" | "identifier" | "location">;

/** By what two listings are alike. */
export type Likeness = "registration" | "name and place" | "website";

/**
 * The signs by which two listings may be of one co-op: a registration, the name
 * together with the place, and the website. Equal signs are reason to look, and
 * none to merge: chains share a website, and neighbours a name.
 */
export function signsOf({ name, url, identifier = [], location }: Likely): [Likeness, string][] {
  const registrations = identifier.flatMap(({ propertyID, value }) => {
    const key = registrationKey(propertyID, value);
    return key === undefined ? [] : [["registration", key] as [Likeness, string]];
  });
  const site = url === undefined ? undefined : siteOf(url);
  const place = placeOf(location);
  return [
    ...registrations,
    ...(place === undefined
      ? []
      : [["name and place", `${plain(name)}\n${place}`] as [Likeness, string]]),
    ...(site === undefined ? [] : [["website", site] as [Likeness, string]]),
  ];
}

/** The town, or the postcode where there is no town: with the country. */
function placeOf(location: Likely["location"]): string | undefined {
  if (location === undefined) return undefined;
  const { addressCountry, addressLocality, postalCode } = location.address;
  const town = addressLocality ?? postalCode;
  return town === undefined ? undefined : `${addressCountry} ${plain(town)}`;
}

/** Host and path, without what changes nothing: `www.`, the scheme, a last slash. */
function siteOf(address: string): string | undefined {
  if (!URL.canParse(address)) return undefined;
  const { hostname, pathname, search } = new URL(address);
  return `${hostname.replace(/^www\./, "")}${pathname.replace(/\/+$/, "")}${search}`;
}

/** Letters and digits only, without case and accents. */
function plain(text: string): string {
  return text
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim()
    .toLowerCase();
}
