import { setImmediate } from "node:timers/promises";
import type { Clock } from "../../src/replication/replica.ts";

/** A clock that stands still unless it is run, and then jumps from one thing that is due to the next. */
export interface VirtualClock extends Clock {
  /** Calls back at that moment, or as soon as it is run when that is over. Returns what calls it off. */
  at(moment: number, call: () => void): () => void;
  /**
   * Lets so many milliseconds pass, or fewer if it is `done` before. What is
   * due at the same moment happens in the order in which it was asked for.
   *
   * @returns Whether it was done, which is asked at each moment at which something happens.
   */
  run(ms: number, done?: () => boolean): Promise<boolean>;
  /** Holds the time still until that is settled: for what the machine itself does, as a database. */
  outside<T>(work: Promise<T>): Promise<T>;
}

interface Due {
  moment: number;
  order: number;
  /** Undefined once it was called off. */
  call: (() => void) | undefined;
}

/**
 * Starts a clock.
 *
 * @param start Epoch ms.
 */
export function virtualClock(start: number): VirtualClock {
  let now = start;
  let order = 0;
  const heap: Due[] = [];
  const working = new Set<Promise<unknown>>();

  const at = (moment: number, call: () => void) => {
    const due: Due = { moment: Math.max(moment, now), order: (order += 1), call };
    push(heap, due);
    return () => {
      due.call = undefined;
    };
  };

  /** Until all that follows from what has happened has happened, too. */
  const settle = async () => {
    await setImmediate();
    while (working.size > 0) {
      await Promise.allSettled(working);
      await setImmediate();
    }
  };

  return {
    now: () => now,
    at,
    sleep(ms, signal) {
      if (signal?.aborted === true) return Promise.resolve();
      return new Promise((resolve) => {
        const end = () => {
          callOff();
          signal?.removeEventListener("abort", end);
          resolve();
        };
        const callOff = at(now + ms, end);
        signal?.addEventListener("abort", end);
      });
    },
    timeout(ms) {
      const controller = new AbortController();
      at(now + ms, () => controller.abort(late));
      return controller.signal;
    },
    async run(ms, done = () => false) {
      const end = now + ms;
      for (;;) {
        await settle();
        if (done()) return true;
        const next = heap[0];
        if (next === undefined || next.moment > end) break;
        now = next.moment;
        while (heap[0] !== undefined && heap[0].moment === now) pop(heap)?.call?.();
      }
      now = end;
      return false;
    },
    outside(work) {
      const settled = work.finally(() => working.delete(settled));
      working.add(settled);
      return settled;
    },
  };
}

/** One for all, as most time-outs come when nobody waits any more, and each would take its stack along. */
const late = new DOMException("it took too long", "TimeoutError");

function before(a: Due, b: Due): boolean {
  return a.moment < b.moment || (a.moment === b.moment && a.order < b.order);
}

/** Adds to a binary heap: each entry is due no later than the two at twice its place. */
function push(heap: Due[], due: Due): void {
  let at = heap.length;
  while (at > 0) {
    const parent = (at - 1) >> 1;
    const above = heap[parent] as Due;
    if (before(above, due)) break;
    heap[at] = above;
    at = parent;
  }
  heap[at] = due;
}

/** Takes what is due first. */
function pop(heap: Due[]): Due | undefined {
  const first = heap[0];
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return first;
  let at = 0;
  for (;;) {
    let child = 2 * at + 1;
    if (child >= heap.length) break;
    const right = heap[child + 1];
    if (right !== undefined && before(right, heap[child] as Due)) child += 1;
    const below = heap[child] as Due;
    if (before(last, below)) break;
    heap[at] = below;
    at = child;
  }
  heap[at] = last;
  return first;
}
