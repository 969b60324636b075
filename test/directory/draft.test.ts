import { expect, it } from "vitest";
import { restore, history } from "../../src/directory/history.ts";
import {
  discardDraft,
  type DraftContent,
  newDraft,
  openDraft,
  publishDraft,
  saveDraft,
} from "../../src/directory/draft.ts";
import { type Identity, loadIdentity } from "../../src/directory/identity.ts";
import { importRows } from "../../src/directory/import.ts";
import { recordMandate } from "../../src/directory/mandate.ts";
import { deletePost, post } from "../../src/directory/post.ts";
import { addCoop, publish } from "../../src/directory/publish.ts";
import { deleteCoop, withdraw } from "../../src/directory/withdraw.ts";
import * as changes from "../../src/store/changes.ts";
import * as coops from "../../src/store/coops.ts";
import * as posts from "../../src/store/posts.ts";
import * as records from "../../src/store/records.ts";
import type { Db } from "../../src/store/schema.ts";
import { eachEngine, freshStore } from "../helpers/database.ts";
import { bakery } from "../helpers/nodes.ts";

const now = Date.parse("2026-11-22T10:00:00.000Z");

const draftOf = (changed: object = {}) => bakery(changed) as unknown as DraftContent;

async function someNode(db: Db): Promise<Identity> {
  return loadIdentity(db, "https://a.example", now);
}

async function about(db: Db): Promise<Record<string, unknown>[]> {
  const held = await records.after(db, 0, 100);
  return held.map(({ body }) => {
    const document = JSON.parse(new TextDecoder().decode(body)) as { about?: object };
    return (document.about ?? {}) as Record<string, unknown>;
  });
}

eachEngine("a draft", (engine) => {
  it("is a row and nothing else, until it is published", async () => {
    await using store = await freshStore(engine);
    const { db } = store;
    const node = await someNode(db);
    const before = await changes.head(db);
    const id = await newDraft(db, { content: { name: "A" }, handle: "a", by: null }, now);
    expect(await changes.head(db)).toBe(before);
    expect(await records.after(db, 0, 10)).toEqual([]);
    expect(await coops.followable(db, "", 10)).toEqual([]);
    expect(await coops.count(db)).toEqual({ hosted: 0, followable: 0 });
    await expect(post(db, id, { en: "Hello" }, now)).rejects.toMatchObject({ code: "conflict" });
    const again = newDraft(db, { content: {}, handle: "a", by: null }, now);
    await expect(again).rejects.toMatchObject({ code: "conflict" });

    const { edition } = await openDraft(db, node, id);
    const writing = { content: draftOf(), base: edition, account: "acc" };
    await publishDraft(db, node, id, writing, now);
    expect(await about(db)).toMatchObject([{ preferredUsername: "a" }]);
    expect(await coops.get(db, id)).toMatchObject({ draft: null, drafted: null, draftedBy: null });
    expect(await coops.count(db)).toEqual({ hosted: 1, followable: 1 });
  });

  it("says every fault when it is published, and stays", async () => {
    await using store = await freshStore(engine);
    const { db } = store;
    const node = await someNode(db);
    const id = await newDraft(db, { content: { name: 5, url: "x" }, handle: "a", by: null }, now);
    const { content, edition } = await openDraft(db, node, id);
    const publishing = publishDraft(db, node, id, { content, base: edition, account: null }, now);
    await expect(publishing).rejects.toMatchObject({ code: "bad-request" });
    await expect(publishing).rejects.toThrow(/name: .*url: /);
    expect(await openDraft(db, node, id)).toMatchObject({ content: { name: 5 }, edition });
  });

  it("is bounded", async () => {
    await using store = await freshStore(engine);
    const large = { content: { summary: "é".repeat(40_000) }, handle: null, by: null };
    await expect(newDraft(store.db, large, now)).rejects.toThrow(/at most 64 KB/);
    expect(await store.db.selectFrom("coop").select("id").execute()).toEqual([]);
  });

  it("is saved by one of two who began with the same, also at the same moment", async () => {
    await using store = await freshStore(engine);
    const { db } = store;
    const node = await someNode(db);
    const { id } = await addCoop(db, node, "a", bakery(), now);
    // All at once, so that there are as many connections to write through.
    const opened = await Promise.all(Array.from({ length: 8 }, () => openDraft(db, node, id)));
    const base = opened[0]?.edition ?? -1;
    const names = ["One", "Two", "Three", "Four"];
    const done = await Promise.all(
      names.map((name, at) =>
        saveDraft(db, node, id, { content: { name }, base, account: `acc${at}` }, now),
      ),
    );
    expect(done.filter((each) => "saved" in each)).toHaveLength(1);
    const winner = names[done.findIndex((each) => "saved" in each)];
    for (const each of done) {
      if ("conflict" in each) expect(each.conflict.content).toEqual({ name: winner });
    }
    expect(await openDraft(db, node, id)).toMatchObject({ content: { name: winner } });
  });

  it("is not undone by what an import or a command writes meanwhile", async () => {
    await using store = await freshStore(engine);
    const { db } = store;
    const node = await someNode(db);
    const { id } = await addCoop(db, node, "a", bakery(), now);
    const opened = await openDraft(db, node, id);
    await saveDraft(
      db,
      node,
      id,
      { content: { name: "Draft" }, base: opened.edition, account: null },
      now,
    );
    await publish(db, node, id, bakery({ name: "By command" }), now);
    expect(await openDraft(db, node, id)).toMatchObject({
      content: { name: "Draft" },
      published: { name: "By command" },
    });
    // Who began before the command learns of it.
    const late = { content: { name: "Late" }, base: opened.edition, account: null };
    expect(await publishDraft(db, node, id, { ...late, content: draftOf() }, now)).toHaveProperty(
      "conflict",
    );
  });

  it("of an imported co-op becomes its own listing under the same id", async () => {
    await using store = await freshStore(engine);
    const { db } = store;
    const node = await someNode(db);
    async function* rows() {
      yield { key: "1", content: bakery({ provenance: { kind: "imported" } }) };
    }
    await importRows(db, node, "test", rows(), () => now);
    const { id } = await db.selectFrom("coop").select("id").executeTakeFirstOrThrow();
    const { content, edition } = await openDraft(db, node, id);
    expect(content).toMatchObject({ name: "Boulangerie de la Gare" });
    const claimed = { ...content, provenance: { kind: "claimed" } };
    const writing = { content: claimed, base: edition, account: null, handle: "gare" };
    await publishDraft(db, node, id, writing, now);
    expect(await about(db)).toMatchObject([
      {
        id: `https://a.example/coops/${id}`,
        preferredUsername: "gare",
        provenance: { kind: "claimed" },
      },
    ]);
  });
});

eachEngine("a co-op's history", (engine) => {
  it("has what was entered, step by step, and brings it back", async () => {
    await using store = await freshStore(engine);
    const { db } = store;
    const node = await someNode(db);
    const { id } = await addCoop(db, node, "a", bakery({ name: "One" }), now, { account: "acc" });
    await publish(db, node, id, bakery({ name: "Two" }), now + 1);
    await publish(db, node, id, bakery({ name: "Two" }), now + 2);
    await withdraw(db, node, id, now + 3, "acc");
    await withdraw(db, node, id, now + 4, "acc");
    const told = (await history(db, id)).map(({ number, kind, account, content }) => [
      number,
      kind,
      account,
      content?.["name"],
    ]);
    expect(told).toEqual([
      [3, "withdrawn", "acc", undefined],
      [2, "published", null, "Two"],
      [1, "published", "acc", "One"],
    ]);
    // Bringing back makes a draft, and keeps the one in its way.
    const opened = await openDraft(db, node, id);
    expect(opened).toMatchObject({ content: { name: "Two" }, published: undefined });
    await saveDraft(
      db,
      node,
      id,
      { content: { name: "Three" }, base: opened.edition, account: null },
      now,
    );
    await restore(db, node, id, 1, "acc", now + 5);
    const restored = await openDraft(db, node, id);
    expect(restored.content).toMatchObject({ name: "One" });
    expect((await history(db, id))[0]).toMatchObject({
      kind: "set-aside",
      content: { name: "Three" },
    });
    await expect(restore(db, node, id, 3, null, now)).rejects.toMatchObject({ code: "not-found" });
    await expect(restore(db, node, id, 99, null, now)).rejects.toMatchObject({ code: "not-found" });
    const writing = { content: restored.content, base: restored.edition, account: "acc" };
    await publishDraft(db, node, id, writing, now + 6);
    expect(await about(db)).toMatchObject([{ name: "One" }]);
  });

  it("keeps a draft that is discarded, and goes with the co-op", async () => {
    await using store = await freshStore(engine);
    const { db } = store;
    const node = await someNode(db);
    const { id } = await addCoop(db, node, "a", bakery(), now);
    const { edition } = await openDraft(db, node, id);
    await saveDraft(db, node, id, { content: { name: "D" }, base: edition, account: null }, now);
    await discardDraft(db, id, null, now);
    expect((await openDraft(db, node, id)).content).toMatchObject({
      name: "Boulangerie de la Gare",
    });
    expect((await history(db, id))[0]).toMatchObject({ kind: "set-aside", content: { name: "D" } });
    await deleteCoop(db, node, id, now);
    expect(await db.selectFrom("revision").selectAll().execute()).toEqual([]);
    expect(await coops.get(db, id)).toMatchObject({ content: null, draft: null, handle: "a" });
  });

  it("keeps the last two hundred steps", async () => {
    await using store = await freshStore(engine);
    const { db } = store;
    const node = await someNode(db);
    const { id } = await addCoop(db, node, "a", bakery(), now);
    for (let edit = 2; edit <= 205; edit += 1) {
      await publish(db, node, id, bakery({ name: `Edit ${edit}` }), now);
    }
    const numbers = (await history(db, id)).map(({ number }) => number);
    expect([numbers.length, numbers[0], numbers.at(-1)]).toEqual([200, 205, 6]);
  });
});

eachEngine("what is published for the first time", (engine) => {
  it("gets a pinned introduction once, in its languages", async () => {
    await using store = await freshStore(engine);
    const { db } = store;
    const node = await someNode(db);
    const how = { introduce: true };
    const texts = {
      summary: "Du pain.",
      inLanguage: "fr",
      summaryMap: { en: "Bread.", fr: "Du pain." },
    };
    const { id } = await addCoop(db, node, "a", bakery(texts), now, how);
    const [pinned] = await posts.pinned(db, id);
    expect(Object.entries(JSON.parse(pinned?.content ?? "") as object)).toEqual([
      ["fr", "Du pain."],
      ["en", "Bread."],
    ]);
    expect((await changes.after(db, 0, 10)).map(({ kind }) => kind)).toEqual(["record", "post"]);
    await publish(db, node, id, bakery({ summary: "Plus de pain." }), now, how);
    await withdraw(db, node, id, now);
    await publish(db, node, id, bakery({ summary: "Encore." }), now, how);
    expect(await posts.count(db, id)).toBe(1);
    // Nor when the co-op wants none.
    await deletePost(db, pinned?.id ?? "", now);
    await publish(db, node, id, bakery(), now, how);
    expect(await posts.count(db, id)).toBe(0);
  });

  it("is introduced by who and where it is when it says no more, and by nobody else", async () => {
    await using store = await freshStore(engine);
    const { db } = store;
    const node = await someNode(db);
    const how = { introduce: true };
    const { summary: _, ...silent } = bakery();
    const { id } = await addCoop(db, node, "a", bakery(), now);
    const mandate = { by: "Federation", basis: "Rules", date: "2026", person: "Ada Example" };
    await recordMandate(db, id, mandate, null, now);
    const provenance = { kind: "mandated" as const };
    await publish(db, node, id, { ...silent, provenance }, now, how);
    expect(await posts.count(db, id)).toBe(0);
    await publish(db, node, id, silent, now, how);
    const [pinned] = await posts.pinned(db, id);
    expect(JSON.parse(pinned?.content ?? "")).toEqual({
      fr: `Boulangerie de la Gare\nRimouski, Quebec\n${node.origin}/coops/${id}`,
    });
  });

  it("drops the co-op whole when it never was, and keeps the handle when it was", async () => {
    await using store = await freshStore(engine);
    const { db } = store;
    const node = await someNode(db);
    const draft = { content: {}, handle: "a", by: null, owner: "acc" };
    await deleteCoop(db, node, await newDraft(db, draft, now), now);
    expect(await db.selectFrom("coop").selectAll().execute()).toEqual([]);
    expect(await db.selectFrom("role").selectAll().execute()).toEqual([]);
    const { id } = await addCoop(db, node, "a", bakery(), now);
    await deleteCoop(db, node, id, now);
    await expect(newDraft(db, draft, now)).rejects.toMatchObject({ code: "conflict" });
  });
});
