import type { Json, JsonObject } from "./canonical-json.ts";
import { StakeholderKind } from "./codes.ts";
import { readLeniently } from "./leniency.ts";
import { Listing } from "./listing.ts";

/** Of the terms that no other vocabulary has. */
export const namespace = "https://w3id.org/fragaria/ns#";
const schemaOrg = "https://schema.org/";

/**
 * The context of every record that we sign. It is for JSON-LD consumers; our
 * own code reads plain JSON and never interprets it.
 */
export const context: Json[] = [
  "https://www.w3.org/ns/activitystreams",
  "https://w3id.org/security/data-integrity/v1",
  {
    "@vocab": namespace,
    coop: namespace,
    schema: schemaOrg,
    discoverable: "http://joinmastodon.org/ns#discoverable",
    indexable: "http://joinmastodon.org/ns#indexable",
    alsoKnownAs: { "@id": "as:alsoKnownAs", "@type": "@id" },
    account: { "@id": "http://xmlns.com/foaf/0.1/account", "@type": "@id" },
    activity: { "@id": "coop:activity", "@container": "@list" },
    region: { "@id": "coop:region", "@container": "@list" },
    howToJoinMap: { "@id": "coop:howToJoin", "@container": "@language" },
    purposeMap: { "@id": "coop:purpose", "@container": "@language" },
    isBasedOn: { "@id": "schema:isBasedOn", "@type": "@id" },
    offers: "schema:makesOffer",
    needs: "schema:seeks",
    // Text here; ActivityStreams has another thing by this name.
    source: "coop:source",
    // Its keys name classes, they are no terms.
    membersByClass: { "@id": "coop:membersByClass", "@type": "@json" },
    // What is told there is about the relation; `id` is who is at its other end.
    relations: {
      "@id": "coop:relations",
      "@context": { id: { "@id": "coop:other", "@type": "@id" } },
    },
    ...Object.fromEntries(
      [
        "ContactPoint",
        "PostalAddress",
        "PropertyValue",
        "about",
        "address",
        "addressCountry",
        "addressLocality",
        "areaServed",
        "contactPoint",
        "creditText",
        "currency",
        "dissolutionDate",
        "email",
        "foundingDate",
        "identifier",
        "inLanguage",
        "knowsLanguage",
        "legalName",
        "license",
        "postalCode",
        "propertyID",
        "streetAddress",
        "telephone",
        "validThrough",
        "value",
      ].map((term) => [term, `schema:${term}`]),
    ),
  },
];

/** The URL of the listing of a co-op. */
export function listingId(coop: string): string {
  return `${coop}/listing`;
}

/** The URL of the co-op whose listing has this id. */
export function coopOf(id: string): string {
  return id.replace(/\/listing$/, "");
}

/**
 * The record of a listing, ready to be signed.
 *
 * @param issued Epoch ms; larger than that of the version before.
 */
export function listingRecord(node: string, about: Listing, issued: number): JsonObject {
  return {
    "@context": context,
    id: listingId(about.id),
    type: ["Document", "coop:Listing"],
    attributedTo: node,
    issued: new Date(issued).toISOString(),
    about: about as unknown as JsonObject,
  };
}

/**
 * The record that takes a listing's place when it is withdrawn. It says nothing
 * of the co-op.
 *
 * @param movedTo The record that stands for it from now on, of another origin.
 */
export function tombstoneRecord(
  node: string,
  id: string,
  issued: number,
  movedTo?: string,
): JsonObject {
  const moment = new Date(issued).toISOString();
  const terms = { coop: namespace, issued: "coop:issued" };
  const moved = { movedTo: { "@id": "as:movedTo", "@type": "@id" } };
  return {
    "@context": context.slice(0, 2).concat(movedTo === undefined ? terms : { ...terms, ...moved }),
    id,
    type: "Tombstone",
    formerType: ["Document", "coop:Listing"],
    attributedTo: node,
    issued: moment,
    deleted: moment,
    ...(movedTo !== undefined && { movedTo }),
  };
}

/**
 * What a replicated listing says, as far as this version of the software can
 * tell: fields and codes that it doesn't know are left out here and kept in the
 * record.
 *
 * @returns Undefined when not even id, name and provenance can be read.
 */
export function readListing(document: JsonObject): Listing | undefined {
  const about = withKnownKinds(document["about"]);
  const listing = readLeniently(Listing, about);
  if (listing === undefined || listingId(listing.id) !== document["id"]) return undefined;
  // A code that isn't known is not the default one.
  for (const [term, usual] of [
    ["status", "active"],
    ["level", "primary"],
  ] as const) {
    if ((about as JsonObject)[term] === undefined) Object.assign(listing, { [term]: usual });
  }
  // Some of the classes are worse than none: they would answer the ILO's test wrongly.
  const given = (about as JsonObject)["stakeholders"];
  if (Array.isArray(given) && given.length !== listing.stakeholders?.length) {
    const { stakeholders: _, ...rest } = listing;
    return rest;
  }
  return listing;
}

const kinds: ReadonlySet<string> = new Set(StakeholderKind.options);

/**
 * A class of a kind that isn't known here is still a class: with it left out,
 * the others would seem to be all. It is read as `other`, of which the ILO's
 * test takes it that it may be of any type.
 */
function withKnownKinds(about: Json | undefined): Json | undefined {
  if (!isObject(about) || !Array.isArray(about["stakeholders"])) return about;
  const stakeholders = about["stakeholders"].map((each) =>
    isObject(each) && typeof each["kind"] === "string" && !kinds.has(each["kind"])
      ? { ...each, kind: "other" }
      : each,
  );
  return { ...about, stakeholders };
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
