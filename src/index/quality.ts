import type { Listing } from "../coop/listing.ts";

const provenances = { claimed: 96, mandated: 64, imported: 0 };
const perVerified = 31;
/** For each of the eight that a reader would miss. */
const perFact = 16;

/**
 * How good a listing is, from 0 to 255, for the order of results that are else
 * alike: who speaks (up to 96), whether the co-op's website vouches for the host
 * (31), and how much it says (up to 128).
 *
 * @param verified Whether it does: `hasVerifiedHost`.
 */
export function qualityOf(listing: Listing, verified: boolean): number {
  const { location, theme, activity } = listing;
  const said = [
    listing.summary,
    listing.url,
    listing.identifier,
    theme ?? activity,
    location?.latitude,
    listing.coopType,
    listing.stakeholders,
    listing.figures,
  ].filter((each) => each !== undefined);
  return (
    provenances[listing.provenance.kind] + (verified ? perVerified : 0) + said.length * perFact
  );
}
