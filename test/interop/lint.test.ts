import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import {
  allRules,
  lintActivity,
  lintActor,
  lintAuthorization,
  lintCollection,
  lintHtmlProfile,
  lintNodeInfo,
  lintObject,
  lintRequest,
  lintResponse,
  lintWebFinger,
} from "./lint.ts";
import { nodeInfoLinks } from "./lint-discovery.ts";
import type { Finding, JsonObject } from "./lint-rule.ts";
import { origin, sampleId, samples, signedRequest, signHeaders } from "./lint-samples.ts";

const options = { origin, now: Date.parse("2026-11-21T20:20:00Z") };
const vary = { "content-type": "application/activity+json", vary: "Origin, Accept" };

/** What is linted in each case, after the spoiler has had its way with the sample. */
const linters: Record<string, (spoil: (sample: JsonObject) => void) => Finding[]> = {
  actor: (spoil) => lintActor(text(samples.actor(), spoil), options),
  note: (spoil) => lintObject(text(samples.note(), spoil), options),
  direct: (spoil) => lintObject(text(samples.direct(), spoil), options),
  authorization: (spoil) => lintAuthorization(text(samples.authorization(), spoil), options),
  ...Object.fromEntries(
    (
      [
        "accept",
        "create",
        "update",
        "remove",
        "follow",
        "offer",
        "undo",
        "pin",
        "announce",
        "move",
        "acceptQuote",
        "flag",
      ] as const
    ).map((kind) => [
      kind,
      (spoil: (sample: JsonObject) => void) => lintActivity(text(samples[kind](), spoil), options),
    ]),
  ),
  ...Object.fromEntries(
    (["followers", "page", "featured", "featuredTags"] as const).map((kind) => [
      kind,
      (spoil: (sample: JsonObject) => void) =>
        lintCollection(text(samples[kind](), spoil), { ...options, kind }),
    ]),
  ),
  webfinger: (spoil) =>
    lintWebFinger(spoilt(samples.webfinger(), spoil), "application/jrd+json; charset=utf-8", {
      ...options,
      resource: "acct:bakery@bakery.example",
      id: sampleId,
    }),
  nodeInfo: (spoil) => {
    const discovery = spoilt(samples.nodeInfo(), spoil);
    const documents = nodeInfoLinks(samples.nodeInfo()).map((href): [string, unknown] => [
      href,
      samples.nodeInfoDocument(href.slice(-3)),
    ]);
    return lintNodeInfo(discovery, new Map(documents), options);
  },
  html: () => lintHtmlProfile(samples.html(), sampleId),
  request: () => {
    const { headers, body, ...rest } = signedRequest();
    return lintRequest(headers, body, rest);
  },
  response: () => lintResponse(vary, 200),
};

function spoilt(sample: JsonObject, spoil: (sample: JsonObject) => void): JsonObject {
  spoil(sample);
  return sample;
}

function text(sample: JsonObject, spoil: (sample: JsonObject) => void): string {
  return JSON.stringify(spoilt(sample, spoil));
}

/** Sets (or, with undefined, removes) what is at a dotted path; a function changes what is there. */
function put(path: string, value: unknown): (sample: JsonObject) => void {
  return (sample) => {
    if (typeof value === "function") {
      value(sample);
      return;
    }
    const keys = path.split(".");
    const last = keys.pop() ?? "";
    const at = keys.reduce((object, key) => object[key] as JsonObject, sample);
    if (value === undefined) delete at[last];
    else at[last] = value;
  };
}

function request(change: (sent: ReturnType<typeof signedRequest>) => void): () => Finding[] {
  return () => {
    const sent = signedRequest();
    change(sent);
    return lintRequest(sent.headers, sent.body, sent);
  };
}

function without(key: string, headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => name !== key));
}

const image = { type: "Image", mediaType: "image/png", url: `${origin}/1.png`, name: "x" };
const elsewhere = "https://other.example/x";
const me = (href: string, shown = href) => `<a href="${href}" rel="me">${shown}</a>`;

const handle = (name: string) => (sample: JsonObject) =>
  Object.assign(sample, { preferredUsername: name, webfinger: `${name}@bakery.example` });
const prepend = (html: string) => (sample: JsonObject) => {
  sample["content"] = html + String(sample["content"]);
  (sample["contentMap"] as JsonObject)["fr"] = sample["content"];
};
const addTag = (type: string) => (sample: JsonObject) => {
  (sample["tag"] as JsonObject[]).push({ type, name: "x" });
};

/** Rule, kind of sample, and how to break it. */
const broken: [rule: string, kind: string, path: string, value: unknown][] = [
  ["context-activitystreams", "followers", "@context", "https://www.w3.org/ns/activitystreams"],
  ["terms-short", "actor", "tag.0.type", "as:Hashtag"],
  ["terms-short", "note", "toot:blurhash", "x"],
  ["terms-short", "note", "type of an IRI", addTag("http://schema.org#PropertyValue")],
  ["terms-defined", "actor", "coop:sector", "food"],
  ["terms-defined", "actor", "location.address.streetAddress", "1, rue du Four"],
  ["lists-are-arrays", "note", "attachment", image],
  ["lists-are-arrays", "announce", "to", "https://www.w3.org/ns/activitystreams#Public"],
  ["public-full", "announce", "cc", ["as:Public"]],
  ["id-string", "accept", "id", { value: 1 }],
  ["id-host", "accept", "id", `${elsewhere}/1`],
  ["https", "actor", "icon.url", "http://bakery.example/1.png"],
  ["actor-type", "actor", "type", "Place"],
  ["actor-type", "actor", "type", ["Organization"]],
  ["actor-endpoints", "actor", "outbox", undefined],
  ["actor-endpoints", "actor", "url", [`${origin}/@bakery`]],
  ["actor-shared-inbox", "actor", "endpoints.sharedInbox", undefined],
  ["actor-same-host", "actor", "url", elsewhere],
  ["actor-same-host", "actor", "featured", elsewhere],
  ["actor-same-host", "update", "object.endpoints.sharedInbox", elsewhere],
  ["actor-username", "actor", "preferredUsername", handle("bäckerei")],
  ["actor-username", "actor", "preferredUsername", handle(".bakery")],
  ["actor-webfinger", "actor", "webfinger", "acct:bakery@bakery.example"],
  ["actor-name", "actor", "name", "<b>Bakery</b>"],
  ["actor-summary", "actor", "summary", "<h2>Bread</h2>"],
  ["actor-summary", "actor", "summary", `<a href="mailto:a@example.org">mail</a>`],
  ["actor-summary", "actor", "summary", `<p class="big">x</p>`],
  ["actor-image", "actor", "icon.mediaType", "image/svg+xml"],
  ["actor-image", "actor", "image", { ...image, type: "Document" }],
  ["actor-image-alt", "actor", "icon.name", undefined],
  ["actor-fields", "actor", "attachment", [{ type: "PropertyValue", name: "A", value: "b" }]],
  ["actor-fields", "actor", "attachment.1.value", ""],
  ["actor-field-html", "actor", "attachment.1.value", "<table>12</table>"],
  ["actor-field-link", "actor", "attachment.1.value", "https://www.example.org/"],
  ["actor-field-link", "actor", "attachment.1.value", me("https://example.org/", "Website")],
  ["actor-field-link", "actor", "attachment.1.value", me("http://example.org/")],
  ["actor-field-link", "actor", "attachment.1.value", me("https://bäckerei.example/")],
  ["actor-consent", "actor", "indexable", undefined],
  ["actor-open-follow", "actor", "manuallyApprovesFollowers", true],
  ["actor-alive", "actor", "suspended", true],
  ["actor-dates", "actor", "updated", "2026-11-21"],
  ["actor-public-key", "actor", "publicKey.owner", `${origin}/actor`],
  ["actor-public-key", "actor", "publicKey.id", `${origin}/actor#main-key`],
  ["actor-public-key", "actor", "publicKey.publicKeyPem", "x"],
  ["actor-multikey", "actor", "assertionMethod.0.controller", `${origin}/actor`],
  ["actor-aliases", "actor", "alsoKnownAs", "https://old.example/users/bakery"],
  ["actor-moved", "actor", "movedTo", [elsewhere]],
  ["actor-moved", "actor", "movedTo", sampleId],
  ["actor-attribution", "actor", "attributionDomains", ["https://bakery.example/"]],
  ["actor-attribution", "actor", "attributionDomains", "bakery.example"],
  ["actor-featured", "actor", "featured", undefined],
  ["location-place", "actor", "location.name", undefined],
  ["location-place", "actor", "location.address.type", "Place"],
  ["location-float", "actor", "location.latitude", 51],
  ["location-float", "actor", "location.longitude", 181.5],
  ["note-type", "note", "type", "Article"],
  ["note-author", "note", "attributedTo", elsewhere],
  ["note-content", "note", "content", prepend("<img>")],
  ["note-language", "note", "contentMap", { en: "<p>We bake</p>" }],
  ["note-language", "note", "contentMap.english", "<p>We bake</p>"],
  ["note-url", "note", "url", undefined],
  ["note-published", "note", "published", "yesterday"],
  ["note-published", "note", "updated", "2026-11-21T20:15:02Z"],
  ["note-audience", "note", "to", []],
  ["note-audience", "direct", "to", ["https://social.example/users/alice", elsewhere]],
  ["note-quotes", "note", "interactionPolicy.canQuote.automaticApproval", []],
  ["note-totals", "note", "likes", `${origin}/posts/1/likes`],
  ["note-totals", "note", "replies.totalItems", "3"],
  ["note-hashtag", "note", "tag.0.name", "#loaves"],
  ["note-mention", "note", "tag.1.name", "alice"],
  ["note-media", "note", "attachment.0.name", undefined],
  ["note-media", "note", "attachment.0.type", "Object"],
  ["note-media", "note", "attachment.0.mediaType", "image/svg+xml"],
  ["note-media", "note", "attachment.0.width", "1920"],
  ["note-media", "note", "attachment", [image, image, image, image, image]],
  ["note-mention", "note", "tag.1.name", "@bob@social.example"],
  ["note-warning", "note", "summary", "News"],
  ["note-warning", "note", "summaryMap", { en: "News" }],
  ["activity-type", "follow", "type", "Listen"],
  ["activity-actor", "follow", "actor", elsewhere],
  ["activity-own-id", "announce", "id", sampleId],
  ["activity-object-host", "remove", "object.id", elsewhere],
  ["accept-follow", "accept", "object", "https://social.example/follows/1"],
  ["accept-follow", "accept", "object.id", `${origin}/follows/1`],
  ["accept-follow", "accept", "object.actor", { id: "https://social.example/users/alice" }],
  ["accept-actor", "accept", "object.object", `${origin}/coops/other`],
  ["create-embeds", "create", "object", `${origin}/posts/1`],
  ["create-embeds", "create", "cc", [`${sampleId}/followers`]],
  ["create-recent", "create", "object.published", "2026-11-21T13:00:00Z"],
  ["update-embeds", "update", "object", sampleId],
  ["update-actor-self", "update", "actor", `${origin}/actor`],
  ["update-audience", "update", "cc", []],
  ["delete-object", "remove", "object", { id: `${origin}/posts/1`, type: "Note" }],
  ["delete-audience", "remove", "to", []],
  ["offer-relationship", "offer", "object.relationship", "coop:member-of"],
  ["offer-relationship", "offer", "target", `${origin}/coops/other`],
  ["follow-object", "follow", "object", { id: "https://social.example/users/alice" }],
  ["undo-embeds", "undo", "object", "https://social.example/users/alice"],
  ["pin-shape", "pin", "object", { id: `${origin}/posts/1`, type: "Note" }],
  ["pin-shape", "pin", "target", `${origin}/actor/featured`],
  ["pin-shape", "pin", "to", []],
  ["announce-shape", "announce", "published", undefined],
  ["move-shape", "move", "target", undefined],
  ["move-shape", "move", "cc", []],
  ["accept-quote", "acceptQuote", "result", undefined],
  ["accept-quote", "acceptQuote", "object.instrument", elsewhere],
  ["accept-actor", "acceptQuote", "object.object", `${origin}/coops/other/posts/1`],
  ["quote-authorization", "authorization", "interactingObject", undefined],
  ["quote-authorization", "authorization", "interactionTarget", elsewhere],
  ["flag-shape", "flag", "actor", sampleId],
  ["flag-shape", "flag", "object", [elsewhere]],
  ["collection-type", "followers", "type", "Collection"],
  ["collection-total", "followers", "totalItems", undefined],
  ["collection-first", "followers", "first", undefined],
  ["collection-page", "page", "partOf", undefined],
  ["collection-items", "page", "orderedItems", "https://social.example/users/alice"],
  ["featured-note", "featured", "orderedItems", []],
  ["featured-note", "featured", "orderedItems", [elsewhere]],
  ["featured-tags", "featuredTags", "items", ["#food"]],
  ["webfinger-subject", "webfinger", "subject", sampleId],
  ["webfinger-stable", "webfinger", "subject", "acct:bread@bakery.example"],
  ["webfinger-self", "webfinger", "links.0.type", "application/json"],
  ["webfinger-one-actor", "webfinger", "links.1.type", "application/activity+json"],
  ["webfinger-href", "webfinger", "links.0.href", `${origin}/@bakery`],
  ["webfinger-https", "webfinger", "links.1.href", "http://bakery.example/@bakery"],
  ["nodeinfo-versions", "nodeInfo", "links.0.rel", "http://nodeinfo.diaspora.software/ns/schema/1"],
  ["nodeinfo-application", "nodeInfo", "links.2.href", elsewhere],
  ["nodeinfo-documents", "nodeInfo", "links.1.href", `${origin}/nodeinfo/lost`],
];

/** Rules that a changed property cannot break. */
const brokenOtherwise: [rule: string, what: string, lint: () => Finding[]][] = [
  ["size", "an actor over 1 MB", () => lintActor(big(samples.actor(), 1e6), options)],
  ["size", "an activity over 64 kB", () => lintActivity(big(samples.follow(), 64e3), options)],
  [
    "location-float",
    "a value that was never text, with a whole number",
    () => lintActor(spoilt(samples.actor(), put("location.latitude", 51)), options),
  ],
  [
    "webfinger-content-type",
    "application/json",
    () =>
      lintWebFinger(samples.webfinger(), "application/json", {
        ...options,
        resource: sampleId,
      }),
  ],
  [
    "html-alternate",
    "another id",
    () => lintHtmlProfile(samples.html().replace(sampleId, `${sampleId}/listing`), sampleId),
  ],
  [
    "nodeinfo-documents",
    "2.0 with a repository",
    () => {
      const documents = new Map<string, unknown>(
        nodeInfoLinks(samples.nodeInfo()).map((href) => [href, samples.nodeInfoDocument("2.1")]),
      );
      return lintNodeInfo(samples.nodeInfo(), documents, options);
    },
  ],
  [
    "request-cavage",
    "RFC 9421",
    request((sent) => {
      sent.headers["signature-input"] = "sig1=()";
      sent.headers["signature"] = "sig1=:abc:";
    }),
  ],
  [
    "request-cavage",
    "unsigned",
    request((sent) => (sent.headers = without("signature", sent.headers))),
  ],
  [
    "request-key-id",
    "a key without #",
    request((sent) => (sent.headers = signHeaders(sent.headers, { keyId: sampleId }))),
  ],
  [
    "request-key-id",
    "another actor's key",
    request(
      (sent) => (sent.headers = signHeaders(sent.headers, { keyId: `${origin}/actor#main-key` })),
    ),
  ],
  [
    "request-algorithm",
    "hs2019",
    request((sent) => (sent.headers = signHeaders(sent.headers, { algorithm: "hs2019" }))),
  ],
  [
    "request-covered",
    "without digest",
    request(
      (sent) =>
        (sent.headers = signHeaders(sent.headers, { headers: "(request-target) host date" })),
    ),
  ],
  ["request-digest", "another body", request((sent) => (sent.body += " "))],
  [
    "request-date",
    "an ISO date",
    request((sent) => {
      sent.headers = signHeaders({ ...sent.headers, date: "2026-11-21T20:15:03Z" });
    }),
  ],
  [
    "request-verifies",
    "another path",
    request((sent) => (sent.url = "https://social.example/users/alice/inbox")),
  ],
  [
    "request-content-type",
    "application/json",
    request((sent) => (sent.headers["content-type"] = "application/json")),
  ],
  [
    "request-followers",
    "a digest of somebody else's",
    request((sent) => {
      sent.headers["collection-synchronization"] =
        `collectionId="${origin}/actor/followers", url="${origin}/actor/followers?base-url=x", digest="${"0".repeat(64)}"`;
    }),
  ],
  ["request-user-agent", "node", request((sent) => (sent.headers["user-agent"] = "node"))],
  [
    "request-size",
    "64 kB",
    request((sent) => {
      sent.body += " ".repeat(64_000);
      const digest = createHash("sha256").update(sent.body).digest("base64");
      sent.headers = signHeaders({ ...sent.headers, digest: `SHA-256=${digest}` });
    }),
  ],
  ["response-status", "406", () => lintResponse(vary, 406)],
  ["response-direct", "302", () => lintResponse(vary, 302)],
  ["response-direct", "after a redirect", () => lintResponse(vary, 200, { redirected: true })],
  [
    "response-content-type",
    "application/json",
    () => lintResponse({ ...vary, "content-type": "application/json" }, 200),
  ],
  ["response-vary", "nothing", () => lintResponse(without("vary", vary), 200)],
];

function big(sample: JsonObject, size: number): string {
  return JSON.stringify(sample) + " ".repeat(size);
}

describe("a good document has no finding", () => {
  test.each(Object.keys(linters))("%s", (kind) => {
    expect(linters[kind]?.(() => {})).toEqual([]);
  });

  test("a follow of a co-op on plain http, as in the tests on loopback", () => {
    const plain = JSON.stringify(samples.actor()).replaceAll(origin, "http://127.0.0.1:3100");
    const named = plain.replaceAll("@bakery.example", "@127.0.0.1:3100");
    expect(lintActor(named, { origin: "http://127.0.0.1:3100" })).toEqual([]);
  });

  test("a coordinate that is whole, spelled as a float", () => {
    const raw = JSON.stringify(samples.actor()).replace("45.75", "45.0");
    expect(lintActor(raw, options)).toEqual([]);
  });
});

describe("a rule that is broken is reported, and no other", () => {
  test.each(broken)("%s: %s with another %s", (rule, kind, path, value) => {
    const found = linters[kind]?.(put(path, value)) ?? [];
    expect([...new Set(found.map((finding) => finding.rule))]).toEqual([rule]);
  });

  test.each(brokenOtherwise)("%s: %s", (rule, _what, lint) => {
    expect([...new Set(lint().map((finding) => finding.rule))]).toEqual([rule]);
  });

  test("each rule is broken by some case", () => {
    const cases = new Set([...broken, ...brokenOtherwise].map(([rule]) => rule));
    expect(allRules.map((rule) => rule.name).filter((name) => !cases.has(name))).toEqual([]);
    expect(cases.size).toBe(new Set(allRules.map((rule) => rule.name)).size);
  });
});
