import { expect, it } from "vitest";
import { exportCoop } from "../../src/directory/leave.ts";
import { takeIn } from "../../src/directory/take-in.ts";
import { post } from "../../src/directory/post.ts";
import { addCoop } from "../../src/directory/publish.ts";
import * as posts from "../../src/store/posts.ts";
import { bakery, testNode } from "../helpers/nodes.ts";

it("shows nothing of a co-op that came from another node before it is published", async () => {
  await using node = await testNode();
  await node.start();
  const seen = await node.use(async (db, identity) => {
    const { id } = await addCoop(db, identity, "bakery", bakery(), Date.now());
    const news = await post(db, id, { fr: "Nous cuisons." }, Date.now());
    const file = await exportCoop(db, identity, id, Date.now());
    const taken = await takeIn(db, { ...file, handle: "@moved@b.example" }, { by: null }, 0);
    const [moved] = await posts.all(db, taken.id);
    return { id, news, taken: taken.id, moved: moved?.id ?? "" };
  });
  const headers = { accept: "application/activity+json" };
  const status = async (path: string) => (await fetch(`${node.origin}${path}`, { headers })).status;
  expect(await status(`/coops/${seen.id}/posts/${seen.news}`)).toBe(200);
  for (const path of ["", "/outbox", "/listing", `/posts/${seen.moved}`]) {
    expect(await status(`/coops/${seen.taken}${path}`), path).toBe(404);
  }
  const account = `acct:moved@${new URL(node.origin).host}`;
  expect(await status(`/.well-known/webfinger?resource=${account}`)).toBe(404);
}, 30_000);
