import type { Json } from "../coop/canonical-json.ts";

/** Addressed to everyone; spelled out, as some servers know no shorter form. */
export const PUBLIC = "https://www.w3.org/ns/activitystreams#Public";

/** The namespace of our own terms. */
export const namespace = "https://w3id.org/fragaria/ns#";

/** Our own terms in actors: those of listings, which `@vocab` defines there. */
const ownTerms = [
  "purpose",
  "status",
  "level",
  "coopType",
  "theme",
  "legalForm",
  "legalFormCode",
  "stakeholders",
  "voteRule",
  "boardSize",
  "distributionConstraint",
  "indivisibleReserve",
  "figures",
  // Of a class of stakeholders.
  "key",
  "kind",
  "members",
  "fewerThan",
  "voteShare",
  "boardSeats",
  "veto",
  "capitalShare",
  "asOf",
  "followable",
  // Of the figures of a year.
  "year",
  "estimate",
  "membersNatural",
  "membersLegal",
  "membersBySex",
  "female",
  "male",
  "notStated",
  "workers",
  "workerMembers",
  "volunteers",
  "turnover",
  "assets",
  "surplus",
];

/**
 * The context of actors. Mastodon reads no JSON-LD: what it knows is spelled
 * as it spells it. No `@vocab`: with it a misspelt term would go unnoticed.
 */
export const actorContext: Json[] = [
  "https://www.w3.org/ns/activitystreams",
  "https://w3id.org/security/v1",
  "https://w3id.org/security/data-integrity/v1",
  "https://www.w3.org/ns/did/v1",
  "https://w3id.org/security/multikey/v1",
  {
    coop: namespace,
    toot: "http://joinmastodon.org/ns#",
    // The old spelling of schema.org, which is the one that servers compare with.
    schema: "http://schema.org#",
    PropertyValue: "schema:PropertyValue",
    value: "schema:value",
    PostalAddress: "schema:PostalAddress",
    address: "schema:address",
    addressCountry: "schema:addressCountry",
    addressLocality: "schema:addressLocality",
    addressRegion: "schema:addressRegion",
    postalCode: "schema:postalCode",
    streetAddress: "schema:streetAddress",
    foundingDate: "schema:foundingDate",
    currency: "schema:currency",
    discoverable: "toot:discoverable",
    indexable: "toot:indexable",
    featured: { "@id": "toot:featured", "@type": "@id" },
    featuredTags: { "@id": "toot:featuredTags", "@type": "@id" },
    // Names of hosts. Mastodon has them as ids, but then what has them gets no valid LD signature.
    attributionDomains: { "@id": "toot:attributionDomains", "@container": "@set" },
    alsoKnownAs: { "@id": "as:alsoKnownAs", "@type": "@id" },
    movedTo: { "@id": "as:movedTo", "@type": "@id" },
    manuallyApprovesFollowers: "as:manuallyApprovesFollowers",
    webfinger: "https://purl.archive.org/socialweb/webfinger#webfinger",
    implements: {
      "@id": "https://w3id.org/fep/844e#implements",
      "@type": "@id",
      "@container": "@set",
    },
    listing: { "@id": "coop:listing", "@type": "@id" },
    activity: { "@id": "coop:activity", "@container": "@list" },
    keyHistory: { "@id": "coop:keyHistory", "@type": "@json" },
    purposeMap: { "@id": "coop:purpose", "@container": "@language" },
    ...Object.fromEntries(ownTerms.map((term) => [term, `coop:${term}`])),
  },
];

/** The context of activities, which carry a signature and a proof. */
export const activityContext: Json[] = [
  "https://www.w3.org/ns/activitystreams",
  "https://w3id.org/security/v1",
  "https://w3id.org/security/data-integrity/v1",
];

/** Who may do what with a post (FEP-044f, and GoToSocial's terms that it builds on). */
const interaction = {
  gts: "https://gotosocial.org/ns#",
  interactionPolicy: { "@id": "gts:interactionPolicy", "@type": "@id" },
  canQuote: { "@id": "gts:canQuote", "@type": "@id" },
  automaticApproval: { "@id": "gts:automaticApproval", "@type": "@id" },
};

/** The context of what is said about quotes. */
export const quoteContext: Json[] = [
  ...activityContext,
  {
    gts: "https://gotosocial.org/ns#",
    QuoteRequest: "https://w3id.org/fep/044f#QuoteRequest",
    QuoteAuthorization: "https://w3id.org/fep/044f#QuoteAuthorization",
    interactingObject: { "@id": "gts:interactingObject", "@type": "@id" },
    interactionTarget: { "@id": "gts:interactionTarget", "@type": "@id" },
  },
];

/** The context of posts and of the activities that carry them. */
export const noteContext: Json[] = [
  ...activityContext,
  { Hashtag: "as:Hashtag", sensitive: "as:sensitive", ...interaction },
];
