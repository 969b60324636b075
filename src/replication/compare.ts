import type { Peer } from "../store/peers.ts";
import { askDescription } from "./describe.ts";
import { askPage, type Puller, summary, takeIn } from "./pull.ts";

/**
 * Compares with a peer by reading all of its feed as references, and fetches
 * what is lacking: for a peer that can't be repaired with.
 *
 * @returns How many records it brought.
 */
export async function compareByFeed(
  puller: Puller,
  peer: Peer,
  stop: AbortSignal,
): Promise<number> {
  const { replica, send, clock } = puller;
  const described = await askDescription(send, peer.url, stop);
  await replica.learn(peer.url, stop);
  const holds = await replica.policy();
  let lacked = 0;
  for (let seq = 0; ;) {
    const signal = AbortSignal.any([stop, clock.timeout(60_000)]);
    const page = await askPage(send, described, seq, { view: "ref" }, signal);
    const received = await takeIn(puller, described.records, page.lines, holds, signal);
    lacked += summary(peer.url, received).admitted;
    if (!page.more) return lacked;
    seq = page.next.seq;
  }
}
