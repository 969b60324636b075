import { expect, it } from "vitest";
import { loadIdentity } from "../../src/directory/identity.ts";
import { exportCoop } from "../../src/directory/leave.ts";
import { readLeaveFile } from "../../src/directory/leave-file.ts";
import { takeIn } from "../../src/directory/take-in.ts";
import { deletePost, editPost, listPost, pinPost, post } from "../../src/directory/post.ts";
import { publishDue } from "../../src/directory/publish-due.ts";
import { addCoop } from "../../src/directory/publish.ts";
import { deleteCoop } from "../../src/directory/withdraw.ts";
import * as changes from "../../src/store/changes.ts";
import type { Engine } from "../../src/store/dialect.ts";
import * as posts from "../../src/store/posts.ts";
import type { Tx } from "../../src/store/schema.ts";
import { eachEngine, freshStore } from "../helpers/database.ts";
import { bakery } from "../helpers/nodes.ts";

const now = Date.parse("2026-11-22T08:00:00.000Z");
const day = 86_400_000;

/** A node with a co-op, one class of which can be followed. */
async function withCoop(engine: Engine) {
  const store = await freshStore(engine);
  const { db } = store;
  const node = await loadIdentity(db, "https://a.example", now);
  const stakeholders = [
    { key: "workers", kind: "worker", name: "Workers", followable: true } as const,
    { key: "users", kind: "user", name: "Users" } as const,
  ];
  const { id } = await addCoop(db, node, "bakery", bakery({ stakeholders }), now);
  const logged = async () =>
    (await changes.after(db, 0, 100)).filter(({ kind }) => kind === "post").length;
  const read = async (post: string) => {
    const row = await posts.get(db, post);
    if (row === undefined) throw new Error("there is no such post");
    return row;
  };
  return {
    db,
    node,
    id,
    logged,
    read,
    [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
  };
}

eachEngine("a post", (engine) => {
  it("is refused with all that is wrong with it, and nothing is kept", async () => {
    await using set = await withCoop(engine);
    const { db, id } = set;
    const eleven = Object.fromEntries(
      "abcdefghijk".split("").map((letter) => [`l${letter}`, letter]),
    );
    const refused = post(db, id, { ...eleven, lb: " ", english: "x" }, now, {
      warning: { lc: "a\nb", de: "x" },
      due: now - 1,
      classes: ["x".repeat(31)],
    });
    const message = await refused.catch((error: unknown) => (error as Error).message);
    for (const fault of [
      "content.lb: Too small",
      "content.english: languages are named by their codes",
      "content: a post has at most 10 languages",
      "warning.lc: a content warning is one line",
      "warning.de: the post has no text in this language",
      "warning.la: the main language",
      "due: this moment is over",
      "classes.0: Too big",
    ]) {
      expect(message).toContain(fault);
    }
    await expect(post(db, id, { en: "x" }, now, { classes: ["users", "none"] })).rejects.toThrow(
      "no class “users”, “none” that can be followed",
    );
    await expect(post(db, id, { en: "x" }, now, { due: now + 367 * day })).rejects.toThrow(
      "due: at most a year ahead",
    );
    expect(await posts.all(db, id)).toEqual([]);
  });

  it("keeps its warning when it is edited, but not in languages that it loses", async () => {
    await using set = await withCoop(engine);
    const { db, id, read } = set;
    const warning = { en: "Loud", fr: "Fort" };
    const own = await post(db, id, { en: "A", fr: "B" }, now, { warning });
    await editPost(db, own, { en: "C" }, now + 1);
    expect(await read(own)).toMatchObject({ warning: '{"en":"Loud"}', edited: now + 1 });
    await editPost(db, own, { en: "C" }, now + 2);
    expect((await read(own)).edited).toBe(now + 1);
    await editPost(db, own, { en: "C" }, now + 3, { warning: null });
    expect(await read(own)).toMatchObject({ warning: null, edited: now + 3 });
    await expect(editPost(db, own, { en: "C" }, now, { due: now + day })).rejects.toThrow(
      "is published already",
    );
    await deletePost(db, own, now + 4);
    expect(await read(own)).toMatchObject({ content: "{}", warning: null, listed: null });
  });

  it("says nothing to anybody before its time, and everything at once then", async () => {
    await using set = await withCoop(engine);
    const { db, id, logged, read } = set;
    const due = now + day;
    const own = await post(db, id, { en: "Soon" }, now, { due, zone: "Europe/Paris" });
    await pinPost(db, own, true, now + 1);
    await listPost(db, own, true, now + 1);
    await editPost(db, own, { en: "Sooner" }, now + 2, { due: due - 1 });
    expect(await logged()).toBe(0);
    expect(await posts.count(db)).toBe(0);
    expect(await posts.of(db, id, { limit: 9 })).toEqual([]);
    expect(await posts.pinned(db, id)).toEqual([]);
    expect(await publishDue(db, due - 2)).toBe(0);
    expect(await publishDue(db, due + 5)).toBe(1);
    expect(await logged()).toBe(1);
    const at = due + 5;
    expect(await read(own)).toMatchObject({
      content: '{"en":"Sooner"}',
      published: at,
      pinned: at,
      listed: at,
      edited: null,
      due: null,
      zone: "Europe/Paris",
    });

    for (let count = 0; count < 100; count += 1) await post(db, id, { en: "x" }, now, { due });
    await expect(post(db, id, { en: "x" }, now, { due })).rejects.toThrow("at most 100 posts");
  });

  it("waits on when somebody puts it off just as its time has come", async () => {
    await using set = await withCoop(engine);
    const { db, id, logged, read } = set;
    const due = now + day;
    const own = await post(db, id, { en: "Soon" }, now, { due });
    // Between finding what is due and publishing it.
    const meanwhile = new Proxy(db, {
      get(target, name) {
        if (name !== "transaction") {
          const value: unknown = Reflect.get(target, name, target);
          return typeof value === "function" ? (value.bind(target) as unknown) : value;
        }
        return () => ({
          async execute<T>(body: (tx: Tx) => Promise<T>) {
            await editPost(target, own, { en: "Later" }, due, { due: due + day });
            return target.transaction().execute(body);
          },
        });
      },
    });
    expect(await publishDue(meanwhile, due)).toBe(0);
    expect(await read(own)).toMatchObject({ due: due + day, content: '{"en":"Later"}' });
    expect(await logged()).toBe(0);
    expect(await publishDue(db, due + day)).toBe(1);
  });

  it("goes along with its co-op to another node, and goes with it for good", async () => {
    await using set = await withCoop(engine);
    await using other = await freshStore(engine);
    const { db, node, id } = set;
    const said = await post(db, id, { en: "To @a@x.example" }, now, {
      warning: { en: "Loud" },
      classes: ["workers"],
      listed: true,
    });
    const actor = "https://x.example/users/a";
    const inbox = `${actor}/inbox`;
    await posts.noteMentions(db, said, [
      { name: "@a@x.example", actor, url: "https://x.example/@a", inbox },
      { name: "@b@x.example", actor: null },
    ]);
    const due = now + day;
    await post(db, id, { en: "Soon" }, now, { due, zone: "UTC" });
    const file = await exportCoop(db, node, id, now);
    const carried = readLeaveFile(new TextEncoder().encode(JSON.stringify(file)));
    expect(JSON.stringify(carried)).not.toContain("inbox");
    const taken = await takeIn(other.db, carried, { by: null }, now + 1);
    const [first, second] = await posts.all(other.db, taken.id);
    expect(first).toMatchObject({
      warning: '{"en":"Loud"}',
      classes: '["workers"]',
      listed: now,
      announced: now,
      mentions: JSON.stringify([{ name: "@a@x.example", actor, url: "https://x.example/@a" }]),
    });
    expect(second).toMatchObject({ due, published: due, zone: "UTC", announced: null });
    // There it is a draft: what was to be published waits until it isn't any more.
    expect(await publishDue(other.db, due)).toBe(0);

    await deleteCoop(db, node, id, now + 2);
    const left = await db.selectFrom("post").selectAll().execute();
    expect(left).toMatchObject([{ id: said, content: "{}", warning: null, deleted: now + 2 }]);
  });
});
