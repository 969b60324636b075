import { createHash, createPrivateKey, createPublicKey } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { base58 } from "@scure/base";
import { canonicalJson, type JsonObject } from "../../src/coop/canonical-json.ts";
import { Listing } from "../../src/coop/listing.ts";
import { listingRecord, tombstoneRecord } from "../../src/coop/listing-record.ts";
import {
  multikey,
  type Proof,
  publicKeyOf,
  signDocument,
  type SigningKey,
} from "../../src/coop/proof.ts";
import { acceptRecord, bounds, type RefusalReason, signRecord } from "../../src/coop/record.ts";

// The records that other implementations test themselves with (fixtures/records,
// fixtures/invalid). They are made here, and test/coop/vectors.test.ts holds the
// files to it. Run as a program, this writes them anew; once nodes exist, that is
// a change of the wire format.

const fixtures = join(import.meta.dirname, "../../fixtures");

/** A key for vectors: its seed is public, so nothing that it signs is worth anything. */
function keyOf(origin: string, firstByte: number, name = "ed25519") {
  const seed = Uint8Array.from({ length: 32 }, (_, index) => firstByte + index);
  const prefix = Buffer.from("302e020100300506032b657004220420", "hex");
  const der = Buffer.concat([prefix, seed]);
  const privateKey = createPrivateKey({ key: der, format: "der", type: "pkcs8" });
  const publicKeyMultibase = multikey(createPublicKey(privateKey));
  const method = `${origin}/actor#${name}`;
  return { method, privateKey, seed: Buffer.from(seed).toString("hex"), publicKeyMultibase };
}

const home = keyOf("https://coops.example", 0x00);
const stranger = keyOf("https://other.example", 0x20);
const former = keyOf("https://coops.example", 0x40, "former");
const stolen = keyOf("https://coops.example", 0x60, "stolen");

const actor = "https://coops.example/actor";
const issued = Date.parse("2026-11-21T20:15:03.412Z");
const created = "2026-11-21T20:15:03Z";

const about = Listing.parse({
  id: "https://coops.example/coops/7f3k2m9q1x",
  type: ["Organization", "schema:Cooperative"],
  updated: "2026-11-20T09:00:00.000Z",
  preferredUsername: "bakery",
  name: "Boulangerie de la Gare",
  nameMap: { fr: "Boulangerie de la Gare", en: "Station Bakery", pl: "Piekarnia „Dworcowa”" },
  summary: "Du pain au levain, cuit par ses membres.",
  purpose: "Nourrir la ville et rendre du travail.",
  inLanguage: "fr",
  url: "https://boulangeriedelagare.example/",
  identifier: [{ type: "PropertyValue", propertyID: "CA-CC", value: "0000000" }],
  foundingDate: "2011-05",
  status: "active",
  coopType: "multi-stakeholder",
  legalForm: "Coopérative de solidarité",
  legalFormCode: "form:ca-qc-coop-solidarite",
  activity: ["isic4:1071", "isic4:4721"],
  theme: ["food"],
  level: "primary",
  stakeholders: [
    { key: "workers", kind: "worker", name: "Travailleuses", members: 12, voteShare: 33.3 },
    { key: "users", kind: "user", name: "Mangeurs", members: 310, voteShare: 33.4 },
    {
      key: "returning",
      kind: "disadvantaged-worker",
      name: "En insertion",
      members: { fewerThan: 5 },
      voteShare: 33.3,
    },
  ],
  voteRule: "by-class",
  location: {
    type: "Place",
    address: { type: "PostalAddress", addressLocality: "Rimouski", addressCountry: "CA" },
    latitude: 48.45,
    longitude: -68.52,
    precision: "locality",
    region: ["qc-region:01", "iso3166-2:CA-QC"],
  },
  figures: [
    {
      year: 2025,
      asOf: "2025-12-31",
      source: "Rapport annuel 2025",
      membersNatural: 322,
      membersBySex: { female: 200, male: 120 },
      membersByClass: { workers: 12, users: 310, returning: { fewerThan: 5 } },
      turnover: 412345.67,
      surplus: -1200,
      currency: "CAD",
    },
    { year: 2024, estimate: true, workers: 14 },
  ],
  offers: [
    { name: "Un four le lundi", theme: "food", capital: "physical", validThrough: "2027-06-30" },
  ],
  needs: [{ name: "Conseil comptable", capital: "human" }],
  relations: [
    { kind: "buys-from", name: "Moulin du Bic", id: "https://other.example/coops/0123456789" },
    { kind: "public-contract-with", name: "Ville de Rimouski", since: "2019" },
  ],
  provenance: { kind: "claimed" },
  license: "CC0-1.0",
  listed: true,
  discoverable: true,
  indexable: true,
});

const unheardOf: JsonObject = {
  "@context": ["https://www.w3.org/ns/activitystreams", { coop: "https://w3id.org/fragaria/ns#" }],
  id: "https://coops.example/notices/1",
  type: ["Object", "coop:Notice"],
  attributedTo: actor,
  issued: new Date(issued).toISOString(),
  "€": "keys are sorted by UTF-16 code units",
  "😀": "so this one comes before the next",
  "\uFB33": "though its code point is larger",
  numbers: [1e21, 1e-7, 0.1, -0, 333333333.3333333],
};

const document = listingRecord(actor, about, issued);

/** What a proof is made over, and the other proof that comes before it, if there is one. */
interface Unsigned {
  document: JsonObject;
  other?: Proof;
  /** The key of the origin, if it isn't the present one. */
  key?: ReturnType<typeof keyOf>;
}

const proofOf = (unsecured: JsonObject, key: SigningKey, at = created) =>
  signDocument(unsecured, key, at).proof;
/** The proof by another key, and the origin's own: over the record alone, and over it with the other. */
const other = proofOf(document, stranger);
const alone = proofOf(document, home);
const own = proofOf({ ...document, proof: other }, home);

/** By a key that nobody has pinned, and not over this record: acceptance doesn't verify it. */
const unverified: Proof = {
  ...proofOf(unheardOf, stranger),
  verificationMethod: `did:key:${stranger.publicKeyMultibase}#${stranger.publicKeyMultibase}`,
};

/** The valid records, by file name. */
const documents: Record<string, Unsigned> = {
  "listing.record": { document },
  "tombstone.record": {
    document: tombstoneRecord(actor, `${about.id}/listing`, issued + 1),
  },
  "retired-key.record": { document, key: former },
  "unheard-of-kind.record": { document: unheardOf },
  "other-kind-named-tombstone.record": { document: { ...unheardOf, type: "tombstone" } },
  "two-proofs.record": { document, other },
  "two-proofs-first-unverified.record": { document, other: unverified },
  "largest-and-deepest.record": {
    document: { ...document, ...filled({ deep: levels(bounds.depth - 1) }, bounds.size) },
  },
};

/** Signed as it stands, whatever is wrong with it. */
function forge(changes: JsonObject, key: SigningKey = home, at = created): string {
  return canonicalJson(signDocument({ ...document, ...changes }, key, at));
}

/** With a proof that comes first, and the origin's over both. */
function withTwo(first: Proof): string {
  return withProof([first, proofOf({ ...document, proof: first }, home)]);
}

function withProof(proof: JsonObject | JsonObject[]): string {
  return canonicalJson({ ...document, proof });
}

/** The changes, with as much beside them as makes the record so many bytes long. */
function filled(changes: JsonObject, size: number): JsonObject {
  const empty = Buffer.byteLength(forge({ ...changes, filler: "" }));
  // A signature in base58 has 87 or 88 characters, mostly 88.
  for (const letter of "xyzabc") {
    const filled = { ...changes, filler: letter.repeat(size - empty) };
    if (Buffer.byteLength(forge(filled)) === size) return filled;
  }
  throw new Error(`no record of this form has ${size} bytes`);
}

/** Objects within objects. */
function levels(count: number): JsonObject {
  return JSON.parse(`${'{"a":'.repeat(count - 1)}{}${"}".repeat(count - 1)}`) as JsonObject;
}

/** What must be refused, and why, by file name. Every reason has at least one. */
const invalid: Record<string, [reason: RefusalReason, what: string, body: string]> = {
  "too-large.record": [
    "too-large",
    "One byte more than 16 KiB",
    forge(filled({}, bounds.size + 1)),
  ],
  "not-json.record": ["not-json", "The last byte is missing", forge({}).slice(0, -1)],
  "not-json-bom.record": ["not-json", "Begins with a byte order mark", `\uFEFF${forge({})}`],
  "not-canonical.record": ["not-canonical", "A line feed at the end", `${forge({})}\n`],
  "not-canonical-duplicate.record": [
    "not-canonical",
    "The member attributedTo stands twice",
    forge({}).replace(
      '"attributedTo"',
      '"attributedTo":"https://other.example/actor","attributedTo"',
    ),
  ],
  "not-canonical-number.record": [
    "not-canonical",
    "33.3 is written as 33.30",
    forge({}).replace("33.3}", "33.30}"),
  ],
  "not-canonical-order.record": [
    "not-canonical",
    "Keys are sorted by code points instead of UTF-16 code units",
    canonicalJson(signDocument(unheardOf, home, created)).replace(
      /("😀":"[^"]*"),("\uFB33":"[^"]*")/u,
      "$2,$1",
    ),
  ],
  "not-canonical-depth.record": [
    "not-canonical",
    "Thirteen levels of objects",
    forge({ deep: levels(bounds.depth) }),
  ],
  "not-a-record.record": ["not-a-record", "There is no proof", canonicalJson(document)],
  "not-a-record-option.record": [
    "not-a-record",
    "The proof has an option that isn't one of the six",
    withProof({ ...alone, expires: "2027-01-01T00:00:00Z" }),
  ],
  "not-a-record-wrapped.record": [
    "not-a-record",
    "The one proof was put into a list",
    withProof([alone]),
  ],
  "not-a-record-three.record": [
    "not-a-record",
    "A third proof was put before the two",
    withProof([other, other, own]),
  ],
  "not-a-record-two-own.record": [
    "not-a-record",
    "The first of the two proofs is by the origin, too",
    withProof([alone, proofOf({ ...document, proof: alone }, home)]),
  ],
  "not-a-record-first-created.record": [
    "not-a-record",
    "created of the first of the two proofs is not issued in whole seconds",
    withTwo(proofOf(document, stranger, "2026-11-21T20:15:04Z")),
  ],
  "not-a-record-signature.record": [
    "not-a-record",
    "A Linked Data signature was added",
    canonicalJson({ ...document, proof: alone, signature: { type: "RsaSignature2017" } }),
  ],
  "not-a-record-type.record": [
    "not-a-record",
    "A type has 201 characters",
    forge({ type: ["Document", "coop:Listing", "x".repeat(201)] }),
  ],
  "not-a-record-issued.record": [
    "not-a-record",
    "issued is without milliseconds",
    forge({ issued: created }),
  ],
  "not-a-record-created.record": [
    "not-a-record",
    "created is not issued in whole seconds",
    forge({}, home, "2026-11-21T20:15:04Z"),
  ],
  "not-a-record-calendar.record": [
    "not-a-record",
    "30 February",
    forge({ issued: "2026-02-30T20:15:03.412Z" }, home, "2026-02-30T20:15:03Z"),
  ],
  "not-a-record-http.record": [
    "not-a-record",
    "The id begins with http",
    forge({ id: "http://coops.example/coops/7f3k2m9q1x/listing" }),
  ],
  "not-a-record-spelling.record": [
    "not-a-record",
    "The host of the id has a capital letter",
    forge({ id: "https://Coops.example/coops/7f3k2m9q1x/listing" }),
  ],
  "not-a-record-query.record": [
    "not-a-record",
    "The id has a query",
    forge({ id: "https://coops.example/coops/7f3k2m9q1x/listing?version=2" }),
  ],
  "not-a-record-empty-query.record": [
    "not-a-record",
    "The id has a query with nothing in it",
    forge({ id: "https://coops.example/coops/7f3k2m9q1x/listing?" }),
  ],
  "not-a-record-empty-fragment.record": [
    "not-a-record",
    "The id has a fragment with nothing in it",
    forge({ id: "https://coops.example/coops/7f3k2m9q1x/listing#" }),
  ],
  "foreign-origin.record": [
    "foreign-origin",
    "Signed with the pinned key of another origin",
    forge({}, stranger),
  ],
  "foreign-origin-swapped.record": [
    "foreign-origin",
    "The two proofs were swapped",
    withProof([own, other]),
  ],
  "foreign-origin-attributed.record": [
    "foreign-origin",
    "Attributed to another origin, and signed by it",
    forge({ attributedTo: "https://other.example/actor" }, stranger),
  ],
  "foreign-origin-port.record": [
    "foreign-origin",
    "Attributed to another port of the same host",
    forge({ attributedTo: "https://coops.example:8443/actor" }),
  ],
  "from-the-future.record": [
    "from-the-future",
    "Issued five minutes and a millisecond ahead of the clock",
    forge({ issued: "2026-11-21T20:20:03.413Z" }, home, "2026-11-21T20:20:03Z"),
  ],
  "expired.record": [
    "expired",
    "Issued exactly 400 days ago",
    forge({ issued: "2025-10-17T20:15:03.412Z" }, home, "2025-10-17T20:15:03Z"),
  ],
  "unknown-key.record": [
    "unknown-key",
    "A key of the right origin that isn't pinned",
    forge({}, { ...home, method: `${actor}#next` }),
  ],
  "unknown-key-retired.record": [
    "unknown-key",
    "A key that was retired five minutes and a millisecond before",
    forge({ issued: "2026-11-21T20:15:03.413Z" }, former),
  ],
  "unknown-key-dropped.record": [
    "unknown-key",
    "A key that has been dropped, though after that",
    forge({}, stolen),
  ],
  "bad-proof.record": [
    "bad-proof",
    "A word was changed after signing",
    forge({}).replace("Station Bakery", "Station Brewery"),
  ],
  "bad-proof-context.record": [
    "bad-proof",
    "The context was changed after signing",
    forge({}).replace("https://schema.org/", "https://schema.test/"),
  ],
  "bad-proof-added.record": [
    "bad-proof",
    "A proof by another key was put before the one",
    withProof([other, alone]),
  ],
  "bad-proof-removed.record": [
    "bad-proof",
    "The first of the two proofs was taken away",
    withProof(own),
  ],
  "bad-proof-replaced.record": [
    "bad-proof",
    "Another was put in the place of the first of the two proofs",
    withProof([unverified, own]),
  ],
};

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

/** Every file of fixtures/records and fixtures/invalid, by its path. */
export function vectorFiles(): Map<string, Uint8Array> {
  const files = new Map<string, Uint8Array>();
  const encoder = new TextEncoder();
  const json = (path: string, value: unknown) =>
    files.set(path, encoder.encode(`${JSON.stringify(value, undefined, 2)}\n`));
  const pinned = [
    { key: home },
    { key: stranger },
    { key: former, until: issued - bounds.ahead },
    { key: stolen, dropped: issued + 500 },
  ].map(({ key: { method, publicKeyMultibase, seed }, ...ends }) => ({
    method,
    publicKeyMultibase,
    seed,
    ...ends,
  }));

  const now = issued + 1000;
  const records: Record<string, JsonObject> = {};
  for (const [file, { document: bare, other: first, key = home }] of Object.entries(documents)) {
    const unsecured: JsonObject = first === undefined ? bare : { ...bare, proof: first };
    const proof = proofOf(unsecured, key);
    const body =
      first === undefined
        ? signRecord(bare, key).body
        : encoder.encode(canonicalJson({ ...bare, proof: [first, proof] }));
    const keyOf = () => publicKeyOf(key.publicKeyMultibase);
    const accepted = acceptRecord(body, { now, keyOf });
    if ("refused" in accepted) throw new Error(`${file} is not valid: ${accepted.why}`);
    const { record } = accepted;
    files.set(`records/${file}`, body);
    const { proofValue, ...options } = proof;
    const hashedOptions = canonicalJson({ ...options, "@context": unsecured["@context"] });
    records[file] = {
      id: record.id,
      kind: record.kind,
      issued: record.issued,
      tombstone: record.tombstone,
      digest: record.digest,
      proofOptions: hashedOptions,
      hashOfProofOptions: sha256(hashedOptions),
      hashOfDocument: sha256(canonicalJson(unsecured)),
      signature: Buffer.from(base58.decode(proofValue.slice(1))).toString("hex"),
    };
  }
  json("records/expected.json", { now, pinned, records });

  const refused: Record<string, JsonObject> = {};
  for (const [file, [reason, what, body]] of Object.entries(invalid)) {
    files.set(`invalid/${file}`, encoder.encode(body));
    refused[file] = { reason, what };
  }
  json("invalid/expected.json", { now: issued, pinned, records: refused });
  return files;
}

if (import.meta.main) {
  for (const [path, body] of vectorFiles()) {
    mkdirSync(join(fixtures, path, ".."), { recursive: true });
    writeFileSync(join(fixtures, path), body);
  }
}
