import { getLogger } from "@logtape/logtape";
import type { DirectoryIndex } from "../index/directory-index.ts";
import * as census from "../store/census.ts";
import type { Db, Tx } from "../store/schema.ts";
import type { Identity } from "./identity.ts";

const day = 24 * 60 * 60 * 1000;

/** What is lost within a day before somebody has to look: a part of it, and a number. */
const alarming = {
  /** Of the directory as a whole, by the doing of others. */
  directory: { part: 1 / 5, least: 5 },
  /** Of one host. */
  host: { part: 1 / 2, least: 10 },
} as const;

/** The key of the directory as a whole among hosts. */
const whole = "";

/**
 * Counts what is shown, and raises an alarm when much of it has gone since
 * yesterday by the doing of others: withdrawn, expired, silent, no longer
 * vouched for. What this node withdraws itself, and what its administrators
 * decide, is known to them. Nothing is held back: withdrawing is everybody's
 * right (docs/decisions/0011-trust.md).
 *
 * @param index Caught up with the log.
 * @returns The alarms that were raised.
 */
export async function watchSize(
  db: Db,
  node: Identity,
  index: DirectoryIndex,
  now: number,
): Promise<census.Alarm[]> {
  const shown = new Map(await index.listings());
  const raised = await db.transaction().execute((tx) => count(tx, node, shown, now));
  const log = getLogger(["fragaria", "trust"]);
  for (const { host, before, after } of raised) {
    if (host === whole) {
      log.error(
        "The directory has shrunk: of {before} listings of other hosts that it showed within the last day or two, {after} are left",
        { before, after },
      );
    } else {
      log.warn("{host} has lost most of its listings: of {before}, {after} are left", {
        host,
        before,
        after,
      });
    }
  }
  return raised;
}

async function count(
  tx: Tx,
  node: Identity,
  shown: ReadonlyMap<string, number>,
  now: number,
): Promise<census.Alarm[]> {
  const today = now - (now % day);
  const peaks = new Map<string, number>();
  for (const { host, listings } of await census.since(tx, today - day)) {
    peaks.set(host, Math.max(peaks.get(host) ?? 0, listings));
  }
  const lost: census.Alarm[] = [];
  let [before, after] = [0, 0];
  for (const [host, peak] of peaks) {
    const left = shown.get(host) ?? 0;
    before += peak;
    after += left;
    if (isMuch(alarming.host, peak, left))
      lost.push({ host, raised: now, before: peak, after: left });
  }
  // Who is new may have taken over what others have lost.
  for (const [host, left] of shown) if (host !== node.host && !peaks.has(host)) after += left;
  const directory = before + (shown.get(node.host) ?? 0);
  if (
    before - after >= alarming.directory.least &&
    before - after > directory * alarming.directory.part
  ) {
    lost.unshift({ host: whole, raised: now, before, after });
  }
  const raised: census.Alarm[] = [];
  for (const alarm of lost) if (await census.alarm(tx, alarm)) raised.push(alarm);
  const counts = [...shown].filter(([host]) => host !== node.host);
  await census.raise(
    tx,
    counts.map(([host, listings]) => ({ host, day: today, listings })),
  );
  await census.prune(tx, today - day);
  return raised;
}

function isMuch({ part, least }: { part: number; least: number }, peak: number, left: number) {
  return peak - left >= least && peak - left > peak * part;
}

/**
 * Takes an alarm away that somebody has looked at: what is there now is where
 * counting begins again.
 *
 * @param host Of which host; empty for the directory as a whole.
 * @returns False when there is no such alarm.
 */
export async function acknowledge(db: Db, host: string): Promise<boolean> {
  return db.transaction().execute((tx) => end(tx, host));
}

async function end(tx: Tx, host: string): Promise<boolean> {
  const there = await census.acknowledge(tx, host);
  if (host === whole) await census.forgetAll(tx);
  else await census.forget(tx, [host]);
  return there;
}
