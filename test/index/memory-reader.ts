import type { Listing } from "../../src/coop/listing.ts";
import { listingId, listingRecord } from "../../src/coop/listing-record.ts";
import { Cache } from "../../src/index/cache.ts";
import { Reader } from "../../src/index/reader.ts";
import { Writing } from "../../src/index/writing.ts";
import type { Record as HeldRecord } from "../../src/store/records.ts";
import { beginning } from "./samples.ts";

/** An index in memory, and how to write listings into it and to take them away. They go in unsigned. */
export function memoryIndex() {
  const cache = new Cache(":memory:", "test");
  const writing = new Writing(cache);
  const write = (some: readonly Listing[], isHeld: boolean) => {
    const changes = some.map((each) => {
      const document = listingRecord("https://coops.example/actor", each, beginning);
      const body = Buffer.from(JSON.stringify(document));
      const record = { id: listingId(each.id), origin: "coops.example", kind: "listing", body };
      const held = isHeld ? (record as unknown as HeldRecord) : undefined;
      return { subject: record.id, record: held, hidden: false };
    });
    cache.write(() => writing.put(changes));
  };
  return {
    cache,
    put: (some: readonly Listing[]) => write(some, true),
    remove: (some: readonly Listing[]) => write(some, false),
    [Symbol.dispose]: () => cache.close(),
  };
}

/** A reader of these listings, and how to take some of them away. */
export function readerOf(all: readonly Listing[]) {
  const { cache, put, remove } = memoryIndex();
  put(all);
  const reader = new Reader({ cache });
  return {
    reader,
    remove,
    [Symbol.dispose]() {
      reader[Symbol.dispose]();
      cache.close();
    },
  };
}
