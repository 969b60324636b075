import * as attesters from "../store/attesters.ts";
import * as changes from "../store/changes.ts";
import * as peers from "../store/peers.ts";
import type { Db, Tx } from "../store/schema.ts";
import type { Identity } from "./identity.ts";
import { meet, settleAll } from "./settle-hosts.ts";

/**
 * Makes these nodes the configured peers. Those that are configured for the
 * first time become attesters, too: so a newcomer sees the directory, and
 * whoever was removed since stays removed.
 *
 * @param urls Origins of other nodes.
 */
export async function configurePeers(
  db: Db,
  node: Identity,
  urls: string[],
  now: number,
): Promise<void> {
  await db.transaction().execute((tx) => configure(tx, node, urls, now));
  await settleAll(db, node, now);
}

async function configure(tx: Tx, node: Identity, urls: string[], now: number): Promise<void> {
  await peers.configure(tx, urls);
  await attesters.addFirst(
    tx,
    urls.map((url) => new URL(url).host).filter((host) => host !== node.host),
    now,
  );
  await changes.append(tx, await meet(tx, node, urls, now));
}
