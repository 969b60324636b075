import type { Context, Federation } from "@fedify/fedify";
import type { Watch } from "../events.ts";
import { type Job, repeat } from "../jobs.ts";
import * as changes from "../store/changes.ts";
import { deliverBoosts } from "./deliver-boosts.ts";
import { deliverFeedPost } from "./deliver-feeds.ts";
import { deliverAnswer, deliverBlock, deliverReply } from "./deliver-conversation.ts";
import { deliverPost } from "./deliver-posts.ts";
import { deliverDeletion, deliverProfile } from "./deliver-profiles.ts";
import { deliverDeparture } from "./deliver-departures.ts";
import type { FederationData } from "./federation.ts";

/** This reader's cursor on the change log. */
const reader = "deliver";

type Delivery = (context: Context<FederationData>, change: changes.Change) => Promise<void>;

/** What is told of each kind of change. They may be called again with the same one. */
const deliveries: Record<string, Delivery> = {
  post: deliverPost,
  feed: deliverFeedPost,
  boost: deliverBoosts,
  answer: deliverAnswer,
  reply: deliverReply,
  block: deliverBlock,
  record: deliverProfile,
  coop: deliverDeletion,
  departure: deliverDeparture,
};

/**
 * Tells followers what has changed: the one place that sends news. It reads
 * the change log, so that nothing is sent before it is true, and whatever was
 * written while it wasn't running is sent when it comes back. A change that
 * was handed to the queue twice has the same activity id twice.
 */
export function deliver(
  federation: Federation<FederationData>,
  data: FederationData,
  watch: Watch,
  stop: AbortSignal,
): Job {
  const { db, node } = data;
  const context = federation.createContext(new URL(node.origin), data);
  const pace = { every: 0, retry: 1000, retryMost: 60_000 };
  return repeat("telling followers", stop, pace, async (signal) => {
    const seq = await changes.cursor(db, reader);
    const rows = await changes.after(db, seq, 500);
    if (rows.length === 0) await watch.past(seq, 60_000, signal);
    let done = seq;
    try {
      for (const row of rows) {
        await deliveries[row.kind]?.(context, row);
        done = row.seq;
      }
    } finally {
      // Also when one of them fails: those before it were sent and needn't be again.
      if (done > seq) await changes.advance(db, reader, done);
    }
    return true;
  });
}
