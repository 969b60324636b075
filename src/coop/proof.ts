import { createPrivateKey, createPublicKey, hash, type KeyObject, sign, verify } from "node:crypto";
import { promisify } from "node:util";
import { base58 } from "@scure/base";
import { canonicalJson, type JsonObject } from "./canonical-json.ts";
import { joinMembers, type Members, membersOf, without } from "./document.ts";

/**
 * Data Integrity proofs of the suite eddsa-jcs-2022 (W3C vc-di-eddsa, FEP-8b32)
 * over plain JSON: Ed25519 over SHA-256(JCS(proof options)) followed by
 * SHA-256(JCS(document without proof)).
 *
 * The options that are hashed hold the document's `@context`. W3C writes that
 * copy into the proof on the wire, too; our records leave it out, as it can
 * only be one thing (docs/decisions/0001-wire-format.md).
 */
export type Proof = {
  type: "DataIntegrityProof";
  cryptosuite: "eddsa-jcs-2022";
  created: string;
  proofPurpose: "assertionMethod";
  /** The URL of the public key. */
  verificationMethod: string;
  /** Multibase base58btc: `z` and 64 bytes of signature. */
  proofValue: string;
};

/** An Ed25519 key that signs, and the URL at which its public half is found. */
export interface SigningKey {
  method: string;
  privateKey: KeyObject;
}

/**
 * Signs a document that has no proof yet.
 *
 * @param created Whole seconds, `2026-11-21T20:15:03Z`: a fraction would not
 *   survive verifiers that normalise it (Fedify 2.3.6).
 * @returns The document with its proof, as a new object.
 */
export function signDocument<T extends JsonObject>(
  document: T,
  key: SigningKey,
  created: string,
): T & { proof: Proof } {
  const options = {
    type: "DataIntegrityProof",
    cryptosuite: "eddsa-jcs-2022",
    created,
    proofPurpose: "assertionMethod",
    verificationMethod: key.method,
  } as const;
  const signature = sign(null, signingInput(membersOf(document), options), key.privateKey);
  return { ...document, proof: { ...options, proofValue: `z${base58.encode(signature)}` } };
}

/**
 * Whether the proof was made over this document by the owner of the key. Says
 * nothing about who that is: the caller compares origins.
 *
 * @param document With or without its proof and a Linked Data `signature`;
 *   both are left out of what is hashed (FEP-8b32).
 */
export function verifyProof(document: JsonObject, proof: JsonObject, key: KeyObject): boolean {
  return verifyProofOver(without(membersOf(document), "proof", "signature"), proof, key);
}

/** The same for a document from which nothing is left out: it is hashed as it is. */
export function verifyProofOver(unsecured: Members, proof: JsonObject, key: KeyObject): boolean {
  const parts = partsOf(unsecured, proof);
  return parts !== undefined && verify(null, parts.input, key, parts.signature);
}

/** The same beside other work: the signature is computed on another thread. */
export async function verifyProofBeside(
  unsecured: Members,
  proof: JsonObject,
  key: KeyObject,
): Promise<boolean> {
  const parts = partsOf(unsecured, proof);
  return parts !== undefined && (await verifyLater(null, parts.input, key, parts.signature));
}

const verifyLater = promisify(verify);

/** What was signed and the signature, unless this can't be a proof of ours. */
function partsOf(
  unsecured: Members,
  proof: JsonObject,
): { input: Buffer; signature: Uint8Array } | undefined {
  if (proof["type"] !== "DataIntegrityProof") return undefined;
  if (proof["cryptosuite"] !== "eddsa-jcs-2022") return undefined;
  if (proof["proofPurpose"] !== "assertionMethod") return undefined;
  const { proofValue, "@context": context, ...options } = proof;
  if (context !== undefined && canonicalJson(context) !== unsecured.get("@context")) {
    return undefined;
  }
  if (typeof proofValue !== "string" || !proofValue.startsWith("z")) return undefined;
  let signature: Uint8Array;
  try {
    signature = base58.decode(proofValue.slice(1));
  } catch {
    return undefined; // not base58: as wrong as any other signature
  }
  return signature.length === 64
    ? { input: signingInput(unsecured, options), signature }
    : undefined;
}

function signingInput(document: Members, options: JsonObject): Buffer {
  const context = document.get("@context");
  const hashed = new Map(membersOf(options));
  if (context !== undefined) hashed.set("@context", context);
  return Buffer.concat([sha256(joinMembers(hashed)), sha256(joinMembers(document))]);
}

function sha256(value: string): Buffer {
  return hash("sha256", value, "buffer");
}

/** Multicodec prefix of an Ed25519 public key, as a varint (FEP-521a). */
const ED25519 = Uint8Array.of(0xed, 0x01);

/** Writes an Ed25519 public key as a Multikey: `z6Mk…` (FEP-521a). */
export function multikey(key: KeyObject): string {
  const { x } = key.export({ format: "jwk" });
  if (typeof x !== "string") throw new TypeError("not an Ed25519 key");
  return `z${base58.encode(Buffer.concat([ED25519, Buffer.from(x, "base64url")]))}`;
}

/**
 * Reads an Ed25519 Multikey.
 *
 * @throws {TypeError} when it isn't one.
 */
export function publicKeyOf(value: string): KeyObject {
  let bytes: Uint8Array;
  try {
    bytes = base58.decode(value.slice(1));
  } catch {
    bytes = new Uint8Array();
  }
  if (!value.startsWith("z") || bytes.length !== 34 || bytes[0] !== 0xed || bytes[1] !== 0x01) {
    throw new TypeError(`“${value}” is not an Ed25519 Multikey (z6Mk…)`);
  }
  const x = Buffer.from(bytes.subarray(2)).toString("base64url");
  return createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x }, format: "jwk" });
}

/** Reads a private Ed25519 key from its JSON Web Key. */
export function privateKeyOf(jwk: JsonWebKey): KeyObject {
  return createPrivateKey({ key: jwk as Record<string, string>, format: "jwk" });
}
