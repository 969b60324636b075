import fc from "fast-check";
import { expect, test } from "vitest";
import type { JsonObject } from "../../src/coop/canonical-json.ts";
import { Listing } from "../../src/coop/listing.ts";
import { listingRecord, readListing } from "../../src/coop/listing-record.ts";
import { acceptRecord, bounds, signRecord } from "../../src/coop/record.ts";
import { testKey } from "../helpers/keys.ts";
import { anyListing } from "../helpers/listings.ts";

const node = "https://node.example/actor";
const key = testKey("https://node.example");
const issued = Date.parse("2026-11-21T20:15:03.412Z");

test("the listings made for tests are listings, and reach every term of the model", () => {
  const seen = new Set<string>();
  fc.assert(
    fc.property(anyListing, (listing) => {
      expect(Listing.safeParse(listing).error).toBeUndefined();
      for (const term of Object.keys(listing)) seen.add(term);
    }),
    { numRuns: 200 },
  );
  expect(seen).toEqual(new Set(Object.keys(Listing.shape)));
});

test("any listing survives being signed, taken in and read, unchanged", () => {
  fc.assert(
    fc.property(anyListing, (listing) => {
      const { body } = signRecord(listingRecord(node, listing, issued), key);
      expect(body.length).toBeLessThan(bounds.size);
      const judged = acceptRecord(body, { now: issued, keyOf: () => key.publicKey });
      if ("refused" in judged) throw new Error(judged.why);
      const read = readListing(judged.record.document);
      // Without a status and a level, it is active and primary.
      expect(read).toEqual({ status: "active", level: "primary", ...listing });
      expect(readListing(JSON.parse(new TextDecoder().decode(body)) as JsonObject)).toEqual(read);
    }),
    { numRuns: 200 },
  );
});

test("more than a record may hold is refused, and not cut short", () => {
  const summary = "a".repeat(2000);
  const languages = ["fr", "en", "pl", "it", "es", "pt", "hu", "el"];
  const listing = Listing.parse({
    ...fc.sample(anyListing, 1)[0],
    summaryMap: Object.fromEntries(languages.map((language) => [language, summary])),
  });
  expect(() => signRecord(listingRecord(node, listing, issued), key)).toThrow(RangeError);
});
