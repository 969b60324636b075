import { getGlobalDispatcher, setGlobalDispatcher } from "undici";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { JsonObject } from "../../src/coop/canonical-json.ts";
import { deletePost, listPost, pinPost, post } from "../../src/directory/post.ts";
import { withdraw } from "../../src/directory/withdraw.ts";
import { guardOutbound } from "../../src/outbound.ts";
import type { Engine } from "../../src/store/dialect.ts";
import { eachEngine } from "../helpers/database.ts";
import { lintActivity, lintRequest, report } from "../interop/lint.ts";
import type { Delivery } from "./elsewhere.ts";
import { followOf } from "./person.ts";
import { quietFeeds, stage } from "./stage.ts";

const dispatcher = getGlobalDispatcher();
beforeAll(() => guardOutbound("http://localhost", true));
afterAll(() => setGlobalDispatcher(dispatcher));

/** A node with a co-op, and Alice elsewhere, who follows a feed that it belongs to. */
async function feedStage(engine: Engine) {
  const set = await stage(engine, []);
  const { node, there, alice, id, url } = set;
  const actor = `${node.origin}/feeds/food`;
  await there.send(alice, `${actor}/inbox`, followOf(alice, actor));
  await there.receives(0, "Accept");
  await quietFeeds(node);
  there.received.length = 0;
  const key = (await (
    await node.get("/feeds/food", { accept: "application/activity+json" })
  ).json()) as { publicKey: { publicKeyPem: string } };
  return {
    ...set,
    actor,
    write: (text: string, how: { listed?: boolean; pinned?: boolean }, ago = 0) =>
      node.use((db) => post(db, id, { en: text }, Date.now() - ago, how)),
    note: (written: string) => `${url}/posts/${written}`,
    check: ({ activity, body, headers, url: inbox }: Delivery) => {
      expect(activity["actor"]).toBe(actor);
      const { publicKeyPem } = key.publicKey;
      const findings = [
        ...lintActivity(body, { origin: node.origin, now: Date.now() }),
        ...lintRequest(headers, body, { url: inbox, publicKeyPem }),
      ];
      expect(report(findings)).toBe("");
    },
    [Symbol.asyncDispose]: () => set[Symbol.asyncDispose](),
  };
}

const objects = (deliveries: Delivery[]) => deliveries.map(({ activity }) => activity["object"]);

eachEngine("a feed passes on what co-ops post for it", (engine) => {
  it("as a boost, and takes it back when it is deleted or no longer meant for that", async () => {
    await using set = await feedStage(engine);
    const { node, there, url, write, note, check } = set;
    await write("Only for our followers", {});
    const first = await write("For everybody", { listed: true });
    const announced = await there.receives(0, "Announce");
    check(announced);
    expect(announced.activity).toMatchObject({ object: note(first) });
    const second = await write("This, too", {});
    await node.use((db) => listPost(db, second, true, Date.now()));
    check(await there.receives(1, "Announce"));
    await node.use((db) => listPost(db, second, false, Date.now()));
    const undone = await there.receives(2, "Undo");
    check(undone);
    expect(undone.activity["object"]).toMatchObject({ type: "Announce", object: note(second) });
    await node.use((db) => deletePost(db, first, Date.now()));
    // By its author, for the servers that have fetched it; and by the feed.
    const deleted = await there.receives(3, "Delete");
    expect(deleted.activity).toMatchObject({ actor: url, object: { id: note(first) } });
    const last = await there.receives(4, "Undo");
    expect((last.activity["object"] as JsonObject)["id"]).toBe(announced.activity["id"]);
    await quietFeeds(node);
    expect(there.received).toHaveLength(5);
  });

  it("at most three times a week for each co-op, and nothing that is old", async () => {
    await using set = await feedStage(engine);
    const { node, there, write, note } = set;
    const day = 86_400_000;
    await write("Old", { listed: true }, 8 * day);
    const three = [
      await write("One", { listed: true }, 6 * day),
      await write("Two", { listed: true }, day),
      await write("Three", { listed: true }),
    ];
    await write("Four", { listed: true });
    await there.receives(2, "Announce");
    await quietFeeds(node);
    expect(objects(there.received)).toEqual(three.map(note));
  });

  it("and a new co-op's introduction, whether it is unpinned later or not", async () => {
    await using set = await feedStage(engine);
    const { node, there, write, note } = set;
    const id = await write("This is who we are", { pinned: true });
    const announced = await there.receives(0, "Announce");
    expect(announced.activity["object"]).toBe(note(id));
    await node.use((db) => pinPost(db, id, false, Date.now()));
    await quietFeeds(node);
    expect(there.received).toHaveLength(1);
  });

  it("but nothing more of a co-op that leaves the directory", async () => {
    await using set = await feedStage(engine);
    const { node, there, write, id } = set;
    await write("For everybody", { listed: true });
    await there.receives(0, "Announce");
    await quietFeeds(node);
    await node.use((db, identity) => withdraw(db, identity, id, Date.now()));
    await there.receives(1, "Undo");
    await write("Still there", { listed: true });
    await quietFeeds(node);
    expect(there.received).toHaveLength(2);
  });
});
