import { expect, test } from "vitest";
import {
  type Description,
  type RecalledDescription,
  recallDescription,
} from "../../src/replication/describe.ts";

test("what a peer says of itself is asked once a minute, and anew when it is forgotten", async () => {
  let asked = 0;
  const recalled: RecalledDescription = {};
  const recall = (now: number) =>
    recallDescription(recalled, now, async () => ({ seq: (asked += 1) }) as Description);
  await expect(recall(1000)).resolves.toMatchObject({ seq: 1 });
  await expect(recall(60_999)).resolves.toMatchObject({ seq: 1 });
  await expect(recall(61_000)).resolves.toMatchObject({ seq: 2 });
  recalled.said = undefined;
  await expect(recall(61_001)).resolves.toMatchObject({ seq: 3 });
});
