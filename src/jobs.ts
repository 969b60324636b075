import { setImmediate, setTimeout as sleep } from "node:timers/promises";
import { getLogger } from "@logtape/logtape";

/** Work that goes on in the background until the node stops. */
export interface Job {
  /** Cuts the present pause short. */
  wake(): void;
  /** Settles when the job has stopped. */
  done: Promise<void>;
}

/** How long to pause, in milliseconds; a longer pause after each failure in a row. */
export interface Pace {
  /** After a turn that went well. A turn may ask for another one at once. */
  every: number;
  /** After the first failure; doubled after each further one. */
  retry: number;
  /** The longest pause after failures. */
  retryMost: number;
}

/** What a job waits by. */
export interface Waiting {
  clock: {
    /**
     * Resolves after so many milliseconds, or at once when the signal aborts.
     * With 0 it lets whatever else is waiting go first.
     */
    sleep(ms: number, signal?: AbortSignal): Promise<void>;
  };
  /** From 0 up to, but not including, 1. */
  random: () => number;
}

/** By the timers of the machine, which it keeps from exiting. */
const machine: Waiting = {
  clock: {
    sleep: (ms, signal) =>
      ms === 0 ? setImmediate() : sleep(ms, undefined, signal && { signal }).catch(() => undefined),
  },
  random: Math.random,
};

/**
 * Runs a turn, pauses, runs the next. A turn that throws is logged and tried
 * again later, so that no fault ends the job.
 *
 * @param turn Returns true to be called again at once.
 */
export function repeat(
  name: string,
  stop: AbortSignal,
  pace: Pace,
  turn: (signal: AbortSignal) => Promise<boolean>,
  { clock, random }: Waiting = machine,
): Job {
  const log = getLogger(["fragaria", "jobs"]);
  let woken = false;
  let resume = () => {};
  const pause = async (ms: number) => {
    if (woken || stop.aborted) return;
    const cut = new AbortController();
    resume = () => cut.abort();
    await clock.sleep(ms, cut.signal);
  };
  stop.addEventListener("abort", () => resume(), { once: true });
  const run = async () => {
    let failures = 0;
    while (!stop.aborted) {
      woken = false;
      let wait: number;
      try {
        const again = await turn(stop);
        failures = 0;
        if (again) {
          // SQLite answers at once: without this a busy job would leave no room for requests.
          await clock.sleep(0);
          continue;
        }
        wait = pace.every;
      } catch (error) {
        if (stop.aborted) break;
        failures += 1;
        wait = Math.min(pace.retryMost, pace.retry * 2 ** (failures - 1));
        const { message } = error as Error;
        log.warn("{name}: {message}; next try in {seconds} s", {
          name,
          message,
          seconds: wait / 1000,
        });
        log.debug("{name}: {error}", { name, error });
      }
      // A little chance, so that nodes that failed together don't come back together.
      await pause(wait * (0.9 + random() * 0.2));
    }
  };
  return {
    wake() {
      woken = true;
      resume();
    },
    done: run(),
  };
}
