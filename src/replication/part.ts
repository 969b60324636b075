import type { Peer } from "../store/peers.ts";
import type { Repair } from "./adopt.ts";
import { discoverHubs, type DiscoveryPace } from "./discover.ts";
import { fillUp } from "./fill.ts";
import { followPeers, type PullPace } from "./follow.ts";
import { openToGuests } from "./guests.ts";
import { isGuest } from "./peer-kinds.ts";
import type { Puller } from "./pull.ts";

/** What a node's part in the directory takes. */
export interface Part {
  puller: Puller;
  repair: Repair;
  pace: PullPace & DiscoveryPace;
  stop: AbortSignal;
  /** Who is to be told that a node has woken us; it says whether that is a peer. */
  onWake(handler: (origin: string) => boolean): void;
}

/**
 * The part of a hub: it looks for other hubs, fills itself from them and then
 * follows them, and reads whoever wakes it.
 */
export async function beHub(part: Part): Promise<void> {
  const { puller, repair, pace, stop } = part;
  const { filling } = puller.replica;
  // Before a hub is full it reads one source, and leaves; others would only bring the same.
  const wanted = async (peer: Peer) =>
    isGuest(peer) || peer.role === "leaf" || (await filling.read())?.step === "complete";
  const following = followPeers(puller, stop, pace, { wanted, repair });
  const guests = openToGuests(puller, stop, async (origin) => {
    await following.refresh();
    following.wake(origin);
  });
  part.onWake((origin) => {
    const known = following.wake(origin);
    if (!known) guests.knock(origin);
    return known;
  });
  let looked = false;
  const filler = fillUp(
    puller,
    repair,
    stop,
    pace,
    () => looked,
    () => following.refresh(),
  );
  const discovering = discoverHubs(puller, "hub", stop, pace, async (answered) => {
    if (answered) looked = true;
    await following.refresh();
    filler.look();
  });
  await following.refresh();
  await Promise.all([filler.done, discovering.done, following.done]);
  await guests.idle();
}

/** The part of a leaf: it looks for hubs to wake. */
export async function beLeaf({ puller, pace, stop }: Part): Promise<void> {
  await discoverHubs(puller, "leaf", stop, pace, () => undefined).done;
}
