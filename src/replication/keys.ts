import type { KeyObject } from "node:crypto";
import { getLogger } from "@logtape/logtape";
import { z } from "zod";
import { readBeacon } from "../coop/beacon.ts";
import type { JsonObject } from "../coop/canonical-json.ts";
import { countsAt, follow, type KeyHistory, readKeyHistory } from "../coop/key-history.ts";
import { publicKeyOf } from "../coop/proof.ts";
import { acceptRecord } from "../coop/record.ts";
import { dropUnverified } from "../directory/drop-unverified.ts";
import { type Identity, ownKeyOf } from "../directory/identity.ts";
import { type Pinned, pinKeys, pinnedHistory } from "../directory/pin-keys.ts";
import { meetHosts } from "../directory/settle-hosts.ts";
import { AppError } from "../errors.ts";
import * as hosts from "../store/hosts.ts";
import * as pins from "../store/pins.ts";
import type { Db } from "../store/schema.ts";
import { ask, parseJson } from "./describe.ts";
import type { Send } from "./replica.ts";

const Multikey = z.object({
  id: z.string().max(512),
  type: z.literal("Multikey"),
  controller: z.string().max(512),
  publicKeyMultibase: z.string().max(200),
});

/** What we need of a node actor: its keys for records. */
const NodeActor = z.object({
  id: z.string().max(512),
  assertionMethod: z.union([Multikey.transform((key) => [key]), z.array(z.unknown()).max(20)]),
  keyHistory: z.array(z.unknown()).max(100).optional().catch(undefined),
});

/** The keys of other nodes, and our own: which of them verifies what. */
export interface KeyRing {
  /** The key of this URL, if it counts for what was issued then (epoch ms). */
  keyOf(method: string, issued: number): KeyObject | undefined;
  /** Whether keys of this origin are pinned. */
  knows(origin: string): boolean;
  /**
   * Makes sure that an origin's keys are pinned, and fetches them from its
   * node actor if not.
   *
   * @throws {AppError} `unavailable` when the actor can't be had or has no key.
   */
  learn(origin: string, signal: AbortSignal): Promise<void>;
  /**
   * Asks a node for its keys, whether they are pinned or not, and follows what
   * it shows.
   *
   * @throws {AppError} `unavailable`, which is noted if the host is known.
   */
  ask(origin: string, signal: AbortSignal): Promise<Pinned>;
  /**
   * Follows what a beacon says of its node's keys, if it is genuine by those
   * that are pinned or by one that they endorse.
   *
   * @param beacon The exact bytes of the record.
   */
  hear(origin: string, beacon: Uint8Array): Promise<Pinned>;
  /** Whether a genuine beacon says of its node's keys what isn't pinned. */
  differs(origin: string, beacon: Uint8Array): boolean;
  /** Pins keys of a node that can't be asked, as others say that they are its. */
  believe(origin: string, history: KeyHistory): Promise<Pinned>;
  /** Deletes what an origin's dropped keys had signed. Says whether there was anything to do. */
  purge(origin: string): Promise<boolean>;
  /** Takes over what another process on this database has pinned. */
  reload(origin: string): Promise<void>;
}

/** What a ring is made of. */
export interface KeyRingSource {
  db: Db;
  node: Identity;
  send: Send;
  /** Epoch ms. */
  now: () => number;
  /** Lets http origins in: nodes on loopback only. */
  insecure?: boolean;
}

interface Verifier extends pins.Pin {
  key: KeyObject;
}

/** Loads the pinned keys; our own keys are always among them. */
export async function loadKeyRing(source: KeyRingSource): Promise<KeyRing> {
  const { db, node, send, now, insecure = false } = source;
  const ring = new Map<string, Verifier[]>();
  const own = new Map<string, KeyObject>();
  const add = (rows: pins.Pin[]) => {
    const origin = rows[0]?.origin ?? "";
    // Nobody but our own keys speaks for us.
    if (origin === node.origin || node.former.some((each) => each.origin === origin)) return;
    const counting = rows.filter(({ held }) => held === null);
    if (counting.length === 0) ring.delete(origin);
    else
      ring.set(
        origin,
        counting.map((pin) => ({ ...pin, key: publicKeyOf(pin.multikey) })),
      );
  };
  for (const rows of Map.groupBy(await pins.all(db), ({ origin }) => origin).values()) add(rows);

  const ownKey = (method: string, issued: number) => {
    const entry = ownKeyOf(node, method, issued);
    if (entry === undefined) return undefined;
    const known = own.get(entry.publicKeyMultibase) ?? publicKeyOf(entry.publicKeyMultibase);
    own.set(entry.publicKeyMultibase, known);
    return known;
  };
  const keyOf = (method: string, issued: number) => {
    const origin = originOf(method);
    const verifiers = ring.get(origin)?.filter((pin) => pin.method === method) ?? [];
    return verifiers.find((pin) => countsAt(pin, issued))?.key ?? ownKey(method, issued);
  };
  const reload = async (origin: string) => add(await pins.of(db, origin));
  const pinned = async (
    origin: string,
    history: KeyHistory,
    from: Parameters<typeof pinKeys>[3],
  ) => {
    const outcome = await pinKeys(db, origin, history, from, now());
    if (outcome.changed) {
      await reload(origin);
      getLogger(["fragaria", "replication"]).info("The keys of {origin} have changed", { origin });
    }
    return outcome;
  };

  return {
    keyOf,
    reload,
    knows: (origin) => ring.has(origin) || origin === node.origin,
    async learn(origin, signal) {
      if (ring.has(origin) || origin === node.origin) return;
      await pinned(origin, await fetchHistory(send, origin, signal), "node");
    },
    async ask(origin, signal) {
      const { host } = new URL(origin);
      try {
        const history = await fetchHistory(send, origin, signal);
        if ((await hosts.get(db, host)) === undefined) await meetHosts(db, node, [origin], now());
        await hosts.update(db, host, { asked: now(), fault: null });
        return await pinned(origin, history, "node");
      } catch (error) {
        await hosts.update(db, host, { asked: now(), fault: (error as Error).message });
        throw error;
      }
    },
    async hear(origin, beacon) {
      const offered = historyIn(origin, beacon);
      const { history } = follow(await pinnedHistory(db, origin), offered);
      const genuine = acceptRecord(beacon, {
        now: now(),
        insecure,
        keyOf: (method, issued) => keyIn(history, method, issued),
      });
      if ("refused" in genuine) return { changed: false, held: false };
      return pinned(origin, offered, "beacon");
    },
    differs(origin, beacon) {
      const known = ring.get(origin) ?? [];
      return historyIn(origin, beacon).some((entry) => {
        const pin = known.find(
          ({ method, multikey }) => method === entry.id && multikey === entry.publicKeyMultibase,
        );
        if (pin === undefined) return true;
        const ended = (time: number | null, said: string | undefined) =>
          !time && said !== undefined;
        return ended(pin.retired, entry.until) || ended(pin.dropped, entry.dropped);
      });
    },
    believe: (origin, history) => pinned(origin, history, "others"),
    async purge(origin) {
      if (!(await pins.unswept(db)).includes(origin)) return false;
      const begun = now();
      await dropUnverified(db, new URL(origin).host, keyOf, insecure);
      await pins.sweep(db, origin, begun);
      return true;
    },
  };
}

function originOf(method: string): string {
  return URL.canParse(method) ? new URL(method).origin : "";
}

/** What a beacon says of the keys of its node; nothing if it isn't one of this origin. */
function historyIn(origin: string, beacon: Uint8Array): KeyHistory {
  const document = parseJson(beacon);
  if (typeof document !== "object" || document === null) return [];
  const { id } = document as JsonObject;
  if (typeof id !== "string" || originOf(id) !== origin) return [];
  return readKeyHistory(readBeacon(document as JsonObject)?.keys, `${origin}/actor`);
}

function keyIn(history: KeyHistory, method: string, issued: number): KeyObject | undefined {
  const entry = history.find(({ id }) => id === method);
  if (entry === undefined) return undefined;
  const time = (text: string | undefined) => (text === undefined ? null : Date.parse(text));
  const ends = { retired: time(entry.until), dropped: time(entry.dropped) };
  return countsAt(ends, issued) ? publicKeyOf(entry.publicKeyMultibase) : undefined;
}

/** The history that a node's actor shows; of one without, its present keys. */
async function fetchHistory(send: Send, origin: string, signal: AbortSignal): Promise<KeyHistory> {
  const url = `${origin}/actor`;
  const headers = { accept: "application/activity+json" };
  const body = await ask(send, url, { headers, signal }, 128 * 1024);
  const read = NodeActor.safeParse(parseJson(body));
  if (!read.success || read.data.id !== url) {
    throw new AppError("unavailable", `${url} is not a node actor of this origin`);
  }
  const history = readKeyHistory(read.data.keyHistory, url);
  if (history.length > 0) return history;
  const present = read.data.assertionMethod.flatMap((candidate) => {
    const key = Multikey.safeParse(candidate);
    if (!key.success || key.data.controller !== url) return [];
    const { id, publicKeyMultibase } = key.data;
    return [{ id, publicKeyMultibase, from: unknownTime }];
  });
  const keys = readKeyHistory(present, url);
  if (keys.length === 0) throw new AppError("unavailable", `${url} names no Ed25519 key`);
  return keys;
}

/** For keys of which nobody says when they were made. */
const unknownTime = new Date(0).toISOString();
