import { digestOf } from "../coop/version.ts";
import type { Received } from "../directory/receive.ts";

/** For so long it isn't asked again for what was refused, ms. */
const rest = 6 * 60 * 60 * 1000;

/** Of so many records it is remembered; of further ones the first are forgotten. */
const most = 100_000;

/**
 * Records that peers hold and this node has refused. Every repair would find
 * and fetch them again, as they stay lacking.
 */
export class Refusals {
  readonly #until = new Map<string, number>();

  /**
   * @param bodies What was offered.
   * @param received What became of each.
   */
  note(bodies: Uint8Array[], received: Received[], now: number): void {
    for (const [at, body] of bodies.entries()) {
      const outcome = received[at];
      // A key may be known, and a clock right, a moment later.
      if (outcome?.outcome !== "refused" || passing.has(outcome.reason)) continue;
      const digest = digestOf(body);
      this.#until.delete(digest);
      this.#until.set(digest, now + rest);
      if (this.#until.size > most) this.#until.delete(this.#until.keys().next().value ?? "");
    }
  }

  /** Whether it is too early to ask for it again. */
  has(digest: string, now: number): boolean {
    return (this.#until.get(digest) ?? 0) > now;
  }
}

/** Reasons that may soon be none. */
const passing = new Set<string>(["unknown-key", "from-the-future", "origin-not-held"]);
