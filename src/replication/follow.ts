import { getLogger } from "@logtape/logtape";
import { type Job, repeat } from "../jobs.ts";
import { pull, type Puller } from "./pull.ts";

/** Keeps the directory up to date with the configured peers. */
export interface Followed {
  /** Reads a peer's feed now. Says whether the origin is a peer. */
  wake(origin: string): boolean;
  done: Promise<unknown>;
}

/** How often to ask peers, in milliseconds. */
export interface PullPace {
  /** A leaf wakes us when it has something; this is for when the wake-up was lost. */
  leaf: number;
  /** After a failure; doubled up to five minutes. */
  retry: number;
}

/**
 * Follows every configured peer until stopped: hubs by asking again at once,
 * with a request that waits for news; leaves when they wake us, and now and
 * then.
 */
export function followPeers(
  puller: Puller,
  urls: string[],
  stop: AbortSignal,
  pace: PullPace,
): Followed {
  const jobs = new Map<string, Job>();
  for (const url of urls) {
    const turn = async (signal: AbortSignal) => {
      const peer = await puller.replica.peers.get(url);
      if (peer === undefined) return false;
      try {
        const { more, admitted } = await pull(puller, peer, peer.role === "hub" ? 25 : 0, signal);
        if (admitted > 0) {
          const log = getLogger(["fragaria", "replication"]);
          log.info("{admitted} records from {host}", { admitted, host: peer.host });
        }
        const { role } = (await puller.replica.peers.get(url)) ?? peer;
        return more || role === "hub";
      } catch (error) {
        const { message } = error as Error;
        if (!signal.aborted) {
          await puller.replica.peers.update(url, { fault: message, faulted: puller.clock.now() });
        }
        throw error;
      }
    };
    const name = `following ${url}`;
    jobs.set(
      url,
      repeat(name, stop, { every: pace.leaf, retry: pace.retry, retryMost: 300_000 }, turn, puller),
    );
  }
  return {
    wake(origin) {
      const job = jobs.get(origin);
      job?.wake();
      return job !== undefined;
    },
    done: Promise.all([...jobs.values()].map(({ done }) => done)),
  };
}
