import { relevance as ask } from "../index/relevance.ts";
import { progress, report } from "./measure.ts";

/**
 * How many of the queries that people would type find what they look for among
 * the first three; on standard error each that doesn't.
 */
export async function relevance(): Promise<void> {
  const start = performance.now();
  const { listings, queries, misses, times } = await ask();
  for (const { kind, q, found } of misses) {
    progress(`miss (${kind}): ${q} found ${found.length === 0 ? "nothing" : found.join("; ")}`);
  }
  report({
    name: "relevance.top-three",
    value: (100 * (queries - misses.length)) / queries,
    unit: "%",
    n: queries,
    seconds: (performance.now() - start) / 1000,
    note: `${listings} listings`,
  });
  const sorted = times.toSorted((a, b) => a - b);
  for (const [name, part] of [
    ["p50", 0.5],
    ["p99", 0.99],
  ] as const) {
    report({
      name: `relevance.query-${name}`,
      value: sorted[Math.floor(sorted.length * part)] ?? 0,
      unit: "ms",
      n: queries,
      seconds: sorted.reduce((sum, each) => sum + each, 0) / 1000,
    });
  }
}
