/** How long ago a host gave a sign of life. */
export type Liveness = "live" | "stale" | "hidden" | "dropped";

const day = 24 * 60 * 60 * 1000;

/** Up to how many milliseconds after its last sign of life a host is what. */
export const patience = { live: 7 * day, stale: 30 * day, hidden: 90 * day } as const;

/**
 * The liveness of a host: a function of what it has signed and of the time, so
 * that all nodes agree. One beacon brings it back in one step.
 *
 * @param issued When its newest beacon was issued, epoch ms; of a host that
 *   never had one, its newest record. Undefined when it has signed nothing that
 *   is known, of which nothing is said.
 */
export function liveness(issued: number | undefined, now: number): Liveness | undefined {
  if (issued === undefined) return undefined;
  const silent = now - issued;
  if (silent <= patience.live) return "live";
  if (silent <= patience.stale) return "stale";
  return silent <= patience.hidden ? "hidden" : "dropped";
}

/** Whether what a host publishes is shown and counted. Hosts of which nothing is said are. */
export function isShown(of: Liveness | null | undefined): boolean {
  return of !== "hidden" && of !== "dropped";
}
