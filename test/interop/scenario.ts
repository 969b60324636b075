import { expect } from "vitest";
import { lintServed } from "./lint-served.ts";
import { report } from "./lint.ts";
import { snacSays, type Snac } from "./snac.ts";

/** What the scenario needs of a running node on plain http on loopback. */
export interface InteropNode {
  readonly origin: string;
  /** A co-op that can be followed, and the actor (Service) of a feed that would boost its posts. */
  readonly coop: { id: string; handle: string };
  readonly feed: { id: string; handle: string };
  /** Changes the co-op's name as its editor would; an Update goes to the followers. */
  rename(name: string): Promise<void>;
  /** Changes what the feed is called, so that an Update goes to its followers. */
  renameFeed(name: string): Promise<void>;
  /** Publishes news of the co-op, not marked for the directory, and returns the Note's id. */
  post(text: string): Promise<string>;
  /** Deletes news. */
  remove(note: string): Promise<void>;
  /** Ids of the followers of one of the node's actors. */
  followers(actor: string): Promise<string[]>;
  /** Makes the feed boost a Note. */
  boost(note: string): Promise<void>;
  /** Stops and starts the node on the same data, to show that keys and followers stay. */
  restart(): Promise<void>;
}

/** A step and what it shows; steps build on one another and run in this order. */
export interface Step {
  name: string;
  run(node: InteropNode, snac: Snac): Promise<void>;
}

/** What a person on another server does with a co-op, played by a real snac2. */
export const steps: readonly Step[] = [
  {
    name: "what a stranger can read of the co-op and the feed has no finding",
    run: async ({ origin, coop, feed }) => {
      for (const actor of [coop, feed]) {
        expect(report(await lintServed(fetch, { origin, ...actor }))).toBe("");
      }
    },
  },
  {
    name: "finds the co-op by handle and by URL, and nobody by a wrong handle",
    run: async ({ coop }, snac) => {
      const found = { status: 200, actor: coop.id, account: coop.handle };
      expect(await snac.webfinger(`@${coop.handle}`)).toEqual(found);
      expect(await snac.webfinger(coop.id)).toEqual(found);
      expect(await snac.webfinger(`@nobody-${coop.handle}`)).toEqual({ status: 404 });
      expect(await snac.actor(coop.id)).toMatchObject({ id: coop.id, type: "Organization" });
    },
  },
  {
    name: "takes back a follow by handle, then follows by URL and is accepted",
    run: async (node, snac) => {
      const { coop } = node;
      await snac.follow(`@${coop.handle}`);
      await snac.waitFor(snacSays.followConfirmed(coop.id));
      expect(snac.following().get(coop.id)).toBe(true);
      expect(await node.followers(coop.id)).toEqual([snac.user]);
      await snac.unfollow(coop.id);
      await until(async () => (await node.followers(coop.id)).length === 0);
      const from = snac.lines.length;
      await snac.follow(coop.id);
      await snac.waitFor(snacSays.followConfirmed(coop.id), { from });
      expect(await node.followers(coop.id)).toEqual([snac.user]);
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
    // snac takes updates of Person, Service and Application only and logs that it ignores this
    // one; that log line comes after the signature was verified. It sees the edit when its copy
    // is 36 hours old and the co-op writes again.
    name: "sees an edited profile of a co-op",
    run: async (node, snac) => {
      const from = snac.lines.length;
      await node.rename("Edited bakery");
      await snac.waitFor(snacSays.updateIgnored("Organization"), { from });
      snac.expire(node.coop.id);
      await snac.waitFor(snacSays.newNote(await node.post("New name")), { from });
      await snac.waitFor(snacSays.actorRefetched(node.coop.id), { from });
      expect(snac.stored(node.coop.id)).toMatchObject({ name: "Edited bakery" });
    },
  },
  {
    name: "sees an edited feed at once, and what the feed boosts",
    run: async (node, snac) => {
      const { feed } = node;
      await snac.follow(`@${feed.handle}`);
      await snac.waitFor(snacSays.followConfirmed(feed.id));
      await node.renameFeed("Edited feed");
      await snac.waitFor(snacSays.actorUpdated(feed.id));
      expect(snac.stored(feed.id)).toMatchObject({ name: "Edited feed" });
      const note = await node.post("Boosted");
      await node.boost(note);
      await snac.waitFor(snacSays.boosted(note));
    },
  },
  {
    name: "still verifies the co-op after the node was started again",
    run: async (node, snac) => {
      const from = snac.lines.length;
      await node.restart();
      expect(await node.followers(node.coop.id)).toEqual([snac.user]);
      const note = await node.post("After the restart");
      await snac.waitFor(snacSays.newNote(note), { from });
      await node.remove(note);
      await snac.waitFor(snacSays.deleted(note), { from });
      expect(snac.stored(note)).toBeUndefined();
    },
  },
  {
    name: "unfollows, and no signature of the node was ever bad",
    run: async (node, snac) => {
      await snac.unfollow(node.coop.id);
      await until(async () => (await node.followers(node.coop.id)).length === 0);
      expect(snac.following().has(node.coop.id)).toBe(false);
      expect(snac.lines.filter((line) => snacSays.badSignature.test(line))).toEqual([]);
    },
  },
];

/** Waits for something on the node's side that snac brings about, at most 20 s. */
export async function until(holds: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + 20_000;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`did not come about within 20 s: ${String(holds)}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
