import { askDescription } from "./describe.ts";
import { askPage, type Puller, summary, takeIn } from "./pull.ts";

/**
 * Reads this node's own records back from all peers of which it isn't done yet:
 * they may hold newer versions, as after our database was put back to an
 * earlier state. Hubs and leaves alike: a leaf reads nothing else of its peers.
 *
 * @throws {AppError} `unavailable` when some of the peers can't be read; those
 *   that can are then done.
 */
export async function reclaimOwn(puller: Puller, stop: AbortSignal): Promise<void> {
  const waiting = (await puller.replica.peers.all()).filter(({ reclaimed }) => reclaimed === null);
  const results = await Promise.allSettled(waiting.map(({ url }) => reclaim(puller, url, stop)));
  const failed = results.find(({ status }) => status === "rejected");
  if (failed !== undefined) throw (failed as PromiseRejectedResult).reason;
}

async function reclaim(puller: Puller, peer: string, stop: AbortSignal): Promise<void> {
  const { replica, send, clock } = puller;
  const signal = AbortSignal.any([stop, clock.timeout(300_000)]);
  const { host } = replica;
  const described = await askDescription(send, peer, signal);
  for (let seq = 0; ;) {
    const page = await askPage(send, described, seq, { view: "ref", origin: host }, signal);
    const own = (origin: string) => origin === host;
    const taken = await takeIn(puller, described.records, page.lines, own, signal);
    const { admitted } = summary(peer, taken);
    if (!page.more) break;
    // A feed that goes on for ever and brings nothing must not keep us busy.
    if (admitted === 0) await clock.sleep(250, signal);
    signal.throwIfAborted();
    seq = page.next.seq;
  }
  await replica.peers.update(peer, { reclaimed: clock.now() });
}
