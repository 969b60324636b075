import type { JsonObject } from "../coop/canonical-json.ts";
import { type ListingContent, WebUrl } from "../coop/listing.ts";
import { listingId } from "../coop/listing-record.ts";
import { AppError } from "../errors.ts";
import * as coops from "../store/coops.ts";
import * as records from "../store/records.ts";
import * as revisions from "../store/revisions.ts";
import type { Db, Tx } from "../store/schema.ts";
import type { Identity } from "./identity.ts";
import { coopUrl } from "./ids.ts";
import { lockHosted, publishIn } from "./publish.ts";
import { alsoKnownAs, draftOf, formerAccounts, formerMost } from "./sign-listing.ts";

/**
 * Says which accounts elsewhere a co-op had before, in its listing and its
 * actor: the half of a move that the new side has to do first, as the old
 * account's server, and those of its followers, look for it (FEP-7628). It
 * moves nobody by itself.
 *
 * @param former URLs of their actors, the oldest first.
 * @throws {AppError} `bad-request` when they are too many, or one can't be it.
 */
export async function sayFormer(
  db: Db,
  node: Identity,
  id: string,
  former: string[],
  now: number,
  account: string | null = null,
): Promise<void> {
  if (former.length > formerMost) {
    throw new AppError("bad-request", `A co-op names ${formerMost} former accounts at most.`);
  }
  const bad = former.find((each) => !WebUrl.safeParse(each).success || each === coopUrl(node, id));
  if (bad !== undefined) {
    throw new AppError("bad-request", `${bad} can’t be a former account of this co-op.`);
  }
  await db.transaction().execute((tx) => write(tx, node, id, former, now, account));
}

async function write(
  tx: Tx,
  node: Identity,
  id: string,
  former: string[],
  now: number,
  account: string | null,
): Promise<void> {
  const coop = await lockHosted(tx, id);
  if (JSON.stringify(former) === JSON.stringify(formerAccounts(coop))) return;
  const formerly = former.length === 0 ? null : JSON.stringify(former);
  const known = { ...coop, formerly };
  await coops.sayFormer(tx, id, formerly);
  const record = await records.get(tx, listingId(coopUrl(node, id)));
  const entered = await revisions.last(tx, id, "published");
  if (record?.tombstone === 0 && entered?.content != null) {
    const content = JSON.parse(entered.content) as ListingContent;
    await publishIn(tx, node, known, draftOf(node, known, content, now), now, { account });
  } else if (coop.content !== null) {
    // Withdrawn: the actor goes on, and others look at it.
    const { alsoKnownAs: _, ...said } = JSON.parse(coop.content) as JsonObject;
    const content = JSON.stringify({ ...said, ...alsoKnownAs(node, known) });
    await coops.revise(tx, { ...known, content });
  }
}
