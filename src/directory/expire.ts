import { setTimeout as sleep } from "node:timers/promises";
import { bounds } from "../coop/record.ts";
import * as changes from "../store/changes.ts";
import * as floors from "../store/floors.ts";
import * as records from "../store/records.ts";
import type { Db, Tx } from "../store/schema.ts";
import * as vouches from "../store/vouches.ts";
import type { Identity } from "./identity.ts";

/** Records in one transaction. */
const portion = 200;

/**
 * Drops what has expired: records of others, and tombstones of this node's own.
 * Nobody takes such a version in any more, so there is nothing to remember of
 * it. Its own listings never go this way: they are signed again.
 *
 * @param now Epoch ms.
 * @returns How many were dropped.
 */
export async function dropExpired(
  db: Db,
  node: Identity,
  now: number,
  stop?: AbortSignal,
): Promise<number> {
  const until = now - bounds.validity;
  await floors.prune(db, until);
  let dropped = 0;
  for (const only of [{ but: node.host }, { tombstones: true }]) {
    while (stop?.aborted !== true) {
      const page = await records.issuedUntil(db, until, portion, only);
      if (page.length === 0) break;
      await dropVersions(db, page);
      dropped += page.length;
    }
  }
  return dropped;
}

/**
 * Deletes these versions without a floor, in a transaction of its own, and tells
 * the log.
 *
 * @param digests Some hundreds at most.
 */
export async function dropVersions(db: Db, digests: string[]): Promise<void> {
  const begun = performance.now();
  await db.transaction().execute((tx) => drop(tx, digests));
  // Others want to write, too.
  await sleep((performance.now() - begun) / 4);
}

async function drop(tx: Tx, digests: string[]): Promise<void> {
  const gone = await records.removeVersions(tx, digests);
  // What they said of hosts counted no more without them; it is settled within the hour.
  await vouches.remove(
    tx,
    gone.map(({ id }) => id),
  );
  const news = gone.map(({ id, origin }) => ({ kind: "dropped", subject: id, origin }));
  await changes.append(tx, news);
}
