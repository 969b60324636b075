import { expect } from "vitest";
import { post } from "../../src/directory/post.ts";
import { addCoop, publish } from "../../src/directory/publish.ts";
import * as changes from "../../src/store/changes.ts";
import * as news from "../../src/store/news.ts";
import type { Engine } from "../../src/store/dialect.ts";
import { freshUrl } from "../helpers/database.ts";
import type { Pace } from "../../src/work.ts";
import { quickPace, testNode, type TestNode, until } from "../helpers/nodes.ts";
import { elsewhere } from "./elsewhere.ts";
import { followOf } from "./person.ts";
import { fullBakery } from "./public-node.ts";

/** A node with a co-op, and Alice on another server who follows it and has been accepted. */
export async function stage(engine: Engine, following = [""], pace: Pace = quickPace) {
  await using setting = new AsyncDisposableStack();
  const database = engine === "postgres" ? setting.use(await freshUrl(engine)) : undefined;
  const env = database ? { DATABASE_URL: database.url } : {};
  const node = setting.use(await testNode(env, { pace }));
  const there = setting.use(await elsewhere());
  const alice = there.join("alice");
  await node.start();
  const { id, url } = await node.use((db, identity) =>
    addCoop(db, identity, "bakery", fullBakery, Date.now()),
  );
  await quiet(node);
  for (const [at, path] of following.entries()) {
    const actor = `${url}${path}`;
    const { status } = await there.send(alice, `${actor}/inbox`, followOf(alice, actor));
    expect(status).toBe(202);
    await there.receives(at, "Accept");
  }
  await quiet(node);
  there.received.length = 0;
  const rest = setting.move();
  const write = (text: string) =>
    node.use((db) => post(db, id, { fr: text, en: `${text} (en)` }, Date.now()));
  const edit = (name: string) =>
    node.use((db, identity) => publish(db, identity, id, { ...fullBakery, name }, Date.now()));
  return {
    node,
    there,
    alice,
    id,
    url,
    write,
    edit,
    [Symbol.asyncDispose]: () => rest.disposeAsync(),
  };
}

/** Waits until the node has told its followers everything and has nothing left to send. */
export async function quiet(node: TestNode): Promise<void> {
  await until(() =>
    node.use(async (db) => {
      const rest = await db.selectFrom("queue").select("id").execute();
      return (
        rest.length === 0 && (await changes.cursor(db, "deliver")) === (await changes.head(db))
      );
    }),
  );
}

/** The same, when its feeds have read all that has happened, too. */
export async function quietFeeds(node: TestNode): Promise<void> {
  await until(() =>
    node.use(async (db) => {
      const head = await changes.head(db);
      const read = ["own-news", "gather", "deliver"].map((each) => changes.cursor(db, each));
      const cursors = await Promise.all(read);
      return cursors.every((seq) => seq === head) && (await news.unboosted(db, 1)).length === 0;
    }),
  );
  await quiet(node);
}

/** Who follows whom, as the node knows it: actor and followed, in order. */
export async function followersOf(node: TestNode): Promise<string[]> {
  const rows = await node.use((db) =>
    db.selectFrom("follower").select(["actor", "followed"]).execute(),
  );
  return rows.map(({ actor, followed }) => `${actor} ${followed}`).toSorted();
}
