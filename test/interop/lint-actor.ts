import { createPublicKey } from "node:crypto";
import { profileRules } from "./lint-profile.ts";
import { faultIf, isDateTime, isObject, listOf, sameHost, urlOf } from "./lint-rule.ts";
import type { JsonObject, Rule, Subject } from "./lint-rule.ts";

const actorTypes = ["Application", "Group", "Organization", "Person", "Service"];
const endpoints = ["url", "inbox", "outbox", "followers", "following"];

/** True for an object that is an actor by its type. */
export function isActor(value: unknown): value is JsonObject {
  return isObject(value) && listOf(value["type"]).some((type) => actorTypes.includes(String(type)));
}

function sharedInbox(doc: JsonObject): unknown {
  return isObject(doc["endpoints"]) ? doc["endpoints"]["sharedInbox"] : undefined;
}

function keyOf(doc: JsonObject): JsonObject {
  return isObject(doc["publicKey"]) ? doc["publicKey"] : {};
}

/** Rules about an actor, served or embedded in an Update. */
export const actorRules: readonly Rule<Subject>[] = [
  {
    name: "actor-type",
    source: "§2.5 Mastodon; a list of types is not understood by snac2",
    check: ({ doc }) =>
      faultIf(
        typeof doc["type"] !== "string" || !actorTypes.includes(doc["type"]),
        "type",
        `must be one of ${actorTypes.join(", ")}`,
      ),
  },
  {
    name: "actor-endpoints",
    source: "§2.8, §9 Misskey ApPersonService.ts and Lemmy: all mandatory",
    check: ({ doc }) =>
      endpoints.flatMap((key) =>
        faultIf(urlOf(doc[key]) === undefined, key, "must be one URL, as a string"),
      ),
  },
  {
    name: "actor-shared-inbox",
    source: "§3, §14",
    check: ({ doc }) =>
      faultIf(
        urlOf(sharedInbox(doc)) === undefined,
        "endpoints.sharedInbox",
        "must be a URL: one delivery for all of our followers on a server",
      ),
  },
  {
    name: "actor-same-host",
    source: "§3 url, §9 Misskey, §14: everything on the host of the id",
    check: ({ doc }) => {
      const urls: [string, unknown][] = [
        ...[...endpoints, "featured", "featuredTags"].map((key): [string, unknown] => [
          key,
          doc[key],
        ]),
        ["endpoints.sharedInbox", sharedInbox(doc)],
        ["publicKey.id", keyOf(doc)["id"]],
      ];
      return urls.flatMap(([path, value]) =>
        faultIf(
          urlOf(value) !== undefined &&
            urlOf(doc["id"]) !== undefined &&
            !sameHost(value, doc["id"]),
          path,
          `must be on the host of ${String(doc["id"])}`,
        ),
      );
    },
  },
  {
    name: "actor-username",
    source: "§2.6 Mastodon, §9 Misskey, §14",
    check: ({ doc }) => {
      const name = doc["preferredUsername"];
      return faultIf(
        typeof name !== "string" ||
          name.length > 128 ||
          !/^[A-Za-z0-9_]+([.-]+[A-Za-z0-9_]+)*$/.test(name),
        "preferredUsername",
        "must be letters, digits, _ and inner . or -, at most 128",
      );
    },
  },
  {
    name: "actor-webfinger",
    source: "§2.6 Mastodon 4.6, WordPress (FEP-2c59): wins over preferredUsername",
    check: ({ doc, origin }) =>
      faultIf(
        doc["webfinger"] !== undefined &&
          doc["webfinger"] !== `${String(doc["preferredUsername"])}@${origin.host}`,
        "webfinger",
        "must be preferredUsername@host, without acct:",
      ),
  },
  {
    name: "actor-consent",
    source: "§3 (both default to false), §14",
    check: ({ doc }) =>
      ["discoverable", "indexable"].flatMap((key) =>
        faultIf(typeof doc[key] !== "boolean", key, "must say true or false"),
      ),
  },
  {
    name: "actor-open-follow",
    source: "§3, §14: our Accept is automatic, so no lock icon",
    check: ({ doc }) =>
      faultIf(
        doc["manuallyApprovesFollowers"] !== false,
        "manuallyApprovesFollowers",
        "must be false",
      ),
  },
  {
    name: "actor-alive",
    source: "§3: suspended:true suspends the account over there",
    check: ({ doc }) =>
      ["suspended", "memorial"].flatMap((key) =>
        faultIf(doc[key] !== undefined && doc[key] !== false, key, "must be false or absent"),
      ),
  },
  {
    name: "actor-dates",
    source: "§3, §14 (of co-ops; a node has no profile that changes)",
    check: ({ doc }) =>
      ["published", "updated"].flatMap((key) =>
        faultIf(
          doc["type"] === "Application"
            ? doc[key] !== undefined && !isDateTime(doc[key])
            : !isDateTime(doc[key]),
          key,
          "must be a date and time with time zone",
        ),
      ),
  },
  {
    name: "actor-public-key",
    source: "§3, §9 GoToSocial, Lemmy; snac2 http.c takes one object, no array",
    check: ({ doc }) => {
      if (!isObject(doc["publicKey"]))
        return [{ path: "publicKey", message: "must be one object" }];
      const key = keyOf(doc);
      const id = doc["id"];
      return [
        ...faultIf(key["owner"] !== id, "publicKey.owner", "must be the actor's id"),
        ...faultIf(
          typeof key["id"] !== "string" ||
            !key["id"].includes("#") ||
            key["id"].slice(0, key["id"].indexOf("#")) !== id,
          "publicKey.id",
          "must be the actor's id and a fragment",
        ),
        ...faultIf(!isRsaKey(key["publicKeyPem"]), "publicKey.publicKeyPem", "must be an RSA key"),
      ];
    },
  },
  {
    name: "actor-multikey",
    source: "§3, §10 FEP-521a, §14",
    check: ({ doc }) => {
      const keys = listOf(doc["assertionMethod"]);
      const ed25519 = keys.filter(
        (key) =>
          isObject(key) &&
          key["type"] === "Multikey" &&
          key["controller"] === doc["id"] &&
          String(key["id"]).startsWith(`${String(doc["id"])}#`) &&
          String(key["publicKeyMultibase"]).startsWith("z6Mk"),
      );
      return faultIf(
        ed25519.length === 0,
        "assertionMethod",
        "needs an Ed25519 Multikey whose id and controller are the actor's",
      );
    },
  },
  {
    name: "actor-aliases",
    source: "§3, §10 FEP-7628: at most 256",
    check: ({ doc }) =>
      faultIf(
        doc["alsoKnownAs"] !== undefined &&
          (!Array.isArray(doc["alsoKnownAs"]) ||
            doc["alsoKnownAs"].length > 256 ||
            doc["alsoKnownAs"].some((alias) => urlOf(alias) === undefined)),
        "alsoKnownAs",
        "must be an array of at most 256 URLs",
      ),
  },
  {
    name: "actor-moved",
    source: "§3 movedTo; Mastodon process_account_service.rb takes one URL; FEP-7628",
    check: ({ doc }) =>
      faultIf(
        doc["movedTo"] !== undefined &&
          (urlOf(doc["movedTo"]) === undefined || doc["movedTo"] === doc["id"]),
        "movedTo",
        "must be the id of another actor, as a string",
      ),
  },
  {
    name: "actor-attribution",
    source: "§3 attributionDomains; Mastodon account/attribution_domains.rb: domains, no URLs",
    check: ({ doc }) => {
      const domains = doc["attributionDomains"];
      if (domains === undefined) return [];
      const isDomain = (each: unknown) => typeof each === "string" && /^[a-z0-9.-]+$/.test(each);
      return faultIf(
        !Array.isArray(domains) || domains.length > 100 || !domains.every(isDomain),
        "attributionDomains",
        "must be an array of at most 100 domains",
      );
    },
  },
  {
    name: "actor-featured",
    source: "§5, §14: pinned notes are the only history that a new follower sees",
    check: ({ doc }) =>
      faultIf(
        doc["type"] === "Organization" && urlOf(doc["featured"]) === undefined,
        "featured",
        "a co-op needs a pinned introduction",
      ),
  },
  ...profileRules,
];

function isRsaKey(pem: unknown): boolean {
  try {
    return typeof pem === "string" && createPublicKey(pem).asymmetricKeyType === "rsa";
  } catch {
    // Not a PEM at all: the rule says so.
    return false;
  }
}
