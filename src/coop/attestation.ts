import { z } from "zod";
import type { JsonObject } from "./canonical-json.ts";
import { context, tombstoneRecord } from "./listing-record.ts";
import type { SameAs } from "./organisation.ts";
import { bounds } from "./record.ts";

/** The kind under which feeds carry attestations, and readers find them. */
export const attestationKind = "coop:Attestation";

const type = ["Document", attestationKind];

/** That two things are the same, as the object of `relationship`. */
const sameAs = "coop:sameAs";

const CoopUrl = z
  .string()
  .max(bounds.id)
  .refine(
    (value) => URL.canParse(value) && /^https?:$/.test(new URL(value).protocol),
    "not a web address",
  )
  .transform((value) => value.replace(/\/listing$/, ""));

/**
 * That two listings are of the same organisation: a Relationship of
 * ActivityStreams. An end is the URL of a co-op, or of its listing. Loose: what
 * a later version adds is kept in the record and not looked at.
 */
const SameAsStatement = z.looseObject({
  type: z.literal("Relationship"),
  subject: CoopUrl,
  relationship: z.literal(sameAs),
  object: CoopUrl,
});

/**
 * The two ends of a pair in their order: it doesn't matter who is named first.
 *
 * @returns The URLs of two co-ops.
 */
export function orderedPair(a: string, b: string): SameAs {
  return a < b ? [a, b] : [b, a];
}

/**
 * The record in which a node attests that two co-ops are the same organisation,
 * ready to be signed.
 *
 * @param issued Epoch ms; larger than that of the version before.
 */
export function attestationRecord(
  node: string,
  id: string,
  [subject, object]: SameAs,
  issued: number,
): JsonObject {
  return {
    "@context": context,
    id,
    type,
    attributedTo: node,
    issued: new Date(issued).toISOString(),
    about: { type: "Relationship", subject, relationship: sameAs, object },
  };
}

/** The record that takes an attestation's place when its node takes it back. */
export function retractionRecord(node: string, id: string, issued: number): JsonObject {
  return { ...tombstoneRecord(node, id, issued), formerType: type };
}

/**
 * What a replicated attestation says.
 *
 * @returns The URLs of two co-ops; undefined for attestations of another sort,
 *   and for those that say nothing.
 */
export function readAttestation(document: JsonObject): SameAs | undefined {
  const read = SameAsStatement.safeParse(document["about"]);
  if (!read.success || read.data.subject === read.data.object) return undefined;
  return orderedPair(read.data.subject, read.data.object);
}
