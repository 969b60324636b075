import { getGlobalDispatcher, setGlobalDispatcher } from "undici";
import { afterAll, beforeAll, expect, it, test } from "vitest";
import type { JsonObject } from "../../src/coop/canonical-json.ts";
import { digestOf } from "../../src/federation/synchronise.ts";
import { guardOutbound } from "../../src/outbound.ts";
import * as followers from "../../src/store/followers.ts";
import { eachEngine } from "../helpers/database.ts";
import { until } from "../helpers/nodes.ts";
import { followOf } from "./person.ts";
import { quiet, stage } from "./stage.ts";

const dispatcher = getGlobalDispatcher();
beforeAll(() => guardOutbound("http://localhost", true));
afterAll(() => setGlobalDispatcher(dispatcher));

test("the digest of some actors is the one of FEP-8fcf, whatever their order", () => {
  // The example of the proposal.
  const actors = ["https://testing.example.org/users/1", "https://testing.example.org/users/2"];
  const digest = "c33f48cd341ef046a206b8a72ec97af65079f9a3a9b90eef79c5920dce45c61f";
  expect(digestOf(actors)).toBe(digest);
  expect(digestOf(actors.toReversed())).toBe(digest);
  expect(digestOf([...actors, ...actors])).toBe(digest);
  expect(digestOf([])).toBe("0".repeat(64));
});

eachEngine("followers whom two servers know of", (engine) => {
  it("are told with the news as a digest, and by name to their own server alone", async () => {
    await using set = await stage(engine, []);
    const { node, there, alice, url, write } = set;
    const bob = there.join("bob");
    for (const [at, each] of [alice, bob].entries()) {
      await there.send(each, `${url}/inbox`, followOf(each, url));
      await there.receives(at, "Accept");
    }
    await quiet(node);
    await write("Bonjour");
    const { headers } = await there.receives(2, "Create");
    const list = `${url}/followers?base-url=${encodeURIComponent(`${there.origin}/`)}`;
    expect(headers.get("collection-synchronization")).toBe(
      `collectionId="${url}/followers", url="${list}", digest="${digestOf([alice.id, bob.id])}"`,
    );
    // What goes to one person alone says nothing of who follows.
    expect(there.received[0]?.headers.has("collection-synchronization")).toBe(false);

    const accept = "application/activity+json";
    const read = await fetch(await alice.ask(list));
    const collection = (await read.json()) as { first: string };
    const page = await fetch(await alice.ask(collection.first));
    const { orderedItems } = (await page.json()) as { orderedItems: unknown };
    expect(new Set([orderedItems].flat())).toEqual(new Set([alice.id, bob.id]));

    for (const refused of [list, collection.first]) {
      expect((await fetch(refused, { headers: { accept } })).status).toBe(401);
    }
    const elsewhere = list.replace(encodeURIComponent(there.origin), "https%3A%2F%2Fother.example");
    expect((await fetch(await alice.ask(elsewhere))).status).toBe(401);
    expect((await fetch(`${url}/followers`, { headers: { accept } })).status).toBe(200);
  });
});

it("asks again to follow who has lost that we do, and takes back what we never asked", async () => {
  await using set = await stage("sqlite", []);
  const { node, there } = set;
  const peer = there.join("peer");
  await node.use((db) =>
    followers.request(db, {
      follower: "actor",
      actor: peer.id,
      activity: `${node.origin}/actor#follows/1`,
      requested: 1,
      accepted: 2,
    }),
  );
  const accepted = () =>
    node.use(async (db) => (await followers.following(db, "actor"))[0]?.accepted !== null);
  const list = `${peer.id}/followers?of=them`;
  const say = (digest: string, url = list) =>
    there.send(peer, `${node.origin}/inbox`, followOf(peer, `${node.origin}/actor`), undefined, {
      "collection-synchronization": `collectionId="${peer.id}/followers", url="${url}", digest="${digest}"`,
    });
  const collection = (...orderedItems: string[]): JsonObject => ({
    "@context": "https://www.w3.org/ns/activitystreams",
    id: list,
    type: "OrderedCollection",
    orderedItems,
  });
  const path = list.slice(there.origin.length);
  there.documents.set(path, collection(`${node.origin}/actor`));

  // They agree; or what is said is not theirs to say, or nonsense.
  await say(digestOf([`${node.origin}/actor`]));
  await say("0".repeat(64), "https://elsewhere.example/followers");
  await say("nonsense");
  await quiet(node);
  expect(await accepted()).toBe(true);

  there.documents.set(path, collection(set.url));
  there.received.length = 0;
  await say("0".repeat(64));
  await until(async () => !(await accepted()));
  await until(() => there.received.some(({ activity }) => activity["type"] === "Undo"));
  const undo = there.received.find(({ activity }) => activity["type"] === "Undo")?.activity;
  expect(undo?.["actor"]).toBe(set.url);
  expect(undo?.["object"]).toMatchObject({ type: "Follow", actor: set.url, object: peer.id });
});
