import { getGlobalDispatcher, setGlobalDispatcher } from "undici";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { deletePost, listPost, post } from "../../src/directory/post.ts";
import { addCoop } from "../../src/directory/publish.ts";
import { guardOutbound } from "../../src/outbound.ts";
import { elsewhere } from "../federation/elsewhere.ts";
import { followOf } from "../federation/person.ts";
import { bakery, freePort, testNode, until } from "../helpers/nodes.ts";

vi.setConfig({ testTimeout: 90_000 });

const dispatcher = getGlobalDispatcher();
beforeAll(() => guardOutbound("http://localhost", true));
afterAll(() => setGlobalDispatcher(dispatcher));

it("what a co-op posts for the directory comes to those who follow a feed of another node", async () => {
  const [portA, portB] = [await freePort(), await freePort()];
  const peer = (port: number) => ({ PEERS: `http://localhost:${port}` });
  // A leaf has no feeds: what its co-ops say is passed on by hubs.
  await using leaf = await testNode({ ...peer(portB), ROLE: "leaf" }, { port: portA });
  await using hub = await testNode(peer(portA), { port: portB });
  await using there = await elsewhere();
  const alice = there.join("alice");
  await leaf.start();
  await hub.start();
  const actor = `${hub.origin}/feeds/food.ca-qc`;
  await there.send(alice, `${actor}/inbox`, followOf(alice, actor));
  await there.receives(0, "Accept");
  const id = await leaf.use(async (db, node) => {
    return (await addCoop(db, node, "bakery", bakery(), Date.now())).id;
  });
  const created = await there.receives(1, "Create");
  expect(JSON.stringify(created.activity)).toContain(`${leaf.origin}/coops/${id}`);

  const say = (text: string) =>
    leaf.use((db) => post(db, id, { en: text }, Date.now(), { listed: true }));
  const first = await say("Bread");
  const announced = await there.receives(2, "Announce");
  const url = `${leaf.origin}/coops/${id}/posts/${first}`;
  expect(announced.activity).toMatchObject({ actor, object: url });
  await leaf.use((db) => deletePost(db, first, Date.now()));
  const undone = await there.receives(3, "Undo");
  expect(undone.activity).toMatchObject({ actor, object: { object: url } });
  // What is only no longer meant for feeds is still there.
  const second = await say("More bread");
  await there.receives(4, "Announce");
  await leaf.use((db) => listPost(db, second, false, Date.now()));
  await there.receives(5, "Undo");
  const lines = async (view: string) => {
    const answer = await hub.get(`/dir/v1/changes?view=${view}`);
    const all = (await answer.text()).trim().split("\n");
    return all.map((line) => JSON.parse(line) as { kind?: string; id?: string });
  };
  // The hub passes it on to other nodes.
  for (const view of ["ref", "full"]) {
    const news = (await lines(view)).filter(({ kind }) => kind === "news");
    expect(news).toMatchObject([
      { kind: "news", id: url, listing: `${leaf.origin}/coops/${id}/listing` },
      { kind: "news" },
    ]);
  }
  await until(() => there.received.length === 6);
});
