import { anchorsOf, htmlFaults } from "./lint-html.ts";
import { faultIf, isObject, isText, listOf, urlOf } from "./lint-rule.ts";
import type { Fault, JsonObject, Rule, Subject } from "./lint-rule.ts";

/** What Mastodon shows. */
export const imageTypes = ["image/png", "image/jpeg", "image/webp", "image/gif"];

function fieldsOf(doc: JsonObject): { field: JsonObject; path: string }[] {
  return listOf(doc["attachment"]).flatMap((field, i) =>
    isObject(field) && field["type"] === "PropertyValue"
      ? [{ field, path: `attachment[${i}]` }]
      : [],
  );
}

function imagesOf(doc: JsonObject): { image: unknown; path: string }[] {
  return ["icon", "image"].flatMap((path) => {
    const image = listOf(doc[path])[0];
    return image === undefined ? [] : [{ image, path }];
  });
}

/** Rules about what people see of an actor: name, texts, images, fields and place. */
export const profileRules: readonly Rule<Subject>[] = [
  {
    name: "actor-name",
    source: "§3",
    check: ({ doc }) =>
      faultIf(
        !isText(doc["name"]) ||
          String(doc["name"]).length > 2048 ||
          /<[a-z]/i.test(String(doc["name"])),
        "name",
        "must be plain text of 1 to 2048 characters",
      ),
  },
  {
    name: "actor-summary",
    source: "§3 lib/sanitize_ext/sanitize_config.rb; cut at 20 kB",
    check: ({ doc }) => {
      const summary = doc["summary"];
      if (summary === undefined) return [];
      if (typeof summary !== "string") return [{ path: "summary", message: "must be a string" }];
      return [
        ...faultIf(summary.length > 20_000, "summary", "longer than 20,000 characters"),
        ...htmlFaults(summary, "summary"),
      ];
    },
  },
  {
    name: "actor-image",
    source: "§3, §14: no SVG, no AVIF",
    check: ({ doc }) =>
      imagesOf(doc).flatMap(({ image, path }) =>
        faultIf(
          !isObject(image) ||
            image["type"] !== "Image" ||
            urlOf(image["url"]) === undefined ||
            !imageTypes.includes(String(image["mediaType"])),
          path,
          `must be an Image with url and mediaType one of ${imageTypes.join(", ")}`,
        ),
      ),
  },
  {
    name: "actor-image-alt",
    source: "§3, §14 (Mastodon 4.6)",
    check: ({ doc }) =>
      imagesOf(doc).flatMap(({ image, path }) =>
        faultIf(isObject(image) && !isText(image["name"]), `${path}.name`, "alt text is missing"),
      ),
  },
  {
    name: "actor-fields",
    source: "§3 attachment, §13.5: a single one became a bare object; 50 of 2047 characters",
    check: ({ doc }) => {
      const fields = fieldsOf(doc);
      const profile = doc["type"] === "Organization" || doc["type"] === "Group";
      return [
        ...faultIf(profile && fields.length < 2, "attachment", "needs two PropertyValue or more"),
        ...faultIf(fields.length > 50, "attachment", "more than 50 are dropped"),
        ...fields.flatMap(({ field, path }) =>
          ["name", "value"].flatMap((key) =>
            faultIf(
              !isText(field[key]) || String(field[key]).length > 2047,
              `${path}.${key}`,
              "must be text of 1 to 2047 characters",
            ),
          ),
        ),
      ];
    },
  },
  {
    name: "actor-field-html",
    source: "§3",
    check: ({ doc }) =>
      fieldsOf(doc).flatMap(({ field, path }) =>
        htmlFaults(String(field["value"]), `${path}.value`),
      ),
  },
  {
    name: "actor-field-link",
    source: "§3 account/field.rb, verify_link_service.rb, §14",
    check: ({ doc, origin }) =>
      fieldsOf(doc).flatMap(({ field, path }) => linkFaults(String(field["value"]), path, origin)),
  },
  {
    name: "location-place",
    source: "§9 Mobilizon converter/actor.ex, §10 FEP-8a8e, §14",
    check: ({ doc }) => {
      if (doc["location"] === undefined) return [];
      const place = doc["location"];
      if (!isObject(place)) return [{ path: "location", message: "must be one Place" }];
      const address = place["address"];
      return [
        ...faultIf(place["type"] !== "Place", "location.type", "must be Place"),
        ...faultIf(!isText(place["name"]), "location.name", "must be text"),
        ...faultIf(
          address !== undefined &&
            !isText(address) &&
            !(isObject(address) && address["type"] === "PostalAddress"),
          "location.address",
          "must be text or a PostalAddress",
        ),
      ];
    },
  },
  {
    // A JavaScript number cannot tell 51.0 from 51 and JSON.stringify writes "51" for both. Write
    // it with JSON.rawJSON("51.0"), or round to a precision that leaves a digit that is not zero.
    name: "location-float",
    source: "§9 Mobilizon converter/actor.ex: `51` is ignored",
    check: (subject) => {
      const place = subject.doc["location"];
      if (!isObject(place)) return [];
      const range: [string, number][] = [
        ["latitude", 90],
        ["longitude", 180],
      ];
      return range.flatMap(([key, limit]) => {
        const value = place[key];
        if (value === undefined) return [];
        const path = `location.${key}`;
        if (typeof value !== "number" || Math.abs(value) > limit)
          return [{ path, message: `must be a number of at most ${limit}` }];
        const spelled = subject.literal(place, key) ?? String(value);
        return faultIf(!/[.eE]/.test(spelled), path, `"${spelled}" must have a decimal point`);
      });
    },
  },
];

function linkFaults(value: string, path: string, origin: URL): Fault[] {
  const anchors = anchorsOf(value);
  if (anchors.length === 0)
    return faultIf(
      /^https?:\/\/\S+$/.test(value.trim()),
      `${path}.value`,
      'a bare URL cannot be verified: <a href="URL" rel="me">URL</a>',
    );
  const [anchor] = anchors;
  if (anchor === undefined || !anchor.rel.includes("me")) return [];
  return [
    ...faultIf(anchors.length > 1, `${path}.value`, "must be a single link to be verified"),
    ...faultIf(anchor.href !== anchor.text, `${path}.value`, "the text must equal the href"),
    ...faultIf(
      origin.protocol === "https:" && !anchor.href.startsWith("https:"),
      `${path}.value`,
      "must be https",
    ),
    ...faultIf(
      // eslint-disable-next-line no-control-regex -- ASCII is the point
      !/^[\x00-\x7f]*$/.test(anchor.href) || /(\/\/|\.)xn--/.test(anchor.href),
      `${path}.value`,
      "Mastodon does not verify internationalised domain names",
    ),
  ];
}
