import { dayOf, standing } from "../coop/exchange.ts";
import type { Entry } from "../index/directory-index.ts";
import type { CoopMatches } from "./pages/matches.ts";
import type { Site } from "./site.ts";

/** So many are named on a co-op's page. */
const shownMost = 5;

/** Who offers what a co-op looks for, and who looks for what it offers; undefined when it does neither. */
export async function coopMatches(
  { index, clock }: Pick<Site, "index" | "clock">,
  { listing, record }: Entry,
): Promise<CoopMatches | undefined> {
  const now = clock();
  const stands = [...standing(listing.offers, now), ...standing(listing.needs, now)];
  if (stands.length === 0) return undefined;
  const asked = { today: dayOf(now), limit: shownMost };
  const [offers, needs] = await Promise.all([
    index.matches(record, { side: "offers", ...asked }),
    index.matches(record, { side: "needs", ...asked }),
  ]);
  return { offers, needs };
}
