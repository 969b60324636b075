import { setTimeout as sleep } from "node:timers/promises";
import { getLogger } from "@logtape/logtape";

/**
 * Tells readers of the change log that there is something new. It looks at the
 * log's head several times a second, and so also sees what another process on
 * the same database wrote: a command, a second server.
 */
export interface Watch {
  /** The last head that was seen. */
  readonly head: number;
  /**
   * Waits until the head is past `seq`, or the time is up, or the signal
   * aborts. Returns the head either way.
   */
  past(seq: number, timeout: number, signal?: AbortSignal): Promise<number>;
}

/**
 * Starts to watch.
 *
 * @param read Reads the head of the log.
 * @param every Milliseconds between looks.
 */
export function watch(read: () => Promise<number>, every: number, stop: AbortSignal): Watch {
  let head = 0;
  const waiting = new Set<() => void>();
  const ring = () => {
    for (const wake of waiting) wake();
  };
  const look = async () => {
    while (!stop.aborted) {
      try {
        const now = await read();
        if (now !== head) {
          head = now;
          ring();
        }
      } catch (error) {
        if (!stop.aborted)
          getLogger(["fragaria", "events"]).warn("The log can't be read: {error}", { error });
      }
      await sleep(every, undefined, { signal: stop, ref: false }).catch(() => undefined);
    }
    ring();
  };
  void look();
  return {
    get head() {
      return head;
    },
    past(seq, timeout, signal) {
      if (head > seq || stop.aborted || signal?.aborted === true) return Promise.resolve(head);
      return new Promise((resolve) => {
        const done = () => {
          if (head <= seq && !stop.aborted && signal?.aborted !== true && !late) return;
          clearTimeout(timer);
          waiting.delete(done);
          signal?.removeEventListener("abort", done);
          resolve(head);
        };
        let late = false;
        const timer = setTimeout(() => {
          late = true;
          done();
        }, timeout);
        waiting.add(done);
        signal?.addEventListener("abort", done);
      });
    },
  };
}
