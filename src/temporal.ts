/**
 * Installs `Temporal` where the platform has none. Node 24 has no global, yet
 * Fedify's types and TypeScript's library take it for granted; Fedify accepts
 * any implementation. Import this first in every entry point.
 */
import { Temporal as Polyfill } from "@js-temporal/polyfill";

(globalThis as { Temporal?: unknown }).Temporal ??= Polyfill;

/**
 * How many whole milliseconds a duration lasts, rounded up. Months and years,
 * which have no fixed length, are counted from 2000-01-01.
 */
export function milliseconds(duration: Temporal.Duration): number {
  return Math.ceil(duration.total({ unit: "millisecond", relativeTo: "2000-01-01" }));
}
