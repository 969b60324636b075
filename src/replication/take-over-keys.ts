import { type Identity, refreshIdentity } from "../directory/identity.ts";
import type { Watch } from "../events.ts";
import { type Job, repeat } from "../jobs.ts";
import * as changes from "../store/changes.ts";
import * as pins from "../store/pins.ts";
import type { Db } from "../store/schema.ts";
import type { KeyRing } from "./keys.ts";
import { fetchRecords } from "./strangers.ts";
import type { Puller } from "./pull.ts";

/**
 * Takes over what commands and other processes do to keys, as soon as the log
 * tells of it.
 *
 * @param since The head of the log before the keys were loaded.
 * @param on.own Called when our own keys have changed.
 * @param on.others Called when those of other nodes have.
 */
export function takeOverKeys(
  { db, node, keys }: { db: Db; node: Identity; keys: KeyRing },
  watch: Watch,
  since: number,
  stop: AbortSignal,
  on: { own: () => void; others: () => void },
): Job {
  let seen = since;
  const pace = { every: 0, retry: 1000, retryMost: 60_000 };
  return repeat("taking over keys", stop, pace, async (signal) => {
    const head = await watch.past(seen, 60_000, signal);
    // The log may have gone back.
    seen = Math.min(seen, head);
    const rows = await changes.after(db, seen, 500, { kind: "key" });
    for (const { subject } of rows) {
      const origin = subject.slice("key ".length);
      if (origin === node.origin) {
        await refreshIdentity(db, node);
        on.own();
      } else {
        await keys.reload(origin);
        on.others();
      }
    }
    seen = rows.length < 500 ? head : (rows.at(-1)?.seq ?? head);
    return true;
  });
}

const day = 24 * 60 * 60 * 1000;

/**
 * Asks the nodes again whose present key isn't settled: it is held, or only
 * others have told of it. And finishes what a stop has broken off: what dropped
 * keys had signed is deleted, and had again.
 *
 * @returns Nothing; a node that doesn't answer is asked again the next day.
 */
export async function settleKeys(
  db: Db,
  keys: KeyRing,
  puller: Puller,
  stop: AbortSignal,
): Promise<void> {
  const unsettled = [...(await pins.held(db)), ...(await pins.reported(db))];
  const now = puller.clock.now();
  const due = new Set<string>();
  for (const { origin, asked } of unsettled) {
    if (now - (asked ?? 0) >= day) due.add(origin);
  }
  for (const origin of due) {
    if (stop.aborted) return;
    await pins.noteAsked(db, origin, now);
    const signal = AbortSignal.any([stop, puller.clock.timeout(10_000)]);
    // It is away, which is noted with the host.
    await keys.ask(origin, signal).catch(() => undefined);
  }
  for (const origin of new Set([...due, ...(await pins.unswept(db))])) {
    if (stop.aborted) return;
    if (await keys.purge(origin)) await fetchRecords(puller, origin, undefined, stop);
  }
}
