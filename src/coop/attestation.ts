import { z } from "zod";
import type { JsonObject } from "./canonical-json.ts";
import { RelationKind } from "./codes.ts";
import { readLeniently } from "./leniency.ts";
import { PartialDate } from "./listing.ts";
import { context, tombstoneRecord } from "./listing-record.ts";
import type { SameAs } from "./organisation.ts";
import { bounds } from "./record.ts";

/** The kind under which feeds carry attestations, and readers find them. */
export const attestationKind = "coop:Attestation";

const type = ["Document", attestationKind];

const prefix = "coop:";

const WebUrl = z
  .string()
  .max(bounds.id)
  .refine(
    (value) => URL.canParse(value) && /^https?:$/.test(new URL(value).protocol),
    "not a web address",
  );

/** The URL of a co-op, never that of its listing. */
const CoopUrl = WebUrl.refine(
  (value) => !value.endsWith("/listing"),
  "not the address of a co-op but of its listing",
);

/** That two listings are of the same organisation. Which is which doesn't matter. */
const SameAsClaim = z.strictObject({
  relationship: z.literal("sameAs"),
  subject: CoopUrl,
  object: CoopUrl,
});

/**
 * That a relation which the listing of `subject` claims is so: the same as
 * there, so that "A member of F" is confirmed as "A member of F".
 */
const RelationClaim = z.strictObject({
  relationship: RelationKind,
  subject: CoopUrl,
  /** A co-op, or whoever else is at the other end. */
  object: CoopUrl,
  /** The id of the Accept by which an actor that signs no records has confirmed it. */
  accepted: WebUrl.optional(),
  /** How that actor is called: `@federation@social.example`. */
  name: z.string().min(1).max(300).optional(),
});

/** That a co-op has closed, whatever its listing says. */
const ClosedClaim = z.strictObject({
  relationship: z.literal("closed"),
  subject: CoopUrl,
  dissolutionDate: PartialDate.optional(),
});

/** That a node is what it says it is: its records should be listed. */
const VerifiedClaim = z.strictObject({
  relationship: z.literal("verified"),
  /** The node's actor: `https://coops.example/actor`. */
  subject: WebUrl.refine(
    (value) => URL.canParse(value) && value === `${new URL(value).origin}/actor`,
    "not the address of a node’s actor",
  ),
});

/**
 * What an attestation says, without its envelope. Strict, for whoever attests;
 * readers go through {@link readAttestation}.
 */
export const Claim = z
  .discriminatedUnion("relationship", [SameAsClaim, RelationClaim, ClosedClaim, VerifiedClaim])
  .refine(
    (claim) => !("object" in claim) || claim.subject !== claim.object,
    "subject and object are the same",
  );
export type Claim = z.infer<typeof Claim>;
export type RelationClaim = z.infer<typeof RelationClaim>;

/**
 * The two ends of a pair in their order: it doesn't matter who is named first.
 *
 * @returns The URLs of two co-ops.
 */
export function orderedPair(a: string, b: string): SameAs {
  return a < b ? [a, b] : [b, a];
}

/**
 * The record in which a node attests a claim, ready to be signed: a
 * Relationship of ActivityStreams.
 *
 * @param issued Epoch ms; larger than that of the version before.
 * @throws {z.ZodError} when the claim keeps to no form.
 */
export function attestationRecord(
  node: string,
  id: string,
  claim: Claim,
  issued: number,
): JsonObject {
  const { relationship, ...rest } = Claim.parse(claim);
  return {
    "@context": context,
    id,
    type,
    attributedTo: node,
    issued: new Date(issued).toISOString(),
    about: {
      type: "Relationship",
      relationship: prefix + relationship,
      ...(rest as JsonObject),
    },
  };
}

/** The record that takes an attestation's place when its node takes it back. */
export function retractionRecord(node: string, id: string, issued: number): JsonObject {
  return { ...tombstoneRecord(node, id, issued), formerType: type };
}

/**
 * What a replicated attestation says. What a later version adds to it is kept
 * in the record and not looked at.
 *
 * @returns Undefined for attestations of another sort, and for those that say
 *   nothing. Two that are the same come in the order of their URLs.
 */
export function readAttestation(document: JsonObject): Claim | undefined {
  const about = document["about"];
  if (typeof about !== "object" || about === null || Array.isArray(about)) return undefined;
  const { type: form, relationship, subject, object, ...rest } = about;
  if (form !== "Relationship" || typeof relationship !== "string") return undefined;
  if (!relationship.startsWith(prefix)) return undefined;
  const claim = readLeniently(Claim, {
    ...rest,
    relationship: relationship.slice(prefix.length),
    subject: coopOf(subject),
    ...(object !== undefined && { object: coopOf(object) }),
  });
  if (claim?.relationship !== "sameAs") return claim;
  const [one, other] = orderedPair(claim.subject, claim.object);
  return { ...claim, subject: one, object: other };
}

/** The co-op where its listing is named. */
function coopOf(url: unknown): unknown {
  return typeof url === "string" && url.length <= bounds.id ? url.replace(/\/listing$/, "") : url;
}
