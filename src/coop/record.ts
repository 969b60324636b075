import type { KeyObject } from "node:crypto";
import { z } from "zod";
import { canonicalJson, type Json, type JsonObject, NotCanonical } from "./canonical-json.ts";
import { joinMembers, type Members, membersOf, readDocument, without } from "./document.ts";
import { signDocument, type SigningKey, verifyProofBeside, verifyProofOver } from "./proof.ts";
import { digestOf, type Version } from "./version.ts";

/**
 * The envelope of everything that replicates: who says it, since when, and the
 * proof. What it is about is not looked at here, so that nodes of different
 * versions hold the same set (docs/decisions/0001-wire-format.md).
 */
export interface SignedRecord extends Version {
  /** The record's URL. */
  id: string;
  /** The host of the id, with its port where there is one. */
  origin: string;
  /** `listing`, `tombstone`, or another type's own name. */
  kind: string;
  /** The exact bytes that were signed: canonical JSON. */
  body: Uint8Array;
  document: JsonObject;
}

/** The bounds of a record. They are part of the wire format. */
export const bounds = {
  /** Bytes of canonical JSON, proof included. */
  size: 16 * 1024,
  /** Levels of arrays and objects. */
  depth: 12,
  /** Characters of an id. */
  id: 512,
  /** Milliseconds for which a version counts. */
  validity: 400 * 24 * 60 * 60 * 1000,
  /** Milliseconds by which a clock may be ahead. */
  ahead: 5 * 60 * 1000,
} as const;

/** Why a record is not let in. */
export type RefusalReason =
  | "too-large"
  | "not-json"
  | "not-canonical"
  | "not-a-record"
  | "foreign-origin"
  | "from-the-future"
  | "expired"
  | "unknown-key"
  | "bad-proof";

export interface Refusal {
  refused: RefusalReason;
  /** A sentence that says what is wrong, and where. */
  why: string;
}

/** What acceptance must know of the world. */
export interface AcceptanceRules {
  /** Epoch ms. */
  now: number;
  /** Lets ids begin with http: for nodes on loopback only. */
  insecure?: boolean;
  /**
   * The pinned public key of this URL, if there is one that verifies records
   * issued then (epoch ms): see `countsAt` in key-history.ts.
   */
  keyOf(method: string, issued: number): KeyObject | undefined;
}

const Moment = z
  .string()
  .regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/, "not a UTC time in milliseconds");
const Second = z
  .string()
  .regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/, "not a UTC time in whole seconds");

// Strict: an option that isn't hashed by every verifier must carry no meaning,
// so none is let in.
const ProofOfRecord = z.strictObject({
  created: Second,
  cryptosuite: z.literal("eddsa-jcs-2022"),
  proofPurpose: z.literal("assertionMethod"),
  proofValue: z.string().max(128),
  type: z.literal("DataIntegrityProof"),
  verificationMethod: z.string().max(bounds.id),
});

const Type = z.string().min(1).max(200);

/** The part of every record that acceptance looks at. */
const Envelope = z.looseObject({
  id: z.string().max(bounds.id),
  type: z.union([Type, z.array(Type).min(1).max(8)]),
  attributedTo: z.string().max(bounds.id),
  issued: Moment,
  proof: z.union([ProofOfRecord, z.tuple([ProofOfRecord, ProofOfRecord])]),
  // ActivityPub's Linked Data signatures are hashed by no proof: nobody may add one.
  signature: z.undefined("a record has no Linked Data signature").optional(),
});

/**
 * Signs a document and writes it as the bytes that are stored, served and
 * hashed from then on.
 *
 * @param document The record without its proof; `issued` in milliseconds.
 * @throws {RangeError} when there is more to it than a record may hold;
 *   `TypeError` when it is no record at all.
 */
export function signRecord(document: JsonObject, key: SigningKey): SignedRecord {
  const issued = document["issued"];
  if (typeof issued !== "string") throw new TypeError("a record needs `issued`");
  const signed = signDocument(document, key, `${issued.slice(0, 19)}Z`);
  const body = new TextEncoder().encode(canonicalJson(signed, bounds.depth));
  const read = readEnvelope(body, { insecure: true });
  if ("refused" in read) {
    throw new (read.refused === "too-large" ? RangeError : TypeError)(read.why);
  }
  return read.record;
}

/**
 * Decides from the bytes, the clock and the pinned keys alone whether a record
 * is genuine. The same for every way in: feed, repair, import, our own writing.
 * Whether it is newer than what is held is a question for `supersedes`.
 */
export function acceptRecord(
  body: Uint8Array,
  rules: AcceptanceRules,
): { record: SignedRecord } | Refusal {
  const claim = readClaim(body, rules);
  if ("refused" in claim) return claim;
  const { unsecured, own, key } = claim;
  return judge(claim, verifyProofOver(unsecured, own, key));
}

/**
 * The same for many records: the signatures, which are most of the work, are
 * checked on other threads, so that the caller's stays free.
 *
 * @returns An answer for each, in their order.
 */
export function acceptRecords(
  bodies: Uint8Array[],
  rules: AcceptanceRules,
): Promise<({ record: SignedRecord } | Refusal)[]> {
  const answers = bodies.map(async (body) => {
    const claim = readClaim(body, rules);
    if ("refused" in claim) return claim;
    const { unsecured, own, key } = claim;
    return judge(claim, await verifyProofBeside(unsecured, own, key));
  });
  return Promise.all(answers);
}

type Claim = Read & { key: KeyObject };

/** All that acceptance looks at but the signature. */
function readClaim(body: Uint8Array, rules: AcceptanceRules): Claim | Refusal {
  const read = readEnvelope(body, rules);
  if ("refused" in read) return read;
  const { record, own } = read;
  if (record.issued > rules.now + bounds.ahead) {
    return refuse(
      "from-the-future",
      `issued ${at(record.issued)} is ahead of our clock, ${at(rules.now)}`,
    );
  }
  if (record.issued <= rules.now - bounds.validity) {
    return refuse("expired", `issued ${at(record.issued)} is more than 400 days ago`);
  }
  const key = rules.keyOf(own.verificationMethod, record.issued);
  if (key === undefined) {
    const why = `no pinned key ${own.verificationMethod} that counts at ${at(record.issued)}`;
    return refuse("unknown-key", why);
  }
  return { ...read, key };
}

function judge({ record, own }: Claim, genuine: boolean): { record: SignedRecord } | Refusal {
  if (genuine) return { record };
  return refuse("bad-proof", `the proof by ${own.verificationMethod} doesn't fit the record`);
}

interface Read {
  record: SignedRecord;
  /** The proof by the origin, and what it was made over. */
  own: z.infer<typeof ProofOfRecord>;
  unsecured: Members;
}

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function readEnvelope(body: Uint8Array, rules: { insecure?: boolean }): Read | Refusal {
  if (body.length > bounds.size) {
    return refuse("too-large", `${body.length} bytes; at most ${bounds.size}`);
  }
  let document: Json;
  let text: string;
  try {
    text = decoder.decode(body);
    document = readDocument(text);
  } catch (cause) {
    return refuse("not-json", (cause as Error).message);
  }
  let members: Members;
  try {
    // Whatever isn't an object is no record, but first of all it has to be canonical.
    members = isObject(document) ? membersOf(document, bounds.depth) : new Map();
    const canonical = isObject(document)
      ? joinMembers(members)
      : canonicalJson(document, bounds.depth);
    // Also rules out duplicate keys, white space and other spellings of numbers.
    if (canonical !== text) {
      return refuse("not-canonical", "the bytes are not canonical JSON (RFC 8785)");
    }
  } catch (error) {
    if (error instanceof NotCanonical) return refuse("not-canonical", error.message);
    throw error;
  }
  const envelope = Envelope.safeParse(document);
  if (!envelope.success) return refuse("not-a-record", firstIssue(envelope.error));
  const { id, attributedTo, type, issued, proof } = envelope.data;
  // The origin's proof comes last and covers the other one, if there is one: so
  // nothing can be added to a record, or taken from it, by who passes it on.
  const [other, own] = Array.isArray(proof) ? proof : [undefined, proof];

  const url = webUrl(id, rules);
  if (url === undefined) return refuse("not-a-record", `id: “${id}” is not a plain https URL`);
  const actor = webUrl(attributedTo, rules);
  if (actor?.origin !== url.origin) {
    const is = actor === undefined ? "not a plain https URL" : `not of the origin ${url.origin}`;
    return refuse("foreign-origin", `attributedTo: “${attributedTo}” is ${is}`);
  }
  if (!sameOrigin(own.verificationMethod, url)) {
    return refuse("foreign-origin", `the last proof is not by a key of ${url.origin}`);
  }
  if (other !== undefined && sameOrigin(other.verificationMethod, url)) {
    return refuse("not-a-record", `both proofs are by keys of ${url.origin}`);
  }
  const second = `${issued.slice(0, 19)}Z`;
  if (own.created !== second || (other !== undefined && other.created !== second)) {
    return refuse("not-a-record", "proof.created is not `issued` in whole seconds");
  }
  const time = Date.parse(issued);
  if (Number.isNaN(time) || new Date(time).toISOString() !== issued) {
    return refuse("not-a-record", `issued: “${issued}” is not a moment in the calendar`);
  }
  const kind = kindOf(type);
  const unsecured = new Map(without(members, "proof"));
  if (other !== undefined) unsecured.set("proof", canonicalJson(other));
  return {
    own,
    unsecured,
    record: {
      id,
      origin: url.host,
      kind,
      issued: time,
      tombstone: kind === "tombstone",
      digest: digestOf(body),
      body,
      document: document as JsonObject,
    },
  };
}

function isObject(value: Json): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A record's kind from its type: what feeds carry and readers sort by. Others keep their name. */
function kindOf(type: string | string[]): string {
  const types = Array.isArray(type) ? type : [type];
  if (types.includes("Tombstone")) return "tombstone";
  if (types.includes("coop:Listing")) return "listing";
  const name = types.find((each) => each.startsWith("coop:")) ?? types[0] ?? "";
  // No name may pass for one of the two above.
  return name === "tombstone" || name === "listing" ? `other:${name}` : name;
}

/** The URL, if it is spelled as URLs are and has nothing but a host and a path. */
function webUrl(value: string, { insecure }: { insecure?: boolean }): URL | undefined {
  if (!URL.canParse(value)) return undefined;
  const url = new URL(value);
  if (url.protocol !== "https:" && !(insecure === true && url.protocol === "http:"))
    return undefined;
  // An empty query or fragment is one as well, though `search` and `hash` don't show it.
  if (url.username !== "" || url.password !== "" || /[?#]/.test(value)) return undefined;
  return url.href === value ? url : undefined;
}

function sameOrigin(value: string, url: URL): boolean {
  // What begins with a whole origin has it: most of the time that is all there is to find out.
  if (value.startsWith(`${url.origin}/`)) return true;
  return URL.canParse(value) && new URL(value).origin === url.origin;
}

function refuse(refused: RefusalReason, why: string): Refusal {
  return { refused, why };
}

function at(time: number): string {
  return new Date(time).toISOString();
}

function firstIssue(error: z.ZodError): string {
  const issue = error.issues[0];
  return `${issue?.path.join(".") || "record"}: ${issue?.message ?? "not a record"}`;
}
