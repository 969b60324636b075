import { getGlobalDispatcher, setGlobalDispatcher } from "undici";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { JsonObject } from "../../src/coop/canonical-json.ts";
import { answerReply, deleteAnswer } from "../../src/directory/answer-reply.ts";
import { loadIdentity } from "../../src/directory/identity.ts";
import { deletePost, post as publishPost } from "../../src/directory/post.ts";
import { addCoop } from "../../src/directory/publish.ts";
import { hideReply, reportReply } from "../../src/directory/reply.ts";
import { deleteCoop } from "../../src/directory/withdraw.ts";
import { conversationDocument } from "../../src/federation/conversation-documents.ts";
import { guardOutbound } from "../../src/outbound.ts";
import type { Engine } from "../../src/store/dialect.ts";
import * as replies from "../../src/store/replies.ts";
import type { Schema } from "../../src/store/schema.ts";
import { eachEngine, freshStore } from "../helpers/database.ts";
import type { TestNode } from "../helpers/nodes.ts";
import { addReply } from "../helpers/replies.ts";
import {
  lintActivity,
  lintAuthorization,
  lintCollection,
  lintObject,
  report,
} from "../interop/lint.ts";
import type { Delivery } from "./elsewhere.ts";
import { type Person, undoOf } from "./person.ts";
import { activityOf, noteOf } from "./speech.ts";
import { fullBakery } from "./public-node.ts";
import { quiet, stage } from "./stage.ts";

const dispatcher = getGlobalDispatcher();
beforeAll(() => guardOutbound("http://localhost", true));
afterAll(() => setGlobalDispatcher(dispatcher));

const accept = { accept: "application/activity+json" };

/** The tables that have something of others in them. */
type Kept = "reply" | "reaction" | "answer" | "flag" | "block" | "blocked_by" | "allowance";

/** A node with a co-op that has posted, and what is needed to talk to it. */
async function talk(engine: Engine) {
  const set = await stage(engine);
  const { node, there, url, write } = set;
  const post = await write("Du pain");
  await quiet(node);
  there.received.length = 0;
  const note = `${url}/posts/${post}`;
  const path = new URL(note).pathname;
  return {
    ...set,
    post,
    note,
    /** Posts an activity to the shared inbox, and waits until it is dealt with. */
    say: async (from: Person, activity: JsonObject, status = 202) => {
      expect((await there.send(from, `${node.origin}/inbox`, activity)).status).toBe(status);
      await quiet(node);
    },
    json: async (below = "") => {
      const response = await node.get(`${path}${below}`, accept);
      return response.ok ? ((await response.json()) as JsonObject) : response.status;
    },
    rows: async <T extends Kept>(table: T): Promise<Schema[T][]> => {
      const found = await node.use((db) => db.selectFrom<Kept>(table).selectAll().execute());
      // In the order in which they came.
      const since = (row: object) => ("received" in row ? Number(row.received) : 0);
      return found.toSorted((a, b) => since(a) - since(b)) as unknown as Schema[T][];
    },
  };
}

/** Finds fault with what was delivered. */
function check(node: TestNode, { body }: Delivery): JsonObject {
  expect(report(lintActivity(body, { origin: node.origin, now: Date.now() }))).toBe("");
  return JSON.parse(body) as JsonObject;
}

eachEngine("what others say of a post", (engine) => {
  it("is kept as plain text, counted, changed and forgotten as they wish", async () => {
    await using set = await talk(engine);
    const { there, alice, note, say, json, rows, node } = set;
    const bob = there.join("bob", {
      preferredUsername: "b\u202Eo\0b\n",
      url: `${there.origin}/@bob`,
    });
    const reply = noteOf(bob, {
      inReplyTo: note,
      content: '<p>Good <a href="https://evil.example/x">bread</a><script>alert(1)</script></p>',
      contentMap: { fr: '<p>Good <a href="https://evil.example/x">bread</a></p>' },
      summary: "Food",
      attachment: [{ type: "Document", url: `${there.origin}/1.jpg`, mediaType: "image/jpeg" }],
    });
    await say(bob, activityOf(bob, "Create", reply));
    // By a neighbour, in the name of Bob.
    const forged = { ...noteOf(alice, { inReplyTo: note }), attributedTo: bob.id };
    await say(alice, activityOf(alice, "Create", forged));
    // Once more, as from a server that isn't sure whether it came.
    await say(bob, activityOf(bob, "Create", reply));
    expect(await rows("reply")).toMatchObject([
      {
        id: reply.id,
        kind: "reply",
        audience: "public",
        author: bob.id,
        handle: `@bob@${new URL(there.origin).host}`,
        profile: `${there.origin}/@bob`,
        url: reply["url"],
        content: "Good bread (https://evil.example/x)",
        warning: "Food",
        language: "fr",
        attachments: 1,
      },
    ]);
    // An answer to the answer, which doesn't mention the co-op.
    const below = noteOf(alice, { inReplyTo: reply.id });
    await say(alice, activityOf(alice, "Create", below));
    await say(alice, activityOf(alice, "Like", note));
    await say(alice, activityOf(alice, "Like", note));
    await say(bob, activityOf(bob, "EmojiReact", note, { content: "🍞" }));
    const boost = activityOf(bob, "Announce", note, { published: new Date().toISOString() });
    await say(bob, boost);

    const totals = (likes: number, shares: number, replies: number) => ({
      likes: { id: `${note}/likes`, type: "Collection", totalItems: likes },
      shares: { id: `${note}/shares`, type: "Collection", totalItems: shares },
      replies: { id: `${note}/replies`, type: "Collection", totalItems: replies },
    });
    const served = (await json()) as JsonObject;
    expect(served).toMatchObject(totals(2, 1, 2));
    expect(report(lintObject(JSON.stringify(served), { origin: node.origin }))).toBe("");
    expect(await json("/likes")).toMatchObject({ totalItems: 2 });
    expect(await json("/likes")).not.toHaveProperty("items");
    expect(await json("/replies")).toMatchObject({ totalItems: 2, items: [reply.id, below.id] });
    for (const below of ["/likes", "/shares", "/replies"]) {
      const found = lintCollection(await json(below), { origin: node.origin, kind: "totals" });
      expect(report(found)).toBe("");
    }

    const changed = { ...reply, content: "<p>Bad bread</p>", updated: new Date().toISOString() };
    // By somebody else it changes nothing.
    await say(alice, activityOf(alice, "Update", { ...changed, attributedTo: alice.id }));
    await say(alice, activityOf(alice, "Delete", reply.id));
    expect((await rows("reply"))[0]).toMatchObject({ content: /Good/, edited: null });
    await say(bob, activityOf(bob, "Update", changed));
    expect((await rows("reply"))[0]).toMatchObject({ content: "Bad bread" });
    // Nobody can take somebody else's back.
    await say(alice, undoOf(alice, boost.id));
    expect(await json()).toMatchObject(totals(2, 1, 2));
    await say(bob, undoOf(bob, boost.id));
    const { "@context": _, ...like } = activityOf(alice, "Like", note);
    await say(alice, undoOf(alice, like));
    await say(bob, activityOf(bob, "Delete", { id: reply.id, type: "Tombstone" }));
    expect(await json()).toMatchObject(totals(1, 0, 1));
    await say(bob, activityOf(bob, "Delete", bob.id));
    await say(alice, activityOf(alice, "Delete", alice.id));
    expect(await json()).toMatchObject(totals(0, 0, 0));
    expect([...(await rows("reply")), ...(await rows("reaction"))]).toEqual([]);
  });

  it("isn't shown to everybody when it wasn't said to everybody", async () => {
    await using set = await talk(engine);
    const { there, alice, note, url, id, say, json, rows, node } = set;
    const mention = [{ type: "Mention", href: url, name: "@bakery" }];
    const secret = noteOf(alice, {
      inReplyTo: note,
      content: "Psst",
      to: [url],
      cc: [],
      tag: mention,
    });
    await say(alice, activityOf(alice, "Create", secret));
    const hello = noteOf(alice, { content: "<p>Hello</p>", tag: mention, cc: [url] });
    await say(alice, activityOf(alice, "Create", hello));
    expect(await rows("reply")).toMatchObject([
      { audience: "private", kind: "reply", coop: id, content: "Psst" },
      { audience: "public", kind: "mention", coop: id, post: null },
    ]);
    expect(await json()).toMatchObject({ replies: { totalItems: 0 } });
    expect(await json("/replies")).toMatchObject({ items: [] });

    // Answers go to whoever could read what is answered.
    const [asked, greeted] = await rows("reply");
    there.received.length = 0;
    const privately = await node.use((db) =>
      answerReply(db, asked?.key ?? "", { fr: "Non" }, Date.now()),
    );
    const quietly = check(node, await there.receives(0, "Create"));
    expect(quietly).toMatchObject({
      to: [alice.id],
      cc: [],
      object: { inReplyTo: secret.id, to: [alice.id], cc: [], tag: [{ href: alice.id }] },
    });
    await quiet(node);
    expect(there.received).toHaveLength(1);
    const path = `/coops/${id}/answers`;
    expect((await node.get(`${path}/${privately}`, accept)).status).toBe(404);
    expect((await node.get(`${path}/${privately}`)).status).toBe(404);
    const openly = await node.use((db) =>
      answerReply(db, greeted?.key ?? "", { fr: "Salut <3" }, Date.now()),
    );
    const create = check(node, await there.receives(1, "Create"));
    const object = create["object"] as JsonObject;
    expect(object["content"]).toContain("Salut &lt;3");
    const served = (await (await node.get(`${path}/${openly}`, accept)).json()) as JsonObject;
    const { "@context": _, likes, shares, ...whole } = served;
    expect(whole).toEqual(object);
    expect([likes, shares]).toMatchObject([{ totalItems: 0 }, { totalItems: 0 }]);
    // What is made of answers is counted, but not of those to one alone.
    const answered = `${url}/answers/${openly}`;
    const liked = activityOf(alice, "Like", answered);
    await say(alice, liked);
    await say(alice, activityOf(alice, "Announce", answered));
    await say(alice, activityOf(alice, "Like", `${url}/answers/${privately}`));
    const made = async () => (await node.get(`${path}/${openly}`, accept)).text();
    expect(report(lintObject(await made(), { origin: node.origin }))).toBe("");
    expect(JSON.parse(await made())).toMatchObject({
      likes: { id: `${answered}/likes`, totalItems: 1 },
      shares: { totalItems: 1 },
    });
    const shared = await (await node.get(`${path}/${openly}/shares`, accept)).json();
    const found = lintCollection(shared, { origin: node.origin, kind: "totals" });
    expect([shared, report(found)]).toMatchObject([{ totalItems: 1 }, ""]);
    expect((await node.get(`${path}/${privately}/likes`, accept)).status).toBe(404);
    expect(await (await node.get(`${path}/${openly}`)).text()).toMatch(/1\slike · 1\sboost/);
    expect(await rows("reaction")).toHaveLength(2);
    const { "@context": __, ...like } = liked;
    await say(alice, undoOf(alice, like));
    expect(JSON.parse(await made())).toMatchObject({ likes: { totalItems: 0 } });
    // What is said to an answer belongs to it.
    const more = noteOf(alice, { inReplyTo: whole["id"] ?? "" });
    await say(alice, activityOf(alice, "Create", more));
    expect((await rows("reply")).at(-1)).toMatchObject({ id: more.id, kind: "mention" });
    await node.use((db) => deleteAnswer(db, openly, Date.now()));
    check(node, await there.receives(2, "Delete"));
    expect((await node.get(`${path}/${openly}`, accept)).status).not.toBe(200);
    expect((await rows("answer")).find(({ id }) => id === openly)).toMatchObject({ content: "{}" });
    expect(await rows("reaction")).toEqual([]);
  });

  it("may quote it, until somebody hides the quote", async () => {
    await using set = await talk(engine);
    const { there, alice, note, say, rows, node } = set;
    const quote = noteOf(alice, { content: "<p>Look at this</p>", quote: note });
    const { "@context": _, ...request } = activityOf(alice, "QuoteRequest", note, {
      instrument: quote,
    });
    await say(alice, { ...activityOf(alice, "QuoteRequest", note), ...request });
    const answer = check(node, await there.receives(0, "Accept"));
    expect(answer["object"]).toEqual({ ...request, instrument: quote.id });
    const authorization = async () => {
      const response = await node.get(new URL(answer["result"] as string).pathname, accept);
      return response.ok ? ((await response.json()) as JsonObject) : response.status;
    };
    const document = await authorization();
    expect(document).toMatchObject({
      type: "QuoteAuthorization",
      interactingObject: quote.id,
      interactionTarget: note,
    });
    expect(report(lintAuthorization(document, { origin: node.origin }))).toBe("");
    const [row] = await rows("reply");
    expect(row).toMatchObject({ kind: "quote", content: "Look at this" });
    await node.use((db) => hideReply(db, row?.key ?? "", true, Date.now()));
    const revoked = check(node, await there.receives(1, "Delete"));
    expect(revoked["object"]).toBe(answer["result"]);
    expect(await authorization()).toBe(404);
    await quiet(node);
    await say(alice, activityOf(alice, "QuoteRequest", note, { instrument: quote.id }));
    check(node, await there.receives(2, "Reject"));
    expect((await rows("reply"))[0]).toMatchObject({ content: "Look at this" });
  });

  it("may not quote it from the moment on in which the quote is hidden", async () => {
    await using store = await freshStore(engine);
    const { db } = store;
    const now = Date.parse("2026-11-22T10:00:00Z");
    const node = await loadIdentity(db, "https://a.example", now);
    const { id: coop } = await addCoop(db, node, "bakery", fullBakery, now);
    const id = await publishPost(db, coop, { fr: "Du pain" }, now);
    const key = await addReply(db, coop, { post: id, kind: "quote", approved: now });
    const request = new Request(`https://a.example/coops/${coop}/posts/${id}/quotes/${key}`);
    const served = () => conversationDocument({ db, node }, request);
    expect(await served()).toMatchObject({ type: "QuoteAuthorization" });
    // Its author is told later; here it holds at once.
    await hideReply(db, key, true, now);
    expect(await replies.get(db, key)).toMatchObject({ approved: now });
    expect(await served()).toBeUndefined();
    await hideReply(db, key, false, now);
    expect(await served()).toBeDefined();
  });

  it("can be reported to its server, which learns of the node and not of the co-op", async () => {
    await using set = await talk(engine);
    const { there, alice, note, say, rows, node } = set;
    const reply = noteOf(alice, { inReplyTo: note });
    await say(alice, activityOf(alice, "Create", reply));
    const [{ key } = { key: "" }] = await rows("reply");
    await node.use((db) => reportReply(db, key, "Spam, again", Date.now()));
    const flag = check(node, await there.receives(0, "Flag"));
    expect(flag).toMatchObject({
      actor: `${node.origin}/actor`,
      object: [alice.id, reply.id],
      content: "Spam, again",
    });
    await quiet(node);
    await expect(node.use((db) => reportReply(db, key, "More", Date.now()))).rejects.toMatchObject({
      code: "conflict",
    });
    expect((await rows("reply"))[0]).toMatchObject({ flagged: expect.any(Number) as number });
  });

  it("goes with the post, and all of it with the co-op", async () => {
    await using set = await talk(engine);
    const { there, alice, note, post, id, url, say, rows, node } = set;
    await say(alice, activityOf(alice, "Create", noteOf(alice, { inReplyTo: note })));
    await say(alice, activityOf(alice, "Like", note));
    await say(alice, activityOf(alice, "Create", noteOf(alice, { cc: [url] })));
    await say(alice, activityOf(alice, "Flag", [url, note], { content: "No" }));
    const [{ key } = { key: "" }] = await rows("reply");
    await node.use((db) => answerReply(db, key, { fr: "Merci" }, Date.now()));
    await there.receives(0, "Create");
    await quiet(node);
    await node.use((db) => deletePost(db, post, Date.now()));
    const gone = [await there.receives(1, "Delete"), await there.receives(2, "Delete")];
    for (const each of gone) check(node, each);
    expect(await rows("reply")).toMatchObject([{ kind: "mention" }]);
    expect(await rows("reaction")).toEqual([]);
    expect(await rows("answer")).toMatchObject([{ content: "{}" }]);
    // What comes too late is about nothing.
    await say(alice, activityOf(alice, "Create", noteOf(alice, { inReplyTo: note })));
    await say(alice, activityOf(alice, "Like", note));
    expect([(await rows("reply")).length, (await rows("reaction")).length]).toEqual([1, 0]);
    await node.use((db, identity) => deleteCoop(db, identity, id, Date.now()));
    for (const table of ["reply", "reaction", "answer", "flag"] as const) {
      expect([table, await rows(table)]).toEqual([table, []]);
    }
  });
});
