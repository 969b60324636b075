import type { Count } from "./listing.ts";

/** The least that a count can be; of one that isn't told, zero. */
export function leastOf(count: Count | undefined): number {
  return typeof count === "number" ? count : 0;
}

/** The most that a count can be; of one that isn't told, anything. */
export function mostOf(count: Count | undefined): number {
  if (count === undefined) return Infinity;
  return typeof count === "object" ? count.fewerThan - 1 : count;
}
