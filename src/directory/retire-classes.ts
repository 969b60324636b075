import type { Listing } from "../coop/listing.ts";
import type { HostedCoop } from "../store/coops.ts";
import * as retiredClasses from "../store/retired-classes.ts";
import type { Tx } from "../store/schema.ts";

/**
 * Notes which stakeholder classes could be followed until now and, by what is
 * being published, no longer can: their actors are gone. One that can be
 * followed again is there again, with nobody who follows it.
 *
 * @param coop With the content that is in force so far.
 */
export async function retireClasses(
  tx: Tx,
  coop: HostedCoop,
  listing: Listing,
  now: number,
): Promise<void> {
  const present = followableKeys(listing);
  const before = coop.content === null ? [] : followableKeys(JSON.parse(coop.content) as Listing);
  const lost = before.filter((key) => !present.includes(key));
  await retiredClasses.remove(tx, coop.id, present);
  await retiredClasses.add(tx, coop.id, lost, now);
}

/** The keys of the classes that can be followed. */
export function followableKeys({ stakeholders = [] }: Listing): string[] {
  return stakeholders.filter(({ followable }) => followable === true).map(({ key }) => key);
}
