/**
 * Runs the latest of many calls, once it has been quiet for a while.
 *
 * @param {(signal: AbortSignal) => Promise<void>} work
 * @param {number} pause Milliseconds after the last call.
 */
export function quietly(work, pause) {
  let timer = 0;
  let running = new AbortController();
  return () => {
    clearTimeout(timer);
    running.abort();
    running = new AbortController();
    const { signal } = running;
    timer = window.setTimeout(() => {
      // Called off by a later call, or the node is away: then the next call asks again.
      work(signal).catch(() => {});
    }, pause);
  };
}
