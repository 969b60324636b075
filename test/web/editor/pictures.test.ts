import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { openDraft, saveDraft } from "../../../src/directory/draft.ts";
import { erasePictures } from "../../../src/directory/erase-pictures.ts";
import { restore } from "../../../src/directory/history.ts";
import { deletePost } from "../../../src/directory/post.ts";
import * as pictures from "../../../src/store/pictures.ts";
import * as posts from "../../../src/store/posts.ts";
import { lookAt, picture } from "../../helpers/pictures.ts";
import { testSite, type TestSite } from "../../helpers/site.ts";
import { visitor } from "../../helpers/visitor.ts";

vi.setConfig({ testTimeout: 300_000 });

let site: TestSite;
beforeAll(async () => {
  site = await testSite();
});
afterAll(() => site[Symbol.asyncDispose]());

const words = (page: string) => page.replace(/<[^>]+>/g, " ").replace(/\s+/g, " ");

function sent(fields: Record<string, string | File>): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.set(name, value);
  return form;
}

const file = async (width: number, as = ".jpg") =>
  new File([await picture({ width, height: 60, as, gps: as === ".jpg" })], "x");

const text = (content: string) => new File([content], "x.png", { type: "image/png" });

it("takes a post with pictures, shows them, and changes them", async () => {
  const id = await site.add("baker");
  const eve = await visitor(site, { name: "eve", roles: { [id]: "editor" } });
  const path = `/admin/coops/${id}/news`;
  const form = await eve.page(path);
  expect(form.match(/type="file"/g)).toHaveLength(4);
  const base = { do: "post", text: "Fresh", language: "en" };
  const posted = await eve.upload(
    path,
    sent({
      ...base,
      picture1: await file(90),
      pictureName1: "A <loaf>",
      picture3: await file(80, ".png"),
      pictureName3: "An oven",
    }),
  );
  expect(posted.status).toBe(303);
  const [post] = await posts.all(site.db, id);
  const shown = posts.picturesOf(post ?? { pictures: null });
  expect(shown).toMatchObject([
    { name: "A <loaf>", width: 90, height: 60, mediaType: "image/jpeg" },
    { name: "An oven", width: 80, height: 60 },
  ]);
  const [loaf, oven] = shown.map((each) => each.id);

  const page = await site.page(`/coops/${id}`);
  expect(page).toContain(`src="/pictures/${loaf}"`);
  expect(page).toContain('alt="A &lt;loaf&gt;"');
  const served = await site.get(`/pictures/${loaf}`);
  expect(Object.fromEntries(served.headers)).toMatchObject({
    "content-type": "image/jpeg",
    "cache-control": "public, max-age=31536000, immutable",
    "x-content-type-options": "nosniff",
    "content-security-policy": "default-src 'none'; sandbox",
  });
  const bytes = await served.bytes();
  expect(await lookAt(bytes)).toMatchObject({ width: 90, height: 60, metadata: [] });

  const edit = `${path}/${post?.id}`;
  const editor = await eve.page(edit);
  expect(editor).toContain(`<input type="hidden" name="pictureId1" value="${loaf}" />`);
  expect(editor.match(/type="file"/g)).toHaveLength(2);
  const changed = await eve.upload(
    edit,
    sent({
      text: "Fresh",
      language: "en",
      pictureId1: loaf ?? "",
      pictureGone1: "yes",
      pictureId2: oven ?? "",
      pictureName2: "A hot oven",
    }),
  );
  expect(changed.status).toBe(303);
  const [after] = await posts.all(site.db, id);
  expect(posts.picturesOf(after ?? { pictures: null })).toMatchObject([
    { id: oven, name: "A hot oven" },
  ]);
  expect((await site.get(`/pictures/${loaf}`)).status).toBe(410);
  expect((await site.get("/pictures/nothing")).status).toBe(404);
  await deletePost(site.db, post?.id ?? "", site.site.clock());
  expect((await site.get(`/pictures/${oven}`)).status).toBe(410);
  await erasePictures(site.db, site.site.pictures);
});

it("says which picture can’t be used and why, and keeps none of them", async () => {
  const id = await site.add("faulty");
  const eve = await visitor(site, { name: "frank", roles: { [id]: "editor" } });
  const path = `/admin/coops/${id}/news`;
  const base = { do: "post", text: "Fresh", language: "en" };
  const refused = async (fields: Record<string, string | File>) => {
    const response = await eve.upload(path, sent({ ...base, ...fields }));
    expect(response.status).toBe(400);
    return words(await response.text());
  };
  expect(await refused({ picture1: await file(50) })).toContain(
    "What can be seen in picture 1: Say what can be seen, for those who can’t see it.",
  );
  expect(await refused({ pictureName2: "Nothing" })).toContain(
    "Picture 2: Choose the file, or leave out what can be seen.",
  );
  const both = await refused({
    picture1: await file(50),
    pictureName1: "Good",
    picture2: text("<svg/>"),
    pictureName2: "Bad",
  });
  expect(both).toContain("Picture 2: The file is an SVG drawing. Choose a JPEG, PNG, WebP or GIF.");
  expect(both).toContain("Picture 1: Choose the file again: browsers don’t keep it.");
  const large = new File([new Uint8Array(10_000_001)], "x.jpg");
  expect(await refused({ picture4: large, pictureName4: "Large" })).toContain(
    "Picture 4: The picture has more than 10 MB.",
  );
  expect(await posts.all(site.db, id)).toEqual([]);
  expect(await pictures.count(site.db, id)).toBe(0);
  expect(await site.site.pictures.olderThan(Infinity)).toEqual([]);

  // More than a form may have is refused before it is read.
  const much = new File([new Uint8Array(25_000_000)], "x.jpg");
  const response = await eve.upload(path, sent({ ...base, picture1: much }));
  expect(response.status).toBe(413);
  expect(words(await response.text())).toContain("Choose smaller pictures, or fewer of them.");
});

it("gives a profile its logo and wide picture, published or in the draft", async () => {
  const id = await site.add("logo", { name: "Station Bakery" });
  const eve = await visitor(site, { name: "gina", roles: { [id]: "editor" } });
  const path = `/admin/coops/${id}/pictures`;
  expect(words(await eve.page(path))).toContain("There is none yet.");
  const logo = { do: "icon", icon: await file(90), iconName: "A strawberry" };
  const done = await eve.upload(path, sent(logo));
  expect(done.headers.get("location")).toBe(`${path}?done=picture-published`);
  const { content } = await openDraft(site.db, site.node, id);
  const [, icon] = /\/pictures\/([0-9a-z]+)$/.exec((content["icon"] as { url: string }).url) ?? [];
  expect(content["icon"]).toEqual({
    type: "Image",
    url: `https://coops.example/pictures/${icon}`,
    mediaType: "image/jpeg",
    name: "A strawberry",
  });
  await site.site.index.catchUp();
  expect(await site.page(`/coops/${id}`)).toContain(`pictures/${icon}`);
  expect(await (await site.get(`/pictures/${icon}`)).bytes().then((b) => lookAt(b))).toMatchObject({
    width: 60,
    height: 60,
  });

  // Other words for the same picture; and none for none.
  await eve.upload(path, sent({ do: "icon", iconName: "A red strawberry" }));
  const named = (await openDraft(site.db, site.node, id)).content["icon"];
  expect(named).toMatchObject({ name: "A red strawberry", mediaType: "image/jpeg" });
  const none = await eve.upload(path, sent({ do: "image", imageName: "An oven" }));
  expect(words(await none.text())).toContain("The profile has no such picture yet: choose a file.");
  const bare = await eve.upload(path, sent({ do: "image", image: await file(90) }));
  expect(words(await bare.text())).toContain("What can be seen in the wide picture: Fill this in.");

  // While something is being written, it is part of that.
  const { edition } = await openDraft(site.db, site.node, id);
  const writing = { content: { ...content, name: "Bakery" }, base: edition, account: null };
  await saveDraft(site.db, site.node, id, writing, site.site.clock());
  const drafted = await eve.upload(path, sent({ do: "remove", role: "icon" }));
  expect(drafted.headers.get("location")).toBe(`${path}?done=picture-drafted`);
  const draft = await openDraft(site.db, site.node, id);
  expect(draft.content["icon"]).toBeUndefined();
  expect(draft.published?.["icon"]).toBeDefined();

  // What is gone doesn’t come back with an older text.
  await site.db.transaction().execute((tx) => pictures.erase(tx, [icon ?? ""], 1));
  await restore(site.db, site.node, id, 2, null, site.site.clock());
  const back = (await openDraft(site.db, site.node, id)).content;
  expect(back).toMatchObject({ name: "Station Bakery" });
  expect(back["icon"]).toBeUndefined();
});
