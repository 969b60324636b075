import { join } from "node:path";
import { getGlobalDispatcher, setGlobalDispatcher } from "undici";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { JsonObject } from "../../src/coop/canonical-json.ts";
import { openPictureDesk } from "../../src/directory/pictures/desk.ts";
import { deletePost, editPost, post } from "../../src/directory/post.ts";
import type { Attached } from "../../src/directory/post-pictures.ts";
import { setPicture } from "../../src/directory/set-picture.ts";
import { guardOutbound } from "../../src/outbound.ts";
import { eachEngine } from "../helpers/database.ts";
import { checkDelivery } from "./check-delivery.ts";
import { stage } from "./stage.ts";

const dispatcher = getGlobalDispatcher();
beforeAll(() => guardOutbound("http://localhost", true));
afterAll(() => setGlobalDispatcher(dispatcher));

eachEngine("a follower on another server", (engine) => {
  it("gets the pictures of a post and of the profile, as long as they are there", async () => {
    await using set = await stage(engine);
    const { node, there, id, url } = set;
    await using desk = openPictureDesk(join(node.config.dataDir, "pictures"), {
      draw: (bytes) =>
        Promise.resolve({ bytes, mediaType: "image/png", width: 1920, height: 1080 }),
      [Symbol.asyncDispose]: () => Promise.resolve(),
    });
    const taken: Attached[] = [];
    for (const name of ["One", "Two", "Three", "Four"]) {
      taken.push({ ...(await desk.take(Buffer.from(name), "post")), name });
    }
    const [one, two] = taken;
    if (one === undefined || two === undefined) throw new Error("nothing was taken in");
    const written = await node.use((db) =>
      post(db, id, { fr: "Du pain" }, Date.now(), { pictures: taken }),
    );
    const created = await there.receives(0, "Create");
    await checkDelivery(node, created, url);
    const note = created.activity["object"] as JsonObject;
    expect(note["attachment"]).toHaveLength(4);
    expect((note["attachment"] as JsonObject[])[0]).toEqual({
      type: "Document",
      mediaType: "image/png",
      url: `${node.origin}/pictures/${one.id}`,
      name: "One",
      width: 1920,
      height: 1080,
    });
    // One alone stays in an array, also where the note is fetched.
    await node.use((db) =>
      editPost(db, written, { fr: "Du pain" }, Date.now(), { pictures: [two] }),
    );
    const updated = await there.receives(1, "Update");
    await checkDelivery(node, updated, url);
    const accept = { accept: "application/activity+json" };
    const fetched = await node.get(`/coops/${id}/posts/${written}`, accept);
    expect(await fetched.json()).toMatchObject({ attachment: [{ name: "Two" }] });
    expect(updated.activity["object"]).toMatchObject({ attachment: [{ name: "Two" }] });
    expect(await (await node.get(`/pictures/${two.id}`)).text()).toBe("Two");
    expect((await node.get(`/pictures/${one.id}`)).status).toBe(410);

    const picture = await desk.take(Buffer.from("Logo"), "icon");
    const change = { picture, name: "A loaf" };
    await node.use((db, identity) =>
      setPicture(db, identity, id, { role: "icon", change, account: null }, Date.now()),
    );
    const profile = await there.receives(2, "Update");
    await checkDelivery(node, profile, url);
    expect((profile.activity["object"] as JsonObject)["icon"]).toEqual({
      type: "Image",
      url: `${node.origin}/pictures/${picture.id}`,
      mediaType: "image/png",
      name: "A loaf",
    });
    await node.use((db) => deletePost(db, written, Date.now()));
    await there.receives(3, "Delete");
    expect((await node.get(`/pictures/${two.id}`)).status).toBe(410);
  });
});
