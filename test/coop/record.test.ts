import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canonicalJson, type JsonObject } from "../../src/coop/canonical-json.ts";
import { tombstoneRecord } from "../../src/coop/listing-record.ts";
import { signDocument } from "../../src/coop/proof.ts";
import { acceptRecord, bounds, type RefusalReason, signRecord } from "../../src/coop/record.ts";
import { testKey } from "../helpers/keys.ts";

const a = testKey("https://a.example", 1);
const b = testKey("https://b.example", 2);
const now = Date.parse("2026-11-21T20:15:03.412Z");
const keys = new Map([a, b].map((key) => [key.method, key.publicKey]));
const rules = { now, keyOf: (method: string) => keys.get(method) };
const bytes = (text: string) => new TextEncoder().encode(text);

const document: JsonObject = {
  "@context": ["https://www.w3.org/ns/activitystreams", { coop: "https://w3id.org/fragaria/ns#" }],
  id: "https://a.example/coops/7f3k2m9q1x/listing",
  type: ["Document", "coop:Listing"],
  attributedTo: "https://a.example/actor",
  issued: "2026-11-21T20:15:03.412Z",
  about: { name: "Boulangerie de la Gare", members: 12, share: 33.3 },
};

/** Signed as it stands, whatever is wrong with it. */
function forge(
  changes: JsonObject,
  { key = a, created = "2026-11-21T20:15:03Z" } = {},
): Uint8Array {
  return bytes(canonicalJson(signDocument({ ...document, ...changes }, key, created)));
}

function refusal(body: Uint8Array, now = rules.now): RefusalReason | "accepted" {
  const accepted = acceptRecord(body, { ...rules, now });
  return "refused" in accepted ? accepted.refused : "accepted";
}

describe("acceptance", () => {
  it("lets in what was signed by its own origin, byte for byte", () => {
    const signed = signRecord(document, a);
    const accepted = acceptRecord(signed.body, rules);
    expect(accepted).toEqual({ record: signed });
    expect(signed).toMatchObject({
      kind: "listing",
      origin: "a.example",
      tombstone: false,
      issued: now,
    });
  });

  it("lets in tombstones and kinds that it has never heard of", () => {
    const tombstone = signRecord(
      tombstoneRecord("https://a.example/actor", document["id"] as string, now),
      a,
    );
    expect(acceptRecord(tombstone.body, rules)).toMatchObject({ record: { tombstone: true } });
    const unheardOf = forge({
      type: ["Document", "coop:Beacon"],
      "@context": "https://x.example/ctx",
    });
    expect(acceptRecord(unheardOf, rules)).toMatchObject({ record: { kind: "coop:Beacon" } });
  });

  it("refuses a record with any byte changed", () => {
    const { body } = signRecord(document, a);
    fc.assert(
      fc.property(fc.nat(body.length - 1), fc.integer({ min: 1, max: 255 }), (at, difference) => {
        const changed = Uint8Array.from(body);
        changed[at] = (changed[at] ?? 0) ^ difference;
        expect(refusal(changed)).not.toBe("accepted");
      }),
      { numRuns: 1000 },
    );
  });

  it("refuses arbitrary bytes and arbitrary JSON without throwing", () => {
    fc.assert(fc.property(fc.uint8Array(), (body) => refusal(body) !== "accepted"));
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = JSON.stringify(value);
        expect(refusal(bytes(text))).not.toBe("accepted");
      }),
    );
  });

  const text = new TextDecoder().decode(forge({}));
  const proof = (changes: JsonObject) => {
    const signed = JSON.parse(text) as JsonObject;
    return bytes(
      canonicalJson({ ...signed, proof: { ...(signed["proof"] as JsonObject), ...changes } }),
    );
  };
  const without = (member: string) => {
    const signed = JSON.parse(text) as JsonObject;
    delete signed[member];
    return bytes(canonicalJson(signed));
  };

  it.each<[string, Uint8Array, RefusalReason]>([
    ["has no proof", without("proof"), "not-a-record"],
    ["has no attributedTo", without("attributedTo"), "not-a-record"],
    ["is signed by another origin's key", forge({}, { key: b }), "foreign-origin"],
    [
      "is of host A, attributed to B and signed by B",
      forge({ attributedTo: "https://b.example/actor" }, { key: b }),
      "foreign-origin",
    ],
    [
      "is attributed to another origin",
      forge({ attributedTo: "https://b.example/actor" }),
      "foreign-origin",
    ],
    [
      "names a key that isn't pinned",
      forge({}, { key: { ...a, method: "https://a.example/actor#new" } }),
      "unknown-key",
    ],
    [
      "has an option injected into its proof",
      proof({ expires: "2020-01-01T00:00:00Z" }),
      "not-a-record",
    ],
    ["has a proof with a context of its own", proof({ "@context": [] }), "not-a-record"],
    [
      "has a proof with a fraction in created",
      forge({}, { created: "2026-11-21T20:15:03.000Z" }),
      "not-a-record",
    ],
    [
      "has a proof made at another time than it was issued",
      forge({}, { created: "2026-11-21T20:15:04Z" }),
      "not-a-record",
    ],
    ["has a wrong signature", proof({ proofValue: `z${"1".repeat(64)}` }), "bad-proof"],
    [
      "has duplicate keys",
      bytes(text.replace('{"@context"', '{"@context":1,"@context"')),
      "not-canonical",
    ],
    ["has white space", bytes(`${text}\n`), "not-canonical"],
    ["spells a number differently", bytes(text.replace("33.3", "33.30")), "not-canonical"],
    ["has half a surrogate pair", bytes(text.replace("Boulangerie", "\\ud800")), "not-canonical"],
    ["is not UTF-8", Uint8Array.from([...bytes(text).slice(0, -2), 0xff, 0x7d]), "not-json"],
    [
      "begins with a byte order mark",
      Uint8Array.from([0xef, 0xbb, 0xbf, ...bytes(text)]),
      "not-json",
    ],
    ["is no JSON", bytes("{"), "not-json"],
    [
      "is from the future",
      forge({ issued: "2026-11-21T20:20:04.000Z" }, { created: "2026-11-21T20:20:04Z" }),
      "from-the-future",
    ],
    [
      "has expired",
      forge({ issued: "2025-10-17T20:15:03.412Z" }, { created: "2025-10-17T20:15:03Z" }),
      "expired",
    ],
    [
      "was issued on no day",
      forge({ issued: "2026-02-30T20:15:03.000Z" }, { created: "2026-02-30T20:15:03Z" }),
      "not-a-record",
    ],
    ["has a time without milliseconds", forge({ issued: "2026-11-21T20:15:03Z" }), "not-a-record"],
    ["has an id with http", forge({ id: "http://a.example/coops/x/listing" }), "not-a-record"],
    [
      "has an id with a fragment",
      forge({ id: "https://a.example/coops/x/listing#x" }),
      "not-a-record",
    ],
    ["has an id with a user", forge({ id: "https://u@a.example/coops/x/listing" }), "not-a-record"],
    [
      "has an id spelled differently",
      forge({ id: "https://A.example/coops/x/listing" }),
      "not-a-record",
    ],
    [
      "is one byte too large",
      forge({ filler: "x".repeat(bounds.size - forge({ filler: "" }).length + 1) }),
      "too-large",
    ],
    [
      "is nested too deeply",
      forge({ deep: JSON.parse("[".repeat(12) + "]".repeat(12)) as JsonObject }),
      "not-canonical",
    ],
  ])("refuses a record that %s", (_what, body, reason) => {
    expect(refusal(body)).toBe(reason);
  });

  it("lets in a record of just the largest size, and just in time", () => {
    const largest = forge({ filler: "x".repeat(bounds.size - forge({ filler: "" }).length) });
    expect(largest.length).toBe(bounds.size);
    expect(refusal(largest)).toBe("accepted");
    expect(refusal(forge({}), now - bounds.ahead)).toBe("accepted");
    expect(refusal(forge({}), now - bounds.ahead - 1)).toBe("from-the-future");
    expect(refusal(forge({}), now + bounds.validity - 1)).toBe("accepted");
    expect(refusal(forge({}), now + bounds.validity)).toBe("expired");
  });

  describe("with two proofs", () => {
    const created = "2026-11-21T20:15:03Z";
    const { proof: other } = signDocument(document, b, created);
    const { proof: own } = signDocument({ ...document, proof: other }, a, created);
    const { proof: alone } = signDocument(document, a, created);
    const signed = (proof: JsonObject | JsonObject[]) =>
      bytes(canonicalJson({ ...document, proof }));

    it("is let in when the origin's comes last and covers the other", () => {
      expect(refusal(signed([other, own]))).toBe("accepted");
    });

    it.each<[string, JsonObject | JsonObject[], RefusalReason]>([
      ["a foreign proof was added", [other, alone], "bad-proof"],
      ["the foreign proof was taken away", own, "bad-proof"],
      ["they were swapped", [own, other], "foreign-origin"],
      ["the one was wrapped in a list", [alone], "not-a-record"],
      ["only the foreign one is there", [other], "not-a-record"],
      ["a third was added", [other, other, own], "not-a-record"],
      ["both are the origin's", [alone, own], "not-a-record"],
    ])("is refused when %s", (_what, proof, reason) => {
      expect(refusal(signed(proof))).toBe(reason);
    });
  });

  it("refuses a Linked Data signature, which no proof covers", () => {
    const altered = {
      ...(JSON.parse(text) as JsonObject),
      signature: { type: "RsaSignature2017" },
    };
    expect(refusal(bytes(canonicalJson(altered)))).toBe("not-a-record");
  });

  it("lets no type pass for a tombstone or a listing that is none", () => {
    const kind = (type: string | string[]) => {
      const accepted = acceptRecord(forge({ type }), rules);
      return "record" in accepted ? [accepted.record.kind, accepted.record.tombstone] : accepted;
    };
    expect(kind("Tombstone")).toEqual(["tombstone", true]);
    expect(kind("tombstone")).toEqual(["other:tombstone", false]);
    expect(kind(["coop:tombstone", "listing"])).toEqual(["coop:tombstone", false]);
    expect(kind("listing")).toEqual(["other:listing", false]);
    expect(kind("x".repeat(201))).toMatchObject({ refused: "not-a-record" });
    expect(kind("")).toMatchObject({ refused: "not-a-record" });
  });
});
