import { faultIf, idOf, isObject, isText, listOf, sameHost, urlOf } from "./lint-rule.ts";
import type { Rule, Subject } from "./lint-rule.ts";

/** What a collection is for; a page is one page of any of them. */
export type CollectionKind =
  | "followers"
  | "following"
  | "outbox"
  | "page"
  | "featured"
  | "featuredTags"
  | "totals";

/** A collection and what it is for. */
export interface CollectionSubject extends Subject {
  kind: CollectionKind;
  /** True for the pins of an actor that needs no introduction: only co-ops do. */
  mayBeEmpty: boolean;
}

const paged: ReadonlySet<CollectionKind> = new Set(["followers", "following", "outbox"]);

/** Rules about followers, following, outbox, featured, featuredTags, what was made of a post, and pages. */
export const collectionRules: readonly Rule<CollectionSubject>[] = [
  {
    name: "collection-type",
    source: "§14",
    check: ({ doc, kind }) => {
      const types =
        kind === "page"
          ? ["OrderedCollectionPage"]
          : paged.has(kind)
            ? ["OrderedCollection"]
            : ["OrderedCollection", "Collection"];
      return faultIf(!types.includes(String(doc["type"])), "type", `must be ${types.join(" or ")}`);
    },
  },
  {
    name: "collection-total",
    source: "§14: the profile shows the count",
    check: ({ doc, kind }) => {
      const total = doc["totalItems"];
      return faultIf(
        kind === "page" ? total !== undefined && !isCount(total) : !isCount(total),
        "totalItems",
        "must be a whole number",
      );
    },
  },
  {
    name: "collection-first",
    source: "§13.5 following had no first, §14",
    check: ({ doc, kind }) => {
      if (!paged.has(kind)) return [];
      const first = idOf(doc["first"]);
      return faultIf(
        first === undefined || !sameHost(first, doc["id"]),
        "first",
        "must be the first page, also of an empty collection",
      );
    },
  },
  {
    name: "collection-page",
    source: "§2.3: ids on the host; ActivityStreams partOf",
    check: ({ doc, kind }) => {
      if (kind !== "page") return [];
      return [
        ...faultIf(
          urlOf(doc["partOf"]) === undefined || !sameHost(doc["partOf"], doc["id"]),
          "partOf",
          "must be the collection",
        ),
        ...["next", "prev"].flatMap((key) =>
          faultIf(
            doc[key] !== undefined && !sameHost(doc[key], doc["id"]),
            key,
            "must be a page on the same host",
          ),
        ),
      ];
    },
  },
  {
    name: "collection-items",
    source: "§13.5, §14: a single item became a bare string",
    check: ({ doc, kind }) => {
      const key = doc["type"] === "Collection" ? "items" : "orderedItems";
      const needed = kind === "page" || kind === "featured" || kind === "featuredTags";
      return faultIf(
        needed ? !Array.isArray(doc[key]) : doc[key] !== undefined && !Array.isArray(doc[key]),
        key,
        "must be an array",
      );
    },
  },
  {
    name: "featured-note",
    source: "§3 featured (first page only), §5, §14: one pinned Note",
    check: ({ doc, kind, mayBeEmpty }) => {
      if (kind !== "featured") return [];
      const items = listOf(doc["orderedItems"] ?? doc["items"]);
      return [
        ...faultIf(
          items.length === 0 && !mayBeEmpty,
          "orderedItems",
          "needs the pinned introduction",
        ),
        ...items.flatMap((item, i) =>
          faultIf(
            !sameHost(idOf(item), doc["id"]) || (isObject(item) && item["type"] !== "Note"),
            `orderedItems[${i}]`,
            "must be the id of a Note, or a Note, on the same host",
          ),
        ),
      ];
    },
  },
  {
    name: "featured-tags",
    source: "§3, §14: Hashtag, at most 10",
    check: ({ doc, kind }) => {
      if (kind !== "featuredTags") return [];
      const items = listOf(doc["items"] ?? doc["orderedItems"]);
      return [
        ...faultIf(items.length > 10, "items", "more than 10 are dropped"),
        ...items.flatMap((item, i) =>
          faultIf(
            !isObject(item) || item["type"] !== "Hashtag" || !isText(item["name"]),
            `items[${i}]`,
            "must be a Hashtag with a name",
          ),
        ),
      ];
    },
  },
];

function isCount(value: unknown): boolean {
  return typeof value === "number" && Number.isInteger(value) && value >= 0;
}
