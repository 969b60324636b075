import { setTimeout as sleep } from "node:timers/promises";
import { memoryOf } from "./index/files.ts";
import { measure, meterOf, report, type Taken, type Work } from "./measure.ts";

/** Does a piece of work once, and reports the most that a process has resident meanwhile. */
export async function reportPeak(name: string, pid: number, work: Work): Promise<Taken> {
  const before = memoryOf(pid).resident;
  let peak = before;
  const done = new AbortController();
  const watching = (async () => {
    while (!done.signal.aborted) {
      peak = Math.max(peak, memoryOf(pid).resident);
      await sleep(100);
    }
  })();
  const taken = await measure(work, meterOf(pid)).finally(() => done.abort());
  await watching;
  report({
    name,
    value: peak / 2 ** 20,
    unit: "MiB",
    n: taken.n,
    seconds: taken.seconds,
    note: `resident at the most; ${Math.round(before / 2 ** 20)} before`,
  });
  return taken;
}
