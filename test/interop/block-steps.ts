import { expect } from "vitest";
import { until } from "../helpers/nodes.ts";
import { type Snac, snacSays } from "./snac.ts";
import { followers, type InteropNode, page, patience, read, type Step, total } from "./step.ts";

/** What the co-op and somebody who follows it do when they don't want to hear each other. */
export const blocks: readonly Step[] = [
  {
    // snac sends no Block, but takes nothing from whoever is muted.
    name: "mutes the co-op, and gets none of its news until it is heard again",
    run: async (node, snac) => {
      const { id: actor } = node.coop;
      await snac.press("MUTE", { actor });
      const unread = await node.post("Nobody listens");
      // With either signature, as what is refused may have been refused for that.
      await until(
        () => counted(snac, snacSays.refused(actor)),
        (count) => count === 2,
        patience,
      );
      await snac.press("Unmute", { actor });
      await snac.waitFor(snacSays.newNote(await node.post("Somebody does")));
      expect(snac.stored(unread)).toBeUndefined();
    },
  },
  {
    name: "is blocked by the co-op: follows it no more, hears nothing, and isn't heard",
    run: async (node, snac) => {
      const { coop, group, feed } = node;
      const news = await node.post("Before the block");
      await snac.waitFor(snacSays.newNote(news));
      const before = await keysOf(node);
      const rejects = () => counted(snac, snacSays.ignored("Reject"));
      const earlier = rejects();
      await node.block(snac.user, "coop");
      // Of what she followed of the co-op; the feed is the node's.
      await until(rejects, (count) => count >= earlier + 2, patience);
      for (const actor of [coop, group]) {
        await until(
          () => followers(actor),
          (count) => count === 0,
          patience,
        );
      }
      expect(await followers(feed)).toBe(1);
      const unheard = await node.post("Not for her");

      await sayOf(news, snac, `${node.origin}/inbox`, 202);
      await snac.follow(coop.id);
      await until(rejects, (count) => count >= earlier + 3, patience);
      expect(await followers(coop)).toBe(0);

      await node.unblock(snac.user);
      const from = snac.lines.length;
      for (const { id } of [coop, group]) await snac.follow(id);
      for (const { id } of [coop, group]) {
        await snac.waitFor(snacSays.followConfirmed(id), { from });
      }
      await snac.waitFor(snacSays.newNote(await node.post("For her again")));
      expect(counted(snac, snacSays.newNote(unheard))).toBe(0);
      await isUnsaid(node, news, before);
    },
  },
];

/** After the co-op has moved; the last of all, as it isn't undone. */
export const blockedServer: Step = {
  name: "is blocked with the whole server by the node, which takes nothing from there",
  run: async (node, snac) => {
    const { coop, origin } = node;
    const { movedTo } = (await read(coop.id)) as { movedTo: string };
    const moved = { id: movedTo, handle: `same_${coop.handle}` };
    expect(await followers(moved)).toBe(1);
    const { orderedItems } = await read(`${coop.id}/featured`);
    const [{ id: news }] = [orderedItems].flat() as [{ id: string }];
    const before = await keysOf(node);
    await node.block(new URL(snac.origin).host, "node");
    expect(await followers(moved)).toBe(0);
    await sayOf(news, snac, `${origin}/inbox`, 403);
    const asked = snac.lines.length;
    await snac.follow(moved.id);
    await snac.waitFor(snacSays.sent(`${origin}/inbox`, 403), { from: asked });
    expect(await followers(moved)).toBe(0);
    await isUnsaid(node, news, before);
  },
};

/** Likes a note and replies to it, and waits until the node has answered to both. */
async function sayOf(note: string, snac: Snac, inbox: string, status: number): Promise<void> {
  const sent = () => counted(snac, snacSays.sent(inbox, status));
  const before = sent();
  await snac.press("Like", { id: note });
  await snac.write("Hear me!", { in_reply_to: note });
  await until(sent, (count) => count >= before + 2, patience);
}

/** Nothing of that is counted, listed or shown. */
async function isUnsaid(node: InteropNode, note: string, before: string[]): Promise<void> {
  expect(await total(note, "likes")).toBe(0);
  expect(await total(note, "replies")).toBe(0);
  expect(await page(note)).not.toContain("Hear me!");
  expect(await keysOf(node)).toEqual(before);
}

async function keysOf(node: InteropNode): Promise<string[]> {
  return (await node.replies()).map(({ key }) => key);
}

/** How often snac has said that. */
function counted({ lines }: Snac, pattern: RegExp): number {
  return lines.filter((line) => pattern.test(line)).length;
}
