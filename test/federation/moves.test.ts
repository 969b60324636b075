import { getGlobalDispatcher, setGlobalDispatcher } from "undici";
import { afterAll, beforeAll, expect, it } from "vitest";
import { sayFormer } from "../../src/directory/arrive.ts";
import { depart, stay } from "../../src/directory/depart.ts";
import { type DraftContent, publishDraft } from "../../src/directory/draft.ts";
import { exportCoop } from "../../src/directory/leave.ts";
import { readLeaveFile } from "../../src/directory/leave-file.ts";
import { takeIn } from "../../src/directory/take-in.ts";
import { publish } from "../../src/directory/publish.ts";
import { findDestination } from "../../src/federation/moves.ts";
import { guardOutbound } from "../../src/outbound.ts";
import * as coops from "../../src/store/coops.ts";
import * as records from "../../src/store/records.ts";
import { eachEngine } from "../helpers/database.ts";
import { quickPace, testNode, type TestNode, until } from "../helpers/nodes.ts";
import { lintActivity, lintActor, report } from "../interop/lint.ts";
import { followOf } from "./person.ts";
import { fullBakery } from "./public-node.ts";
import { followersOf, quiet, stage } from "./stage.ts";

const dispatcher = getGlobalDispatcher();
beforeAll(() => guardOutbound("http://localhost", true));
afterAll(() => setGlobalDispatcher(dispatcher));

const accept = { accept: "application/activity+json" };

async function actorAt(node: TestNode, url: string): Promise<Record<string, unknown>> {
  const text = await (await node.get(new URL(url).pathname, accept)).text();
  expect(report(lintActor(text, { origin: node.origin }))).toBe("");
  return JSON.parse(text) as Record<string, unknown>;
}

const leaving = (node: TestNode, id: string, to: string) =>
  node.use(async (db, identity) => {
    const coop = await coops.get(db, id);
    if (coop === undefined) throw new Error("no such co-op");
    return findDestination({ node: identity, insecure: true }, coop, to);
  });

eachEngine("a co-op that moves to another node", (engine) => {
  it("takes its followers along, those of its classes too, and its listing makes way", async () => {
    await using set = await stage(engine, ["", "/classes/workers"]);
    await using other = await testNode({}, { pace: quickPace });
    const { node, there, alice, id, url } = set;
    await other.start();
    const file = await node.use((db, identity) => exportCoop(db, identity, id, Date.now()));
    const read = readLeaveFile(Buffer.from(JSON.stringify(file)));
    const { id: newId } = await other.use((db) => takeIn(db, read, { by: null }, Date.now()));
    const there2 = `${other.origin}/coops/${newId}`;

    // Not published yet: there is nobody who could agree.
    expect(await leaving(node, id, there2)).toHaveProperty("fault");
    await other.use(async (db, identity) => {
      const { edition = 0 } = (await coops.get(db, newId)) ?? {};
      const written = fullBakery as unknown as DraftContent;
      const writing = { content: written, base: edition, account: null };
      await publishDraft(db, identity, newId, writing, Date.now());
    });
    expect(await actorAt(other, there2)).toMatchObject({ alsoKnownAs: [url] });
    expect(await actorAt(other, `${there2}/classes/workers`)).toMatchObject({
      alsoKnownAs: [`${url}/classes/workers`],
    });

    const found = await leaving(node, id, `@bakery@${new URL(other.origin).host}`);
    if ("fault" in found) throw new Error(found.fault);
    expect(found.destination).toEqual({
      target: there2,
      listing: `${there2}/listing`,
      classes: { workers: `${there2}/classes/workers` },
    });
    const go = () =>
      node.use((db, identity) => depart(db, identity, id, found.destination, Date.now()));
    await go();
    for (const [at, path] of ["", "/classes/workers"].entries()) {
      const { activity, body } = await there.receives(at, "Move");
      const own = `${url}${path}`;
      expect(activity).toMatchObject({ actor: own, object: own, target: `${there2}${path}` });
      expect(report(lintActivity(body, { origin: node.origin, now: Date.now() }))).toBe("");
      expect(await actorAt(node, own)).toMatchObject({ movedTo: `${there2}${path}` });
    }
    await quiet(node);
    expect(there.received).toHaveLength(2);
    // Both sides say so: then whoever looks the old listing up finds the new one.
    const body = async (on: TestNode, coop: string) => {
      const row = await on.use((db) => records.get(db, `${coop}/listing`));
      return JSON.parse(new TextDecoder().decode(row?.body)) as Record<string, unknown>;
    };
    expect(await body(node, url)).toMatchObject({
      type: "Tombstone",
      movedTo: `${there2}/listing`,
    });
    expect(await body(other, there2)).toMatchObject({ about: { alsoKnownAs: [url] } });

    // Who comes too late is sent on, and nobody moves twice in a week.
    const bob = there.join("bob");
    await there.send(bob, `${url}/inbox`, followOf(bob, url));
    const refused = await there.receives(2, "Reject");
    expect(report(lintActivity(refused.body, { origin: node.origin, now: Date.now() }))).toBe("");
    expect(await followersOf(node)).toHaveLength(2);
    await expect(go()).rejects.toMatchObject({ code: "conflict" });
    await there.send(alice, `${there2}/inbox`, followOf(alice, there2));
    await there.receives(3, "Accept");
  }, 60_000);

  it("goes nowhere without the other side's word, and can stay after all", async () => {
    await using set = await stage(engine);
    const { node, there, id, url } = set;
    there.join("loaf", { alsoKnownAs: [] });
    const to = `${there.origin}/users/loaf`;
    expect(await leaving(node, id, to)).toMatchObject({
      fault: expect.stringContaining("doesn’t say yet that it was @bakery@") as string,
    });
    expect(await leaving(node, id, `${there.origin}/users/nobody`)).toHaveProperty("fault");
    expect(await leaving(node, id, url)).toHaveProperty("fault");
    expect(await leaving(node, id, "nonsense")).toHaveProperty("fault");
    there.join("loaf", { alsoKnownAs: [url], movedTo: "https://third.example/" });
    expect(await leaving(node, id, to)).toHaveProperty("fault");
    // A single one is often written without a list.
    there.join("loaf", { alsoKnownAs: url });
    const found = await leaving(node, id, to);
    if ("fault" in found) throw new Error(found.fault);
    expect(found.destination).toEqual({ target: to, listing: undefined, classes: {} });
    await node.use((db, identity) => depart(db, identity, id, found.destination, Date.now()));
    await there.receives(0, "Move");
    await quiet(node);
    expect(await node.use((db) => records.get(db, `${url}/listing`))).toMatchObject({
      tombstone: 0,
    });
    await node.use((db, identity) => stay(db, identity, id, Date.now()));
    const told = await there.receives(1, "Update");
    expect(told.activity["object"]).not.toHaveProperty("movedTo");
    expect(await actorAt(node, url)).not.toHaveProperty("movedTo");
    await quiet(node);
    expect(there.received).toHaveLength(2);
  });

  it("says what it was before, on its listing and its actor, and takes it back", async () => {
    await using set = await stage(engine);
    const { node, there, id, url } = set;
    const former = ["https://social.example/users/bakery", "https://old.example/coops/7f3k2m9q1x"];
    const say = (urls: string[]) =>
      node.use((db, identity) => sayFormer(db, identity, id, urls, Date.now()));
    await say(former);
    expect((await there.receives(0, "Update")).activity["object"]).toMatchObject({
      alsoKnownAs: former,
    });
    expect(await actorAt(node, `${url}/classes/workers`)).toMatchObject({
      alsoKnownAs: ["https://old.example/coops/7f3k2m9q1x/classes/workers"],
    });
    // What is published later doesn't forget it.
    await node.use((db, identity) =>
      publish(db, identity, id, { ...fullBakery, name: "Later" }, Date.now()),
    );
    await there.receives(1, "Update");
    expect(await actorAt(node, url)).toMatchObject({ name: "Later", alsoKnownAs: former });
    await say([]);
    await there.receives(2, "Update");
    expect(await actorAt(node, url)).not.toHaveProperty("alsoKnownAs");
    await expect(say(["javascript:alert(1)"])).rejects.toMatchObject({ code: "bad-request" });
    await expect(say([url])).rejects.toMatchObject({ code: "bad-request" });
    await expect(say(Array(6).fill(former[0]) as string[])).rejects.toMatchObject({
      code: "bad-request",
    });
  });
});

eachEngine("a follower that moves", (engine) => {
  it("is let go where the new account says so, too, and kept where it doesn't", async () => {
    await using set = await stage(engine, ["", "/classes/workers"]);
    const { node, there, alice } = set;
    const target = `${there.origin}/users/alice-elsewhere`;
    const move = (object: string) => ({
      "@context": "https://www.w3.org/ns/activitystreams",
      id: `${alice.id}#moves/${Math.random()}`,
      type: "Move",
      actor: alice.id,
      object,
      target,
    });
    const moved = async (object = alice.id) => {
      const { status } = await there.send(alice, `${node.origin}/inbox`, move(object));
      expect(status).toBe(202);
      await quiet(node);
    };
    await moved();
    for (const alsoKnownAs of [undefined, [], [`${alice.id}0`]]) {
      there.join("alice-elsewhere", { alsoKnownAs });
      await moved();
      expect(await followersOf(node)).toHaveLength(2);
    }
    there.join("alice-elsewhere", { alsoKnownAs: [alice.id] });
    // Nobody moves somebody else.
    const bob = there.join("bob");
    await there.send(bob, `${set.url}/inbox`, followOf(bob, set.url));
    await until(async () => (await followersOf(node)).length === 3);
    await moved(bob.id);
    expect(await followersOf(node)).toHaveLength(3);
    // The new server is away for a moment: that isn't the end of it.
    const { pathname } = new URL(target);
    const asked = () => there.asked.filter((path) => path === pathname).length;
    const before = asked();
    there.statuses.set(pathname, 503);
    await there.send(alice, `${node.origin}/inbox`, move(alice.id));
    await until(() => asked() > before);
    expect(await followersOf(node)).toHaveLength(3);
    there.statuses.delete(pathname);
    await quiet(node);
    expect((await followersOf(node)).map((each) => each.split(" ")[0])).toEqual([bob.id]);
  });
});
