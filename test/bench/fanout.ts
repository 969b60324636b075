import { setTimeout as sleep } from "node:timers/promises";
import { openNode } from "../../src/open-node.ts";
import type { ListingContent } from "../../src/coop/listing.ts";
import { post } from "../../src/directory/post.ts";
import { addCoop } from "../../src/directory/publish.ts";
import * as followers from "../../src/store/followers.ts";
import type { Db } from "../../src/store/schema.ts";
import type { FanOut } from "./fanout-fedify.ts";
import type { Awaited, SinkReady } from "./fanout-sink.ts";
import { add, measure, meterOf, nothing, progress, reportRate } from "./measure.ts";
import { reportPeak } from "./memory.ts";
import { type Peer, startNode, startPeer } from "./processes.ts";
import { folder, nodeData } from "./uk.ts";

const rounds = 3;
/** Followers whom a round tells, each on a server of its own. */
const followed = 1000;
/** Those of the burst. */
const burst = 10_000;

const text = "Samstag, 14 Uhr: Führung durch die neue Backstube. Wer mag, backt sein Brot selbst. ";

const bakery: ListingContent = {
  name: "Backhaus",
  inLanguage: "de",
  provenance: { kind: "claimed" },
  license: "CC0-1.0",
  discoverable: true,
  indexable: true,
};

/**
 * Deliveries in a second: posts of a co-op whose followers live on as many
 * servers, signed with RSA-2048; from the post, through queue and SQLite on the
 * disk, until each has arrived. Beside it Fedify with its stores in memory, and
 * bare node:crypto and undici. Then one post to 10,000 servers: time and memory.
 */
export async function fanout(): Promise<void> {
  using data = folder();
  const { env, config } = await nodeData(data.path);
  await using sink = await startPeer<SinkReady>(new URL("./fanout-sink.ts", import.meta.url), {});
  const inboxes = Array.from(
    { length: burst },
    (_, at) => `http://127.1.${at >> 8}.${at & 255}:${sink.ready.port}/users/${at}/inbox`,
  );
  const { store, node } = await openNode(config, Date.now);
  await using _closing = store;
  const { db } = store;
  const few = await addCoop(db, node, "few", bakery, Date.now());
  const many = await addCoop(db, node, "many", bakery, Date.now());
  await follow(db, few.id, inboxes.slice(0, followed));
  await follow(db, many.id, inboxes);
  await using running = await startNode(env);
  const start: FanOut = { inboxes, text };
  await using fedify = await startPeer(new URL("./fanout-fedify.ts", import.meta.url), start);
  await using bare = await startPeer(new URL("./fanout-bare.ts", import.meta.url), start);
  progress("  all are there");

  /** Until so many have arrived. */
  const arrived = (count: number) => sink.ask({ count } satisfies Awaited);
  const ours = async (coop: string, count: number) => {
    await Promise.all([arrived(count), post(db, coop, { de: text }, Date.now())]);
    await emptied(db);
    return count;
  };
  const theirs = async (peer: Peer<unknown>, count: number) => {
    await Promise.all([arrived(count), peer.ask({ count })]);
    return count;
  };

  const totals = { ours: nothing(), fedify: nothing(), bare: nothing() };
  for (let round = 0; round <= rounds; round += 1) {
    const taken = {
      ours: await measure(() => ours(few.id, followed), meterOf(running.pid)),
      fedify: await measure(() => theirs(fedify, followed), meterOf(fedify.pid)),
      bare: await measure(() => theirs(bare, followed), meterOf(bare.pid)),
    };
    // The first one warms up.
    if (round > 0)
      for (const name of ["ours", "fedify", "bare"] as const) add(totals[name], taken[name]);
  }
  const note =
    "RSA-2048, each to a server of its own; CPU of the sender; goal: 300, or 1,000 by our own sender";
  const unit = "deliveries/s";
  const inMemory = { peer: "Fedify in memory", than: totals.fedify };
  reportRate("fanout.delivered", unit, totals.ours, { ...inMemory, note });
  const alone = { peer: "bare node:crypto and undici, nothing kept", than: totals.bare };
  reportRate("fanout.delivered", unit, totals.ours, { ...alone, note });

  const taken = await reportPeak("fanout.burst.memory", running.pid, () => ours(many.id, burst));
  reportRate("fanout.burst", unit, taken, { note: "one post to 10,000 servers" });
}

async function follow(db: Db, coop: string, inboxes: string[]): Promise<void> {
  await db.transaction().execute(async (tx) => {
    for (const inbox of inboxes) {
      const actor = inbox.replace(/\/inbox$/, "");
      const activity = `${actor}#follows/${coop}`;
      const since = Date.now();
      await followers.add(tx, {
        followed: `coops/${coop}`,
        actor,
        inbox,
        sharedInbox: null,
        activity,
        since,
      });
    }
  });
}

async function emptied(db: Db): Promise<void> {
  const rest = () => db.selectFrom("queue").select("id").limit(1).executeTakeFirst();
  while ((await rest()) !== undefined) await sleep(10);
}
