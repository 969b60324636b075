import type { Claim, RelationClaim } from "./attestation.ts";
import { RelationKind } from "./codes.ts";
import type { Listing, Relation } from "./listing.ts";
import { registrationKey } from "./registrations.ts";

/** What begins a key that isn't a URL. */
const registrationPrefix = "=";

/** By what relations name a co-op: its URL and its registrations. */
export function namesOf({ id, identifier = [] }: Pick<Listing, "id" | "identifier">): string[] {
  return [id, ...identifier.flatMap((each) => registrationName(each))];
}

/** By what a relation names who is at its other end: the same names. */
export function namedBy({ id, identifier }: Relation): string[] {
  return [
    ...(id === undefined ? [] : [bare(id)]),
    ...(identifier === undefined ? [] : registrationName(identifier)),
  ];
}

function registrationName({ propertyID, value }: { propertyID: string; value: string }): string[] {
  const key = registrationKey(propertyID, value);
  return key === undefined ? [] : [registrationPrefix + key];
}

/** The co-op where its listing is named, and an actor without a fragment. */
export function bare(url: string): string {
  return url.replace(/#.*$/s, "").replace(/\/listing$/, "");
}

/** Whoever supplies is bought from: the only two that are one seen from both sides. */
export const inverse: Partial<Record<RelationKind, RelationKind>> = {
  supplies: "buys-from",
  "buys-from": "supplies",
};

/** An attestation about a relation, and who made it. */
export interface AttestedRelation {
  /** The record's URL. */
  attestation: string;
  /** The host that signed it. */
  origin: string;
  /** Epoch ms. */
  issued: number;
  claim: RelationClaim;
}

/** Whether a claim is about a relation, and not about one co-op alone. */
export function isRelationClaim(claim: Claim): claim is RelationClaim {
  return RelationKind.safeParse(claim.relationship).success;
}

/** What speaks for a relation beside the listing that claims it. */
export interface Confirmation {
  /**
   * `other-side`: its node attests it. `listing`: its listing says the same from
   * its side. `attester`: somebody whom this node trusts attests it. `activity`:
   * it has accepted by an activity, as the node of the listing attests.
   */
  how: "other-side" | "listing" | "attester" | "activity";
  /** The host that says so. */
  by: string;
  /** Epoch ms. */
  at: number;
  /** The record that says so; null when it isn't held. */
  record: string | null;
  /** How the actor is called that has accepted by an activity. */
  name?: string;
}

/** What is known about a relation. */
export interface Evidence {
  subject: string;
  kind: RelationKind;
  /** Who may be meant by its other end, by URL. */
  objects: readonly string[];
  /** What is attested about `subject`. */
  attested: readonly AttestedRelation[];
  /** The listings of the other end that name `subject` from their side. */
  mirrored: readonly { id: string; record: string; relations: readonly Relation[]; at: number }[];
  /** Whether this node trusts what a host attests about others. */
  trusts: (host: string) => boolean;
}

/**
 * The best that speaks for a relation. An attestation counts if it was signed by
 * the host of the object; by an attester that is trusted here; or, if it names
 * an accepted activity of the object's host, by the host of the subject.
 * Nobody else can confirm, whatever they sign.
 *
 * @returns Undefined when the listing alone claims it.
 */
export function confirmationOf(evidence: Evidence): Confirmation | undefined {
  const { subject, kind, objects, attested, mirrored, trusts } = evidence;
  const about = attested.filter(
    ({ claim }) =>
      claim.subject === subject && claim.relationship === kind && objects.includes(claim.object),
  );
  const found = about.flatMap((each): Confirmation[] => {
    const { claim, origin, issued, attestation } = each;
    const said = { by: origin, at: issued, record: attestation };
    if (origin === hostOf(claim.object)) return [{ how: "other-side", ...said }];
    if (trusts(origin)) return [{ how: "attester", ...said }];
    const accepted =
      claim.accepted !== undefined && hostOf(claim.accepted) === hostOf(claim.object);
    if (!accepted || origin !== hostOf(subject)) return [];
    return [{ how: "activity", ...said, ...(claim.name !== undefined && { name: claim.name }) }];
  });
  for (const { id, record, relations, at } of mirrored) {
    const says = relations.some(
      (each) => each.kind === inverse[kind] && namedBy(each).includes(subject),
    );
    if (says && objects.includes(id)) found.push({ how: "listing", by: hostOf(id), at, record });
  }
  return found.toSorted((a, b) => rank(a) - rank(b) || a.at - b.at)[0];
}

const ranks = ["other-side", "listing", "attester", "activity"];

function rank({ how }: Confirmation): number {
  return ranks.indexOf(how);
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : "";
}
