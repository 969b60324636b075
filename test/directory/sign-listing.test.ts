import fc from "fast-check";
import { expect, test } from "vitest";
import { protect } from "../../src/coop/disclosure.ts";
import { readListing } from "../../src/coop/listing-record.ts";
import { loadIdentity } from "../../src/directory/identity.ts";
import { draftOf, signListing } from "../../src/directory/sign-listing.ts";
import { AppError } from "../../src/errors.ts";
import { freshStore } from "../helpers/database.ts";
import { anyContent } from "../helpers/listings.ts";

const now = Date.parse("2026-11-21T20:15:03.412Z");
const coop = { id: "7f3k2m9q1x", handle: null };

test("whatever is signed is protected, and otherwise as it was written", async () => {
  await using store = await freshStore("sqlite");
  const node = await loadIdentity(store.db, "https://a.example", now);
  fc.assert(
    fc.property(anyContent, (content) => {
      const draft = draftOf(node, coop, content, now);
      const { record } = signListing(node, draft, undefined, now);
      expect(readListing(record.document)).toEqual(protect(draft).content);
    }),
    { numRuns: 100 },
  );
});

test("a listing that is too long is refused in a sentence, whatever makes it long", async () => {
  await using store = await freshStore("sqlite");
  const node = await loadIdentity(store.db, "https://a.example", now);
  const [content] = fc.sample(anyContent, 1);
  const languages = ["fr", "en", "pl", "it", "es", "pt", "hu", "el", "fi"];
  const summaryMap = Object.fromEntries(languages.map((each) => [each, "a".repeat(2000)]));
  const draft = draftOf(node, coop, { ...content!, name: "The Long One", summaryMap }, now);
  const sign = () => signListing(node, draft, undefined, now);
  expect(sign).toThrow(AppError);
  expect(sign).toThrow(
    /^the listing “The Long One” has \d+ bytes; at most 16384 can be published$/,
  );
});
