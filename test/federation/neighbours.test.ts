import { getGlobalDispatcher, setGlobalDispatcher } from "undici";
import { afterAll, beforeAll, expect, it } from "vitest";
import { answerReply, deleteAnswer } from "../../src/directory/answer-reply.ts";
import { block } from "../../src/directory/block.ts";
import { deletePost, editPost, post } from "../../src/directory/post.ts";
import { addCoop } from "../../src/directory/publish.ts";
import { reportReply } from "../../src/directory/reply.ts";
import { deleteCoop } from "../../src/directory/withdraw.ts";
import { guardOutbound } from "../../src/outbound.ts";
import type { Engine } from "../../src/store/dialect.ts";
import type { Reply } from "../../src/store/replies.ts";
import { eachEngine } from "../helpers/database.ts";
import { bakery } from "../helpers/nodes.ts";
import { quiet, stage } from "./stage.ts";

const dispatcher = getGlobalDispatcher();
beforeAll(() => guardOutbound("http://localhost", true));
afterAll(() => setGlobalDispatcher(dispatcher));

const accept = { accept: "application/activity+json" };

/** A bakery and a market on one node. */
async function street(engine: Engine) {
  const set = await stage(engine);
  const { node, id: bakeryId, url: bakeryUrl } = set;
  const { id, url } = await node.use((db, identity) =>
    addCoop(db, identity, "market", bakery({ name: "Market" }), Date.now()),
  );
  const name = `@market@${new URL(node.origin).host}`;
  /** What was said to a co-op, as it is kept. */
  const heardBy = async (coop: string): Promise<Reply[]> => {
    await quiet(node);
    return node.use((db) =>
      db
        .selectFrom("reply")
        .selectAll()
        .where("coop", "=", coop)
        .orderBy("published")
        .orderBy("key")
        .execute(),
    );
  };
  const say = (text: string) => node.use((db) => post(db, bakeryId, { fr: text }, Date.now()));
  return { ...set, bakeryId, bakeryUrl, market: { id, url, name }, heardBy, say };
}

eachEngine("co-ops of one node", (engine) => {
  it("hear of being named, of changes and of the end, and talk about it", async () => {
    await using set = await street(engine);
    const { node, there, alice, bakeryId, bakeryUrl, market, heardBy, say } = set;
    const id = await say(`Merci ${market.name} et @bakery@${new URL(node.origin).host}`);
    const note = `${bakeryUrl}/posts/${id}`;
    const [heard, ...more] = await heardBy(market.id);
    expect([heard, more]).toMatchObject([
      {
        id: note,
        kind: "mention",
        post: null,
        audience: "public",
        author: bakeryUrl,
        handle: `@bakery@${new URL(node.origin).host}`,
        content: `Merci @market et @bakery`,
      },
      [],
    ]);
    // Nobody hears themselves.
    expect(await heardBy(bakeryId)).toEqual([]);
    await node.use((db) => editPost(db, id, { fr: `Bravo ${market.name}` }, Date.now()));
    expect(await heardBy(market.id)).toMatchObject([
      { key: heard?.key, content: "Bravo @market", edited: expect.any(Number) as number },
    ]);

    const first = await node.use((db) =>
      answerReply(db, heard?.key ?? "", { en: "Thanks" }, Date.now()),
    );
    const [reply] = await heardBy(bakeryId);
    expect(reply).toMatchObject({ kind: "reply", post: id, author: market.url });
    const read = async (path: string) => (await node.get(new URL(path).pathname, accept)).json();
    expect(await read(`${note}/replies`)).toMatchObject({
      totalItems: 1,
      items: [`${market.url}/answers/${first}`],
    });
    // And back, which is no reply to its own post.
    const second = await node.use((db) =>
      answerReply(db, reply?.key ?? "", { fr: "De rien" }, Date.now()),
    );
    expect(await heardBy(market.id)).toMatchObject([
      { kind: "mention" },
      { kind: "mention", id: `${bakeryUrl}/answers/${second}`, author: bakeryUrl },
    ]);
    expect(await heardBy(bakeryId)).toHaveLength(1);
    expect(await read(note)).toMatchObject({ replies: { totalItems: 2 } });
    await node.use((db) => deleteAnswer(db, second, Date.now()));
    expect(await heardBy(market.id)).toHaveLength(1);

    // Those who run the node hear of what one reports of another.
    await node.use((db) => reportReply(db, reply?.key ?? "", "Rude", Date.now()));
    await quiet(node);
    expect(await node.use((db) => db.selectFrom("flag").selectAll().execute())).toMatchObject([
      { content: "Rude", objects: JSON.stringify([market.url, `${market.url}/answers/${first}`]) },
    ]);
    await node.use((db) => deletePost(db, id, Date.now()));
    expect(await heardBy(market.id)).toEqual([]);
    // Nothing of it went anywhere but to whom it would have gone anyway.
    expect(new Set(there.received.map(({ url }) => url))).toEqual(new Set([`${alice.id}/inbox`]));
  });

  it("don't hear whom they have blocked, and forget who is deleted", async () => {
    await using set = await street(engine);
    const { node, bakeryId, bakeryUrl, market, heardBy, say } = set;
    await say(`Bonjour ${market.name}`);
    expect(await heardBy(market.id)).toHaveLength(1);
    const scope = { coop: market.id, kind: "person", subject: bakeryUrl } as const;
    await node.use((db) => block(db, scope, { account: null, why: null }, Date.now()));
    await say(`Encore ${market.name}`);
    expect(await heardBy(market.id)).toMatchObject([{ hidden: expect.any(Number) as number }]);
    // Nor does who is blocked hear more.
    await node.use((db) => {
      const text = { en: `Hello @bakery@${new URL(node.origin).host}` };
      return post(db, market.id, text, Date.now());
    });
    expect(await heardBy(bakeryId)).toEqual([]);
    await node.use((db, identity) => deleteCoop(db, identity, bakeryId, Date.now()));
    expect(await heardBy(market.id)).toEqual([]);
  });
});
