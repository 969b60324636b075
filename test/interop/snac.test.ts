import { afterAll, beforeAll, describe, test } from "vitest";
import { bakery } from "../helpers/nodes.ts";
import { nodeProcess, olderRelease } from "./node-process.ts";
import { type InteropNode, steps } from "./scenario.ts";
import { type Snac, startSnac } from "./snac.ts";

/** A node as its operator and its editors see it: started as a process, written to by commands. */
async function startNode(using: AsyncDisposableStack): Promise<InteropNode> {
  const older = using.use(olderRelease("0.0.1"));
  const process = using.use(await nodeProcess());
  const { origin } = process;
  const cli = (...args: string[]) => process.cli(...args);
  const content = bakery({
    stakeholders: [
      { key: "workers", kind: "worker", name: "Workers", members: 12, followable: true },
    ],
  });
  await process.start(older.path);
  const added = await cli("coop", "add", "bakery", process.file("new.json", content));
  const [id = ""] = added.split(" ");
  await cli("post", "bakery", "We are a bakery that belongs to its workers", "--pin");
  const { host } = new URL(origin);
  return {
    origin,
    node: { id: `${origin}/actor`, handle: `directory@${host}` },
    coop: { id, handle: `bakery@${host}` },
    feed: { id: `${origin}/feeds/food.ca-qc`, handle: `food.ca-qc@${host}` },
    group: { id: `${id}/classes/workers`, handle: `bakery.workers@${host}` },
    async rename(name) {
      await cli("coop", "edit", "bakery", process.file("edited.json", { ...content, name }));
    },
    async post(text, ...options) {
      const [note = ""] = (await cli("post", "bakery", text, ...options)).split(" ");
      return note;
    },
    async reword(note, text) {
      await cli("post", "edit", note, text);
    },
    async remove(note) {
      await cli("post", "delete", note.slice(note.lastIndexOf("/") + 1));
    },
    async agree() {
      const file = process.file("moved.json", { ...content, name: "The same bakery" });
      const [moved = ""] = (await cli("coop", "add", "same_bakery", file)).split(" ");
      await cli("coop", "came-from", "same_bakery", id);
      return { id: moved, handle: `same_bakery@${host}` };
    },
    async move({ handle }) {
      await cli("coop", "move", "bakery", `@${handle}`, "--yes");
    },
    async upgrade() {
      await process.stop();
      await process.start();
    },
  };
}

describe("a person on a snac2", () => {
  const using = new AsyncDisposableStack();
  let node: InteropNode;
  let snac: Snac;
  beforeAll(async () => {
    node = await startNode(using);
    snac = using.use(await startSnac());
  });
  afterAll(() => using.disposeAsync());

  for (const step of steps) test(step.name, () => step.run(node, snac));
});
