import { setTimeout as sleep } from "node:timers/promises";
import { bounds } from "../coop/record.ts";
import * as changes from "../store/changes.ts";
import type { Db, Tx } from "../store/schema.ts";
import * as settings from "../store/settings.ts";

const day = 24 * 60 * 60 * 1000;

/** Between two marks; what they cost is how much longer a row may stay. */
const month = 30 * day;

/**
 * For how long the log says that a record isn't held any more. What is read from
 * it, such as the search index, and is older than that has nothing left that is
 * valid, and is made anew.
 */
const memory = bounds.validity + day;

/** Rows in one transaction. */
const portion = 500;

/**
 * Takes out of the log what it says of records that haven't been held for so
 * long that nobody can have read it without that. No feed has these rows: they
 * are for what this node itself derives from its log. Marks say which changes
 * are older than when; a row has no time of its own.
 *
 * @param now Epoch ms.
 * @returns How many rows.
 */
export async function pruneLog(db: Db, now: number, stop?: AbortSignal): Promise<number> {
  const until = await db.transaction().execute((tx) => mark(tx, now));
  let pruned = 0;
  while (stop?.aborted !== true) {
    const begun = performance.now();
    const count = await db.transaction().execute((tx) => changes.pruneDropped(tx, until, portion));
    pruned += count;
    if (count < portion) break;
    // Others want to write, too.
    await sleep((performance.now() - begun) / 4);
  }
  return pruned;
}

/**
 * Notes where the log ends, once a month, and up to where it is pruned from now
 * on, before it is.
 */
async function mark(tx: Tx, now: number): Promise<number> {
  // Without those of a clock that was wrong.
  const marks = (await settings.marks(tx)).filter(({ at }) => at <= now);
  const last = marks.at(-1);
  if (last === undefined || now - last.at >= month) {
    marks.push({ at: now, seq: await changes.head(tx) });
  }
  const old = marks.findLast(({ at }) => at <= now - memory);
  const until = Math.max(await settings.pruned(tx), old?.seq ?? 0);
  await settings.setPruned(tx, until);
  await settings.setMarks(
    tx,
    marks.filter(({ at }) => at > now - memory),
  );
  return until;
}
