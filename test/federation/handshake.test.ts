import { expect, it } from "vitest";
import * as followers from "../../src/store/followers.ts";
import { eachEngine, freshUrl } from "../helpers/database.ts";
import { freePort, testNode, type TestNode, until } from "../helpers/nodes.ts";

const accept = { accept: "application/activity+json" };

/** The members of one of the node actor's collections, as strangers see them. */
async function members(node: TestNode, name: "followers" | "following"): Promise<unknown> {
  const read = async (path: string) => {
    const response = await node.get(path, accept);
    return (await response.json()) as {
      totalItems: number;
      first: string;
      orderedItems: unknown[];
    };
  };
  const { totalItems, first } = await read(`/actor/${name}`);
  const { orderedItems } = await read(first.replace(node.origin, ""));
  expect(totalItems).toBe(orderedItems.length);
  return orderedItems;
}

eachEngine("two nodes that are peers", (engine) => {
  it("follow each other, once, and keep it over a restart", async () => {
    await using setting = new AsyncDisposableStack();
    const ports = [await freePort(), await freePort()] as const;
    const [a, b] = await Promise.all(
      ports.map(async (port, at) => {
        const PEERS = `http://localhost:${ports[1 - at]}`;
        if (engine === "sqlite") return setting.use(await testNode({ PEERS }, { port }));
        const { url } = setting.use(await freshUrl(engine));
        return setting.use(await testNode({ PEERS, DATABASE_URL: url }, { port }));
      }),
    );
    if (a === undefined || b === undefined) throw new Error("two nodes were asked for");
    // The first one finds nobody yet, and asks again.
    await a.start();
    await b.start();
    const accepted = (node: TestNode) =>
      until(async () => {
        const following = await node.use((db) => followers.following(db, "actor"));
        return following.length === 1 && following[0]?.accepted != null;
      });
    await accepted(a);
    await accepted(b);
    const agreed = async () => {
      for (const [one, other] of [
        [a, b],
        [b, a],
      ] as const) {
        expect(await members(one, "followers")).toEqual([`${other.origin}/actor`]);
        expect(await members(one, "following")).toEqual([`${other.origin}/actor`]);
      }
    };
    await agreed();
    await a.stop();
    await a.start();
    await agreed();
  });
});
