import { getLogger } from "@logtape/logtape";
import * as peers from "../store/peers.ts";
import type { Db, Tx } from "../store/schema.ts";
import * as settings from "../store/settings.ts";

/**
 * Gives the feed a new epoch, because the log may have gone back: peers begin
 * it anew, and this node's own records are read back from them.
 *
 * @param why The end of a sentence, for the log.
 * @param now Epoch ms.
 */
export async function renewEpoch(db: Db, why: string, now: number): Promise<void> {
  await db.transaction().execute((tx) => renew(tx, now));
  getLogger(["fragaria", "directory"]).warn(
    "The feed has a new epoch: {why}. Peers read it from its beginning.",
    { why },
  );
}

/** The same in a transaction. */
export async function renew(tx: Tx, now: number): Promise<void> {
  await settings.renewEpoch(tx, now);
  await peers.reclaimFromAll(tx);
}
