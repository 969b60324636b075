import { createPublicKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { multikey, privateKeyOf, type SigningKey } from "../coop/proof.ts";
import type { Db } from "../store/schema.ts";
import * as settings from "../store/settings.ts";

/** Who this node is: its address and its keys. */
export interface Identity {
  /** Scheme, host and port: `https://coops.example`. */
  origin: string;
  host: string;
  /** The URL of the node's own actor. */
  actor: string;
  /** Signs records. */
  signing: SigningKey;
  /** The public half of that key, as the node actor publishes it. */
  multikey: string;
  publicKey: KeyObject;
  /** Signs requests, for every actor of this node, and activities. */
  rsa: { privateKey: JsonWebKey; publicKey: JsonWebKey };
  ed25519: { privateKey: JsonWebKey; publicKey: JsonWebKey };
}

/**
 * Loads the node's keys, which are made at the very first start. Peers pin
 * them, so losing them means losing peers and followers.
 */
export async function loadIdentity(db: Db, origin: string, now: number): Promise<Identity> {
  let keys = await settings.keys(db);
  if (keys.length < 2) {
    const made = [
      ["ed25519", generateKeyPairSync("ed25519")],
      // 2048 bits: accepted everywhere, and half the cost of 4096 at every delivery.
      ["rsa", generateKeyPairSync("rsa", { modulusLength: 2048 })],
    ] as const;
    for (const [name, pair] of made) {
      await settings.addKey(db, {
        name,
        privateKey: JSON.stringify(pair.privateKey.export({ format: "jwk" })),
        publicKey: JSON.stringify(pair.publicKey.export({ format: "jwk" })),
        created: now,
        retired: null,
        dropped: null,
      });
    }
    keys = await settings.keys(db);
  }
  const [ed25519, rsa] = ["ed25519", "rsa"].map((name) => {
    const key = keys.find((each) => each.name === name);
    if (key === undefined) throw new Error(`the ${name} key is missing`);
    return {
      privateKey: JSON.parse(key.privateKey) as JsonWebKey,
      publicKey: JSON.parse(key.publicKey) as JsonWebKey,
    };
  }) as [Identity["ed25519"], Identity["rsa"]];
  const actor = `${origin}/actor`;
  const privateKey = privateKeyOf(ed25519.privateKey);
  const publicKey = createPublicKey(privateKey);
  return {
    origin,
    host: new URL(origin).host,
    actor,
    signing: { method: `${actor}#ed25519`, privateKey },
    multikey: multikey(publicKey),
    publicKey,
    rsa,
    ed25519,
  };
}
