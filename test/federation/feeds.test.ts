import { getGlobalDispatcher, setGlobalDispatcher } from "undici";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { JsonObject } from "../../src/coop/canonical-json.ts";
import { addCoop, publish } from "../../src/directory/publish.ts";
import { withdraw } from "../../src/directory/withdraw.ts";
import { guardOutbound } from "../../src/outbound.ts";
import { eachEngine } from "../helpers/database.ts";
import { bakery, testNode, type TestNode } from "../helpers/nodes.ts";
import { lintActivity, lintObject, lintRequest, report } from "../interop/lint.ts";
import { lintServed } from "../interop/lint-served.ts";
import type { Delivery } from "./elsewhere.ts";
import { followOf } from "./person.ts";
import { publicNode } from "./public-node.ts";
import { followersOf, quiet, quietFeeds, stage } from "./stage.ts";

const dispatcher = getGlobalDispatcher();
beforeAll(() => guardOutbound("http://localhost", true));
afterAll(() => setGlobalDispatcher(dispatcher));

const accept = { accept: "application/activity+json" };

async function check(node: TestNode, { headers, body, url, activity }: Delivery, actor: string) {
  expect(activity["actor"]).toBe(actor);
  const served = (await (await node.get(new URL(actor).pathname, accept)).json()) as JsonObject;
  const { publicKeyPem } = served["publicKey"] as { publicKeyPem: string };
  const findings = [
    ...lintActivity(body, { origin: node.origin, now: Date.now() }),
    ...lintRequest(headers, body, { url, publicKeyPem }),
  ];
  expect(report(findings)).toBe("");
}

describe("a feed on a hub", () => {
  it.each(["all", "housing", "sector.q", "region.gb-sct", "housing.gb-sct", "fair-trade.ca"])(
    "can be found and read by everybody, without a fault: @%s",
    async (name) => {
      await using node = await publicNode();
      const { app, origin } = node;
      const id = `${origin}/feeds/${name}`;
      const get = (request: Request) => app.fetch(request);
      const findings = await lintServed(get, { origin, id, handle: `${name}@coops.example` });
      expect(report(findings)).toBe("");
      const actor = await node.json(`/feeds/${name}`);
      expect(actor).toMatchObject({ id, type: "Service", preferredUsername: name });
      const introduction = await node.json(`/feeds/${name}/posts/introduction`);
      expect(report(lintObject(JSON.stringify(introduction), { origin }))).toBe("");
    },
  );

  it("is nothing by any other name, and nothing on a leaf, which says where it is", async () => {
    await using node = await publicNode();
    const status = async (path: string) => (await node.ask(path, { headers: accept })).status;
    for (const name of ["Housing", "housing.nowhere", "sector", "bakery"]) {
      expect(await status(`/feeds/${name}`), name).toBe(404);
      expect(await status(`/feeds/${name}/outbox`), name).toBe(404);
    }
    expect(await status("/feeds/housing/posts/nothing")).toBe(404);
    const webFinger = "/.well-known/webfinger?resource=acct:housing@coops.example";
    expect((await node.ask(webFinger)).status).toBe(200);
    await using leaf = await testNode({ ROLE: "leaf" });
    await leaf.start();
    for (const part of ["", "/outbox", "/featured", "/followers", "/posts/introduction"]) {
      // Not 410: by that others would delete it for good.
      expect((await leaf.get(`/feeds/housing${part}`, accept)).status, part).toBe(404);
    }
    const { host } = new URL(leaf.origin);
    const asked = await leaf.get(`/.well-known/webfinger?resource=acct:housing@${host}`);
    expect(asked.status).toBe(404);
    expect(((await asked.json()) as { detail: string }).detail).toContain("so it has no feeds");
  });
});

eachEngine("somebody who follows a feed", (engine) => {
  it("learns of new co-ops, and when one of them is withdrawn", async () => {
    await using set = await stage(engine, []);
    const { node, there, alice } = set;
    const actor = `${node.origin}/feeds/food.ca-qc`;
    await there.send(alice, `${actor}/inbox`, followOf(alice, actor));
    await check(node, await there.receives(0, "Accept"), actor);
    expect(await followersOf(node)).toEqual([`${alice.id} feeds/food.ca-qc`]);
    await quiet(node);
    // Both before either is told.
    await node.stop();
    const first = await node.use(async (db, identity) => {
      const { id } = await addCoop(db, identity, "un", bakery({ name: "Un <3" }), Date.now());
      await addCoop(db, identity, "deux", bakery({ name: "Deux" }), Date.now());
      return id;
    });
    await node.start();
    const created = await there.receives(1, "Create");
    await check(node, created, actor);
    const note = created.activity["object"] as { id: string; content: string };
    expect(note.content).toContain("New in the directory: Food and farming, Quebec");
    expect(note.content).toContain(`href="${node.origin}/coops/${first}"`);
    expect(note.content).toContain(">Un &lt;3</a>, Rimouski, Quebec, Canada<br>");
    // What is served is what was sent.
    const served = (await (await node.get(new URL(note.id).pathname, accept)).json()) as JsonObject;
    const { "@context": _context, ...whole } = served;
    expect(created.activity["object"]).toEqual(whole);
    const outbox = await node.get(`${new URL(actor).pathname}/outbox?cursor=`, accept);
    expect(((await outbox.json()) as JsonObject)["orderedItems"]).toHaveLength(1);
    // An edit is nothing new, and a third one has to wait.
    await node.use((db, identity) =>
      publish(db, identity, first, bakery({ name: "Un, encore" }), Date.now()),
    );
    await node.use((db, identity) =>
      addCoop(db, identity, "trois", bakery({ name: "Trois" }), Date.now()),
    );
    await node.use((db, identity) => withdraw(db, identity, first, Date.now()));
    const updated = await there.receives(2, "Update");
    await check(node, updated, actor);
    const less = updated.activity["object"] as { id: string; content: string };
    expect(less.id).toBe(note.id);
    expect(less.content).toContain(">Deux</a>");
    expect(less.content).not.toContain("Un");
    await quietFeeds(node);
    expect(there.received).toHaveLength(3);
  });

  it("is told that a post is gone of which nothing is left", async () => {
    await using set = await stage(engine, []);
    const { node, there, alice } = set;
    const actor = `${node.origin}/feeds/all`;
    await there.send(alice, `${actor}/inbox`, followOf(alice, actor));
    await there.receives(0, "Accept");
    const id = await node.use(async (db, identity) => {
      return (await addCoop(db, identity, "un", bakery(), Date.now())).id;
    });
    await there.receives(1, "Create");
    await quiet(node);
    await node.use((db, identity) => withdraw(db, identity, id, Date.now()));
    const deleted = await there.receives(2, "Delete");
    await check(node, deleted, actor);
    const { id: note } = deleted.activity["object"] as { id: string };
    expect((await node.get(new URL(note).pathname, accept)).status).toBe(410);
  });

  it("is told once of what was new while the node was down", async () => {
    await using set = await stage(engine, []);
    const { node, there, alice } = set;
    const actor = `${node.origin}/feeds/food`;
    await there.send(alice, `${actor}/inbox`, followOf(alice, actor));
    await there.receives(0, "Accept");
    await quiet(node);
    await node.stop();
    await node.use((db, identity) => addCoop(db, identity, "un", bakery(), Date.now()));
    await node.start();
    await there.receives(1, "Create");
    await quiet(node);
    await node.stop();
    await node.start();
    await node.use((db, identity) => addCoop(db, identity, "deux", bakery(), Date.now()));
    await quietFeeds(node);
    expect(there.received).toHaveLength(2);
  });
});
