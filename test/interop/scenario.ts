import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { until } from "../helpers/nodes.ts";
import { picture } from "../helpers/pictures.ts";
import { temporaryFolder } from "../helpers/programs.ts";
import { report } from "./lint.ts";
import { lintServed } from "./lint-served.ts";
import { blockedServer, blocks } from "./block-steps.ts";
import { conversation } from "./conversation-steps.ts";
import { type Snac, snacSays } from "./snac.ts";
import {
  followers,
  type InteropNode,
  type Named,
  patience,
  read,
  type Step,
  total,
} from "./step.ts";

/** What a person on another server does with a co-op, played by a real snac2. */
export const steps: readonly Step[] = [
  {
    name: "what a stranger can read has no finding",
    run: async ({ origin, node, coop, group, feed }) => {
      for (const actor of [node, coop, group, feed]) {
        expect(report(await lintServed(fetch, { origin, ...actor }))).toBe("");
      }
    },
  },
  {
    name: "finds the co-op by handle and by URL, its class too, and nobody by a wrong handle",
    run: async ({ coop, group }, snac) => {
      const found = { status: 200, actor: coop.id, account: coop.handle };
      expect(await snac.webfinger(`@${coop.handle}`)).toEqual(found);
      expect(await snac.webfinger(coop.id)).toEqual(found);
      expect(await snac.webfinger(`@${group.handle}`)).toMatchObject({ actor: group.id });
      expect(await snac.webfinger(`@nobody-${coop.handle}`)).toEqual({ status: 404 });
      expect(await snac.actor(coop.id)).toMatchObject({ id: coop.id, type: "Organization" });
    },
  },
  {
    name: "is told of news that name it, though it follows nobody; of their edit, and of their end",
    run: async (node, snac) => {
      const note = await node.post(`Thank you, @${snac.handle}!`, "--warning", "Gratitude");
      await snac.waitFor(snacSays.newNote(note));
      expect(snac.stored(note)).toMatchObject({
        attributedTo: node.coop.id,
        summary: "Gratitude",
        sensitive: true,
        tag: [{ type: "Mention", href: snac.user, name: `@${snac.handle}` }],
      });
      await node.reword(note, `Thank you again, @${snac.handle}.`);
      await until(() => String(snac.stored(note)?.["content"]).includes("again"));
      await node.remove(note);
      await snac.waitFor(snacSays.deleted(note));
      expect(snac.stored(note)).toBeUndefined();
    },
  },
  {
    name: "takes back a follow by handle, then follows by URL and is accepted",
    run: async ({ coop }, snac) => {
      await snac.follow(`@${coop.handle}`);
      await snac.waitFor(snacSays.followConfirmed(coop.id));
      expect(snac.following().get(coop.id)).toBe(true);
      expect(await followers(coop)).toBe(1);
      await snac.unfollow(coop.id);
      await until(async () => (await followers(coop)) === 0, Boolean, patience);
      const from = snac.lines.length;
      await snac.follow(coop.id);
      await snac.waitFor(snacSays.followConfirmed(coop.id), { from });
      expect(await followers(coop)).toBe(1);
    },
  },
  {
    name: "follows a class of members by its handle",
    run: async ({ group }, snac) => {
      await snac.follow(`@${group.handle}`);
      await snac.waitFor(snacSays.followConfirmed(group.id));
      expect(snac.following().get(group.id)).toBe(true);
      expect(await followers(group)).toBe(1);
    },
  },
  {
    name: "is passed on news by the class that it follows",
    run: async (node, snac) => {
      const note = await node.post("The workers have met", "--class", "workers");
      await snac.waitFor(snacSays.announced(node.group.id, note));
    },
  },
  {
    name: "follows a feed by its handle, and is passed on news that are marked for it",
    run: async (node, snac) => {
      const { feed } = node;
      await snac.follow(`@${feed.handle}`);
      await snac.waitFor(snacSays.followConfirmed(feed.id));
      expect(await followers(feed)).toBe(1);
      const note = await node.post("Whoever bakes is welcome", "--mark");
      await snac.waitFor(snacSays.announced(feed.id, note));
    },
  },
  {
    name: "receives news",
    run: async (node, snac) => {
      const note = await node.post("We bake on Sundays");
      await snac.waitFor(snacSays.newNote(note));
      expect(snac.stored(note)).toMatchObject({ id: note, attributedTo: node.coop.id });
      expect(String(snac.stored(note)?.["content"])).toContain("We bake on Sundays");
    },
  },
  {
    name: "receives pictures, with what can be seen in them",
    run: async (node, snac) => {
      using folder = temporaryFolder();
      const file = join(folder.path, "loaf.jpg");
      writeFileSync(file, await picture({ width: 300, height: 200, as: ".jpg", gps: true }));
      const note = await node.post("Fresh", "--image", file, "--alt", "A loaf");
      await snac.waitFor(snacSays.newNote(note));
      const { attachment } = snac.stored(note) as { attachment: [Record<string, string>] };
      const [attached] = attachment;
      expect(attached).toMatchObject({ type: "Document", name: "A loaf", mediaType: "image/jpeg" });
      const served = await fetch(attached["url"] ?? "");
      expect(served.headers.get("content-type")).toBe("image/jpeg");
    },
  },
  {
    name: "boosts news, which is counted, and takes that back",
    run: async (node, snac) => {
      const news = await node.post("There is rye");
      await snac.waitFor(snacSays.newNote(news));
      const shares = () => total(news, "shares");
      await snac.run("boost", "alice", news);
      await until(async () => (await shares()) === 1, Boolean, patience);
      await snac.run("unboost", "alice", news);
      await until(async () => (await shares()) === 0, Boolean, patience);
    },
  },
  ...conversation,
  ...blocks,
  {
    name: "sees an edited profile",
    run: (node, snac) => seesEdit(node, snac, "Edited bakery"),
  },
  {
    name: "verifies what a newer release sends with the same keys, and sees it",
    run: async (node, snac) => {
      const from = snac.lines.length;
      const before = [await software(node), await keyOf(node.coop)];
      await node.upgrade();
      const after = [await software(node), await keyOf(node.coop)];
      expect(after[0]).not.toEqual(before[0]);
      expect(after[1]).toEqual(before[1]);
      expect(await followers(node.coop)).toBe(1);
      expect(await followers(node.group)).toBe(1);
      const note = await node.post("After the upgrade");
      await snac.waitFor(snacSays.newNote(note), { from });
      await node.remove(note);
      await snac.waitFor(snacSays.deleted(note), { from });
      expect(snac.stored(note)).toBeUndefined();
      await seesEdit(node, snac, "Upgraded bakery");
    },
  },
  {
    name: "unfollows, and no signature of the node was ever bad",
    run: async ({ coop, group, feed }, snac) => {
      for (const actor of [coop, group, feed]) {
        await snac.unfollow(actor.id);
        await until(async () => (await followers(actor)) === 0, Boolean, patience);
        expect(snac.following().has(actor.id)).toBe(false);
      }
      expect(snac.lines.filter((line) => snacSays.badSignature.test(line))).toEqual([]);
    },
  },
  {
    name: "comes along when the co-op moves to another account",
    run: async (node, snac) => {
      const { coop } = node;
      const from = snac.lines.length;
      await snac.follow(`@${coop.handle}`);
      await snac.waitFor(snacSays.followConfirmed(coop.id), { from });
      const moved = await node.agree();
      // snac itself fetches no account that it has never seen: “cannot get new actor”.
      expect(await snac.actor(moved.id)).toMatchObject({ alsoKnownAs: [coop.id] });
      await node.move(moved);
      await snac.waitFor(snacSays.followConfirmed(moved.id));
      await until(async () => (await followers(moved)) === 1, Boolean, patience);
      await until(async () => (await followers(coop)) === 0, Boolean, patience);
      expect([...snac.following().keys()]).toEqual([moved.id]);
      expect(await read(coop.id)).toMatchObject({ movedTo: moved.id });
      // Whoever looks for the former account is led to where it is.
      expect(report(await lintServed(fetch, { origin: new URL(coop.id).origin, ...coop }))).toBe(
        "",
      );
      expect(snac.lines.filter((line) => snacSays.badSignature.test(line))).toEqual([]);
    },
  },
  blockedServer,
];

/**
 * snac takes updates of Person, Service and Application only and logs that it
 * ignores others; that line comes after the signature was verified. It sees
 * the edit when its copy is 36 hours old and the co-op writes again.
 */
async function seesEdit(node: InteropNode, snac: Snac, name: string): Promise<void> {
  const from = snac.lines.length;
  await node.rename(name);
  await snac.waitFor(snacSays.updateIgnored("Organization"), { from });
  await snac.waitFor(snacSays.updateIgnored("Group"), { from });
  snac.expire(node.coop.id);
  await snac.waitFor(snacSays.newNote(await node.post(`We are ${name} now`)), { from });
  await snac.waitFor(snacSays.actorRefetched(node.coop.id), { from });
  expect(snac.stored(node.coop.id)).toMatchObject({ name });
}

async function keyOf({ id }: Named): Promise<unknown> {
  return (await read(id))["publicKey"];
}

async function software({ origin }: InteropNode): Promise<unknown> {
  return (await read(`${origin}/nodeinfo/2.1`))["software"];
}
