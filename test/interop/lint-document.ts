import { preloadedContexts } from "@fedify/fedify";
import { eachObject, faultIf, isObject, listOf, type Fault } from "./lint-rule.ts";
import type { Rule, Subject } from "./lint-rule.ts";

/** The context of ActivityStreams 2.0, to be spelled exactly so. */
export const activityStreams = "https://www.w3.org/ns/activitystreams";
/** Everyone, spelled so that Lemmy takes it too. */
export const publicUri = `${activityStreams}#Public`;

const listProperties = ["to", "cc", "tag", "attachment"];
// Terms that readers look up by their short name; other prefixed terms (ours, vcard) are no fault.
const longNames =
  /^(https?:\/\/|(as|toot|sec|ldp):|schema:(PropertyValue|value|address|PostalAddress|streetAddress|postalCode|addressLocality|addressRegion|addressCountry)$)/;

/** What every JSON-LD document that we serve or send has to keep, actors and notes alike. */
export const documentRules: readonly Rule<Subject>[] = [
  {
    name: "context-activitystreams",
    source: "§2.4, §14 Mastodon fetch_remote_actor_service.rb",
    check: ({ doc }) =>
      faultIf(
        !Array.isArray(doc["@context"]) || !doc["@context"].includes(activityStreams),
        "@context",
        `must be an array with the literal string ${activityStreams}`,
      ),
  },
  {
    name: "terms-short",
    source: "§2.4, §7, §14 Mastodon (takahe PR#589)",
    check: ({ doc }) => {
      const faults: Fault[] = [];
      eachObject(doc, (object, path) => {
        const names = [...Object.keys(object), ...listOf(object["type"])];
        for (const name of names) {
          if (typeof name !== "string") continue;
          faults.push(
            ...faultIf(
              longNames.test(name) || (name.startsWith("@") && name !== "@context"),
              path,
              `"${name}": Mastodon does no JSON-LD, it must be the short term`,
            ),
          );
        }
      });
      return faults;
    },
  },
  {
    name: "terms-defined",
    source: "§9 Friendica, §14: contexts define every custom term",
    check: ({ doc }) => {
      const known = definedTerms(doc["@context"]);
      const faults: Fault[] = [];
      eachObject(doc, (object, path) => {
        for (const name of [...Object.keys(object), ...listOf(object["type"])]) {
          // Keys of a language map or of plain JSON are no terms; an LD signature is taken off
          // before expansion.
          const apart = /Map(\.|$)|^signature|^keyHistory/;
          if (typeof name !== "string" || apart.test(path) || longNames.test(name)) continue;
          const prefix = name.includes(":") ? name.slice(0, name.indexOf(":")) : undefined;
          faults.push(
            ...faultIf(
              !name.startsWith("@") && !known.has(name) && !(prefix && known.has(prefix)),
              path === "" ? name : `${path}.${name}`,
              `"${name}" is not defined by the @context`,
            ),
          );
        }
      });
      return faults;
    },
  },
  {
    name: "lists-are-arrays",
    source: "§3, §13.5, §14 Mastodon: a bare object shows no field",
    check: ({ doc }) => {
      const faults: Fault[] = [];
      eachObject(doc, (object, path) => {
        for (const key of listProperties) {
          // A signature or a link may use these words for something else; objects have an id or type.
          if (key in object && ("type" in object || "id" in object)) {
            faults.push(
              ...faultIf(
                !Array.isArray(object[key]),
                path === "" ? key : `${path}.${key}`,
                "must be an array, also when it has one member",
              ),
            );
          }
        }
      });
      return faults;
    },
  },
  {
    name: "public-full",
    source: "§9 Lemmy verify_is_public, §13.5, §14",
    check: ({ doc }) => {
      const faults: Fault[] = [];
      eachObject(doc, (object, path) => {
        for (const key of ["to", "cc", "audience", "automaticApproval", "canQuote", "object"]) {
          for (const value of listOf(object[key])) {
            faults.push(
              ...faultIf(
                value === "as:Public" || value === "Public",
                path === "" ? key : `${path}.${key}`,
                `"${String(value)}" must be ${publicUri}`,
              ),
            );
          }
        }
      });
      return faults;
    },
  },
  {
    name: "id-string",
    source: "§9 Misskey InboxProcessorService.ts, §14",
    check: ({ doc }) => faultIf(typeof doc["id"] !== "string", "id", "must be a string"),
  },
  {
    name: "id-host",
    source: "§2.3, §5, §9 Misskey, §14",
    check: ({ doc, origin }) =>
      faultIf(
        typeof doc["id"] === "string" && URL.parse(doc["id"])?.host !== origin.host,
        "id",
        `must be on ${origin.host}`,
      ),
  },
  {
    name: "https",
    source: "§2.1, §14",
    httpsOnly: true,
    check: ({ doc }) => {
      const faults: Fault[] = [];
      eachObject(doc, (object, path) => {
        for (const [key, value] of Object.entries(object)) {
          if (typeof value !== "string" || !urlProperties.has(key)) continue;
          faults.push(
            ...faultIf(
              value.startsWith("http:"),
              path === "" ? key : `${path}.${key}`,
              "must be https",
            ),
          );
        }
      });
      return faults;
    },
  },
];

const urlProperties = new Set(
  (
    "id url href actor object target attributedTo inbox outbox followers following featured featuredTags " +
    "sharedInbox owner controller first next prev last partOf"
  ).split(" "),
);

/** What may not be larger than what the receiver reads. */
export function sizeRule(limit: number, source: string): Rule<Subject> {
  return {
    name: "size",
    source,
    check: ({ doc, raw }) => {
      const bytes = Buffer.byteLength(raw ?? JSON.stringify(doc));
      return faultIf(bytes >= limit, "", `${bytes} bytes, must be under ${limit}`);
    },
  };
}

const termsOf = new Map<string, Set<string>>();

/**
 * The terms that a context defines: those of the well-known contexts (as shipped with Fedify, so
 * that nothing is fetched) and those given inline. Terms scoped to a type are taken as defined
 * everywhere, which is more than JSON-LD says and enough to find a term that nobody defines.
 */
function definedTerms(context: unknown): Set<string> {
  const terms = new Set<string>(["id", "type"]);
  const add = (entry: unknown): void => {
    if (typeof entry === "string") {
      for (const term of wellKnownTerms(entry)) terms.add(term);
    } else if (isObject(entry)) {
      for (const [term, definition] of Object.entries(entry)) {
        if (!term.startsWith("@")) terms.add(term);
        if (isObject(definition)) listOf(definition["@context"]).forEach(add);
      }
    }
  };
  listOf(context).forEach(add);
  return terms;
}

function wellKnownTerms(url: string): Set<string> {
  let terms = termsOf.get(url);
  if (terms === undefined) {
    const loaded = preloadedContexts[url];
    terms = isObject(loaded) ? definedTerms(loaded["@context"]) : new Set();
    termsOf.set(url, terms);
  }
  return terms;
}
