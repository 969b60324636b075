import { listingId } from "../coop/listing-record.ts";
import { coopUrl } from "../directory/ids.ts";
import * as coops from "../store/coops.ts";
import * as records from "../store/records.ts";
import type { Role } from "../store/roles.ts";
import { hostedEntry } from "./entries.ts";
import type { Site } from "./site.ts";

/** A co-op as the home page of those who look after it shows it. */
export interface OwnCoop {
  id: string;
  name: string;
  /** Undefined for whoever runs the node and has no part in the co-op. */
  role: Role["role"] | undefined;
  state: "published" | "draft" | "withdrawn" | "deleted";
}

/** These co-ops, as they are shown to whoever has these roles. */
export async function ownCoops(
  site: Site,
  roles: { coop: string; role?: Role["role"] }[],
): Promise<OwnCoop[]> {
  const own: OwnCoop[] = [];
  for (const { coop: id, role } of roles) {
    own.push({ id, role, name: await coopName(site, id), state: await stateOf(site, id) });
  }
  return own;
}

async function stateOf({ db, node }: Site, id: string): Promise<OwnCoop["state"]> {
  const coop = await coops.get(db, id);
  if (coop === undefined || coop.deleted !== null) return "deleted";
  const record = await records.get(db, listingId(coopUrl(node, id)));
  if (record === undefined) return "draft";
  return record.tombstone === 1 ? "withdrawn" : "published";
}

/** What a co-op that this node hosts is called, published or not. */
export async function coopName(site: Site, id: string): Promise<string> {
  const entry = await hostedEntry(site, id);
  if (entry !== undefined) return entry.listing.name;
  const coop = await coops.get(site.db, id);
  const { name } = JSON.parse(coop?.content ?? coop?.draft ?? "{}") as { name?: unknown };
  if (typeof name === "string" && name !== "") return name;
  return coop?.handle == null ? id : `@${coop.handle}`;
}
