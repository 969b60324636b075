import { hash, type KeyObject } from "node:crypto";
import type { SigningKey } from "../../../src/coop/proof.ts";
import { testKey } from "../../helpers/keys.ts";

/** The keys of all nodes, which every node has pinned. */
export interface Keys {
  /** An origin's own, made from its name. */
  of(origin: string): SigningKey;
  keyOf(method: string): KeyObject | undefined;
}

export function keys(): Keys {
  const made = new Map<string, ReturnType<typeof testKey>>();
  return {
    of(origin) {
      const key = testKey(origin, hash("sha256", origin, "buffer"));
      made.set(key.method, key);
      return key;
    },
    keyOf: (method) => made.get(method)?.publicKey,
  };
}
