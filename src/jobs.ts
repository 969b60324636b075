import { setImmediate } from "node:timers/promises";
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
): Job {
  const log = getLogger(["fragaria", "jobs"]);
  let woken = false;
  let resume = () => {};
  const pause = (ms: number) =>
    new Promise<void>((resolve) => {
      if (woken || stop.aborted) return resolve();
      const timer = setTimeout(resolve, ms);
      resume = () => {
        clearTimeout(timer);
        resolve();
      };
    });
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
          await setImmediate();
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
      await pause(wait * (0.9 + Math.random() * 0.2));
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
