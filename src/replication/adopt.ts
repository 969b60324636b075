import { AppError } from "../errors.ts";
import type { Peer } from "../store/peers.ts";
import { askDescription } from "./describe.ts";
import type { Cursor } from "./feed.ts";
import type { Puller } from "./pull.ts";

/** What a comparison with a peer has come to. */
export interface Compared {
  /** How many records it had that were lacking, and are here now. */
  brought: number;
  /** Whether everything was compared. */
  whole: boolean;
  /** Up to where in the peer's feed everything was in what it compared, if it said so. */
  upTo: Cursor | undefined;
}

/** Compares with a peer, and fetches what is lacking. */
export type Repair = (peer: Peer, signal: AbortSignal) => Promise<Compared>;

/**
 * Begins to follow a hub of whose records most are here: compares with it, and
 * then reads its feed on from what was compared. A peer answers from a copy
 * that may be some minutes old: what came to it since stands in the feed only.
 *
 * @returns How many records it had that were lacking.
 * @throws {AppError} `unavailable` when not everything could be compared: its
 *   feed has to be read from the beginning then.
 */
export async function adopt(
  { replica, send, clock }: Puller,
  repair: Repair,
  peer: Peer,
  stop: AbortSignal,
): Promise<number> {
  const signal = AbortSignal.any([stop, clock.timeout(20_000)]);
  const { role, actor } = await askDescription(send, peer.url, signal);
  const { brought, whole, upTo } = await repair(peer, stop);
  if (!whole || upTo === undefined) {
    const why = whole ? "it doesn’t say up to where it has compared" : "it has too much else";
    throw new AppError("unavailable", `${peer.url} was compared with in part only: ${why}`);
  }
  const now = clock.now();
  const cursor = { ...upTo, caughtUp: now };
  await replica.peers.update(peer.url, { ...cursor, role, actor, seen: now, fault: null });
  return brought;
}
