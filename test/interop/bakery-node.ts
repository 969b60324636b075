import { bakery } from "../helpers/nodes.ts";
import { type NodeProcess, nodeProcess } from "./node-process.ts";
import type { InteropNode } from "./step.ts";

/**
 * A node with a bakery on it, as its operator and its editors see it: started as
 * a process, written to by commands.
 *
 * @param code Of another release than this one.
 */
export async function bakeryNode(
  code?: string,
): Promise<InteropNode & Pick<NodeProcess, "stop" | "start" | "pass"> & AsyncDisposable> {
  await using disposal = new AsyncDisposableStack();
  const process = disposal.use(await nodeProcess());
  const { origin } = process;
  const cli = (...args: string[]) => process.cli(...args);
  const content = bakery({
    stakeholders: [
      { key: "workers", kind: "worker", name: "Workers", members: 12, followable: true },
    ],
  });
  await process.start(code);
  const added = await cli("coop", "add", "bakery", process.file("new.json", content));
  const [id = ""] = added.split(" ");
  await cli("post", "bakery", "We are a bakery that belongs to its workers", "--pin");
  const { host } = new URL(origin);
  const moved = disposal.move();
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
    async replies() {
      const lines = (await cli("reply", "list", "bakery"))
        .split("\n")
        .filter((line) => line !== "");
      return lines.map((line) => ({ key: line.split(" ")[0] ?? "", line }));
    },
    async answer(key, text) {
      await cli("reply", "answer", key, text);
    },
    async hide(key) {
      await cli("reply", "hide", key);
    },
    async show(key) {
      await cli("reply", "show", key);
    },
    async block(whom, by) {
      await cli("block", whom, ...(by === "coop" ? ["--coop", "bakery"] : []));
    },
    async unblock(whom) {
      await cli("unblock", whom, "--coop", "bakery");
    },
    async agree() {
      const file = process.file("moved.json", { ...content, name: "The same bakery" });
      const [other = ""] = (await cli("coop", "add", "same_bakery", file)).split(" ");
      await cli("coop", "came-from", "same_bakery", id);
      return { id: other, handle: `same_bakery@${host}` };
    },
    async move({ handle }) {
      await cli("coop", "move", "bakery", `@${handle}`, "--yes");
    },
    async upgrade() {
      await process.stop();
      await process.start();
    },
    start: (other) => process.start(other),
    stop: () => process.stop(),
    pass: (ms) => process.pass(ms),
    [Symbol.asyncDispose]: () => moved.disposeAsync(),
  };
}
