import { listingId, tombstoneRecord } from "../coop/listing-record.ts";
import { signRecord, type SignedRecord } from "../coop/record.ts";
import * as backlinks from "../store/backlinks.ts";
import * as changes from "../store/changes.ts";
import * as coops from "../store/coops.ts";
import * as departures from "../store/departures.ts";
import * as links from "../store/links.ts";
import * as mandates from "../store/mandates.ts";
import * as members from "../store/members.ts";
import * as messages from "../store/messages.ts";
import * as pictures from "../store/pictures.ts";
import * as posts from "../store/posts.ts";
import * as records from "../store/records.ts";
import * as retiredClasses from "../store/retired-classes.ts";
import * as revisions from "../store/revisions.ts";
import * as roles from "../store/roles.ts";
import type { Db, Tx } from "../store/schema.ts";
import type { RecordTable } from "../store/tables/records.ts";
import { forgetCoop } from "./forget-conversation.ts";
import type { Identity } from "./identity.ts";
import { coopUrl } from "./ids.ts";
import { hosted, lockHosted } from "./publish.ts";
import { issuedAfter } from "./sign-listing.ts";

/**
 * Takes a co-op's listing out of the directory, everywhere: a tombstone takes
 * its place. The actor and its followers stay, and so do draft and history, from
 * which it can be published again.
 *
 * @param account Who does it, if it is done by page.
 */
export async function withdraw(
  db: Db,
  node: Identity,
  id: string,
  now: number,
  account: string | null = null,
): Promise<void> {
  await hosted(db, id);
  await db.transaction().execute((tx) => retire(tx, node, id, now, account));
}

/**
 * Deletes a co-op's actor for good, and withdraws its listing. Followers are
 * told, the actor answers 410 ever after, and the handle stays taken. Nobody can
 * be invited to it any more, and its mandate ends, to be forgotten in time. Of one
 * that was never published nothing is kept, not even the handle.
 */
export async function deleteCoop(db: Db, node: Identity, id: string, now: number): Promise<void> {
  await hosted(db, id);
  await db.transaction().execute((tx) => eraseIn(tx, node, id, now));
}

/** What {@link deleteCoop} does, within a transaction of which it is the end. */
export async function eraseIn(tx: Tx, node: Identity, id: string, now: number): Promise<void> {
  const coop = await lockHosted(tx, id);
  const record = await records.get(tx, listingId(coopUrl(node, id)));
  await members.remove(tx, id);
  await forgetCoop(tx, id);
  await posts.erase(tx, id, now);
  await pictures.eraseOfCoop(tx, id, now);
  await retiredClasses.removeAll(tx, id);
  await departures.remove(tx, id, { gone: true });
  await backlinks.removeAll(tx, id);
  await revisions.erase(tx, id);
  await roles.removeAll(tx, id);
  await mandates.end(tx, id, now);
  for (const kind of ["yes", "invitation"] as const) await links.removeOf(tx, kind, id);
  if (coop.content === null && record === undefined) {
    await coops.remove(tx, id);
    return;
  }
  const nothing = { content: null, draft: null, drafted: null, draftedBy: null, formerly: null };
  await coops.revise(tx, { ...coop, ...nothing, deleted: now });
  await messages.forgetDeleted(tx, now - 1);
  const gone = { kind: "coop", subject: id, origin: "" };
  if (record?.tombstone === 0) {
    await records.put(tx, [tombstone(node, record, now)], now, [gone]);
  } else {
    await changes.append(tx, [gone]);
  }
}

/** What {@link withdraw} does, within a transaction of which it is the end. */
export async function retire(
  tx: Tx,
  node: Identity,
  id: string,
  now: number,
  account: string | null = null,
): Promise<void> {
  const coop = await lockHosted(tx, id);
  const last = await records.get(tx, listingId(coopUrl(node, id)));
  if (last === undefined || last.tombstone === 1) return;
  await coops.revise(tx, coop);
  await revisions.append(tx, { coop: id, kind: "withdrawn", content: null, account, made: now });
  await records.put(tx, [tombstone(node, last, now)], now);
}

function tombstone(node: Identity, last: RecordTable, now: number): SignedRecord {
  return signRecord(tombstoneRecord(node.actor, last.id, issuedAfter(last, now)), node.signing);
}
