import fc from "fast-check";
import { expect, it } from "vitest";
import type { Listing, ListingContent } from "../../src/coop/listing.ts";
import { block } from "../../src/directory/block.ts";
import { blocking } from "../../src/directory/blocked.ts";
import {
  type DraftContent,
  newDraft,
  openDraft,
  publishDraft,
  saveDraft,
} from "../../src/directory/draft.ts";
import { history } from "../../src/directory/history.ts";
import { loadIdentity } from "../../src/directory/identity.ts";
import { exportCoop } from "../../src/directory/leave.ts";
import { type LeaveFile, leaveFileSize, readLeaveFile } from "../../src/directory/leave-file.ts";
import { takeIn } from "../../src/directory/take-in.ts";
import { recordMandate } from "../../src/directory/mandate.ts";
import { post } from "../../src/directory/post.ts";
import { addCoop, publish } from "../../src/directory/publish.ts";
import { withdraw } from "../../src/directory/withdraw.ts";
import * as blocks from "../../src/store/blocks.ts";
import * as changes from "../../src/store/changes.ts";
import * as followers from "../../src/store/followers.ts";
import * as posts from "../../src/store/posts.ts";
import * as records from "../../src/store/records.ts";
import type { Db } from "../../src/store/schema.ts";
import { eachEngine, freshStore } from "../helpers/database.ts";
import { anyContent } from "../helpers/listings.ts";
import { bakery } from "../helpers/nodes.ts";

const now = Date.parse("2026-11-22T08:00:00.000Z");

/** Through the file, as people carry it. */
function carried(file: LeaveFile): LeaveFile {
  return readLeaveFile(new TextEncoder().encode(JSON.stringify(file, undefined, 2)));
}

async function published(db: Db): Promise<Listing> {
  const [record] = await records.after(db, 0, 10);
  return (JSON.parse(new TextDecoder().decode(record?.body)) as { about: Listing }).about;
}

const asDraft = (content: ListingContent) => JSON.parse(JSON.stringify(content)) as DraftContent;

eachEngine("leaving a node", (engine) => {
  it("takes along what the co-op has written, and makes the same of it elsewhere", async () => {
    await using store = await freshStore(engine);
    await using other = await freshStore(engine);
    const node = await loadIdentity(store.db, "https://a.example", now);
    const home = await loadIdentity(other.db, "https://b.example", now);
    const { id } = await addCoop(store.db, node, "bakery", bakery(), now);
    await publish(store.db, node, id, bakery({ name: "Second" }), now + 1);
    await post(store.db, id, { fr: "Nous cuisons." }, now + 2, { pinned: true });
    await post(store.db, id, { fr: "Bonjour.", en: "Hello." }, now + 3);
    const { edition } = await openDraft(store.db, node, id);
    const draft = asDraft(bakery({ name: "Third" }));
    await saveDraft(store.db, node, id, { content: draft, base: edition, account: null }, now + 4);
    const mandate = { by: "Federation", basis: "Rules", date: "2020", person: "Ada Example" };
    await recordMandate(store.db, id, mandate, null, now + 5);
    for (const [followed, actor] of [
      [`coops/${id}`, "https://m.example/users/one"],
      [`coops/${id}/classes/users`, "https://m.example/users/two"],
      ["coops/another000", "https://m.example/users/three"],
    ] as const) {
      const inbox = `${actor}/inbox`;
      await followers.add(store.db, {
        followed,
        actor,
        inbox,
        sharedInbox: null,
        activity: "a",
        since: now,
      });
    }

    const file = carried(await exportCoop(store.db, node, id, now + 9));
    expect(file).toMatchObject({
      format: "fragaria-coop/1",
      exported: "2026-11-22T08:00:00.009Z",
      id: `https://a.example/coops/${id}`,
      handle: "@bakery@a.example",
      content: { name: "Second" },
      draft: { name: "Third" },
      mandates: [{ by: "Federation", basis: "Rules" }],
      followers: [
        { actor: "https://m.example/users/one" },
        { actor: "https://m.example/users/two", class: "users" },
      ],
    });
    const [record] = await records.after(store.db, 0, 10);
    expect(file.record).toBe(new TextDecoder().decode(record?.body));
    const text = JSON.stringify(file);
    expect(text).not.toContain("Ada");
    expect(text).not.toContain("privateKey");

    const taken = await takeIn(other.db, file, { by: null }, now + 100);
    expect(taken.handle).toBe("bakery");
    expect(taken.id).not.toBe(id);
    // A private draft: nothing is logged.
    expect(await changes.head(other.db)).toBe(0);
    const opened = await openDraft(other.db, home, taken.id);
    expect(opened.content).toEqual(draft);
    expect(
      (await history(other.db, taken.id)).map(({ kind, made, content }) => [
        kind,
        made,
        content?.["name"],
      ]),
    ).toEqual([
      ["published", now + 1, "Second"],
      ["published", now, "Boulangerie de la Gare"],
    ]);
    expect(await posts.all(other.db, taken.id)).toMatchObject([
      { published: now + 2, pinned: now + 2, content: JSON.stringify({ fr: "Nous cuisons." }) },
      { published: now + 3, pinned: null },
    ]);
    const writing = { content: opened.content, base: opened.edition, account: null };
    await publishDraft(other.db, home, taken.id, writing, now + 101);
    expect(await published(other.db)).toMatchObject({ name: "Third", preferredUsername: "bakery" });
    // Of a handle that is taken another one is chosen.
    expect(await takeIn(other.db, file, { by: null }, now)).toMatchObject({ handle: null });
  });

  it("takes along whom it doesn't want to hear", async () => {
    await using store = await freshStore(engine);
    await using other = await freshStore(engine);
    const node = await loadIdentity(store.db, "https://a.example", now);
    await loadIdentity(other.db, "https://b.example", now);
    const { id } = await addCoop(store.db, node, "bakery", bakery(), now);
    const subjects = [
      { kind: "person", subject: "https://m.example/users/one", why: "Insults" },
      { kind: "domain", subject: "spam.example:8443", why: null },
    ] as const;
    for (const { why, ...subject } of subjects) {
      await block(store.db, { coop: id, ...subject }, { account: null, why }, now);
    }
    const theirs = { coop: "", kind: "domain", subject: "of-the-node.example" } as const;
    await block(store.db, theirs, { account: null, why: null }, now);
    const file = carried(await exportCoop(store.db, node, id, now));
    const taken = await takeIn(other.db, file, { by: null }, now + 100);
    const found = await blocks.of(other.db, taken.id);
    expect(found).toHaveLength(2);
    expect(found).toEqual(
      expect.arrayContaining(
        subjects.map((each) => ({ ...each, coop: taken.id, since: now, account: null })),
      ),
    );
    expect(await blocking(other.db, "https://m.example/users/one", { coop: taken.id })).toBe(
      "person",
    );
    expect(await blocks.of(other.db, "")).toEqual([]);
  });

  it("takes along what was withdrawn, and what was never published", async () => {
    await using store = await freshStore(engine);
    const node = await loadIdentity(store.db, "https://a.example", now);
    const { id } = await addCoop(store.db, node, "bakery", bakery(), now);
    await withdraw(store.db, node, id, now + 1);
    const file = carried(await exportCoop(store.db, node, id, now));
    expect(file).toMatchObject({ content: { name: "Boulangerie de la Gare" }, draft: null });
    expect(file.history.map(({ kind }) => kind)).toEqual(["published", "withdrawn"]);
    const fresh = await newDraft(
      store.db,
      { content: { name: "New" }, handle: null, by: null },
      now,
    );
    expect(carried(await exportCoop(store.db, node, fresh, now))).toMatchObject({
      handle: null,
      content: null,
      draft: { name: "New" },
      record: null,
    });
    await expect(exportCoop(store.db, node, "nothing", now)).rejects.toMatchObject({
      code: "not-found",
    });
  });
});

it("brings any listing over unchanged", async () => {
  await using store = await freshStore("sqlite");
  await using other = await freshStore("sqlite");
  const node = await loadIdentity(store.db, "https://a.example", now);
  const home = await loadIdentity(other.db, "https://b.example", now);
  let count = 0;
  await fc.assert(
    fc.asyncProperty(anyContent, async (any) => {
      const content: ListingContent = {
        ...any,
        provenance: { ...any.provenance, kind: "claimed" },
      };
      count += 1;
      const { id } = await addCoop(store.db, node, `handle${count}`, content, now);
      const file = carried(await exportCoop(store.db, node, id, now));
      const taken = await takeIn(other.db, file, { by: null }, now);
      const before = await openDraft(store.db, node, id);
      const { content: entered, edition } = await openDraft(other.db, home, taken.id);
      expect(entered).toEqual(before.content);
      const writing = { content: entered, base: edition, account: null };
      await publishDraft(other.db, home, taken.id, writing, now);
      const about = async (db: Db, url: string) => {
        const record = await records.get(db, `${url}/listing`);
        return (JSON.parse(new TextDecoder().decode(record?.body)) as { about: Listing }).about;
      };
      const url = `https://b.example/coops/${taken.id}`;
      const first = await about(store.db, `https://a.example/coops/${id}`);
      expect(await about(other.db, url)).toEqual({ ...first, id: url, alsoKnownAs: [first.id] });
    }),
    { numRuns: 60 },
  );
}, 60_000);

it("says what is wrong with a file, and takes nothing of it", async () => {
  await using store = await freshStore("sqlite");
  const node = await loadIdentity(store.db, "https://a.example", now);
  const { id } = await addCoop(store.db, node, "bakery", bakery(), now);
  const file = await exportCoop(store.db, node, id, now);
  const read = (value: unknown) =>
    readLeaveFile(Buffer.from(typeof value === "string" ? value : JSON.stringify(value)));
  expect(() => read("name,country\n")).toThrow(/is not JSON/);
  expect(() => readLeaveFile(new Uint8Array([0xff, 0xfe]))).toThrow(/is not JSON/);
  expect(() => read(JSON.stringify(file).slice(0, -9))).toThrow(/is not JSON/);
  expect(() => read({ ...file, format: "fragaria-coop/2", extra: 1 })).toThrow(
    /format: .*Unrecognized key: "extra"/,
  );
  const [step] = file.history;
  expect(() =>
    read({ ...file, history: Array.from({ length: 201 }, () => step), posts: [{ content: {} }] }),
  ).toThrow(/history: .*posts\.0\.content: /);
  const bad = [
    { kind: "person", subject: "javascript:alert(1)", since: file.exported },
    { kind: "domain", subject: "spam.example/users", since: file.exported },
  ];
  expect(() => read({ ...file, blocks: bad })).toThrow(
    /blocks\.0\.subject: neither .*blocks\.1\.subject: neither/,
  );
  const large = { ...file, draft: { name: "x".repeat(65 * 1024) } };
  expect(() => read(large)).toThrow(/draft: a draft has at most 64 KB/);
  expect(() => readLeaveFile(new Uint8Array(leaveFileSize + 1))).toThrow(/more than 40 MB/);
  expect(() => read(`${"[".repeat(200_000)}${"]".repeat(200_000)}`)).toThrow(/nested too deeply/);
});
