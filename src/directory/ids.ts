import { randomBytes } from "node:crypto";
import type { Identity } from "./identity.ts";

/** An opaque id for a co-op or a post: it says nothing, so that it may outlive its profile. */
export function newId(): string {
  return idOf(randomBytes(10));
}

/** The same of given bytes, at least ten; five bits of each. */
export function idOf(bytes: Uint8Array): string {
  const alphabet = "0123456789abcdefghjkmnpqrstvwxyz";
  return Array.from(bytes.subarray(0, 10), (byte) => alphabet[byte % 32]).join("");
}

/** The URL of a co-op that this node hosts. */
export function coopUrl(node: Identity, id: string): string {
  return `${node.origin}/coops/${id}`;
}

/** The last part of the co-op's URL, if this is the id of a listing of this node. */
export function coopIdOf(node: Identity, record: string): string | undefined {
  const prefix = coopUrl(node, "");
  const [, coop] = /^([0-9a-z]+)\/listing$/.exec(record.slice(prefix.length)) ?? [];
  return record.startsWith(prefix) ? coop : undefined;
}
