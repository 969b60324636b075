import { createPublicKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import {
  countsAt,
  historyMost,
  type KeyEntry,
  type KeyHistory,
  newEntry,
} from "../coop/key-history.ts";
import { multikey, privateKeyOf, type SigningKey } from "../coop/proof.ts";
import * as keys from "../store/keys.ts";
import type { Db } from "../store/schema.ts";
import * as settings from "../store/settings.ts";

/**
 * Who this node is: its address and its keys. The one thing that changes while
 * a node runs ({@link refreshIdentity}): whoever uses a key takes it from here
 * at that moment, and keeps it no longer.
 */
export interface Identity {
  /** Scheme, host and port: `https://coops.example`. */
  readonly origin: string;
  readonly host: string;
  /** The URL of the node's own actor. */
  readonly actor: string;
  /** What ids are made with that nobody can guess; it stays when the keys change. */
  readonly secret: string;
  /** Signs records. */
  signing: SigningKey;
  /** What ids of the present key end in: `ed25519`, then `ed25519-2`. */
  keyName: string;
  /** The public half of that key, as the node actor publishes it. */
  multikey: string;
  publicKey: KeyObject;
  /** All keys that it ever signed records with, as its beacon and its actor show them. */
  history: KeyHistory;
  /** The addresses that the node had before, with the keys by which it is known there. */
  former: FormerSelf[];
  /** Signs requests, for every actor of this node, and activities. */
  readonly rsa: { privateKey: JsonWebKey; publicKey: JsonWebKey };
}

/** This node as it was known at another address. */
export interface FormerSelf {
  origin: string;
  host: string;
  actor: string;
  /** When it left that address, epoch ms. */
  moved: number;
  /** The present key, by the name that it has there. */
  signing: SigningKey;
  history: KeyHistory;
}

/**
 * Loads the node's keys, which are made at the very first start. Peers pin
 * them, so losing them means losing peers and followers.
 */
export async function loadIdentity(db: Db, origin: string, now: number): Promise<Identity> {
  if ((await keys.all(db)).length < 2) {
    const made = [
      ["ed25519", generateKeyPairSync("ed25519")],
      // 2048 bits: accepted everywhere, and half the cost of 4096 at every delivery.
      ["rsa", generateKeyPairSync("rsa", { modulusLength: 2048 })],
    ] as const;
    for (const [name, pair] of made) await keys.add(db, keyRow(name, pair, now));
  }
  return read(db, origin);
}

/** A new key as it is stored. */
export function keyRow(
  name: string,
  pair: { privateKey: KeyObject; publicKey: KeyObject },
  created: number,
): keys.Key {
  return {
    name,
    privateKey: JSON.stringify(pair.privateKey.export({ format: "jwk" })),
    publicKey: JSON.stringify(pair.publicKey.export({ format: "jwk" })),
    created,
    retired: null,
    dropped: null,
    swept: null,
  };
}

/**
 * Takes over what has become of the node's keys: another process may have put
 * one in the place of another.
 */
export async function refreshIdentity(db: Db, node: Identity): Promise<void> {
  Object.assign(node, await read(db, node.origin));
}

async function read(db: Db, origin: string): Promise<Identity> {
  const rows = await keys.all(db);
  const signing = rows.filter(({ name }) => name !== "rsa");
  const rsa = rows.find(({ name }) => name === "rsa");
  const first = signing[0];
  const present = signing.findLast(({ retired, dropped }) => retired === null && dropped === null);
  if (rsa === undefined || first === undefined || present === undefined) {
    throw new Error(`the ${rsa === undefined ? "rsa" : "ed25519"} key is missing`);
  }
  const actor = `${origin}/actor`;
  const signingAt = ({ name, privateKey }: keys.Key, at: string): SigningKey => ({
    method: `${at}#${name}`,
    privateKey: privateKeyOf(JSON.parse(privateKey) as JsonWebKey),
  });
  const own = signingAt(present, actor);
  const publicKey = createPublicKey(own.privateKey);
  const historyAt = (at: string) => {
    const entries = signing.map((key, index) => {
      const before = signing[index - 1];
      return entryOf(key, at, before && signingAt(before, at));
    });
    return entries.slice(-historyMost);
  };
  const former = (await settings.former(db)).map((each) => {
    const at = `${each.origin}/actor`;
    const { host } = new URL(each.origin);
    return { ...each, host, actor: at, signing: signingAt(present, at), history: historyAt(at) };
  });
  const { d: secret = "" } = JSON.parse(first.privateKey) as JsonWebKey;
  return {
    origin,
    host: new URL(origin).host,
    actor,
    secret,
    signing: own,
    keyName: present.name,
    multikey: multikey(publicKey),
    publicKey,
    history: historyAt(actor),
    former,
    rsa: {
      privateKey: JSON.parse(rsa.privateKey) as JsonWebKey,
      publicKey: JSON.parse(rsa.publicKey) as JsonWebKey,
    },
  };
}

/**
 * The entry of one of our keys in the history. The endorsement isn't stored:
 * an Ed25519 signature is the same whenever it is made (RFC 8032).
 */
function entryOf(key: keys.Key, actor: string, by: SigningKey | undefined): KeyEntry {
  const value = multikey(createPublicKey(privateKeyOf(JSON.parse(key.privateKey) as JsonWebKey)));
  return {
    ...newEntry(`${actor}#${key.name}`, value, Number(key.created), by),
    ...(key.retired !== null && { until: new Date(Number(key.retired)).toISOString() }),
    ...(key.dropped !== null && { dropped: new Date(Number(key.dropped)).toISOString() }),
  };
}

/** Those of this node's own keys that verify what was issued then, at any of its addresses. */
export function ownKeyOf(node: Identity, method: string, issued: number): KeyEntry | undefined {
  const histories = [node.history, ...node.former.map(({ history }) => history)];
  const entry = histories.flat().find(({ id }) => id === method);
  if (entry === undefined) return undefined;
  const { until, dropped } = entry;
  const ends = {
    retired: until === undefined ? null : Date.parse(until),
    dropped: dropped === undefined ? null : Date.parse(dropped),
  };
  return countsAt(ends, issued) ? entry : undefined;
}
