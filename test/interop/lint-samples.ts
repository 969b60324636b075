import { createHash, generateKeyPairSync, sign } from "node:crypto";
import { activityStreams, publicUri } from "./lint-document.ts";
import type { JsonObject } from "./lint-rule.ts";

/** Origin of the samples. */
export const origin = "https://bakery.example";
const coop = `${origin}/coops/7f3k2m9q1x`;
const follower = "https://social.example/users/alice";
const date = "2026-11-21T20:15:03Z";
const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const pem = publicKey.export({ type: "spki", format: "pem" }).toString();

const context = [
  activityStreams,
  "https://w3id.org/security/v1",
  "https://www.w3.org/ns/did/v1",
  "https://w3id.org/security/multikey/v1",
  {
    toot: "http://joinmastodon.org/ns#",
    schema: "http://schema.org#",
    discoverable: "toot:discoverable",
    indexable: "toot:indexable",
    featured: { "@id": "toot:featured", "@type": "@id" },
    featuredTags: { "@id": "toot:featuredTags", "@type": "@id" },
    suspended: "toot:suspended",
    memorial: "toot:memorial",
    manuallyApprovesFollowers: "as:manuallyApprovesFollowers",
    alsoKnownAs: { "@id": "as:alsoKnownAs", "@type": "@id" },
    movedTo: { "@id": "as:movedTo", "@type": "@id" },
    attributionDomains: { "@id": "toot:attributionDomains", "@container": "@set" },
    Hashtag: "as:Hashtag",
    sensitive: "as:sensitive",
    webfinger: "https://purl.archive.org/socialweb/webfinger#webfinger",
    PropertyValue: "schema:PropertyValue",
    value: "schema:value",
    address: "schema:address",
    PostalAddress: "schema:PostalAddress",
    addressLocality: "schema:addressLocality",
    gts: "https://gotosocial.org/ns#",
    interactionPolicy: { "@id": "gts:interactionPolicy", "@type": "@id" },
    canQuote: { "@id": "gts:canQuote", "@type": "@id" },
    automaticApproval: { "@id": "gts:automaticApproval", "@type": "@id" },
    QuoteRequest: "https://w3id.org/fep/044f#QuoteRequest",
    QuoteAuthorization: "https://w3id.org/fep/044f#QuoteAuthorization",
    interactingObject: { "@id": "gts:interactingObject", "@type": "@id" },
    interactionTarget: { "@id": "gts:interactionTarget", "@type": "@id" },
  },
];

function actor(): JsonObject {
  return {
    "@context": context,
    id: coop,
    type: "Organization",
    preferredUsername: "bakery",
    webfinger: "bakery@bakery.example",
    name: "Boulangerie de la Gare",
    summary: `<p>Bread, with <a href="https://example.org/" class="mention">friends</a><br></p>`,
    url: `${origin}/@bakery`,
    inbox: `${coop}/inbox`,
    outbox: `${coop}/outbox`,
    followers: `${coop}/followers`,
    following: `${coop}/following`,
    featured: `${coop}/featured`,
    featuredTags: `${coop}/tags`,
    endpoints: { sharedInbox: `${origin}/inbox` },
    published: date,
    updated: date,
    discoverable: true,
    indexable: false,
    manuallyApprovesFollowers: false,
    alsoKnownAs: ["https://old.example/users/bakery"],
    icon: {
      type: "Image",
      mediaType: "image/png",
      url: `${origin}/media/1.png`,
      name: "A loaf of bread",
    },
    attachment: [
      {
        type: "PropertyValue",
        name: "Website",
        value: `<a href="https://www.example.org/" rel="me">https://www.example.org/</a>`,
      },
      { type: "PropertyValue", name: "Members", value: "12" },
    ],
    tag: [{ type: "Hashtag", name: "#food", href: `${origin}/themes/food` }],
    publicKey: { id: `${coop}#main-key`, type: "CryptographicKey", owner: coop, publicKeyPem: pem },
    assertionMethod: [
      {
        id: `${coop}#ed25519`,
        type: "Multikey",
        controller: coop,
        publicKeyMultibase: "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2",
      },
    ],
    location: {
      type: "Place",
      name: "Lyon",
      latitude: 45.75,
      longitude: 4.85,
      address: { type: "PostalAddress", addressLocality: "Lyon" },
    },
  };
}

function note(): JsonObject {
  const content = `<p>We bake <a href="${origin}/tags/bread" class="mention hashtag" rel="tag">#<span>bread</span></a> for <a href="https://social.example/@alice" class="u-url mention">@alice</a></p>`;
  return {
    "@context": context,
    id: `${origin}/posts/1`,
    type: "Note",
    attributedTo: coop,
    content,
    contentMap: { fr: content, en: "<p>We bake</p>" },
    url: `${origin}/posts/1`,
    published: date,
    to: [publicUri],
    cc: [`${coop}/followers`, follower],
    tag: [
      { type: "Hashtag", name: "#Bread", href: `${origin}/tags/bread` },
      { type: "Mention", name: "@alice@social.example", href: follower },
    ],
    attachment: [
      { type: "Image", mediaType: "image/jpeg", url: `${origin}/media/2.jpg`, name: "Loaves" },
    ],
    interactionPolicy: { canQuote: { automaticApproval: [publicUri] } },
    ...Object.fromEntries(
      ["likes", "shares", "replies"].map((name) => [
        name,
        { id: `${origin}/posts/1/${name}`, type: "Collection", totalItems: 3 },
      ]),
    ),
  };
}

/** What is said to one alone. */
function direct(): JsonObject {
  const { interactionPolicy: _, ...rest } = note();
  return { ...rest, to: [follower], cc: [] };
}

function activity(type: string, rest: JsonObject): JsonObject {
  return {
    "@context": context,
    id: `${origin}/activities/${type.toLowerCase()}-17`,
    type,
    actor: coop,
    ...rest,
  };
}

function embedded(document: JsonObject): JsonObject {
  const { "@context": _, ...rest } = document;
  return rest;
}

function follow(id: string, from: string, object: string): JsonObject {
  return { id, type: "Follow", actor: from, object };
}

function collection(path: string, rest: JsonObject): JsonObject {
  return { "@context": context, id: `${coop}/${path}`, type: "OrderedCollection", ...rest };
}

/** A good document of each kind, new at every call so that a test may spoil it. */
export const samples = {
  actor,
  note,
  direct,
  accept: () =>
    activity("Accept", { object: follow("https://social.example/follows/1", follower, coop) }),
  create: () =>
    activity("Create", { object: embedded(note()), to: note()["to"], cc: note()["cc"] }),
  update: () =>
    activity("Update", {
      object: embedded(actor()),
      to: [publicUri],
      cc: [`${coop}/followers`],
    }),
  remove: () =>
    activity("Delete", {
      object: { id: `${origin}/posts/1`, type: "Tombstone" },
      to: [publicUri],
    }),
  follow: () => activity("Follow", { object: follower }),
  offer: () =>
    activity("Offer", {
      object: {
        type: "Relationship",
        subject: coop,
        relationship: "https://w3id.org/fragaria/ns#member-of",
        object: follower,
      },
      target: follower,
      to: [follower],
    }),
  undo: () => activity("Undo", { object: follow(`${origin}/activities/follow-1`, coop, follower) }),
  pin: () =>
    activity("Add", {
      object: `${origin}/posts/1`,
      target: `${coop}/featured`,
      to: [publicUri],
      cc: [`${coop}/followers`],
    }),
  announce: () =>
    activity("Announce", {
      object: "https://other.example/posts/9",
      published: date,
      to: [publicUri],
      cc: [`${coop}/followers`],
    }),
  acceptQuote: () =>
    activity("Accept", {
      object: {
        id: `${follower}/quotes/1`,
        type: "QuoteRequest",
        actor: follower,
        object: `${coop}/posts/1`,
        instrument: `${follower}/statuses/1`,
      },
      result: `${coop}/posts/1/quotes/1`,
      to: [follower],
    }),
  authorization: () => ({
    "@context": context,
    id: `${coop}/posts/1/quotes/1`,
    type: "QuoteAuthorization",
    attributedTo: coop,
    interactingObject: `${follower}/statuses/1`,
    interactionTarget: `${coop}/posts/1`,
  }),
  flag: () => ({
    ...activity("Flag", {
      object: [follower, `${follower}/statuses/1`],
      content: "Spam",
      to: [follower],
    }),
    actor: `${origin}/actor`,
  }),
  move: () =>
    activity("Move", {
      object: coop,
      target: "https://new.example/coops/1",
      to: [publicUri],
      cc: [`${coop}/followers`],
    }),
  followers: () => collection("followers", { totalItems: 0, first: `${coop}/followers?page=0` }),
  page: () =>
    collection("followers?page=0", {
      type: "OrderedCollectionPage",
      partOf: `${coop}/followers`,
      next: `${coop}/followers?page=1`,
      orderedItems: [follower],
    }),
  featured: () => collection("featured", { totalItems: 1, orderedItems: [`${origin}/posts/1`] }),
  featuredTags: () =>
    collection("tags", {
      type: "Collection",
      totalItems: 1,
      items: [{ type: "Hashtag", name: "#food", href: `${origin}/themes/food` }],
    }),
  webfinger: (): JsonObject => ({
    subject: "acct:bakery@bakery.example",
    aliases: [coop],
    links: [
      { rel: "self", type: "application/activity+json", href: coop },
      {
        rel: "http://webfinger.net/rel/profile-page",
        type: "text/html",
        href: `${origin}/@bakery`,
      },
    ],
  }),
  nodeInfo: (): JsonObject => ({
    links: [
      ...["2.0", "2.1"].map((version) => ({
        rel: `http://nodeinfo.diaspora.software/ns/schema/${version}`,
        href: `${origin}/nodeinfo/${version}`,
      })),
      { rel: `${activityStreams}#Application`, href: `${origin}/actor` },
    ],
  }),
  nodeInfoDocument: (version: string): JsonObject => ({
    version,
    software: { name: "fragaria", version: "0.1.0" },
    protocols: ["activitypub"],
    services: { inbound: [], outbound: [] },
    openRegistrations: false,
    usage: { users: { total: 1 } },
    metadata: {},
  }),
  html: () =>
    `<!doctype html><html><head><link rel="alternate" type="application/activity+json" href="${coop}"></head></html>`,
};

/** The co-op of the samples. */
export const sampleId = coop;

/** The sample's key, and a delivery signed with it as draft-cavage says. */
export function signedRequest(): {
  headers: Record<string, string>;
  body: string;
  url: string;
  publicKeyPem: string;
} {
  const body = JSON.stringify(samples.accept());
  const headers: Record<string, string> = {
    host: "social.example",
    date: "Sat, 21 Nov 2026 20:15:03 GMT",
    digest: `SHA-256=${createHash("sha256").update(body).digest("base64")}`,
    "content-type": "application/activity+json",
    "user-agent": "Fragaria/0.1.0 (+https://bakery.example/)",
  };
  return {
    headers: signHeaders(headers),
    body,
    url: "https://social.example/inbox",
    publicKeyPem: pem,
  };
}

/** Signs headers anew, over `names`; `parameters` replaces parts of the Signature header. */
export function signHeaders(
  headers: Record<string, string>,
  parameters: Record<string, string> = {},
): Record<string, string> {
  const names = parameters["headers"] ?? "(request-target) host date digest";
  const text = names
    .split(" ")
    .map((name) =>
      name === "(request-target)" ? `${name}: post /inbox` : `${name}: ${headers[name] ?? ""}`,
    )
    .join("\n");
  const all = {
    keyId: `${coop}#main-key`,
    algorithm: "rsa-sha256",
    headers: names,
    signature: sign("sha256", Buffer.from(text), privateKey).toString("base64"),
    ...parameters,
  };
  const signature = Object.entries(all)
    .map(([key, value]) => `${key}="${value}"`)
    .join(",");
  return { ...headers, signature };
}
