import fc from "fast-check";
import { expect, it } from "vitest";
import { canonicalJson, type JsonObject } from "../../src/coop/canonical-json.ts";
import { readListing } from "../../src/coop/listing-record.ts";
import { acceptRecord, signRecord } from "../../src/coop/record.ts";
import { readCursor, readLine } from "../../src/replication/feed.ts";
import { testKey } from "../helpers/keys.ts";

const key = testKey("https://a.example");
const now = Date.parse("2026-11-21T20:15:03.412Z");
const rules = { now, keyOf: () => key.publicKey };
const document = {
  "@context": [],
  id: "https://a.example/coops/7f3k2m9q1x/listing",
  type: ["Document", "coop:Listing"],
  attributedTo: "https://a.example/actor",
  issued: "2026-11-21T20:15:03.412Z",
};
const many = { numRuns: 200_000 };

it("no bytes but the signed ones are accepted", () => {
  const { body } = signRecord({ ...document, about: { name: "Boulangerie" } }, key);
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(body.length - 1), fc.integer({ min: 1, max: 255 })), {
        minLength: 1,
        maxLength: 4,
      }),
      (changes) => {
        const changed = Uint8Array.from(body);
        for (const [at, difference] of changes) changed[at] = (changed[at] ?? 0) ^ difference;
        if (Buffer.compare(changed, body) === 0) return;
        expect(acceptRecord(changed, rules)).toHaveProperty("refused");
      },
    ),
    many,
  );
});

it("whatever JSON is signed is accepted or refused, and read, without throwing", () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (about) => {
      const value = JSON.parse(JSON.stringify({ ...document, about })) as JsonObject;
      let signed;
      try {
        canonicalJson(value, 11);
        signed = signRecord(value, key);
      } catch {
        return; // what can't be written canonically can't be signed either
      }
      const accepted = acceptRecord(signed.body, rules);
      if ("record" in accepted) readListing(accepted.record.document);
    }),
    { numRuns: 50_000 },
  );
});

it("whatever a feed sends is read, or refused with a sentence", () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.uint8Array(),
        fc.json().map((text) => new TextEncoder().encode(text)),
      ),
      (line) => {
        try {
          readLine(line);
        } catch (error) {
          expect(error).toMatchObject({ code: "bad-request" });
        }
      },
    ),
    many,
  );
  fc.assert(
    fc.property(fc.string(), (text) => void readCursor(text)),
    many,
  );
});
