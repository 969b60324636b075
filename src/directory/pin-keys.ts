import { follow, KeyEntry, type KeyHistory, presentKey, survivors } from "../coop/key-history.ts";
import { AppError } from "../errors.ts";
import * as changes from "../store/changes.ts";
import * as hosts from "../store/hosts.ts";
import * as pins from "../store/pins.ts";
import * as records from "../store/records.ts";
import type { Db, Tx } from "../store/schema.ts";

const day = 24 * 60 * 60 * 1000;

/** How long a key is held that no earlier one endorses, ms: its node has to show it all the time. */
export const holding = 7 * day;

/** After such a silence its key isn't enough: the domain may have gone to somebody else. */
export const silence = 30 * day;

/** What became of the keys that a node shows. */
export interface Pinned {
  /** Whether anything has changed of which records of it are taken in. */
  changed: boolean;
  /** Whether its present key is held, as no known one endorses it. */
  held: boolean;
}

/**
 * Pins the keys of an origin at first sight, and follows them ever after. A
 * present key that doesn't follow from those that are pinned is held for seven
 * days, if the node itself shows it, and accepted if it then still does; after
 * a long silence only when the administrator, or whom they trust, says so.
 *
 * @param history As the node writes it; not empty.
 * @param from Who says so: the node itself over TLS, one of its beacons that
 *   others pass on, or several other nodes.
 * @param now Epoch ms.
 */
export async function pinKeys(
  db: Db,
  origin: string,
  history: KeyHistory,
  from: "node" | "beacon" | "others",
  now: number,
): Promise<Pinned> {
  return db.transaction().execute((tx) => pin(tx, origin, history, from, now));
}

async function pin(
  tx: Tx,
  origin: string,
  offered: KeyHistory,
  from: "node" | "beacon" | "others",
  now: number,
): Promise<Pinned> {
  const rows = await pins.lock(tx, origin);
  const known = historyOf(rows);
  if (known.length === 0) {
    if (from === "beacon") return { changed: false, held: false };
    await pins.put(
      tx,
      offered.map((entry) => pinOf(origin, entry, now, { reported: from === "node" ? null : now })),
    );
    await announce(tx, origin);
    return { changed: true, held: false };
  }
  if (from === "others") return { changed: false, held: false };
  const followed = follow(known, offered);
  const present = presentKey(offered);
  const doubt = followed.doubted.find(({ entry }) => entry === present);
  const byOthers = rows.filter(({ reported }) => reported !== null);
  if (from === "node" && doubt !== undefined && doubt.why !== "dropped") {
    // What only others had said gives way at once to what the node itself shows.
    if (byOthers.length === rows.length) return beginAnew(tx, origin, rows, offered, now);
    const doubted = followed.doubted.filter(({ why }) => why !== "dropped");
    return hold(
      tx,
      origin,
      rows,
      doubted.map(({ entry }) => entry),
      now,
    );
  }
  if (from === "node") {
    await pins.removeHeld(tx, origin);
    await pins.put(
      tx,
      byOthers.map((row) => ({ ...row, reported: null })),
    );
  }
  const news = [...followed.accepted, ...followed.ended];
  if (news.length === 0) return { changed: false, held: false };
  const before = new Map(rows.map((row) => [`${row.method} ${row.multikey}`, row]));
  await pins.put(
    tx,
    news.map((entry) => {
      const row = before.get(`${entry.id} ${entry.publicKeyMultibase}`);
      return { ...pinOf(origin, entry, now), ...(row && { seen: row.seen }) };
    }),
  );
  await announce(tx, origin);
  return { changed: true, held: false };
}

/** The node shows a key that doesn't follow: has it done so for long enough? */
async function hold(
  tx: Tx,
  origin: string,
  rows: pins.Pin[],
  doubted: KeyHistory,
  now: number,
): Promise<Pinned> {
  const before = rows.filter(({ held }) => held !== null);
  const same =
    before.length === doubted.length &&
    doubted.every((entry) =>
      before.some(
        ({ method, multikey }) => method === entry.id && multikey === entry.publicKeyMultibase,
      ),
    );
  const since = same ? Math.min(...before.map(({ held }) => held ?? now)) : now;
  if (same && now - since >= holding && !(await waits(tx, origin, since))) {
    return beginAnew(tx, origin, rows, doubted, now);
  }
  if (!same) await pins.removeHeld(tx, origin);
  await pins.put(
    tx,
    doubted.map((entry) => ({ ...pinOf(origin, entry, now), held: since, asked: now })),
  );
  return { changed: false, held: true };
}

/** Whether a held key has to be confirmed, as its node had been silent for long before. */
async function waits(tx: Tx, origin: string, since: number): Promise<boolean> {
  const { host: name } = new URL(origin);
  const host = await hosts.get(tx, name);
  // Whoever vouches for it after that has seen the new key.
  if ((host?.vouched ?? 0) > since) return false;
  const sign = Math.max(host?.beacon ?? 0, (await records.newestOf(tx, name)) ?? 0);
  return since - sign > silence;
}

/** Accepts the keys of a node that has begun anew; what it had before is no longer its own. */
async function beginAnew(
  tx: Tx,
  origin: string,
  rows: pins.Pin[],
  begun: KeyHistory,
  now: number,
): Promise<Pinned> {
  const known = rows.filter(({ held }) => held === null);
  const kept = new Set(
    survivors(known.map(entryOf), begun).map((entry) => `${entry.id} ${entry.publicKeyMultibase}`),
  );
  const shown = new Set(begun.map((entry) => `${entry.id} ${entry.publicKeyMultibase}`));
  const over = known.filter(({ method, multikey, dropped }) => {
    const key = `${method} ${multikey}`;
    return dropped === null && !kept.has(key) && !shown.has(key);
  });
  await pins.removeHeld(tx, origin);
  await pins.put(
    tx,
    over.map((row) => ({ ...row, dropped: now })),
  );
  await pins.put(
    tx,
    begun.map((entry) => pinOf(origin, entry, now)),
  );
  const { host } = new URL(origin);
  await hosts.update(tx, host, { rekeyed: now });
  await changes.append(tx, [
    { kind: "host", subject: host, origin: "" },
    { kind: "key", subject: `key ${origin}`, origin: "" },
  ]);
  return { changed: true, held: false };
}

/**
 * Accepts the held key of a node at once, because somebody has made sure by
 * other ways that it is the node's.
 *
 * @param host With its port where there is one.
 * @throws {AppError} `not-found` when no key of it is held.
 */
export async function confirmKey(db: Db, host: string, now: number): Promise<void> {
  const row = (await pins.held(db)).find(({ origin }) => new URL(origin).host === host);
  if (row === undefined) throw new AppError("not-found", `no key of ${host} waits to be confirmed`);
  await db.transaction().execute((tx) => confirm(tx, row.origin, now));
}

async function confirm(tx: Tx, origin: string, now: number): Promise<void> {
  const rows = await pins.lock(tx, origin);
  const begun = rows.filter(({ held }) => held !== null).map(entryOf);
  if (begun.length > 0) await beginAnew(tx, origin, rows, begun, now);
}

/** Hosts of which a key is held, since when, and whether that takes a confirmation. */
export async function heldKeys(
  db: Db,
): Promise<{ host: string; multikey: string; since: number; waits: boolean }[]> {
  const rows = (await pins.held(db)).filter(({ retired, dropped }) => !retired && !dropped);
  return db.transaction().execute((tx) => describeHeld(tx, rows));
}

async function describeHeld(tx: Tx, rows: pins.Pin[]) {
  const described = [];
  for (const { origin, multikey, held } of rows) {
    const since = held ?? 0;
    const { host } = new URL(origin);
    described.push({ host, multikey, since, waits: await waits(tx, origin, since) });
  }
  return described;
}

/** The keys of an origin that are pinned, and not held. */
export async function pinnedHistory(db: Db, origin: string): Promise<KeyHistory> {
  return historyOf(await pins.of(db, origin));
}

/** What is pinned, as a history; of two keys by one name that which wasn't dropped. */
function historyOf(rows: pins.Pin[]): KeyHistory {
  const named = new Map<string, pins.Pin>();
  for (const row of rows) {
    if (row.held !== null) continue;
    const other = named.get(row.method);
    if (other === undefined || other.dropped !== null) named.set(row.method, row);
  }
  return [...named.values()].map(entryOf);
}

function entryOf({ entry, retired, dropped }: pins.Pin): KeyEntry {
  const { until: _, dropped: __, ...rest } = KeyEntry.parse(JSON.parse(entry));
  return {
    ...rest,
    ...(retired !== null && { until: new Date(Number(retired)).toISOString() }),
    ...(dropped !== null && { dropped: new Date(Number(dropped)).toISOString() }),
  };
}

function pinOf(
  origin: string,
  entry: KeyEntry,
  now: number,
  { reported = null }: { reported?: number | null } = {},
): pins.Pin {
  return {
    method: entry.id,
    multikey: entry.publicKeyMultibase,
    origin,
    entry: JSON.stringify(entry),
    seen: now,
    reported,
    retired: entry.until === undefined ? null : Date.parse(entry.until),
    dropped: entry.dropped === undefined ? null : Math.min(Date.parse(entry.dropped), now),
    swept: null,
    held: null,
    asked: null,
  };
}

/** By the log, others that run on this database learn of it. */
async function announce(tx: Tx, origin: string): Promise<void> {
  await changes.append(tx, [{ kind: "key", subject: `key ${origin}`, origin: "" }]);
}
