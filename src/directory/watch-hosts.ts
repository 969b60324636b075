import { type Liveness, isShown, liveness } from "../coop/liveness.ts";
import * as changes from "../store/changes.ts";
import * as holdings from "../store/holdings.ts";
import * as hosts from "../store/hosts.ts";
import type { Db, Tx } from "../store/schema.ts";
import type { Identity } from "./identity.ts";
import { hostChange, settleHost } from "./settle-hosts.ts";

/**
 * Finds out anew of every host how long it has been silent, and writes down
 * what has changed: a function of what the hosts have signed, and of the time.
 *
 * @returns How many have become livelier or more silent.
 */
export async function watchHosts(db: Db, node: Identity, now: number): Promise<number> {
  let turned = 0;
  for (let after = ""; ;) {
    const page = await hosts.page(db, after, 500);
    const last = page.at(-1);
    if (last === undefined) return turned;
    after = last.host;
    const mute = page.filter(({ beacon }) => beacon === null).map(({ host }) => host);
    const newest = await holdings.newest(db, mute);
    const due = page.filter(
      (row) => (aliveAt(row, newest.get(row.host), now) ?? null) !== row.liveness,
    );
    for (const { host } of due) {
      turned += await db.transaction().execute((tx) => look(tx, node, host, now));
    }
  }
}

/** A host that never had a beacon is as lively as its newest record. */
function aliveAt(
  { beacon, exclusion, liveness: before }: hosts.Host,
  newest: number | undefined,
  now: number,
): Liveness | undefined {
  // Of what was dropped nothing is left that could tell: a beacon will.
  if (beacon === null && exclusion === "silent") return before ?? undefined;
  return liveness(beacon ?? newest, now);
}

async function look(tx: Tx, node: Identity, host: string, now: number): Promise<number> {
  // A beacon may have come in between.
  const row = (await hosts.lock(tx, [host])).get(host);
  if (row === undefined) return 0;
  const newest = row.beacon === null ? (await holdings.newest(tx, [host])).get(host) : undefined;
  const alive = aliveAt(row, newest, now);
  if ((alive ?? null) === row.liveness) return 0;
  await changes.append(tx, await turn(tx, node, row, alive, now));
  return 1;
}

/**
 * Writes that a host has become livelier or more silent. Readers of the log are
 * told when it is hidden or shown again; after ninety days of silence it is left
 * out, until its next beacon.
 *
 * @param row What is known of it so far; locked.
 * @returns What has to be appended to the log.
 */
export async function turn(
  tx: Tx,
  node: Identity,
  row: hosts.Host,
  alive: Liveness | undefined,
  now: number,
): Promise<changes.NewChange[]> {
  const { host, liveness: before } = row;
  if ((alive ?? null) === before) return [];
  const [was, is] = [isShown(before), isShown(alive)];
  // What wasn't shown before isn't left out now.
  const shown = was && row.listed !== null;
  const hiding = shown ? await holdings.listings(tx, host) : (row.leftOut ?? 0);
  await hosts.update(tx, host, { liveness: alive ?? null, leftOut: is ? null : hiding });
  const news = was === is ? [] : [hostChange(host)];
  if ((alive === "dropped") === (before === "dropped")) return news;
  return [...news, ...(await settleHost(tx, node, host, now))];
}
