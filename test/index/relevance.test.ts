import { expect, test } from "vitest";
import { relevance } from "./relevance.ts";

// With every listing there is, which takes longer: npm run bench -- relevance.
test("of what people look for, nearly all is among the first three that are found", async () => {
  const { queries, misses } = await relevance({ "uk-2023": 4, ncua: 20 });
  expect(queries).toBeGreaterThanOrEqual(70);
  expect(misses.length / queries, JSON.stringify(misses, undefined, 1)).toBeLessThanOrEqual(0.05);
}, 120_000);
