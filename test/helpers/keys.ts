import { createPrivateKey, createPublicKey, type KeyObject } from "node:crypto";
import type { SigningKey } from "../../src/coop/proof.ts";

/** An Ed25519 key from a seed: the same at every run, and of no worth anywhere else. */
export function testKey(
  origin: string,
  seed: number | Uint8Array = 1,
): SigningKey & { publicKey: KeyObject } {
  // PKCS#8 of an Ed25519 key is this prefix and the 32 bytes of its seed (RFC 8410).
  const prefix = Buffer.from("302e020100300506032b657004220420", "hex");
  const der = Buffer.concat([prefix, Buffer.alloc(32, seed)]);
  const privateKey = createPrivateKey({ key: der, format: "der", type: "pkcs8" });
  return {
    method: `${origin}/actor#ed25519`,
    privateKey,
    publicKey: createPublicKey(privateKey),
  };
}
