import type { Peer } from "../store/peers.ts";
import { askDescription } from "./describe.ts";
import type { Puller } from "./pull.ts";

/** Compares with a peer, fetches what is lacking, and says how many records that were. */
export type Repair = (peer: Peer, signal: AbortSignal) => Promise<number>;

/**
 * Begins to follow a hub of whose records most are here: compares with it, and
 * then reads on from where its feed ended before.
 *
 * @returns How many records it had that were lacking.
 */
export async function adopt(
  { replica, send, clock }: Puller,
  repair: Repair,
  peer: Peer,
  stop: AbortSignal,
): Promise<number> {
  const signal = AbortSignal.any([stop, clock.timeout(20_000)]);
  const { epoch, seq, role, actor } = await askDescription(send, peer.url, signal);
  const lacked = await repair(peer, stop);
  const now = clock.now();
  const cursor = { epoch, seq, caughtUp: now };
  await replica.peers.update(peer.url, { ...cursor, role, actor, seen: now, fault: null });
  return lacked;
}
