import { afterAll, beforeAll, describe, test } from "vitest";
import { bakeryNode } from "./bakery-node.ts";
import { olderRelease } from "./node-process.ts";
import { steps } from "./scenario.ts";
import { type Snac, startSnac } from "./snac.ts";
import type { InteropNode } from "./step.ts";

describe("a person on a snac2", () => {
  const using = new AsyncDisposableStack();
  let node: InteropNode;
  let snac: Snac;
  beforeAll(async () => {
    const older = using.use(olderRelease("0.0.1"));
    node = using.use(await bakeryNode(older.path));
    snac = using.use(await startSnac());
  });
  afterAll(() => using.disposeAsync());

  for (const step of steps) test(step.name, () => step.run(node, snac));
});
