import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { attestationRecord, Claim, readAttestation } from "../../src/coop/attestation.ts";
import type { JsonObject } from "../../src/coop/canonical-json.ts";
import { RelationKind } from "../../src/coop/codes.ts";
import { confirmationOf } from "../../src/coop/relation.ts";
import vectors from "../../fixtures/attestations/expected.json" with { type: "json" };

const a = "https://coops.example/coops/aaaaaaaaaa";
const b = "https://hub.example/coops/bbbbbbbbbb";
const node = "https://hub.example/actor";
const id = "https://hub.example/attestations/5d0c8e2b7f913a64c0de";

const url = fc
  .webUrl({ validSchemes: ["https"], withFragments: false })
  .filter((each) => each.length < 300 && !each.endsWith("/listing"));
const date = fc
  .tuple(fc.integer({ min: 1800, max: 2100 }), fc.integer({ min: 10, max: 12 }))
  .map(([year, month]) => `${year}-${month}`);
const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const defined = (value: object) =>
  Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined));

/** Every claim that may be written, as it is read again. */
const claims = fc
  .oneof(
    fc
      .tuple(url, url)
      .map((pair) => pair.toSorted())
      .map(([subject, object]) => ({ relationship: "sameAs", subject, object })),
    fc
      .record({
        relationship: fc.constantFrom(...RelationKind.options),
        subject: url,
        object: url,
        accepted: optional(url),
        name: optional(fc.string({ minLength: 1, maxLength: 300 })),
      })
      .map(defined),
    fc
      .record({
        relationship: fc.constant("closed"),
        subject: url,
        dissolutionDate: optional(date),
      })
      .map(defined),
    fc.record({
      relationship: fc.constant("verified"),
      subject: fc.domain().map((host) => `https://${host}/actor`),
    }),
  )
  .filter((claim) => !("object" in claim) || claim["object"] !== claim["subject"])
  .map((claim) => claim as Claim);

test("every claim is read as it was written", () => {
  fc.assert(
    fc.property(claims, (claim) => {
      const document = attestationRecord(node, id, claim, 1_795_292_103_412);
      expect(readAttestation(JSON.parse(JSON.stringify(document)) as JsonObject)).toEqual(claim);
    }),
  );
});

test("whatever a record is about, reading it doesn’t fail, and finds only what may be written", () => {
  const term = fc.oneof(
    fc.constantFrom("Relationship", "coop:sameAs", "coop:member-of", "coop:closed", a, b, node),
    fc.jsonValue({ maxDepth: 3 }),
  );
  const about = fc.dictionary(
    fc.constantFrom("type", "relationship", "subject", "object", "accepted", "name", "more"),
    term,
  );
  fc.assert(
    fc.property(fc.oneof(about, fc.jsonValue()), (value) => {
      const read = readAttestation({ about: value } as JsonObject);
      if (read !== undefined) expect(Claim.safeParse(read).success).toBe(true);
    }),
    { numRuns: 500 },
  );
});

describe("of what others attest", () => {
  const same = { type: "Relationship", subject: b, relationship: "coop:sameAs", object: a };
  const member = { ...same, relationship: "coop:member-of" };

  test("what is understood is read, with whatever stands beside it", () => {
    const read = { relationship: "sameAs", subject: a, object: b };
    expect(readAttestation({ about: same })).toEqual(read);
    expect(readAttestation({ about: { ...same, since: "2026", object: `${a}/listing` } })).toEqual(
      read,
    );
    expect(readAttestation({ about: { ...member, accepted: 7 } })).toEqual({
      relationship: "member-of",
      subject: b,
      object: a,
    });
    const closed = { type: "Relationship", subject: b, relationship: "coop:closed" };
    expect(readAttestation({ about: { ...closed, dissolutionDate: "last year" } })).toEqual({
      relationship: "closed",
      subject: b,
    });
  });

  test.each([
    ["nothing", undefined],
    ["a relationship of another time", { ...same, relationship: "coop:twinnedWith" }],
    ["a relationship of others", { ...same, relationship: "member-of" }],
    ["another type", { ...same, type: "Offer" }],
    ["one co-op only", { ...same, object: b }],
    ["its own listing", { ...member, object: `${b}/listing` }],
    ["a relation to nobody", { ...member, object: undefined }],
    ["no address", { ...same, object: "javascript:alert(1)" }],
    ["an endless address", { ...same, object: `${a}${"x".repeat(600)}` }],
    ["several", [same]],
    ["a co-op as a node", { ...same, relationship: "coop:verified", subject: a }],
  ] as [string, JsonObject | undefined][])("%s is skipped", (_what, said) => {
    expect(readAttestation(said === undefined ? {} : { about: said })).toBeUndefined();
  });
});

test.each([
  { relationship: "member-of", subject: a, object: a },
  { relationship: "member-of", subject: `${a}/listing`, object: b },
  { relationship: "closed", subject: a, dissolutionDate: "2026-13" },
  { relationship: "verified", subject: "https://hub.example/actor?x" },
  { relationship: "verified", subject: node, object: a },
] as Claim[])("%o is not written", (claim) => {
  expect(() => attestationRecord(node, id, claim, 0)).toThrow();
});

describe("the vectors for attestations", () => {
  test.each(vectors.read)("$what: read as expected", ({ about, says }) => {
    expect(readAttestation({ about }) ?? null).toEqual(says);
  });

  const { relation, trusts, cases } = vectors.confirm;
  test.each(cases)("a relation attested $what", ({ by, accepted, confirmed }) => {
    const { subject, id: object } = relation;
    const kind = RelationKind.parse(relation.kind);
    const claim = { relationship: kind, subject, object, ...(accepted && { accepted }) };
    const found = confirmationOf({
      subject,
      kind,
      objects: [object],
      attested: [{ attestation: `https://${by}/attestations/1`, origin: by, issued: 1, claim }],
      mirrored: [],
      trusts: (host) => trusts.includes(host),
    });
    expect(found?.how ?? null).toBe(confirmed);
  });
});
