import { coopUrl } from "../directory/ids.ts";
import * as backlinks from "../store/backlinks.ts";
import { hostedClass } from "./show-class.ts";
import type { Site } from "./site.ts";

/** Whom somebody is about to follow that is neither a co-op's profile nor a feed. */
interface Other {
  handle: string;
  name: string;
  page: string;
}

/** A class of a co-op of this node, or the account elsewhere that is verified to be a co-op's. */
export async function otherToFollow(site: Site, of: string): Promise<Other | undefined> {
  const [, id, key] = /\/coops\/([0-9a-z]+)\/classes\/([a-z0-9-]+)$/.exec(of) ?? [];
  if (id !== undefined && key !== undefined && of === `${coopUrl(site.node, id)}/classes/${key}`) {
    const found = await hostedClass(site, id, key);
    return found && { handle: found.handle, name: found.name, page: of };
  }
  const account = await backlinks.verified(site.db, of);
  if (account?.handle == null) return undefined;
  return { handle: account.handle, name: account.handle, page: coopUrl(site.node, account.coop) };
}
