import { mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { erasePictures, sweepPictures } from "../../src/directory/erase-pictures.ts";
import { openDraft } from "../../src/directory/draft.ts";
import { exportCoop } from "../../src/directory/leave.ts";
import { readLeaveFile } from "../../src/directory/leave-file.ts";
import { takeIn } from "../../src/directory/take-in.ts";
import { addLeavePictures, bringPictures } from "../../src/directory/leave-pictures.ts";
import { setPicture } from "../../src/directory/set-picture.ts";
import { loadIdentity } from "../../src/directory/identity.ts";
import { openPictureDesk, type PictureDesk } from "../../src/directory/pictures/desk.ts";
import type { Studio } from "../../src/directory/pictures/studio.ts";
import { deletePost, editPost, post } from "../../src/directory/post.ts";
import { addCoop, publish } from "../../src/directory/publish.ts";
import { deleteCoop } from "../../src/directory/withdraw.ts";
import * as pictures from "../../src/store/pictures.ts";
import * as posts from "../../src/store/posts.ts";
import { eachEngine, freshStore } from "../helpers/database.ts";
import { bakery } from "../helpers/nodes.ts";

const now = Date.UTC(2026, 10, 22, 8);

/** One that takes everything as it is: how pictures are drawn is tested elsewhere. */
const copying: Studio = {
  draw: (bytes) => Promise.resolve({ bytes, mediaType: "image/png", width: 30, height: 20 }),
  [Symbol.asyncDispose]: () => Promise.resolve(),
};

let folder: string;
let desk: PictureDesk;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "fragaria-pictures-"));
  desk = openPictureDesk(join(folder, "pictures"), copying);
});
afterEach(() => rmSync(folder, { recursive: true }));

const files = () => readdirSync(join(folder, "pictures")).toSorted();
const take = async (name: string) => ({
  ...(await desk.take(Buffer.from(name), "post")),
  name,
});

eachEngine("the pictures of a post", (engine) => {
  async function setting() {
    const store = await freshStore(engine);
    const node = await loadIdentity(store.db, "https://coops.example", now);
    const { id } = await addCoop(store.db, node, "bakery", bakery(), now);
    return { db: store.db, node, id, [Symbol.asyncDispose]: () => store[Symbol.asyncDispose]() };
  }

  it("are shown in their order, changed with it, and deleted with it", async () => {
    await using at = await setting();
    const { db, id } = at;
    const [loaf, oven, door] = [await take("loaf"), await take("oven"), await take("door")];
    const written = await post(db, id, { en: "Fresh" }, now, { pictures: [loaf, oven] });
    const shown = async () => {
      const row = await posts.get(db, written);
      return row === undefined ? [] : posts.picturesOf(row).map(({ name }) => name);
    };
    expect(await shown()).toEqual(["loaf", "oven"]);
    expect((await pictures.get(db, loaf.id))?.digest).toBe(loaf.digest);

    // What isn’t said of them stays; another order, other words and another picture.
    await editPost(db, written, { en: "Fresh bread" }, now + 1);
    expect(await shown()).toEqual(["loaf", "oven"]);
    const changed = [{ id: oven.id, name: "a hot oven" }, door];
    await editPost(db, written, { en: "Fresh bread" }, now + 2, { pictures: changed });
    expect(await shown()).toEqual(["a hot oven", "door"]);
    expect(Number((await posts.get(db, written))?.edited)).toBe(now + 2);
    const same = [oven, door].map(({ id: own }) => ({
      id: own,
      name: own === oven.id ? "a hot oven" : "door",
    }));
    await editPost(db, written, { en: "Fresh bread" }, now + 3, { pictures: same });
    expect(Number((await posts.get(db, written))?.edited)).toBe(now + 2);

    await erasePictures(db, desk);
    expect(files()).toEqual([oven.id, door.id].toSorted());
    await deletePost(db, written, now + 4);
    expect((await posts.get(db, written))?.pictures).toBeNull();
    await erasePictures(db, desk);
    expect(files()).toEqual([]);
    expect(await pictures.get(db, oven.id)).toBeUndefined();
  });

  it("are refused without words, as a fifth, or when they are another post’s", async () => {
    await using at = await setting();
    const { db, id } = at;
    const loaf = await take("loaf");
    const refused = (added: Awaited<ReturnType<typeof take>>[], words: RegExp) =>
      expect(post(db, id, { en: "x" }, now, { pictures: added })).rejects.toMatchObject({
        code: "bad-request",
        message: expect.stringMatching(words),
      });
    await refused([{ ...loaf, name: "  " }], /say what can be seen/);
    await refused([{ ...loaf, name: "x".repeat(1501) }], /at most 1500 characters/);
    await refused(
      Array.from({ length: 5 }, () => loaf),
      /at most 4 pictures/,
    );
    expect(await posts.all(db, id)).toEqual([]);
    expect(await pictures.get(db, loaf.id)).toBeUndefined();

    const first = await post(db, id, { en: "first" }, now, { pictures: [loaf] });
    const second = await post(db, id, { en: "second" }, now);
    const stolen = { pictures: [{ id: loaf.id, name: "mine" }] };
    await expect(editPost(db, second, { en: "x" }, now, stolen)).rejects.toMatchObject({
      code: "bad-request",
    });
    expect(posts.picturesOf((await posts.get(db, first)) ?? { pictures: null })).toHaveLength(1);
  });

  it("go with the co-op, and with a post that was never published", async () => {
    await using at = await setting();
    const { db, node, id } = at;
    const later = { due: now + 60_000, pictures: [await take("later")] };
    const waiting = await post(db, id, { en: "later" }, now, later);
    await post(db, id, { en: "now" }, now, { pictures: [await take("now")] });
    await deletePost(db, waiting, now + 1);
    await erasePictures(db, desk);
    expect(files()).toHaveLength(1);
    await deleteCoop(db, node, id, now + 2);
    await erasePictures(db, desk);
    expect(files()).toEqual([]);
    expect(await pictures.all(db, { after: "", limit: 9 })).toEqual([]);
  });

  it("come along to another node, with those of the profile", async () => {
    await using at = await setting();
    const { db, node, id } = at;
    const [loaf, logo] = [await take("loaf"), await take("logo")];
    await post(db, id, { en: "one" }, now, { pictures: [loaf] });
    await post(db, id, { en: "two" }, now + 1);
    const change = { picture: logo, name: "Logo" };
    await setPicture(db, node, id, { role: "icon", change, account: null }, now + 2);
    const own = await exportCoop(db, node, id, now + 3);
    const { file, left } = await addLeavePictures(desk, node, own);
    expect(left).toBe(0);
    const carried = readLeaveFile(Buffer.from(JSON.stringify(file)));

    await using other = await freshStore(engine);
    const home = await loadIdentity(other.db, "https://b.example", now);
    const read = await bringPictures(desk, home, carried);
    const { id: there } = await takeIn(other.db, read.file, { by: null }, now + 4, read.brought);
    const [first, second] = await posts.all(other.db, there);
    const [picture] = posts.picturesOf(first ?? { pictures: null });
    expect(picture).toMatchObject({ name: "loaf", width: 30, height: 20 });
    expect(picture?.id).not.toBe(loaf.id);
    expect(second?.pictures).toBeNull();
    const { content } = await openDraft(other.db, home, there);
    const rows = await pictures.all(other.db, { after: "", limit: 9 });
    const icon = rows.find((row) => row.post === null);
    expect(content["icon"]).toMatchObject({
      url: `https://b.example/pictures/${icon?.id}`,
      name: "Logo",
    });
    expect(Buffer.from((await desk.read(icon?.id ?? "")) ?? []).toString()).toBe("logo");
    expect(rows).toHaveLength(2);

    // Of a file without them, or with something else in their place, they are left out.
    const { pictures: _, ...without } = carried;
    const bare = await bringPictures(desk, home, without);
    expect(bare.brought.size).toBe(0);
    expect(bare.file.content?.["icon"]).toMatchObject({
      url: `https://coops.example/pictures/${logo.id}`,
    });
    await using real = openPictureDesk(join(folder, "real"));
    const junk = { ...carried, pictures: { [loaf.id]: "AAAA", [logo.id]: "%" } };
    expect((await bringPictures(real, home, junk)).brought.size).toBe(0);
  });

  it("stay when files are swept that nobody knows", async () => {
    await using at = await setting();
    const { db, node, id } = at;
    const hour = 3_600_000;
    const loaf = await take("loaf");
    await post(db, id, { en: "now" }, now, { pictures: [loaf] });
    const [shown, replaced] = [await take("logo"), await take("old logo")];
    const rows = [shown, replaced].map(({ id: own, mediaType, size, digest }) => {
      return { id: own, coop: id, post: null, mediaType, size, digest, created: now, erased: null };
    });
    await db.transaction().execute((tx) => pictures.add(tx, rows));
    const url = `${node.origin}/pictures/${shown.id}`;
    const icon = { type: "Image", url, mediaType: "image/png", name: "Logo" } as const;
    await publish(db, node, id, { ...bakery(), icon }, now + 1);
    const [lost, young] = ["0000000000", "1111111111.part"];
    for (const name of [lost, young]) writeFileSync(join(folder, "pictures", name), "");
    for (const name of files()) {
      if (name === young) continue;
      utimesSync(join(folder, "pictures", name), now / 1000, now / 1000);
    }
    await sweepPictures(db, node, desk, now + hour - 1);
    expect(files()).toEqual([loaf.id, shown.id, replaced.id, lost, young].toSorted());
    await sweepPictures(db, node, desk, now + hour + 1);
    expect(files()).toEqual([loaf.id, shown.id, young].toSorted());
  });
});
