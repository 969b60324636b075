import type { KeyObject } from "node:crypto";
import { getLogger } from "@logtape/logtape";
import { z } from "zod";
import { publicKeyOf } from "../coop/proof.ts";
import type { Identity } from "../directory/identity.ts";
import { AppError } from "../errors.ts";
import * as peers from "../store/peers.ts";
import type { Db, Tx } from "../store/schema.ts";
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
});

/** The keys of other nodes: fetched at first sight over TLS, pinned ever after. */
export interface KeyRing {
  keyOf(method: string): KeyObject | undefined;
  /**
   * Makes sure that an origin's keys are pinned, and fetches them from its
   * node actor if not.
   *
   * @throws {AppError} `unavailable` when the actor can't be had or has no key.
   */
  learn(origin: string, signal: AbortSignal): Promise<void>;
}

/** Loads the pinned keys; our own key is always among them. */
export async function loadKeyRing(db: Db, node: Identity, send: Send): Promise<KeyRing> {
  const ring = new Map<string, KeyObject>([[node.signing.method, node.publicKey]]);
  const known = new Set<string>([node.origin]);
  for (const pin of await peers.pins(db)) {
    if (pin.origin === node.origin) continue; // nobody but our own key speaks for us
    known.add(pin.origin);
    ring.set(pin.method, publicKeyOf(pin.multikey));
  }
  return {
    keyOf: (method) => ring.get(method),
    async learn(origin, signal) {
      if (known.has(origin)) return;
      const keys = await fetchKeys(send, origin, signal);
      const now = Date.now();
      const first = { origin, seen: now, retired: null, dropped: null, held: null, entry: null };
      const pins = keys.map(({ method, multikey }) => ({ ...first, method, multikey }));
      await db.transaction().execute((tx) => pinAll(tx, pins));
      for (const { method, key } of keys) ring.set(method, key);
      known.add(origin);
      getLogger(["fragaria", "replication"]).info("Pinned {count} keys of {origin}", {
        count: keys.length,
        origin,
      });
    },
  };
}

async function pinAll(tx: Tx, pins: peers.Pin[]): Promise<void> {
  await peers.pin(tx, pins);
}

async function fetchKeys(send: Send, origin: string, signal: AbortSignal) {
  const url = `${origin}/actor`;
  const headers = { accept: "application/activity+json" };
  const read = NodeActor.safeParse(
    parseJson(await ask(send, url, { headers, signal }, 128 * 1024)),
  );
  if (!read.success || read.data.id !== url) {
    throw new AppError("unavailable", `${url} is not a node actor of this origin`);
  }
  const keys = [];
  for (const candidate of read.data.assertionMethod) {
    const key = Multikey.safeParse(candidate);
    if (!key.success || key.data.controller !== url || !key.data.id.startsWith(`${url}#`)) continue;
    try {
      const multikey = key.data.publicKeyMultibase;
      keys.push({ method: key.data.id, multikey, key: publicKeyOf(multikey) });
    } catch {
      continue; // a key of another kind, which signs no records
    }
  }
  if (keys.length === 0) throw new AppError("unavailable", `${url} names no Ed25519 key`);
  return keys;
}
