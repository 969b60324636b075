import { z } from "zod";
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
function signsOf({ name, url, identifier = [], location }: Likely): [Likeness, string][] {
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

/** A listing of anybody, as far as it is needed; undefined when it says something else there. */
const LikelyRecord = z.object({
  about: z.object({
    name: z.string(),
    url: z.string().optional(),
    identifier: z
      .array(
        z.object({ type: z.literal("PropertyValue"), propertyID: z.string(), value: z.string() }),
      )
      .optional(),
    location: z
      .object({
        type: z.literal("Place"),
        address: z.object({
          type: z.literal("PostalAddress"),
          addressCountry: z.string(),
          addressLocality: z.string().optional(),
          postalCode: z.string().optional(),
        }),
      })
      .optional(),
  }),
});

/** What a held record says by which its listing may be known; undefined for what says it otherwise. */
export function likely(body: Uint8Array): Likely | undefined {
  const read = LikelyRecord.safeParse(JSON.parse(Buffer.from(body).toString()));
  return read.success ? read.data.about : undefined;
}

/** The signs of all rows, and which row had each first. */
export class Signs {
  readonly reported = new Set<number>();
  readonly #rows = new Map<string, { row: number; name: string }>();

  /** Notes a row; says which earlier ones it looks like. */
  add(row: number, listing: Likely): string[] {
    const alike = signsOf(listing).flatMap(([by, sign]) => {
      const key = `${by}\n${sign}`;
      const first = this.#rows.get(key);
      if (first === undefined) this.#rows.set(key, { row, name: listing.name });
      return first === undefined ? [] : [`row ${first.row}, “${first.name}”, has the same ${by}`];
    });
    if (alike.length > 0) this.reported.add(row);
    return alike;
  }

  /** The rows that look like a listing, by which of its signs; each row once. */
  like(listing: Likely): { row: number; name: string; by: Likeness }[] {
    const found = new Map<number, { row: number; name: string; by: Likeness }>();
    for (const [by, sign] of signsOf(listing)) {
      const first = this.#rows.get(`${by}\n${sign}`);
      if (first !== undefined && !found.has(first.row)) found.set(first.row, { ...first, by });
    }
    return [...found.values()];
  }
}
