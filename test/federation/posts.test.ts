import { getDocumentLoader } from "@fedify/fedify";
import { verifyJsonLd } from "@fedify/fedify/sig";
import { getGlobalDispatcher, setGlobalDispatcher } from "undici";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { JsonObject } from "../../src/coop/canonical-json.ts";
import { deletePost, editPost, listPost, post, type Posting } from "../../src/directory/post.ts";
import { publishDue, publishNow } from "../../src/directory/publish-due.ts";
import { deleteCoop } from "../../src/directory/withdraw.ts";
import { guardOutbound } from "../../src/outbound.ts";
import * as posts from "../../src/store/posts.ts";
import { eachEngine } from "../helpers/database.ts";
import { until } from "../helpers/nodes.ts";
import { lintObject, report } from "../interop/lint.ts";
import { checkDelivery as check } from "./check-delivery.ts";
import type { Delivery } from "./elsewhere.ts";
import { quiet, stage } from "./stage.ts";

const dispatcher = getGlobalDispatcher();
beforeAll(() => guardOutbound("http://localhost", true));
afterAll(() => setGlobalDispatcher(dispatcher));

/** What is forwarded by others is trusted for its LD signature. */
const documentLoader = getDocumentLoader({ allowPrivateAddress: true });

const accept = { accept: "application/activity+json" };

/** A stage on which somebody called Carol can be found by her handle. */
async function withCarol(...args: Parameters<typeof stage>) {
  const set = await stage(...args);
  const { host } = new URL(set.there.origin);
  const carol = set.there.join("carol", { url: `${set.there.origin}/@carol?"&b` });
  const resource = encodeURIComponent(`acct:carol@${host}`);
  set.there.documents.set(`/.well-known/webfinger?resource=${resource}`, {
    subject: `acct:carol@${host}`,
    links: [{ rel: "self", type: "application/activity+json", href: carol.id }],
  });
  const say = (text: string, posting: Posting = {}) =>
    set.node.use((db) => post(db, set.id, { fr: text }, Date.now(), posting));
  const read = async (id: string) => {
    const response = await set.node.get(`/coops/${set.id}/posts/${id}`, accept);
    return { status: response.status, note: response.ok ? await response.text() : "" };
  };
  return { ...set, carol, host, say, read };
}

eachEngine("a post", (engine) => {
  it("is told to whom it names, who needn't follow; and what becomes of it, too", async () => {
    await using set = await withCarol(engine, []);
    const { node, there, url, carol, host, say, read } = set;
    const text = `Merci @Carol@${host}, @nobody@${host} et @bakery@${nodeHost(node)} !`;
    const id = await say(text, { warning: { fr: "Gratitude" } });
    const created = await there.receives(0, "Create");
    await check(node, created, url);
    expect(await verifyJsonLd(created.activity, { documentLoader })).toBe(true);
    expect(created.url).toBe(`${carol.id}/inbox`);
    const note = created.activity["object"] as JsonObject;
    expect(note["cc"]).toEqual([`${url}/followers`, carol.id, url]);
    expect(note["tag"]).toEqual([
      { type: "Mention", href: carol.id, name: `@carol@${host}` },
      { type: "Mention", href: url, name: `@bakery@${nodeHost(node)}` },
    ]);
    expect(note["content"]).toBe(
      `<p>Merci <span class="h-card" translate="no"><a href="${there.origin}/@carol?&quot;&amp;b" class="u-url mention">@<span>Carol</span></a></span>` +
        `, @nobody@${host} et <span class="h-card" translate="no"><a href="${url}" class="u-url mention">@<span>bakery</span></a></span> !</p>`,
    );
    await quiet(node);
    expect(report(lintObject((await read(id)).note, { origin: node.origin }))).toBe("");
    const lost = async () => {
      const row = await node.use((db) => posts.get(db, id));
      return posts.mentionsOf(row ?? { mentions: null }).filter(({ actor }) => actor === null);
    };
    expect(await lost()).toEqual([{ name: `@nobody@${host}`, actor: null }]);

    // Who isn't named any more has the old text.
    await node.use((db) => editPost(db, id, { fr: "Merci." }, Date.now()));
    const updated = await there.receives(1, "Update");
    await check(node, updated, url);
    expect(updated.url).toBe(`${carol.id}/inbox`);
    expect(updated.activity).toMatchObject({
      cc: [`${url}/followers`, carol.id, url],
      object: { cc: [`${url}/followers`] },
    });
    await quiet(node);
    // To whom is named from now on it is new, and if it isn't, they get the new text all the same.
    await node.use((db) => editPost(db, id, { fr: `Merci @carol@${host}.` }, Date.now()));
    await check(node, await there.receives(2, "Create"), url);
    await check(node, await there.receives(3, "Update"), url);
    await quiet(node);
    await node.use((db) => deletePost(db, id, Date.now()));
    const deleted = await there.receives(4, "Delete");
    await check(node, deleted, url);
    expect(deleted.url).toBe(`${carol.id}/inbox`);
    expect(deleted.activity["cc"]).toContain(carol.id);
    await quiet(node);
    expect(there.received).toHaveLength(5);
    expect((await node.use((db) => posts.get(db, id)))?.mentions).toBeNull();
  });

  it("is told to whom one of its other languages names, too", async () => {
    await using set = await withCarol(engine, []);
    const { node, there, url, id, carol, host, read } = set;
    const name = `@carol@${host}`;
    const said = await node.use((db) =>
      post(db, id, { fr: "Du #pain", en: `#Bread for ${name}` }, Date.now()),
    );
    const created = await there.receives(0, "Create");
    await check(node, created, url);
    expect(created.url).toBe(`${carol.id}/inbox`);
    const note = created.activity["object"] as { contentMap: Record<string, string> } & JsonObject;
    expect(note["cc"]).toEqual([`${url}/followers`, carol.id]);
    // Hashtags are those of the text that is shown.
    expect(note["tag"]).toMatchObject([
      { type: "Hashtag", name: "#pain" },
      { type: "Mention", href: carol.id, name },
    ]);
    expect(note.contentMap["en"]).toContain('class="u-url mention">@<span>carol</span>');
    await quiet(node);
    expect(report(lintObject((await read(said)).note, { origin: node.origin }))).toBe("");
    await node.use((db) => deletePost(db, said, Date.now()));
    expect((await there.receives(1, "Delete")).url).toBe(`${carol.id}/inbox`);
  });

  it("is forgotten by whom it named when its co-op is deleted", async () => {
    await using set = await withCarol(engine, []);
    const { node, there, url, id, carol, host, say } = set;
    await say(`Bonjour @carol@${host}`);
    await there.receives(0, "Create");
    await quiet(node);
    await node.use((db, identity) => deleteCoop(db, identity, id, Date.now()));
    const deleted = await there.receives(1, "Delete");
    expect(deleted.url).toBe(`${carol.id}/inbox`);
    expect(deleted.activity["object"]).toBe(url);
    await quiet(node);
    expect(await node.use((db) => posts.mentionedBy(db, id))).toEqual([]);
  });

  it("stays unknown until its time, and is then news of that time", async () => {
    await using set = await withCarol(engine, []);
    const { node, there, url, id: coop, host, say, read } = set;
    const due = Date.now() + 1_800_000;
    const id = await say(`Demain @carol@${host}`, { due, zone: "Europe/Paris", pinned: true });
    await node.use((db) =>
      editPost(db, id, { fr: `Bientôt @carol@${host}` }, Date.now(), { due: due - 60_000 }),
    );
    await node.use((db) => listPost(db, id, true, Date.now()));
    await quiet(node);
    const hidden = async () => {
      expect((await read(id)).status).toBe(404);
      expect((await read(`${id}/activity`)).status).toBe(404);
      for (const path of ["outbox?cursor=", "featured", "news.atom", `posts/${id}`, ""]) {
        const answer = await node.get(`/coops/${coop}/${path}`.replace(/\/$/, ""), {
          accept: /outbox|featured/.test(path) ? accept.accept : "text/html",
        });
        expect(await answer.text()).not.toMatch(/Demain|Bientôt/);
      }
    };
    await hidden();
    expect(await node.use((db) => publishDue(db, due - 61_000))).toBe(0);
    await hidden();
    expect(there.received).toEqual([]);
    // The node was away for a while: it is published when it is back.
    const now = due + 120_000;
    expect(await node.use((db) => publishDue(db, now))).toBe(1);
    expect(await node.use((db) => publishDue(db, now))).toBe(0);
    const created = await there.receives(0, "Create");
    await check(node, created, url);
    expect(created.activity["object"]).toMatchObject({
      published: new Date(now).toISOString(),
      tag: [{ name: `@carol@${host}` }],
    });
    await quiet(node);
    expect((await node.get(`/coops/${coop}/featured`, accept)).status).toBe(200);
    const row = await node.use((db) => posts.get(db, id));
    expect(row).toMatchObject({ due: null, edited: null, pinned: now, listed: now });

    // One that is put off for good was never there.
    const other = await say("Jamais", { due });
    await node.use((db) => deletePost(db, other, Date.now()));
    expect(await node.use((db) => posts.get(db, other))).toBeUndefined();
    const early = await say("Tout de suite", { due });
    await node.use((db) => publishNow(db, early, Date.now()));
    expect((await read(early)).status).toBe(200);
    await quiet(node);
    expect(there.received).toHaveLength(1);
  });

  it("is passed on by the classes that it is marked for, and hidden behind its warning", async () => {
    await using set = await withCarol(engine, ["/classes/workers"]);
    const { node, there, url, id: coop, alice } = set;
    const id = await node.use((db) =>
      post(db, coop, { fr: "Comptes", en: "Accounts" }, Date.now(), {
        warning: { fr: "Chiffres", en: "Figures" },
        classes: ["workers"],
      }),
    );
    const note = `${url}/posts/${id}`;
    const announced = await there.receives(0, "Announce");
    await check(node, announced, `${url}/classes/workers`);
    expect(announced.url).toBe(`${alice.id}/inbox`);
    expect(await verifyJsonLd(announced.activity, { documentLoader })).toBe(true);
    expect(announced.activity).toMatchObject({ object: note, cc: [expect.any(String), url] });
    const served = await (await node.get(new URL(note).pathname, accept)).text();
    expect(report(lintObject(served, { origin: node.origin }))).toBe("");
    expect(JSON.parse(served)).toMatchObject({
      summary: "Chiffres",
      summaryMap: { fr: "Chiffres", en: "Figures" },
      sensitive: true,
    });
    const outbox = await node.get(`/coops/${coop}/classes/workers/outbox?cursor=`, accept);
    expect(await outbox.json()).toMatchObject({
      orderedItems: [{ id: announced.activity["id"], type: "Announce", object: note }],
    });
    // What stays as it is tells nobody anything.
    const edit = (classes?: string[]) =>
      node.use((db) =>
        editPost(db, id, { fr: "Comptes", en: "Accounts" }, Date.now(), { classes }),
      );
    await edit();
    await edit(["workers"]);
    await edit([]);
    const undone = await there.receives(1, "Undo");
    await check(node, undone, `${url}/classes/workers`);
    const { "@context": _, proof: __, signature: ___, ...announce } = announced.activity;
    expect(undone.activity).toMatchObject({ object: announce, to: announced.activity["to"] });
    expect((await node.use((db) => posts.get(db, id)))?.edited).toBeNull();
    await quiet(node);
    expect(await (await node.get(`/coops/${coop}/classes/workers/outbox`, accept)).json()).toEqual(
      expect.objectContaining({ totalItems: 0 }),
    );
    // What is passed on again is new, and another activity.
    await edit(["workers"]);
    const again = await there.receives(2, "Announce");
    await check(node, again, `${url}/classes/workers`);
    expect(again.activity["id"]).not.toBe(announced.activity["id"]);
    const since = ({ activity }: Delivery) => Date.parse(activity["published"] as string);
    expect(since(again)).toBeGreaterThan(since(announced));
    await quiet(node);
    const listed = await node.get(`/coops/${coop}/classes/workers/outbox?cursor=`, accept);
    expect(await listed.json()).toMatchObject({ orderedItems: [{ id: again.activity["id"] }] });
    await edit([]);
    const last = await there.receives(3, "Undo");
    expect(last.activity).toMatchObject({ object: { id: again.activity["id"] } });
    expect(last.activity["id"]).not.toBe(undone.activity["id"]);
    await quiet(node);
    await expect(edit(["eaters"])).rejects.toThrow("no class “eaters”");
    // They may have it still, so they learn of its end.
    await node.use((db) => deletePost(db, id, Date.now()));
    const deleted = await there.receives(4, "Delete");
    await check(node, deleted, url);
    await quiet(node);
    expect(there.received).toHaveLength(5);
    await expect(
      node.use((db) => post(db, coop, { fr: "x" }, Date.now(), { classes: ["eaters", "workers"] })),
    ).rejects.toThrow("no class “eaters”");
  });
});

it("is never deleted before it was told of, however often that had to be tried", async () => {
  await using set = await stage("sqlite");
  const { node, there, write } = set;
  const answer = Promise.withResolvers<number>();
  // Both kinds of signatures; what is on its way is no longer in the queue when it is deleted.
  there.answers.push(answer.promise, 503);
  const id = await write("Oublié");
  await there.receives(0, "Create");
  await node.use((db) => deletePost(db, id, Date.now()));
  answer.resolve(503);
  await until(() => there.received.some(({ activity }) => activity["type"] === "Delete"));
  await quiet(node);
  expect(there.received.at(-1)?.activity["type"]).toBe("Delete");
});

it("is published by the node itself when its time has come", async () => {
  await using set = await stage("sqlite");
  const { node, there, id } = set;
  await node.stop();
  // Its time came while the node was away.
  const then = Date.now() - 60_000;
  await node.use((db) => post(db, id, { fr: "Voilà" }, then, { due: then + 1000 }));
  await node.start();
  expect((await there.receives(0, "Create")).activity["object"]).toMatchObject({
    content: "<p>Voilà</p>",
  });
});

function nodeHost({ origin }: { origin: string }): string {
  return new URL(origin).host;
}
