import { getGlobalDispatcher, setGlobalDispatcher } from "undici";
import { afterAll, beforeAll, expect, it } from "vitest";
import { block, unblock } from "../../src/directory/block.ts";
import { allowed, costs } from "../../src/directory/allowance.ts";
import { deletePost, post } from "../../src/directory/post.ts";
import { addCoop } from "../../src/directory/publish.ts";
import { guardOutbound } from "../../src/outbound.ts";
import { changesUrl } from "../../src/replication/describe.ts";
import { eachEngine } from "../helpers/database.ts";
import { bakery, quickPace, type TestNode, until } from "../helpers/nodes.ts";
import { lintActivity, report } from "../interop/lint.ts";
import { elsewhere } from "./elsewhere.ts";
import { followOf, undoOf } from "./person.ts";
import { activityOf, noteOf } from "./speech.ts";
import { followersOf, quiet, stage } from "./stage.ts";

const dispatcher = getGlobalDispatcher();
beforeAll(() => guardOutbound("http://localhost", true));
afterAll(() => setGlobalDispatcher(dispatcher));

const nobody = { account: null, why: null };

/** How many rows there are in each table that what comes in could grow. */
async function sizes(node: TestNode): Promise<Record<string, number>> {
  const found: Record<string, number> = {};
  for (const table of ["reply", "reaction", "allowance", "queue", "kv", "follower"] as const) {
    const rows = await node.use((db) => db.selectFrom(table).selectAll().execute());
    found[table] = rows.length;
  }
  return found;
}

eachEngine("somebody who is blocked", (engine) => {
  it.each(["by the co-op", "by the node"])(
    "%s follows no more and can't follow again, is heard by nobody and gets nothing",
    async (by) => {
      await using set = await stage(engine, ["", "/classes/workers"]);
      const { node, there, alice, id, url, write } = set;
      const note = `${url}/posts/${await write("Du pain")}`;
      await quiet(node);
      const reply = noteOf(alice, { inReplyTo: note });
      await there.send(alice, `${url}/inbox`, activityOf(alice, "Create", reply));
      await there.send(alice, `${url}/inbox`, activityOf(alice, "Like", note));
      await quiet(node);
      there.received.length = 0;
      const scope = {
        coop: by === "by the co-op" ? id : "",
        kind: "person",
        subject: alice.id,
      } as const;
      await node.use((db) => block(db, scope, nobody, Date.now()));
      const rejects = [await there.receives(0, "Reject"), await there.receives(1, "Reject")];
      expect(rejects.map(({ activity }) => activity["actor"])).toEqual([
        url,
        `${url}/classes/workers`,
      ]);
      for (const { body } of rejects) {
        expect(report(lintActivity(body, { origin: node.origin, now: Date.now() }))).toBe("");
      }
      await quiet(node);
      expect(await followersOf(node)).toEqual([]);
      const kept = () => node.use((db) => db.selectFrom("reply").selectAll().execute());
      expect(await kept()).toMatchObject([{ id: reply.id, hidden: expect.any(Number) as number }]);
      expect((await sizes(node))["reaction"]).toBe(0);

      expect((await there.send(alice, `${url}/inbox`, followOf(alice, url))).status).toBe(202);
      await there.receives(2, "Reject");
      for (const activity of [
        activityOf(alice, "Create", noteOf(alice, { inReplyTo: note })),
        activityOf(alice, "Announce", note),
        activityOf(alice, "Like", note),
      ]) {
        const { status } = await there.send(alice, `${node.origin}/inbox`, activity);
        expect(status).toBe(by === "by the node" ? 403 : 202);
      }
      await quiet(node);
      expect(await kept()).toHaveLength(1);
      expect((await sizes(node))["reaction"]).toBe(0);
      await write("Du lait");
      await quiet(node);
      expect(there.received).toHaveLength(3);

      await node.use((db) => unblock(db, scope));
      await there.send(alice, `${url}/inbox`, followOf(alice, url));
      await there.receives(3, "Accept");
    },
  );

  it("with the whole domain costs the node nothing, and hears nothing", async () => {
    await using set = await stage(engine);
    const { node, there, alice, id, url, write } = set;
    const post = await write("Du pain");
    await quiet(node);
    await using other = await elsewhere();
    const bob = other.join("bob");
    await node.use((db) => {
      const scope = { coop: "", kind: "domain", subject: new URL(other.origin).host } as const;
      return block(db, scope, nobody, Date.now());
    });
    await node.use((db) => {
      const scope = { coop: id, kind: "domain", subject: new URL(there.origin).host } as const;
      return block(db, scope, nobody, Date.now());
    });
    await quiet(node);
    expect(await followersOf(node)).toEqual([]);
    there.received.length = 0;
    there.asked.length = 0;
    const before = await sizes(node);
    const note = `${url}/posts/${post}`;
    const all = (from: typeof bob) => [
      followOf(from, url),
      activityOf(from, "Create", noteOf(from, { inReplyTo: note })),
      activityOf(from, "Like", note),
      activityOf(from, "Delete", from.id),
      activityOf(from, "Unheard", note),
    ];
    for (const activity of all(bob)) {
      expect((await other.send(bob, `${url}/inbox`, activity)).status).toBe(403);
    }
    // Nor by somebody whose name is another server's, with a key of that one.
    const forged = { ...followOf(alice, url) };
    expect((await other.send(bob, `${url}/inbox`, forged)).status).toBe(403);
    expect(other.asked).toEqual([]);
    expect(await sizes(node)).toEqual(before);

    for (const activity of all(alice)) {
      expect((await there.send(alice, `${url}/inbox`, activity)).status).toBe(202);
    }
    await write("Du lait");
    await quiet(node);
    expect(there.received).toEqual([]);
    expect([(await sizes(node))["reply"], (await sizes(node))["reaction"]]).toEqual([0, 0]);
    expect(await followersOf(node)).toEqual([]);
  });

  it("gets nothing of what waits for it, but that something is taken back", async () => {
    await using set = await stage(engine, [], { ...quickPace, retry: 3_600_000 });
    const { node, there, alice, id, url, write } = set;
    const bob = there.join("bob");
    const market = await node.use((db, identity) =>
      addCoop(db, identity, "market", bakery({ name: "Market" }), Date.now()),
    );
    for (const [who, whom] of [
      [alice, url],
      [bob, url],
      [alice, market.url],
    ] as const) {
      await there.send(who, `${whom}/inbox`, followOf(who, whom));
    }
    await until(() => there.received.length === 3);
    await quiet(node);
    for (const { id: who } of [alice, bob]) {
      there.statuses.set(new URL(`${who}/inbox`).pathname, 503);
    }
    /** What was tried and is to be tried again: what it is, by whom and for whom. */
    const waiting = async (count: number) => {
      const rows = await until(
        () => node.use((db) => db.selectFrom("queue").selectAll().execute()),
        (found) => {
          const tried = found.filter(({ runAt }) => runAt > Date.now() + 60_000);
          return tried.length === found.length && found.length === count;
        },
      );
      return rows
        .map(({ payload }) => {
          const { activity, inbox } = JSON.parse(payload) as {
            activity: { type: string; actor: string };
            inbox: string;
          };
          const whose = activity.actor === url ? "bakery" : "market";
          return `${activity.type} of ${whose} to ${inbox.split("/").at(-2)}`;
        })
        .toSorted();
    };
    const gone = await write("Du pain");
    await waiting(2);
    await node.use((db) => deletePost(db, gone, Date.now()));
    await waiting(2);
    await write("Du lait");
    await node.use((db) => post(db, market.id, { en: "Milk" }, Date.now()));
    expect(await waiting(5)).toEqual([
      "Create of bakery to alice",
      "Create of bakery to bob",
      "Create of market to alice",
      "Delete of bakery to alice",
      "Delete of bakery to bob",
    ]);
    const scope = { coop: id, kind: "person", subject: alice.id } as const;
    await node.use((db) => block(db, scope, nobody, Date.now()));
    // And a Reject of what she follows.
    const left = await until(
      () => waiting(5),
      (all) => all.some((each) => each.startsWith("Reject")),
    );
    expect(left).toEqual([
      "Create of bakery to bob",
      "Create of market to alice",
      "Delete of bakery to alice",
      "Delete of bakery to bob",
      "Reject of bakery to alice",
    ]);
    // Bob blocks the co-op, and then it blocks his whole server.
    await there.send(bob, `${url}/inbox`, activityOf(bob, "Block", url));
    expect(await waiting(4)).not.toContain("Create of bakery to bob");
    const whole = { coop: id, kind: "domain", subject: new URL(there.origin).host } as const;
    await node.use((db) => block(db, whole, nobody, Date.now()));
    expect(await waiting(1)).toEqual(["Create of market to alice"]);
  });

  it("blocks the co-op itself: it is let go, until it takes that back", async () => {
    await using set = await stage(engine, ["", "/classes/workers"]);
    const { node, there, alice, url, write } = set;
    const blocked = activityOf(alice, "Block", url);
    await there.send(alice, `${url}/inbox`, blocked);
    await quiet(node);
    expect(await followersOf(node)).toEqual([]);
    // Nothing more goes there, not even if it asks for it.
    await there.send(alice, `${url}/inbox`, followOf(alice, url));
    await write("Du pain");
    await quiet(node);
    expect(there.received).toEqual([]);
    const carol = there.join("carol");
    await there.send(carol, `${url}/inbox`, undoOf(carol, blocked.id));
    await there.send(alice, `${url}/inbox`, undoOf(alice, blocked.id));
    await there.send(alice, `${url}/inbox`, followOf(alice, url));
    await there.receives(0, "Accept");
  });

  it("reports the co-op: administrators see what and why, as text", async () => {
    await using set = await stage(engine);
    const { node, there, alice, id, url } = set;
    const objects = [url, `${alice.id}/statuses/1`, `${url}/posts/1`];
    const flag = activityOf(alice, "Flag", objects, { content: "<b>Spam</b>" });
    for (let at = 0; at < 2; at += 1) await there.send(alice, `${node.origin}/inbox`, flag);
    await quiet(node);
    expect(await node.use((db) => db.selectFrom("flag").selectAll().execute())).toMatchObject([
      { id: flag.id, coop: id, content: "Spam", objects: JSON.stringify([url, `${url}/posts/1`]) },
    ]);
  });
});

eachEngine("somebody who says too much", (engine) => {
  it("is refused before anything is fetched or written, however fast it comes", async () => {
    await using set = await stage(engine, []);
    const { node, there, url, write } = set;
    const note = `${url}/posts/${await write("Du pain")}`;
    const spammer = there.join("spammer");
    const most = allowed.author / costs.text;
    const say = () =>
      there.send(
        spammer,
        `${node.origin}/inbox`,
        activityOf(spammer, "Create", noteOf(spammer, { inReplyTo: note })),
      );
    const statuses = await Promise.all(
      Array.from({ length: 100 }, async () => (await say()).status),
    );
    await quiet(node);
    const count = (status: number) => statuses.filter((each) => each === status).length;
    expect([count(202), count(429)]).toEqual([most, 100 - most]);
    expect((await sizes(node))["reply"]).toBe(most);
    there.asked.length = 0;
    const before = await sizes(node);
    const refused = await say();
    expect([refused.status, Number(refused.headers.get("retry-after")) > 0]).toEqual([429, true]);
    expect(there.asked).toEqual([]);
    expect(await sizes(node)).toEqual(before);

    // Who only uses somebody's name takes nothing of theirs, and others have their own.
    const alice = there.join("alice");
    const claim = activityOf(alice, "Like", note);
    for (let at = 0; at < 5; at += 1) {
      expect((await there.send(spammer, `${node.origin}/inbox`, claim)).status).toBe(401);
    }
    expect((await there.send(alice, `${node.origin}/inbox`, claim)).status).toBe(202);
    const used = await node.use((db) =>
      db.selectFrom("allowance").select("used").where("subject", "=", alice.id).execute(),
    );
    expect(used).toEqual([{ used: costs.reaction }]);
  });

  it("is no node that says of each of its changes that there is one", async () => {
    await using set = await stage(engine, []);
    const { node, there } = set;
    const peer = there.join("peer");
    const wakeUp = activityOf(peer, "Update", changesUrl(new URL(peer.id).origin));
    const times = allowed.author / costs.text + 5;
    const statuses = new Set<number>();
    for (let at = 0; at < times; at += 1) {
      const one = { ...wakeUp, id: `${peer.id}/wake/${at}` };
      statuses.add((await there.send(peer, `${node.origin}/inbox`, one)).status);
    }
    expect([...statuses]).toEqual([202]);
    expect((await sizes(node))["allowance"]).toBe(0);
  });

  it("is let lie, unseen, when it is about nothing here", async () => {
    await using set = await stage(engine, []);
    const { node, there, url } = set;
    const stranger = there.join("stranger");
    const before = await sizes(node);
    const post = `${url}/posts/0000000000`;
    for (const activity of [
      activityOf(stranger, "Create", noteOf(stranger, { inReplyTo: post })),
      activityOf(
        stranger,
        "Create",
        noteOf(stranger, { tag: [{ type: "Mention", href: `${node.origin}/coops/x` }] }),
      ),
      activityOf(stranger, "Create", `${stranger.id}/statuses/1`),
      activityOf(stranger, "Like", post),
      activityOf(stranger, "Announce", `${stranger.id}/statuses/1`),
      activityOf(stranger, "Update", noteOf(stranger, {})),
      activityOf(stranger, "Delete", `${stranger.id}/statuses/1`),
      activityOf(stranger, "Delete", stranger.id),
      activityOf(stranger, "Block", `${there.origin}/users/alice`),
      activityOf(stranger, "Flag", [`${there.origin}/users/alice`]),
      activityOf(stranger, "Delete", `${stranger.id}/\0`),
      activityOf(stranger, "Like", `${url}/posts/\uD800`),
    ]) {
      expect((await there.send(stranger, `${node.origin}/inbox`, activity)).status).toBe(202);
    }
    expect(there.asked).toEqual([]);
    expect(await sizes(node)).toEqual(before);
  });
});
