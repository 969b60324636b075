import { beaconId } from "../coop/beacon.ts";
import type { Chain } from "../directory/beat.ts";
import { AppError } from "../errors.ts";
import { type Job, repeat } from "../jobs.ts";
import { askResponse, limits } from "./describe.ts";
import { isGuest } from "./peer-kinds.ts";
import type { Puller } from "./pull.ts";

/** How long peers are waited for, in milliseconds. */
const patience = 10_000;

/**
 * Asks the peers that this node reads from, or wakes, for this node's newest beacon that they hold, and takes it in:
 * the database may have been put back, and a second beacon after the same one
 * would be taken for a contradiction.
 *
 * @returns How many of them have answered.
 */
export async function recallBeacon(
  puller: Puller,
  stop: AbortSignal,
): Promise<"all" | "some" | "none"> {
  const { replica, clock } = puller;
  const peers = (await replica.peers.all()).filter((peer) => !isGuest(peer));
  const signal = AbortSignal.any([stop, clock.timeout(patience)]);
  const answers = await Promise.all(peers.map(({ url }) => recallFrom(puller, url, signal)));
  const answered = answers.filter((each) => each !== undefined);
  const bodies = answered.filter(({ length }) => length > 0);
  if (bodies.length > 0) await replica.receive(bodies, (host) => host === replica.host);
  if (answered.length === peers.length) return "all";
  return answered.length > 0 ? "some" : "none";
}

/** The bytes of the beacon, no bytes when the peer holds none, undefined when it doesn't answer. */
async function recallFrom(
  { send, replica }: Puller,
  peer: string,
  signal: AbortSignal,
): Promise<Uint8Array | undefined> {
  const url = new URL(beaconId(peer));
  url.searchParams.set("host", replica.host);
  try {
    return (await askResponse(send, url.href, { signal }, limits.record)).body;
  } catch (error) {
    if (error instanceof AppError) return undefined;
    throw error;
  }
}

/**
 * Renews this node's beacon whenever it is time, from when it is known which
 * was the last: when all peers have been asked, or after some time those that
 * answer. If none does, a new chain begins.
 *
 * @param beat Signs one if it is due.
 * @param patient How long to wait for peers, in milliseconds; looks are taken
 *   sixty times in it.
 */
export function keepBeating(
  puller: Puller,
  beat: (chain: Chain) => Promise<boolean>,
  patient: number,
  stop: AbortSignal,
): Job {
  const begun = puller.clock.now();
  let chain: Chain = "unknown";
  const pace = { every: patient / 60, retry: patient / 60, retryMost: patient };
  const turn = async (signal: AbortSignal) => {
    if (chain === "unknown") {
      const answered = await recallBeacon(puller, signal);
      const late = puller.clock.now() - begun >= patient;
      if (answered === "all" || (late && answered === "some")) chain = "continue";
      else if (late) chain = "begin";
    }
    const signed = await beat(chain);
    if (signed && chain === "begin") chain = "continue";
    return false;
  };
  return repeat("renewing the beacon", stop, pace, turn, puller);
}
