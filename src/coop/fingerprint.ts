import { hash } from "node:crypto";

/**
 * Sums of ids modulo 2^256, from which Negentropy makes its fingerprints. A sum
 * is eight limbs of 32 bits, least significant first; many of them may stand
 * one behind the other in one array.
 */

/** Bytes of an id, which is the digest of a record. */
export const idBytes = 32;
/** Limbs of a sum. */
export const limbs = 8;
/** Bytes of a fingerprint. */
export const fingerprintBytes = 16;

/** Adds an id, read as a little-endian number. */
export function addId(sum: Uint32Array, at: number, ids: DataView, offset: number): void {
  let carry = 0;
  for (let limb = 0; limb < limbs; limb += 1) {
    const total = (sum[at + limb] ?? 0) + ids.getUint32(offset + limb * 4, true) + carry;
    sum[at + limb] = total;
    carry = total > 0xffff_ffff ? 1 : 0;
  }
}

/** Adds a sum to a sum. */
export function addSum(sum: Uint32Array, at: number, other: Uint32Array, from: number): void {
  let carry = 0;
  for (let limb = 0; limb < limbs; limb += 1) {
    const total = (sum[at + limb] ?? 0) + (other[from + limb] ?? 0) + carry;
    sum[at + limb] = total;
    carry = total > 0xffff_ffff ? 1 : 0;
  }
}

/** Takes a sum away from a sum. */
export function subtractSum(sum: Uint32Array, at: number, other: Uint32Array, from: number): void {
  let borrow = 0;
  for (let limb = 0; limb < limbs; limb += 1) {
    const left = (sum[at + limb] ?? 0) - (other[from + limb] ?? 0) - borrow;
    sum[at + limb] = left;
    borrow = left < 0 ? 1 : 0;
  }
}

/**
 * The fingerprint of Negentropy V1: the first 16 bytes of the SHA-256 of the
 * sum, 32 bytes little-endian, followed by the number of ids as a varint.
 */
export function fingerprint(sum: Uint32Array, count: number): Uint8Array {
  const digits = varint(count);
  const bytes = new Uint8Array(idBytes + digits.length);
  const view = new DataView(bytes.buffer);
  for (let limb = 0; limb < limbs; limb += 1) view.setUint32(limb * 4, sum[limb] ?? 0, true);
  bytes.set(digits, idBytes);
  return hash("sha256", bytes, "buffer").subarray(0, fingerprintBytes);
}

/**
 * The fingerprint of some records: what a beacon says of those of its node.
 *
 * @param digests In hexadecimal, in any order, each once.
 * @returns 32 hexadecimal digits.
 */
export function fingerprintOf(digests: Iterable<string>): string {
  const sum = new Uint32Array(limbs);
  let count = 0;
  for (const digest of digests) {
    const id = Buffer.from(digest, "hex");
    addId(sum, 0, new DataView(id.buffer, id.byteOffset, id.length), 0);
    count += 1;
  }
  return Buffer.from(fingerprint(sum, count)).toString("hex");
}

/** A number in digits of base 128, the most significant first, all but the last marked. */
export function varint(number: number): number[] {
  const digits = [number % 128];
  for (let rest = Math.floor(number / 128); rest > 0; rest = Math.floor(rest / 128)) {
    digits.unshift((rest % 128) + 128);
  }
  return digits;
}
