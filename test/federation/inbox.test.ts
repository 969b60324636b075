import { expect, it } from "vitest";
import type { JsonObject } from "../../src/coop/canonical-json.ts";
import { importRows } from "../../src/directory/import.ts";
import { addCoop } from "../../src/directory/publish.ts";
import { deleteCoop } from "../../src/directory/withdraw.ts";
import { eachEngine } from "../helpers/database.ts";
import { bakery, until } from "../helpers/nodes.ts";
import { followOf, type Person, undoOf } from "./person.ts";
import { followersOf, quiet, stage } from "./stage.ts";

eachEngine("an inbox", (engine) => {
  it("counts who follows twice once, and answers each time", async () => {
    await using set = await stage(engine, []);
    const { node, there, alice, id, url } = set;
    const follows = [followOf(alice, url), followOf(alice, url)];
    for (const follow of follows) await there.send(alice, `${url}/inbox`, follow);
    await there.receives(1, "Accept");
    await quiet(node);
    expect(await followersOf(node)).toEqual([`${alice.id} coops/${id}`]);
    const accepts = there.received.map(({ activity }) => activity);
    const accepted = accepts.map(({ object }) => (object as JsonObject)["id"]);
    expect(new Set(accepted)).toEqual(new Set(follows.map((follow) => follow.id)));
    expect(new Set(accepts.map((accept) => accept["id"])).size).toBe(2);
    // The same Follow once more, as from a server that is not sure whether it came.
    await there.send(alice, `${url}/inbox`, follows[0] ?? {});
    await quiet(node);
    expect(await followersOf(node)).toHaveLength(1);
  });

  it.each<[string, (follow: { id: string } & JsonObject, url: string) => JsonObject | string]>([
    ["the whole Follow", (follow) => follow],
    ["the id of the Follow", (follow) => follow.id],
    ["the actor that is followed (snac2)", (_follow, url) => url],
    ["a Follow made afresh, with another id", (follow) => ({ ...follow, id: `${follow.id}0` })],
  ])("lets a follower go by an Undo of %s, and no other", async (_what, undone) => {
    await using set = await stage(engine, []);
    const { node, there, alice, id, url } = set;
    const bob = there.join("bob");
    const follow = followOf(alice, url);
    await there.send(alice, `${url}/inbox`, follow);
    await there.send(bob, `${url}/inbox`, followOf(bob, url));
    await there.receives(1, "Accept");
    const object = undone(follow, url);

    // By somebody else, who says so: nothing comes of it for Alice.
    const carol = there.join("carol");
    expect((await there.send(carol, `${url}/inbox`, undoOf(carol, object))).status).toBe(202);
    // By somebody else, who claims to be Alice.
    expect((await there.send(carol, `${url}/inbox`, undoOf(alice, object))).status).toBe(401);
    await quiet(node);
    expect(await followersOf(node)).toEqual([`${alice.id} coops/${id}`, `${bob.id} coops/${id}`]);

    expect((await there.send(alice, `${url}/inbox`, undoOf(alice, object))).status).toBe(202);
    await quiet(node);
    expect(await followersOf(node)).toEqual([`${bob.id} coops/${id}`]);
    await there.send(alice, `${url}/inbox`, followOf(alice, url));
    await there.receives(2, "Accept");
    expect(await followersOf(node)).toHaveLength(2);
  });

  it("lets nobody follow what can't be followed", async () => {
    await using set = await stage(engine, []);
    const { node, there, alice, url } = set;
    const absent = await node.use(async (db, identity) => {
      const gone = await addCoop(db, identity, "gone", bakery(), Date.now());
      await deleteCoop(db, identity, gone.id, Date.now());
      // oxlint-disable-next-line typescript/require-await -- importRows takes a stream
      const rows = (async function* () {
        yield { key: "1", content: bakery({ provenance: { kind: "imported" } }) };
      })();
      await importRows(db, identity, "test", rows, Date.now);
      const imported = await db
        .selectFrom("coop")
        .select("id")
        .where("source", "=", "test")
        .executeTakeFirstOrThrow();
      return [gone.url, `${identity.origin}/coops/${imported.id}`];
    });
    const others = [
      `${node.origin}/coops/nobody`,
      `${url}/classes/eaters`,
      `${url}/classes/inclusion`,
      `${url}/classes/nobody`,
      `${url}/followers`,
      `${node.origin}/`,
    ];
    for (const target of [...absent, ...others]) {
      const { status } = await there.send(alice, `${node.origin}/inbox`, followOf(alice, target));
      expect([target, status]).toEqual([target, 202]);
      const own = await there.send(alice, `${target}/inbox`, followOf(alice, target));
      expect([target, own.status]).toEqual([target, 404]);
    }
    await quiet(node);
    expect(await followersOf(node)).toEqual([]);
    expect(there.received).toEqual([]);
  });

  it("forgets an actor that is gone, whatever it followed; not one that deletes something else", async () => {
    await using set = await stage(engine, ["", "/classes/workers"]);
    const { node, there, alice, id, url } = set;
    const bob = there.join("bob");
    await there.send(bob, `${url}/inbox`, followOf(bob, url));
    await there.receives(0, "Accept");
    const remove = (actor: Person, object: string) =>
      there.send(actor, `${url}/inbox`, {
        "@context": "https://www.w3.org/ns/activitystreams",
        id: `${object}#delete-by-${actor.document["preferredUsername"] as string}`,
        type: "Delete",
        actor: actor.id,
        object,
      });
    await remove(bob, alice.id);
    await remove(bob, `${bob.id}/notes/1`);
    await quiet(node);
    expect(await followersOf(node)).toHaveLength(3);
    await remove(alice, alice.id);
    await quiet(node);
    expect(await followersOf(node)).toEqual([`${bob.id} coops/${id}`]);
  });
});

it("tries a Follow again when its actor can't be had just now", async () => {
  await using set = await stage("sqlite");
  const { there, alice, url } = set;
  there.documents.delete(new URL(alice.id).pathname);
  const actor = `${url}/classes/workers`;
  // The signature is known to be hers from before.
  expect((await there.send(alice, `${actor}/inbox`, followOf(alice, actor))).status).toBe(202);
  await until(async () => {
    const rows = await set.node.use((db) => db.selectFrom("queue").select("runAt").execute());
    return rows.some(({ runAt }) => runAt > Date.now());
  });
  expect(there.received).toEqual([]);
  there.documents.set(new URL(alice.id).pathname, alice.document);
  await there.receives(0, "Accept");
});
