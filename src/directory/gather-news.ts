import type { Watch } from "../events.ts";
import type { DirectoryIndex } from "../index/directory-index.ts";
import { type Job, repeat } from "../jobs.ts";
import * as changes from "../store/changes.ts";
import type { Db } from "../store/schema.ts";
import { boostNews } from "./boost.ts";
import { gather } from "./gather.ts";
import { groupNews } from "./group-news.ts";
import type { Identity } from "./identity.ts";
import { noteOwnNews } from "./own-news.ts";

/** What the work of the feeds takes. */
interface Gathering {
  db: Db;
  node: Identity;
  index: DirectoryIndex;
  clock: () => number;
  watch: Watch;
  stop: AbortSignal;
  /** How long news wait for others, and between two posts of a feed; milliseconds. */
  pace: { gather: number; group: number };
}

/** The longest that it waits for something new; milliseconds. */
const nap = 60_000;

/**
 * Gathers what is new in the directory, writes the posts of the feeds when they
 * are due, and gives them what co-ops post for them.
 */
export function gatherNews({ db, node, index, clock, watch, stop, pace }: Gathering): Job {
  const grouping = { between: pace.group, patience: pace.gather };
  const pausing = { every: 0, retry: 1000, retryMost: 60_000 };
  return repeat("gathering news for feeds", stop, pausing, async (signal) => {
    // What comes while this reads is read the next time.
    const head = await changes.head(db);
    while (await noteOwnNews(db, node, clock())) if (signal.aborted) return false;
    while (await gather(db, index, clock())) if (signal.aborted) return false;
    while (await boostNews(db, index, clock())) if (signal.aborted) return false;
    const next = await groupNews(db, grouping, clock());
    const wait = Math.min(nap, Math.max(1, next - clock()));
    await watch.past(head, wait, signal);
    return true;
  });
}
