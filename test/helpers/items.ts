import { addId, fingerprint, limbs } from "../../src/coop/fingerprint.ts";
import type { Items } from "../../src/replication/ranges.ts";

/** An item of a reconciliation as vectors write it. */
export interface Item {
  key: number;
  /** 64 hexadecimal digits. */
  id: string;
}

/** The obvious set: a sorted array, of which every fingerprint is added up anew. */
export function itemsOf(unsorted: Item[]): Items {
  const items = unsorted.toSorted((a, b) => a.key - b.key || (a.id < b.id ? -1 : 1));
  const bytes = Buffer.from(items.map(({ id }) => id).join(""), "hex");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return {
    count: items.length,
    key: (index) => items[index]?.key ?? Number.NaN,
    ids: (from, to) => bytes.subarray(from * 32, to * 32),
    fingerprint(from, to) {
      const sum = new Uint32Array(limbs);
      for (let index = from; index < to; index += 1) addId(sum, 0, view, index * 32);
      return fingerprint(sum, to - from);
    },
  };
}
