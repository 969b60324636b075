import type { InboxContext } from "@fedify/fedify";
import type { Move } from "@fedify/fedify/vocab";
import { getLogger } from "@logtape/logtape";
import type { Listing } from "../coop/listing.ts";
import { listingId } from "../coop/listing-record.ts";
import type { Destination } from "../directory/depart.ts";
import { coopUrl } from "../directory/ids.ts";
import { followableKeys } from "../directory/retire-classes.ts";
import type { HostedCoop } from "../store/coops.ts";
import * as followers from "../store/followers.ts";
import { type Account, type Asker, fetchAccount, findAccount, type Missing } from "./account.ts";
import type { FederationData } from "./federation.ts";

const log = getLogger(["fragaria", "federation"]);

/**
 * Looks whether a co-op can go to an account: only where that says that it was
 * this co-op, as every server of a follower will look for the same.
 *
 * @param written The handle or the address of the new account.
 */
export async function findDestination(
  asker: Asker,
  coop: HostedCoop,
  written: string,
): Promise<{ account: Account; destination: Destination } | Missing> {
  const own = coopUrl(asker.node, coop.id);
  const found = await findAccount(asker, written);
  if ("fault" in found) return found;
  const { account } = found;
  if (account.id === own) return { fault: "This is the co-op’s account here." };
  if (account.movedTo !== undefined) {
    return { fault: `${account.handle} has itself moved to ${account.movedTo}.` };
  }
  if (!account.alsoKnownAs.includes(own)) {
    const handle = `@${coop.handle}@${asker.node.host}`;
    return {
      fault: `${account.handle} doesn’t say yet that it was ${handle}. Say so there first, then come back: nobody can be moved to an account that hasn’t agreed.`,
    };
  }
  const listing = account.listing === listingId(account.id) ? account.listing : undefined;
  const classes = listing === undefined ? {} : await agreedClasses(asker, coop, own, account.id);
  return { account, destination: { target: account.id, listing, classes } };
}

/** The classes whose counterparts at the new account say that they were these. */
async function agreedClasses(
  asker: Asker,
  { content }: HostedCoop,
  own: string,
  target: string,
): Promise<Record<string, string>> {
  const keys = content === null ? [] : followableKeys(JSON.parse(content) as Listing);
  const agreed: Record<string, string> = {};
  for (const key of keys) {
    const there = `${target}/classes/${key}`;
    const found = await fetchAccount(asker, there);
    if ("fault" in found || found.account.id !== there) continue;
    if (found.account.alsoKnownAs.includes(`${own}/classes/${key}`)) agreed[key] = there;
  }
  return agreed;
}

/**
 * A follower has moved. The old account follows nobody here any more, if the new
 * one says that it was it; the new one follows by itself, if its person wants.
 *
 * @throws When the new account can't be had just now: then this is tried again.
 */
export async function onMove(context: InboxContext<FederationData>, move: Move): Promise<void> {
  const { db } = context.data;
  const { actorId, objectId, targetId } = move;
  if (actorId === null || targetId === null || objectId?.href !== actorId.href) return;
  if (!(await followers.isFollower(db, actorId.href))) return;
  const found = await fetchAccount(context.data, targetId.href);
  if ("fault" in found) {
    // The queue tries it again, as it does where an actor can't be had.
    if (found.passing === true) throw new Error(found.fault);
    log.info("{actor} moved to where nobody is: {fault}", { actor: actorId.href, ...found });
    return;
  }
  const { id, alsoKnownAs } = found.account;
  if (id !== targetId.href || !alsoKnownAs.includes(actorId.href)) {
    log.info("{actor} says that it moved, and {target} doesn’t", {
      actor: actorId.href,
      target: targetId.href,
    });
    return;
  }
  await followers.removeActor(db, actorId.href);
}
