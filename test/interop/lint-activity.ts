import { publicUri } from "./lint-document.ts";
import { faultIf, idOf, isDateTime, isObject, isText, listOf } from "./lint-rule.ts";
import { sameHost, urlOf } from "./lint-rule.ts";
import type { Fault, JsonObject, Rule, Subject } from "./lint-rule.ts";
import { isActor } from "./lint-actor.ts";

const understood =
  "Create Announce Delete Follow Like Block Update Undo Accept Reject Flag Add Remove Move".split(
    " ",
  );

/** What some servers understand and all others let lie: only ever sent to one actor. */
const particular = ["Offer"];

/** A rule that looks only at activities of some types. */
function on(types: readonly string[], rule: Rule<Subject>): Rule<Subject> {
  return {
    ...rule,
    check: (subject) => (types.includes(String(subject.doc["type"])) ? rule.check(subject) : []),
  };
}

function objectOf(doc: JsonObject): JsonObject {
  return isObject(doc["object"]) ? doc["object"] : {};
}

/** Who is to answer: whom a Follow follows, or the target of an Offer. */
function askedBy(doc: JsonObject): string | undefined {
  return idOf(doc["type"] === "Offer" ? doc["target"] : doc["object"]);
}

/** Whether something of this actor is to be quoted. */
function isQuoteOf({ type, object }: JsonObject, actor: unknown): boolean {
  return type === "QuoteRequest" && String(idOf(object)).startsWith(`${String(actor)}/`);
}

function audience(doc: JsonObject): unknown[] {
  return [...listOf(doc["to"]), ...listOf(doc["cc"])];
}

function sorted(value: unknown): string {
  return listOf(value)
    .map((item) => idOf(item) ?? "")
    .toSorted((a, b) => a.localeCompare(b))
    .join(" ");
}

/** Rules about an activity that is delivered to the fediverse. */
export const activityRules: readonly Rule<Subject>[] = [
  {
    name: "activity-type",
    source: "§5: everything else is silently dropped",
    check: ({ doc }) =>
      faultIf(
        typeof doc["type"] !== "string" || ![...understood, ...particular].includes(doc["type"]),
        "type",
        `must be one of ${[...understood, ...particular].join(", ")}`,
      ),
  },
  {
    name: "activity-actor",
    source: "§9 Misskey InboxProcessorService.ts, §14",
    check: ({ doc, origin }) =>
      faultIf(
        urlOf(doc["actor"]) === undefined || !sameHost(doc["actor"], origin),
        "actor",
        "must be the id of one of our actors, as a string",
      ),
  },
  {
    name: "activity-own-id",
    source: "§14: unique id",
    check: ({ doc }) =>
      faultIf(
        isText(doc["id"]) && (doc["id"] === idOf(doc["object"]) || doc["id"] === doc["actor"]),
        "id",
        "must not be the id of its object or actor",
      ),
  },
  on(["Create", "Update", "Delete"], {
    name: "activity-object-host",
    source: "§5 related_to_local_activity?, §14",
    check: ({ doc }) => {
      const id = idOf(doc["object"]);
      return faultIf(
        id === undefined || !sameHost(id, doc["actor"]),
        "object.id",
        "must be a string on the actor's host",
      );
    },
  }),
  on(["Accept", "Reject"], {
    name: "accept-follow",
    source: "§5 Accept, §7 pterotype#15, §14: embed the whole Follow with its own id; FEP-0837",
    check: ({ doc }) => {
      if (!isObject(doc["object"]))
        return [{ path: "object", message: "must be the whole Follow, not its id" }];
      const follow = doc["object"];
      return [
        ...faultIf(
          !["Follow", "Offer", "QuoteRequest"].includes(String(follow["type"])),
          "object.type",
          "must be Follow, Offer or QuoteRequest",
        ),
        ...faultIf(
          urlOf(follow["id"]) === undefined || !sameHost(follow["id"], idOf(follow["actor"])),
          "object.id",
          "must be the id that the follower gave",
        ),
        ...faultIf(
          typeof follow["actor"] !== "string",
          "object.actor",
          "must be the follower's id (Fedify embeds an actor that getActor() has fetched)",
        ),
      ];
    },
  }),
  on(["Accept", "Reject"], {
    name: "accept-actor",
    source: "§5: the signer must be the followed actor",
    check: ({ doc }) =>
      faultIf(
        isObject(doc["object"]) &&
          askedBy(objectOf(doc)) !== doc["actor"] &&
          !isQuoteOf(objectOf(doc), doc["actor"]),
        "actor",
        "must be the actor that the Follow follows, the target of the Offer, or the author of what is to be quoted",
      ),
  }),
  on(["Accept"], {
    name: "accept-quote",
    source: "§5, FEP-044f: the result is a QuoteAuthorization on the quoted author's host",
    check: ({ doc }) => {
      const request = objectOf(doc);
      if (request["type"] !== "QuoteRequest") return [];
      return [
        ...faultIf(
          urlOf(doc["result"]) === undefined || !sameHost(doc["result"], doc["actor"]),
          "result",
          "must be the id of the authorization",
        ),
        ...faultIf(
          !sameHost(request["instrument"], request["actor"]),
          "object.instrument",
          "must be the id of the quote",
        ),
      ];
    },
  }),
  on(["Create"], {
    name: "create-embeds",
    source: "§5, §14",
    check: ({ doc }) => {
      if (!isObject(doc["object"])) return [{ path: "object", message: "must be embedded" }];
      const note = doc["object"];
      return [
        ...faultIf(
          note["attributedTo"] !== doc["actor"],
          "object.attributedTo",
          "must be the activity's actor",
        ),
        ...["to", "cc"].flatMap((key) =>
          faultIf(
            sorted(note[key]) !== sorted(doc[key]),
            key,
            "must be the audience of the object",
          ),
        ),
      ];
    },
  }),
  on(["Create"], {
    name: "create-recent",
    source: "§5 Status::REAL_TIME_WINDOW, §14: older than 6 hours is not pushed to home feeds",
    check: ({ doc, now }) => {
      const published = Date.parse(String(objectOf(doc)["published"]));
      return faultIf(
        now !== undefined && (now - published > 6 * 3_600_000 || published - now > 3_600_000),
        "object.published",
        "must be within the last six hours",
      );
    },
  }),
  on(["Update"], {
    name: "update-embeds",
    source: "§3, §5, §14: the full object; an actor replaces everything",
    check: ({ doc }) => {
      const object = objectOf(doc);
      if (isActor(object))
        return faultIf(
          !isText(object["inbox"]) || !isObject(object["publicKey"]),
          "object",
          "must be the full actor",
        );
      return faultIf(object["type"] === undefined, "object", "must be embedded");
    },
  }),
  on(["Update"], {
    name: "update-actor-self",
    source: "§5: object.id == signer",
    check: ({ doc }) =>
      faultIf(
        isActor(doc["object"]) && objectOf(doc)["id"] !== doc["actor"],
        "object.id",
        "an actor can only update itself",
      ),
  }),
  on(["Update"], {
    name: "update-audience",
    source: "§14: to followers",
    check: ({ doc }) =>
      faultIf(
        isActor(doc["object"]) && !audience(doc).includes(objectOf(doc)["followers"]),
        "to",
        "must have the followers of the actor",
      ),
  }),
  on(["Delete"], {
    name: "delete-object",
    source: "§5 Delete, §14: the actor's id, or a Tombstone or id of a post",
    check: ({ doc }) => {
      const { object } = doc;
      const tombstone = isObject(object) && object["type"] === "Tombstone" && isText(object["id"]);
      return faultIf(!isText(object) && !tombstone, "object", "must be an id or a Tombstone");
    },
  }),
  on(["Delete"], {
    name: "delete-audience",
    source: "§5, §14",
    check: ({ doc }) => faultIf(!audience(doc).includes(publicUri), "to", `must have ${publicUri}`),
  }),
  on(["Follow"], {
    name: "follow-object",
    source: "§5, §11",
    check: ({ doc }) =>
      faultIf(urlOf(doc["object"]) === undefined, "object", "must be an actor's id as a string"),
  }),
  on(["Offer"], {
    name: "offer-relationship",
    source: "Activity Vocabulary 5.2: subject, object and relationship by full URLs, to one actor",
    check: ({ doc }) => {
      const { subject, object, relationship, type } = objectOf(doc);
      return [
        ...faultIf(type !== "Relationship", "object.type", "must be Relationship"),
        ...faultIf(subject !== doc["actor"], "object.subject", "must be the activity's actor"),
        ...faultIf(
          urlOf(relationship)?.protocol !== "https:",
          "object.relationship",
          "must be a full URL, as the context makes it an id",
        ),
        ...faultIf(
          urlOf(object) === undefined || object !== doc["target"],
          "target",
          "must be the object of the relationship",
        ),
        ...faultIf(sorted(audience(doc)) !== object, "to", "must be the target, and nobody else"),
      ];
    },
  }),
  on(["Add", "Remove"], {
    name: "pin-shape",
    source:
      "§5; Mastodon activity/add.rb: target is the actor's featured, object a post of its own",
    check: ({ doc }) => [
      ...faultIf(
        urlOf(doc["object"]) === undefined || !sameHost(doc["object"], doc["actor"]),
        "object",
        "must be the id of a post on the actor's host, as a string",
      ),
      ...faultIf(
        doc["target"] !== `${String(doc["actor"])}/featured`,
        "target",
        "must be the featured collection of the actor",
      ),
      ...faultIf(!audience(doc).includes(publicUri), "to", `must have ${publicUri}`),
    ],
  }),
  on(["Undo"], {
    name: "undo-embeds",
    source: "§5",
    check: ({ doc }) =>
      faultIf(
        !isText(objectOf(doc)["type"]) || objectOf(doc)["actor"] !== doc["actor"],
        "object",
        "must be the whole activity of the same actor",
      ),
  }),
  on(["Announce"], {
    name: "announce-shape",
    source: "§11 LitePub: object is a URI, receivers fetch it from its origin",
    check: ({ doc }): Fault[] => [
      ...faultIf(urlOf(doc["object"]) === undefined, "object", "must be an id as a string"),
      ...faultIf(!isDateTime(doc["published"]), "published", "must be a date and time with zone"),
      ...faultIf(!audience(doc).includes(publicUri), "to", `must have ${publicUri}`),
    ],
  }),
  on(["Flag"], {
    name: "flag-shape",
    source: "§5; Mastodon activity/flag.rb: an actor, then posts, by an actor for the whole server",
    check: ({ doc, origin }) => [
      ...faultIf(doc["actor"] !== `${origin.origin}/actor`, "actor", "must be the node's"),
      ...faultIf(
        !Array.isArray(doc["object"]) ||
          doc["object"].some((id) => urlOf(id) === undefined || sameHost(id, origin)),
        "object",
        "must be a list of ids on the other server",
      ),
      ...faultIf(typeof doc["content"] !== "string", "content", "must be text"),
      ...faultIf(sorted(audience(doc)) !== listOf(doc["object"])[0], "to", "must be the actor"),
    ],
  }),
  on(["Move"], {
    name: "move-shape",
    source: "§5 Move",
    check: ({ doc }) => [
      ...faultIf(doc["object"] !== doc["actor"], "object", "must be the actor's id"),
      ...faultIf(
        urlOf(doc["target"]) === undefined || doc["target"] === doc["actor"],
        "target",
        "must be the id of the new actor",
      ),
      ...faultIf(
        !audience(doc).includes(`${String(doc["actor"])}/followers`),
        "to",
        "must have the followers of the actor",
      ),
    ],
  }),
];
