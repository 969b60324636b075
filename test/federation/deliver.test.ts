import { getGlobalDispatcher, setGlobalDispatcher } from "undici";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { JsonObject } from "../../src/coop/canonical-json.ts";
import { deletePost, editPost, pinPost } from "../../src/directory/post.ts";
import { publish } from "../../src/directory/publish.ts";
import { deleteCoop, withdraw } from "../../src/directory/withdraw.ts";
import { guardOutbound } from "../../src/outbound.ts";
import * as changes from "../../src/store/changes.ts";
import * as coops from "../../src/store/coops.ts";
import * as posts from "../../src/store/posts.ts";
import { eachEngine } from "../helpers/database.ts";
import { until } from "../helpers/nodes.ts";
import { checkDelivery as check } from "./check-delivery.ts";
import type { Delivery } from "./elsewhere.ts";
import { followOf } from "./person.ts";
import { fullBakery } from "./public-node.ts";
import { followersOf, quiet, stage } from "./stage.ts";

const dispatcher = getGlobalDispatcher();
beforeAll(() => guardOutbound("http://localhost", true));
afterAll(() => setGlobalDispatcher(dispatcher));

eachEngine("a follower on another server", (engine) => {
  it.each(["draft-cavage-http-signatures-12", "rfc9421"] as const)(
    "is accepted, signed by %s, and gets its own Follow back",
    async (signatures) => {
      await using set = await stage(engine, []);
      const { node, there, alice, url } = set;
      const follow = followOf(alice, url);
      expect((await there.send(alice, `${node.origin}/inbox`, follow, signatures)).status).toBe(
        202,
      );
      const accept = await there.receives(0, "Accept");
      expect(accept.url).toBe(`${alice.id}/inbox`);
      await check(node, accept, url);
      const { "@context": _context, ...whole } = follow;
      expect(accept.activity["object"]).toEqual(whole);
    },
  );

  it("is told of posts: that they are there, that they were edited, that they are gone", async () => {
    await using set = await stage(engine);
    const { node, there, url, write } = set;
    const id = await write("Du pain #frais");
    const note = `${url}/posts/${id}`;
    const created = await there.receives(0, "Create");
    await check(node, created, url);
    expect(created.activity).toMatchObject({
      id: `${note}/activity`,
      object: { id: note, attributedTo: url, tag: [{ type: "Hashtag", name: "#frais" }] },
    });
    await quiet(node);
    await node.use((db) => editPost(db, id, { fr: "Rassis" }, Date.now()));
    const updated = await there.receives(1, "Update");
    await check(node, updated, url);
    expect(updated.activity["object"]).toMatchObject({ id: note, content: "<p>Rassis</p>" });
    await node.use((db) => deletePost(db, id, Date.now()));
    const deleted = await there.receives(2, "Delete");
    await check(node, deleted, url);
    expect(deleted.activity["object"]).toMatchObject({ id: note, type: "Tombstone" });
    await quiet(node);
    expect(there.received).toHaveLength(3);
  });

  it("is told what is pinned, once, and what no longer is", async () => {
    await using set = await stage(engine);
    const { node, there, url, write } = set;
    const id = await write("Bonjour");
    const note = `${url}/posts/${id}`;
    const pin = (pinned: boolean) => node.use((db) => pinPost(db, id, pinned, Date.now()));
    await there.receives(0, "Create");
    await quiet(node);
    for (const [at, type] of ["Add", "Remove", "Add"].entries()) {
      await pin(type === "Add");
      const told = await there.receives(at + 1, type);
      await check(node, told, url);
      expect(told.activity).toMatchObject({ object: note, target: `${url}/featured` });
      await pin(type === "Add");
      await quiet(node);
    }
    const ids = there.received.map(({ activity }) => activity["id"]);
    expect(new Set(ids).size).toBe(4);
    // What is pinned says nothing of the text, and the other way round.
    await node.use((db) => editPost(db, id, { fr: "Bonsoir" }, Date.now()));
    await there.receives(4, "Update");
    await quiet(node);
    await pin(false);
    await there.receives(5, "Remove");
    await quiet(node);
    expect(there.received).toHaveLength(6);
  });

  it("gets the whole actor, as it is served, when the profile changes; and the class's", async () => {
    await using set = await stage(engine, ["", "/classes/workers"]);
    const { node, there, url, edit } = set;
    await edit("Au bon pain");
    await there.receives(0, "Update");
    await there.receives(1, "Update");
    await quiet(node);
    expect(there.received).toHaveLength(2);
    const accept = { accept: "application/activity+json" };
    for (const actor of [url, `${url}/classes/workers`]) {
      const update = there.received.find(({ activity }) => activity["actor"] === actor);
      if (update === undefined) throw new Error(`no Update of ${actor}`);
      await check(node, update, actor);
      const served = (await (await node.get(new URL(actor).pathname, accept)).json()) as JsonObject;
      // Nothing is lost on the way, our own terms included.
      const { "@context": context, ...whole } = served;
      expect(update.activity).toMatchObject({ "@context": context ?? "", object: whole });
    }
  });

  it("is told nothing when nothing changed, nor of a listing that was withdrawn", async () => {
    await using set = await stage(engine);
    const { node, there, id, write } = set;
    const again = await node.use((db, identity) =>
      publish(db, identity, id, fullBakery, Date.now()),
    );
    expect(again.changed).toBe(false);
    await node.use((db, identity) => withdraw(db, identity, id, Date.now()));
    await quiet(node);
    expect(there.received).toEqual([]);
    const accept = { accept: "application/activity+json" };
    expect((await node.get(`/coops/${id}`, accept)).status).toBe(200);
    expect((await node.get(`/coops/${id}/classes/workers`, accept)).status).toBe(200);
    await write("Encore là");
    await there.receives(0, "Create");
  });

  it("is told when a class can't be followed any more, which can come back and go again", async () => {
    await using set = await stage(engine, ["", "/classes/workers"]);
    const { node, there, alice, id, url } = set;
    const actor = `${url}/classes/workers`;
    const accept = { accept: "application/activity+json" };
    const served = () => node.get(new URL(actor).pathname, accept);
    const handle = `acct:bakery.workers@${new URL(node.origin).host}`;
    const found = async () => (await node.get(`/.well-known/webfinger?resource=${handle}`)).status;
    const { stakeholders = [], ...rest } = fullBakery;
    const letFollow = (followable: boolean) => {
      const classes = stakeholders.map(({ followable: before, ...each }) =>
        before === true && followable ? { ...each, followable: before } : each,
      );
      return node.use((db, identity) =>
        publish(db, identity, id, { ...rest, stakeholders: classes }, Date.now()),
      );
    };
    const told = async () => {
      const find = () => there.received.find(({ activity }) => activity["type"] === "Delete");
      await until(() => find() !== undefined);
      const deleted = find();
      if (deleted === undefined) throw new Error("no Delete");
      return deleted;
    };
    await letFollow(false);
    const deleted = await told();
    await check(node, deleted, actor);
    expect(deleted.activity["object"]).toBe(actor);
    await quiet(node);
    // The co-op itself is there as before, with its new profile.
    expect(new Set(there.received.map(({ activity }) => activity["type"]))).toEqual(
      new Set(["Delete", "Update"]),
    );
    expect(await followersOf(node)).toEqual([`${alice.id} coops/${id}`]);
    const gone = await served();
    expect([gone.status, ((await gone.json()) as JsonObject)["type"]]).toEqual([410, "Tombstone"]);
    expect(await found()).toBe(410);

    await letFollow(true);
    await quiet(node);
    expect((await served()).status).toBe(200);
    expect(await found()).toBe(200);
    await there.send(alice, `${actor}/inbox`, followOf(alice, actor));
    await until(async () => (await followersOf(node)).length === 2);
    await quiet(node);
    there.received.length = 0;
    await node.use((db, identity) => publish(db, identity, id, rest, Date.now()));
    expect((await told()).activity["id"]).not.toBe(deleted.activity["id"]);
    expect((await served()).status).toBe(410);
  }, 60_000);

  it("is told when a co-op is deleted, once by each actor that it follows, and let go", async () => {
    await using set = await stage(engine, ["", "/classes/workers"]);
    const { node, there, url, id } = set;
    await node.use((db, identity) => deleteCoop(db, identity, id, Date.now()));
    await there.receives(0, "Delete");
    await there.receives(1, "Delete");
    await quiet(node);
    expect(there.received).toHaveLength(2);
    const actors = [url, `${url}/classes/workers`];
    for (const actor of actors) {
      const deleted = there.received.find(({ activity }) => activity["actor"] === actor);
      if (deleted === undefined) throw new Error(`no Delete by ${actor}`);
      await check(node, deleted, actor);
      expect(deleted.activity["object"]).toBe(actor);
      const accept = { accept: "application/activity+json" };
      expect((await node.get(new URL(actor).pathname, accept)).status).toBe(410);
    }
    const left = await node.use((db) => db.selectFrom("follower").selectAll().execute());
    expect(left).toEqual([]);
  });

  it("gets what was handed to the queue twice under the same id, and so sees it once", async () => {
    await using set = await stage(engine);
    const { node, there, id, write, edit } = set;
    const [before, { announced }] = await node.use(async (db) => [
      await changes.cursor(db, "deliver"),
      (await coops.get(db, id)) ?? { announced: null },
    ]);
    const news = await write("Une fois");
    await edit("Deux fois");
    await there.receives(1, "Update");
    await quiet(node);
    await node.stop();
    // As if the process had died when both were in the queue, before it noted that.
    await node.use(async (db) => {
      await changes.advance(db, "deliver", before);
      await coops.announce(db, id, announced);
      await posts.announce(db, news, posts.untold);
    });
    await node.start();
    await there.receives(3, "Update");
    await quiet(node);
    const ids = there.received.map(({ activity }) => activity["id"]);
    expect(ids).toHaveLength(4);
    expect(ids.slice(2)).toEqual(ids.slice(0, 2));
    expect(new Set(ids).size).toBe(2);
  });

  it("gets what was written while the node was stopped, signed by the same keys", async () => {
    await using set = await stage(engine);
    const { node, there, url, write } = set;
    await write("Avant");
    await there.receives(0, "Create");
    await quiet(node);
    await node.stop();
    // Who never had the first text can't be told of another one.
    const id = await write("Pendant");
    await node.use((db) => editPost(db, id, { fr: "Entre-temps" }, Date.now()));
    await node.start();
    const created = await there.receives(1, "Create");
    await check(node, created, url);
    expect(created.activity["object"]).toMatchObject({ content: "<p>Entre-temps</p>" });
    const keyId = ({ headers }: Delivery) =>
      /keyId="([^"]+)"/.exec(headers.get("signature") ?? "")?.[1];
    expect(keyId(created)).toBe(`${url}#main-key`);
  });
});

it("is sent again what it couldn't take, in the signatures that everybody takes", async () => {
  await using set = await stage("sqlite");
  const { node, there, url, write } = set;
  // Fedify tries the other signatures on any failure, and would remember them: snac2 takes such
  // activities with 202 and throws them away. If it is there again just then, that is the end.
  there.answers.push(503);
  await write("Patience");
  await there.receives(1, "Create");
  await quiet(node);
  expect(there.received).toHaveLength(2);
  expect(there.received.filter(({ headers }) => headers.has("signature-input"))).toEqual([]);
  await write("Ensuite");
  await there.receives(2, "Create");
  for (const delivery of there.received) await check(node, delivery, url);
  expect(new Set(there.received.map(({ activity }) => activity["id"])).size).toBe(2);
});

it("is told of one post in the order in which it was said, and of others meanwhile", async () => {
  await using set = await stage("sqlite");
  const { node, there, write, edit } = set;
  there.answers.push(503);
  const post = await write("D'abord");
  await there.receives(0, "Create");
  await node.use((db) => editPost(db, post, { fr: "Plutôt" }, Date.now()));
  await edit("Enfin");
  await until(() => there.received.length === 4);
  await quiet(node);
  const told = there.received.slice(1).map(({ activity }) => {
    const { type, object } = activity as { type: string; object: { type: string } };
    return `${type} ${object.type}`;
  });
  expect(told.toSorted()).toEqual(["Create Note", "Update Note", "Update Organization"]);
  expect(told.indexOf("Create Note")).toBeLessThan(told.indexOf("Update Note"));
});

it("shares one delivery with everyone on its server, if that has an inbox for all", async () => {
  await using set = await stage("sqlite", []);
  const { node, there, url, write } = set;
  const endpoints = { sharedInbox: `${there.origin}/inbox` };
  for (const name of ["bob", "carol"]) {
    const member = there.join(name, { endpoints });
    await there.send(member, `${url}/inbox`, followOf(member, url));
  }
  await until(() => there.received.length === 2);
  await write("Pour tous");
  const created = await there.receives(2, "Create");
  await quiet(node);
  expect(created.url).toBe(endpoints.sharedInbox);
  expect(there.received).toHaveLength(3);
  await check(node, created, url);
});
