import type { Listing } from "../../src/coop/listing.ts";
import { listingId, listingRecord } from "../../src/coop/listing-record.ts";
import { Cache } from "../../src/index/cache.ts";
import { Reader } from "../../src/index/reader.ts";
import { Writing } from "../../src/index/writing.ts";
import type { Record as HeldRecord } from "../../src/store/records.ts";
import { beginning } from "./samples.ts";

/** A reader of these listings, and how to take some of them away. They go in unsigned. */
export function readerOf(all: readonly Listing[]) {
  const cache = new Cache(":memory:", "test");
  const writing = new Writing(cache);
  const change = (each: Listing, isHeld: boolean) => {
    const document = listingRecord("https://coops.example/actor", each, beginning);
    const body = Buffer.from(JSON.stringify(document));
    const record = { id: listingId(each.id), origin: "coops.example", kind: "listing", body };
    const held = isHeld ? (record as unknown as HeldRecord) : undefined;
    return { subject: record.id, record: held, hidden: false };
  };
  cache.write(() => writing.put(all.map((each) => change(each, true))));
  const reader = new Reader({ cache });
  return {
    reader,
    remove(some: readonly Listing[]) {
      cache.write(() => writing.put(some.map((each) => change(each, false))));
    },
    [Symbol.dispose]() {
      reader[Symbol.dispose]();
      cache.close();
    },
  };
}
