import type { JsonObject } from "../coop/canonical-json.ts";
import { listingId, tombstoneRecord } from "../coop/listing-record.ts";
import { signRecord } from "../coop/record.ts";
import { AppError } from "../errors.ts";
import * as changes from "../store/changes.ts";
import * as coops from "../store/coops.ts";
import * as departures from "../store/departures.ts";
import * as records from "../store/records.ts";
import * as revisions from "../store/revisions.ts";
import type { Db, Tx } from "../store/schema.ts";
import type { RecordTable } from "../store/tables/records.ts";
import type { Identity } from "./identity.ts";
import { coopUrl } from "./ids.ts";
import { lockHosted } from "./publish.ts";
import { issuedAfter } from "./sign-listing.ts";

const day = 86_400_000;

/**
 * How long other servers take no notice of another move of the same account:
 * Mastodon (`app/lib/activitypub/activity/move.rb`) and GoToSocial.
 */
const moveCooldown = 7 * day;

/** Where a co-op goes, once the other side has agreed. */
export interface Destination {
  /** The URL of the new account's actor. */
  target: string;
  /** The listing that stands for the co-op's from now on, if the account is on a node like this. */
  listing?: string | undefined;
  /** Where its classes go, by their keys: those whose counterparts have agreed, too. */
  classes: Record<string, string>;
}

/**
 * Lets a co-op go to another account: its actor says so from now on, can't be
 * followed any more, and its followers are told to follow the other one. Its
 * listing makes way for the one that the new node publishes, if there is one.
 *
 * @param destination Whoever calls has seen that the new account names this one.
 * @throws {AppError} `conflict` when it moved less than seven days ago, or has no account.
 */
export async function depart(
  db: Db,
  node: Identity,
  id: string,
  destination: Destination,
  now: number,
  account: string | null = null,
): Promise<void> {
  await db.transaction().execute((tx) => go(tx, node, id, destination, now, account));
}

async function go(
  tx: Tx,
  node: Identity,
  id: string,
  { target, listing, classes }: Destination,
  now: number,
  account: string | null,
): Promise<void> {
  const coop = await lockHosted(tx, id);
  const url = coopUrl(node, id);
  if (coop.content === null || coop.handle === null) {
    throw new AppError("conflict", "This co-op has no account yet that others could follow.");
  }
  const before = await departures.get(tx, `coops/${id}`);
  if (before !== undefined && now < before.moved + moveCooldown) {
    const until = new Date(before.moved + moveCooldown).toISOString().slice(0, 10);
    throw new AppError(
      "conflict",
      `It has moved less than seven days ago, and other servers would ignore another move before ${until}.`,
    );
  }
  const from = (path: string, to: string): departures.Departure => ({
    identifier: `coops/${id}${path}`,
    origin: "",
    target: to,
    moved: now,
    announced: null,
  });
  await departures.put(tx, [
    from("", target),
    ...Object.entries(classes).map(([key, to]) => from(`/classes/${key}`, to)),
  ]);
  const moved = [{ kind: "departure", subject: `${url}#departure`, origin: "" }];
  const last = await records.get(tx, listingId(url));
  if (last === undefined || listing === undefined) {
    await changes.append(tx, moved);
    return;
  }
  await coops.revise(tx, coop);
  if (last.tombstone === 0) {
    await revisions.append(tx, { coop: id, kind: "withdrawn", content: null, account, made: now });
  }
  await records.put(tx, [grave(node, last, listing, now)], now, moved);
}

function grave(node: Identity, last: RecordTable, listing: string, now: number) {
  const tombstone = tombstoneRecord(node.actor, last.id, issuedAfter(last, now), listing);
  return signRecord(tombstone, node.signing);
}

/**
 * Calls a move off: the actor can be followed again. Who has followed the other
 * account meanwhile doesn't come back, and a listing stays withdrawn until it is
 * published again.
 */
export async function stay(db: Db, node: Identity, id: string, now: number): Promise<void> {
  await db.transaction().execute((tx) => callOff(tx, node, id, now));
}

async function callOff(tx: Tx, node: Identity, id: string, now: number): Promise<void> {
  const coop = await lockHosted(tx, id);
  if (coop.content === null || (await departures.of(tx, id)).length === 0) return;
  await departures.remove(tx, id);
  // So that the followers who are left get the actor as it is now.
  const said = JSON.parse(coop.content) as JsonObject;
  const content = JSON.stringify({ ...said, updated: new Date(now).toISOString() });
  await coops.revise(tx, { ...coop, content, updated: now });
  const subject = `${coopUrl(node, id)}#departure`;
  await changes.append(tx, [{ kind: "departure", subject, origin: "" }]);
}
