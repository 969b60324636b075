import { describe, expect, it } from "vitest";
import { isShown, liveness } from "../../src/coop/liveness.ts";

const day = 24 * 60 * 60 * 1000;
const now = Date.UTC(2026, 10, 22);

describe("liveness", () => {
  it.each([
    [0, "live"],
    [7 * day, "live"],
    [7 * day + 1, "stale"],
    [30 * day, "stale"],
    [30 * day + 1, "hidden"],
    [90 * day, "hidden"],
    [90 * day + 1, "dropped"],
    [399 * day, "dropped"],
  ])("%d ms after the last sign of life", (silent, expected) => {
    expect(liveness(now - silent, now)).toBe(expected);
  });

  it("is live where the other clock is ahead, and nothing where nothing was signed", () => {
    expect(liveness(now + 60_000, now)).toBe("live");
    expect(liveness(undefined, now)).toBeUndefined();
  });

  it("hides after thirty days, not before, and nothing of which nothing is known", () => {
    const shown = ["live", "stale", "hidden", "dropped", undefined, null] as const;
    expect(shown.map(isShown)).toEqual([true, true, false, false, true, true]);
  });
});
