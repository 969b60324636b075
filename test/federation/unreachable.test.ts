import { expect, it } from "vitest";
import { askUnreachable, enduring } from "../../src/federation/unreachable.ts";
import * as followers from "../../src/store/followers.ts";
import type { Db } from "../../src/store/schema.ts";
import * as unreachable from "../../src/store/unreachable.ts";
import { usualPace } from "../../src/work.ts";
import { eachEngine } from "../helpers/database.ts";
import { quickPace, until } from "../helpers/nodes.ts";
import { elsewhere } from "./elsewhere.ts";
import { followOf } from "./person.ts";
import { followersOf, quiet, stage } from "./stage.ts";

const day = 86_400_000;

eachEngine("followers to whom nothing can be delivered", (engine) => {
  it("are let go when their inbox is gone, or neither it nor they can be found", async () => {
    await using set = await stage(engine, ["", "/classes/workers"]);
    const { node, there, alice, id, write } = set;
    const inbox = new URL(`${alice.id}/inbox`).pathname;
    const following = [`${alice.id} coops/${id}`, `${alice.id} coops/${id}/classes/workers`];
    for (const status of [403, 404]) {
      there.statuses.set(inbox, status);
      await write(`Not for everybody: ${status}`);
      await quiet(node);
      expect(await followersOf(node), String(status)).toEqual(following);
    }
    // Her server knows her no more.
    there.documents.delete(new URL(alice.id).pathname);
    await write("For nobody");
    await quiet(node);
    expect(await followersOf(node)).toEqual([]);

    const bob = there.join("bob");
    await there.send(bob, `${node.origin}/inbox`, followOf(bob, set.url));
    await until(async () => (await followersOf(node)).length === 1);
    there.statuses.set(new URL(`${bob.id}/inbox`).pathname, 410);
    await write("For nobody either");
    await quiet(node);
    expect(await followersOf(node)).toEqual([]);
  }, 60_000);

  it("speak for themselves when the inbox that they share is gone", async () => {
    await using set = await stage(engine, []);
    const { node, there, url, write } = set;
    const endpoints = { sharedInbox: `${there.origin}/inbox` };
    for (const name of ["bob", "carol"]) {
      const member = there.join(name, { endpoints });
      await there.send(member, `${url}/inbox`, followOf(member, url));
    }
    await until(() => there.received.length === 2);
    await quiet(node);
    there.statuses.set("/inbox", 410);
    await write("Pour tous");
    await there.receives(2, "Create");
    await quiet(node);
    await write("Pour chacune");
    await there.receives(4, "Create");
    await quiet(node);
    const reached = there.received.slice(2).map((delivery) => new URL(delivery.url).pathname);
    // The other signatures are tried, too.
    const tries = reached.filter((path) => path === "/inbox").length;
    expect([1, 2]).toContain(tries);
    expect(reached.slice(tries).toSorted()).toEqual(["/users/bob/inbox", "/users/carol/inbox"]);
    expect(await followersOf(node)).toHaveLength(2);
  });

  it("are asked for once a day while their server is away, and let go after 90 days", async () => {
    await using set = await stage(engine, []);
    const { node } = set;
    const away = await elsewhere();
    const { origin, host } = new URL(away.origin);
    await using back = await elsewhere();
    const follower = (of: string) => ({
      followed: "coops/one",
      actor: `${of}/users/alice`,
      inbox: `${of}/users/alice/inbox`,
      sharedInbox: null,
      activity: `${of}/follow`,
      since: 0,
    });
    await away[Symbol.asyncDispose]();
    const now = 1000 * day;
    const look = (at: number) => node.use((db) => askUnreachable({ db, insecure: true }, at));
    const left = (db: Db) => unreachable.all(db);
    await node.use(async (db) => {
      for (const each of [origin, back.origin]) {
        await followers.add(db, follower(each));
        await unreachable.add(db, new URL(each).host, now);
      }
    });
    await look(now + day - 1);
    expect(await node.use(left)).toHaveLength(2);
    // She has no account there any more, but somebody answers.
    await look(now + day);
    expect(await node.use(left)).toEqual([{ host, since: now, asked: now + day }]);
    expect(await followersOf(node)).toHaveLength(2);
    await look(now + 90 * day);
    expect(await node.use(left)).toEqual([]);
    expect(await followersOf(node)).toEqual([`${back.origin}/users/alice coops/one`]);
  });
});

it("a server that takes nothing is left alone until something comes from there", async () => {
  const pace = { ...quickPace, retry: 20, probe: 50, patience: 500 };
  await using set = await stage("sqlite", [""], pace);
  const { node, there, alice, url, write } = set;
  const inbox = new URL(`${alice.id}/inbox`).pathname;
  there.statuses.set(inbox, 503);
  await write("Perdu");
  const away = () => node.use(async (db) => (await unreachable.all(db)).map(({ host }) => host));
  // Five tries, for each of which the queue has to come round, and then the patience.
  await until(away, ({ length }) => length === 1, 100_000);
  expect(await away()).toEqual([new URL(there.origin).host]);
  await quiet(node);
  there.statuses.clear();
  there.received.length = 0;
  await write("Pas pour elle");
  await quiet(node);
  expect(there.received).toEqual([]);
  expect(await followersOf(node)).toHaveLength(1);

  // Whatever it is, and whoever says it, as long as it is signed.
  const bob = there.join("bob");
  const like = { ...followOf(bob, url), type: "Like" };
  expect((await there.send(alice, `${url}/inbox`, like)).status).toBe(401);
  expect(await away()).toHaveLength(1);
  expect((await there.send(bob, `${url}/inbox`, like)).status).toBe(202);
  expect(await away()).toEqual([]);
  await write("Retrouvée");
  await there.receives(0, "Create");
}, 150_000);

it("what can't be delivered is tried for some days", () => {
  const { outboxRetryPolicy } = enduring(usualPace);
  const elapsedTime = Temporal.Duration.from({ seconds: 0 });
  let total = 0;
  for (let attempts = 0; ; attempts += 1) {
    const pause = outboxRetryPolicy({ elapsedTime, attempts });
    if (pause === null) break;
    total += pause.total("millisecond");
  }
  expect(total).toBeGreaterThan(3 * day);
  expect(total).toBeLessThan(7 * day);
});
