import { setImmediate } from "node:timers/promises";
import { getLogger } from "@logtape/logtape";
import { giveBack } from "../store/dialect.ts";
import * as feeds from "../store/feeds.ts";
import * as foreign from "../store/foreign.ts";
import * as peers from "../store/peers.ts";
import type { Db, Tx } from "../store/schema.ts";
import * as settings from "../store/settings.ts";
import type { Identity } from "./identity.ts";
import { renew } from "./renew-epoch.ts";

/** Records that are deleted in one transaction. */
const portion = 500;

/**
 * Makes the data fit what the node has become. A leaf holds its own records
 * only: those of others go, in portions, with what stood for them, and the disk
 * space is given back. A hub begins to fill itself, from the beginning of every
 * feed. Until that is done the role that is noted stays the old one, so that
 * whoever is killed in the middle goes on at the next start.
 *
 * Of keys nothing is forgotten: they are how others are known again.
 *
 * @param stop Ends it after the present portion.
 */
export async function changeRole(
  db: Db,
  node: Identity,
  role: "hub" | "leaf",
  now: number,
  stop: AbortSignal,
): Promise<void> {
  const before = await settings.role(db);
  if (before === role) return;
  const emptied = role === "leaf" && before === "hub";
  if (emptied) {
    let gone = 0;
    for (;;) {
      if (stop.aborted) return;
      const dropped = await db.transaction().execute((tx) => foreign.drop(tx, node.host, portion));
      if (dropped === 0) break;
      gone += dropped;
      // On SQLite nothing above waits for anything: let requests have their turn.
      await setImmediate();
    }
    await giveBack(db);
    const log = getLogger(["fragaria", "directory"]);
    log.warn("This node is a leaf now: what it held of others is deleted, {gone} rows", { gone });
  }
  await db.transaction().execute((tx) => settle(tx, role, emptied ? now : undefined));
}

/**
 * Feeds are read from their beginning if they are read again. Where records
 * went without a trace in the log, it is another log, and the index is built
 * anew.
 */
async function settle(tx: Tx, role: "hub" | "leaf", renewed: number | undefined): Promise<void> {
  await peers.rewindAll(tx);
  await settings.setFilling(tx, undefined);
  await settings.setRole(tx, role);
  // A leaf has no feeds. Who follows them stays, for the day on which it is a hub again.
  if (role === "leaf") await feeds.forget(tx);
  if (renewed !== undefined) await renew(tx, renewed);
}
