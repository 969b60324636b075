import type { Listing, StakeholderClass } from "../coop/listing.ts";
import { coopUrl } from "../directory/ids.ts";
import * as coops from "../store/coops.ts";
import * as departures from "../store/departures.ts";
import * as followers from "../store/followers.ts";
import { respond } from "./layout.ts";
import { classPage } from "./pages/class.ts";
import { activityLink } from "./show-coop.ts";
import type { Site } from "./site.ts";

/** A class of a co-op of this node that can be followed. */
interface FollowableClass {
  listing: Listing;
  stakeholders: StakeholderClass;
  /** `@bakery.workers@coops.example` */
  handle: string;
  /** Its name and that of its co-op. */
  name: string;
}

export async function hostedClass(
  { db, node }: Pick<Site, "db" | "node">,
  id: string,
  key: string,
): Promise<FollowableClass | undefined> {
  const coop = await coops.get(db, id);
  if (coop?.content == null || coop.handle === null || coop.deleted !== null) return undefined;
  const listing = JSON.parse(coop.content) as Listing;
  const stakeholders = listing.stakeholders?.find(
    (each) => each.key === key && each.followable === true,
  );
  if (stakeholders === undefined) return undefined;
  return {
    listing,
    stakeholders,
    handle: `@${coop.handle}.${key}@${node.host}`,
    name: `${stakeholders.name} · ${listing.name}`,
  };
}

/**
 * `GET /coops/:id/classes/:key`: a class of members that can be followed. Others
 * are on the page of the co-op.
 */
export async function showClass(site: Site, id: string, key: string): Promise<Response> {
  const found = await hostedClass(site, id, key);
  if (found === undefined) {
    const location = `/coops/${encodeURIComponent(id)}#structure`;
    return new Response(null, { status: 302, headers: { location, vary: "Accept" } });
  }
  const identifier = `coops/${id}/classes/${key}`;
  const url = `${coopUrl(site.node, id)}/classes/${key}`;
  const page = classPage({
    ...found,
    url,
    coop: `/coops/${id}`,
    followers: await followers.count(site.db, identifier),
    movedTo: (await departures.get(site.db, identifier))?.target,
  });
  return respond(site, page, 200, { link: activityLink(url) });
}
