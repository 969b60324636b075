import { hash } from "node:crypto";

/** Where a record stands among the versions of its id. */
export interface Version {
  /** Epoch ms. */
  issued: number;
  tombstone: boolean;
  /** SHA-256 of the exact bytes, proof included: 64 hexadecimal digits. */
  digest: string;
}

/** SHA-256 of the exact bytes of a record, in hexadecimal. */
export function digestOf(body: Uint8Array): string {
  return hash("sha256", body);
}

/**
 * The order of versions: negative when `a` is older than `b`, zero when they
 * are the same bytes. Later `issued` wins, then a tombstone, then the larger
 * digest, so that any two nodes agree whatever order the versions came in.
 */
export function compareVersions(a: Version, b: Version): number {
  if (a.issued !== b.issued) return a.issued - b.issued;
  if (a.tombstone !== b.tombstone) return a.tombstone ? 1 : -1;
  if (a.digest === b.digest) return 0;
  return a.digest < b.digest ? -1 : 1;
}

/** Whether `a` takes the place of `b`. A missing version gives way to any. */
export function supersedes(a: Version, b: Version | undefined): boolean {
  return b === undefined || compareVersions(a, b) > 0;
}
