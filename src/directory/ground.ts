import type { Listing } from "../coop/listing.ts";
import { AppError } from "../errors.ts";
import type { HostedCoop } from "../store/coops.ts";
import * as mandates from "../store/mandates.ts";
import type { Db, Tx } from "../store/schema.ts";

/**
 * Who may publish. A listing is in the directory upon one of three grounds,
 * and what has none of them is a private draft, outside the log of changes:
 *
 * - *claimed*: the co-op publishes it by its own account, and has an actor;
 * - *mandated*: a federation publishes it under a recorded mandate, and the
 *   co-op has an actor;
 * - *imported*: it stands in an openly licensed register. It has no actor, so
 *   that no co-op is impersonated.
 *
 * An imported or mandated listing becomes claimed when the co-op itself
 * publishes it; it keeps its id. Nothing becomes imported again, and a claimed
 * one becomes mandated only when the co-op gives a new mandate. A mandate that
 * ends takes the listing out of the directory; actor, followers and content
 * stay for the co-op to take over.
 */
export type Ground = Listing["provenance"]["kind"];

/** What a listing says of its mandate: all of it but the person, who stays on this node. */
export function mandateOf(mandate: mandates.RecordedMandate): Listing["provenance"]["mandate"] {
  const { by, url, basis, date } = mandate;
  return { by, ...(url === null ? {} : { url }), basis, date };
}

/**
 * The listing as it may be published now. Whoever publishes calls this in the
 * transaction that does it: the mandate it says is the one that is recorded,
 * and a mandate ends when the co-op takes over.
 *
 * @param coop With the handle that it will have once it is published.
 * @throws {AppError} `forbidden` when it has no ground to be published upon.
 */
export async function demandGround(
  tx: Tx,
  coop: HostedCoop,
  listing: Listing,
  now: number,
): Promise<Listing> {
  const { mandate: _, ...provenance } = listing.provenance;
  if (provenance.kind === "imported") {
    demandImportable(coop);
    const { preferredUsername: _, ...unnamed } = listing;
    return { ...unnamed, provenance };
  }
  if (coop.handle === null) {
    throw new AppError(
      "forbidden",
      `the listing “${listing.name}” has no handle: only an imported one can be published without`,
    );
  }
  if (provenance.kind === "claimed") {
    await mandates.end(tx, coop.id, now);
    return { ...listing, provenance };
  }
  const mandate = await mandates.live(tx, coop.id);
  if (mandate === undefined) {
    throw new AppError(
      "forbidden",
      `the listing “${listing.name}” has no mandate: record one, or let the co-op claim it`,
    );
  }
  return { ...listing, provenance: { ...provenance, mandate: mandateOf(mandate) } };
}

function demandImportable({ id, handle, content, source }: HostedCoop): void {
  if (content !== null) {
    throw new AppError(
      "forbidden",
      `the co-op “${handle}” has an account: its listing is claimed or mandated, not imported`,
    );
  }
  if (source === null) {
    throw new AppError("forbidden", `the co-op “${id}” comes from no register`);
  }
}

/**
 * Upon which ground whoever edits a co-op here publishes it: the co-op's own
 * people claim it; others who may edit it leave it as it is.
 *
 * @param own Whether the account is one of the co-op's own.
 */
export async function groundOf(db: Db, coop: HostedCoop, own: boolean): Promise<Ground> {
  if (own) return "claimed";
  if ((await mandates.live(db, coop.id)) !== undefined) return "mandated";
  return coop.content === null && coop.source !== null ? "imported" : "claimed";
}
