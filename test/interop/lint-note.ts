import { anchorsOf, htmlFaults } from "./lint-html.ts";
import { publicUri } from "./lint-document.ts";
import { faultIf, isDateTime, isObject, isText, listOf, sameHost, urlOf } from "./lint-rule.ts";
import type { Fault, JsonObject, Rule, Subject } from "./lint-rule.ts";
import { imageTypes } from "./lint-profile.ts";

function tagsOf(doc: JsonObject, type: string): { tag: JsonObject; path: string }[] {
  return listOf(doc["tag"]).flatMap((tag, i) =>
    isObject(tag) && tag["type"] === type ? [{ tag, path: `tag[${i}]` }] : [],
  );
}

function publicAudience(doc: JsonObject): Fault[] {
  return [
    ...faultIf(!listOf(doc["to"]).includes(publicUri), "to", `must have ${publicUri}`),
    ...faultIf(
      !listOf(doc["cc"]).some((to) => sameHost(to, doc["id"])),
      "cc",
      "must have the followers of the author",
    ),
  ];
}

/** Rules about a Note for people: news, the pinned introduction, an answer to everybody or to one. */
export const noteRules: readonly Rule<Subject>[] = [
  {
    name: "note-type",
    source: "§5: other types lose their content or are dropped",
    check: ({ doc }) => faultIf(doc["type"] !== "Note", "type", "must be Note"),
  },
  {
    name: "note-author",
    source: "§5 related_to_local_activity?, §9 Misskey",
    check: ({ doc }) =>
      faultIf(
        urlOf(doc["attributedTo"]) === undefined || !sameHost(doc["attributedTo"], doc["id"]),
        "attributedTo",
        "must be the id of an actor on the note's host",
      ),
  },
  {
    name: "note-content",
    source: "§3, §5",
    check: ({ doc }) => {
      const content = doc["content"];
      if (!isText(content)) return [{ path: "content", message: "must be text" }];
      return htmlFaults(content, "content");
    },
  },
  {
    name: "note-language",
    source: "§5, §14: the first key of contentMap is the language",
    check: ({ doc }) => {
      const map = doc["contentMap"];
      if (!isObject(map)) return [{ path: "contentMap", message: "must be a language map" }];
      const [first] = Object.entries(map);
      return [
        ...faultIf(first === undefined, "contentMap", "is empty"),
        ...faultIf(
          first !== undefined && first[1] !== doc["content"],
          "contentMap",
          "its first text must be the same as content",
        ),
        ...Object.entries(map).flatMap(([language, text]) =>
          faultIf(
            !/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/.test(language) || !isText(text),
            `contentMap.${language}`,
            "must be a language tag and a text",
          ),
        ),
      ];
    },
  },
  {
    name: "note-url",
    source: "§5, §14",
    check: ({ doc }) =>
      faultIf(
        urlOf(doc["url"]) === undefined || !sameHost(doc["url"], doc["id"]),
        "url",
        "must be the page of the note, a string on its host",
      ),
  },
  {
    name: "note-published",
    source: "§5 Status::REAL_TIME_WINDOW, §14",
    check: ({ doc }) => [
      ...faultIf(!isDateTime(doc["published"]), "published", "must be a date and time with zone"),
      ...faultIf(
        doc["updated"] !== undefined &&
          (!isDateTime(doc["updated"]) ||
            Date.parse(doc["updated"]) < Date.parse(String(doc["published"]))),
        "updated",
        "must be a date and time not before published",
      ),
    ],
  },
  {
    name: "note-audience",
    source: "§5, §14: Public in to, followers in cc; else to the one whom it mentions",
    check: ({ doc }) => {
      if (!listOf(doc["to"]).includes(publicUri) && listOf(doc["cc"]).length === 0) {
        const mentioned = tagsOf(doc, "Mention").map(({ tag }) => tag["href"]);
        const alone = listOf(doc["to"]).length === 1 && mentioned.includes(listOf(doc["to"])[0]);
        return faultIf(!alone, "to", "must be everybody, or one who is mentioned");
      }
      return publicAudience(doc);
    },
  },
  {
    name: "note-quotes",
    source: "§5, FEP-044f: without canQuote others may not quote it",
    check: ({ doc }) => {
      const policy = doc["interactionPolicy"];
      if (policy === undefined) return [];
      const rule = isObject(policy) ? policy["canQuote"] : undefined;
      const approved = isObject(rule) ? listOf(rule["automaticApproval"]) : [];
      return faultIf(
        !approved.includes(publicUri),
        "interactionPolicy.canQuote.automaticApproval",
        `must have ${publicUri}`,
      );
    },
  },
  {
    name: "note-totals",
    source: "§5: likes.totalItems and shares.totalItems of embedded collections are shown",
    check: ({ doc }) =>
      ["likes", "shares", "replies"].flatMap((name) => {
        const collection = doc[name];
        if (collection === undefined) return [];
        const good =
          isObject(collection) &&
          collection["id"] === `${String(doc["id"])}/${name}` &&
          collection["type"] === "Collection" &&
          Number.isInteger(collection["totalItems"]);
        return faultIf(!good, name, "must be a Collection below the note, with totalItems");
      }),
  },
  {
    name: "note-hashtag",
    source: "§5, §14",
    check: ({ doc }) =>
      tagsOf(doc, "Hashtag").flatMap(({ tag, path }) => {
        const name = String(tag["name"]);
        return [
          ...faultIf(!/^#[\p{L}\p{M}\p{N}_]+$/u.test(name), `${path}.name`, "must be #word"),
          ...faultIf(urlOf(tag["href"]) === undefined, `${path}.href`, "must be a URL"),
          ...faultIf(
            !anchorsOf(String(doc["content"])).some(
              ({ text, class: classes }) =>
                text.toLowerCase() === name.toLowerCase() &&
                classes.includes("mention") &&
                classes.includes("hashtag"),
            ),
            path,
            `content has no <a class="mention hashtag"> for ${name}`,
          ),
        ];
      }),
  },
  {
    name: "note-mention",
    source: "§5: href is the actor's id, also in to or cc",
    check: ({ doc }) =>
      tagsOf(doc, "Mention").flatMap(({ tag, path }) => [
        ...faultIf(
          !/^@[^@\s]+@[^@\s]+$/.test(String(tag["name"])),
          `${path}.name`,
          "must be @user@host",
        ),
        ...faultIf(
          ![...listOf(doc["to"]), ...listOf(doc["cc"])].includes(tag["href"]),
          `${path}.href`,
          "must be an actor's id that is also in to or cc",
        ),
        ...faultIf(
          ![doc["content"], ...Object.values(isObject(doc["contentMap"]) ? doc["contentMap"] : {})]
            .map(String)
            .some((text) =>
              anchorsOf(text).some(
                (anchor) =>
                  anchor.class.includes("u-url") &&
                  anchor.class.includes("mention") &&
                  `${String(tag["name"]).toLowerCase()}@`.startsWith(
                    `${anchor.text.toLowerCase()}@`,
                  ),
              ),
            ),
          path,
          `no content has <a class="u-url mention"> for ${String(tag["name"])}`,
        ),
      ]),
  },
  {
    name: "note-media",
    source: "§5 MEDIA_ATTACHMENTS_LIMIT, §14: 4 images with alt text; §3: no SVG, no AVIF",
    check: ({ doc }) => {
      const media = listOf(doc["attachment"]);
      return [
        ...faultIf(media.length > 4, "attachment", "more than 4 are dropped"),
        ...media.flatMap((item, i) => {
          const path = `attachment[${i}]`;
          if (!isObject(item)) return [{ path, message: "must be an object" }];
          if (item["type"] === "Link")
            return faultIf(urlOf(item["href"]) === undefined, `${path}.href`, "must be a URL");
          return [
            ...faultIf(urlOf(item["url"]) === undefined, `${path}.url`, "must be a URL"),
            ...faultIf(
              !["Document", "Image"].includes(String(item["type"])),
              `${path}.type`,
              "must be Document or Image",
            ),
            ...faultIf(
              !imageTypes.includes(String(item["mediaType"])),
              `${path}.mediaType`,
              `must be one of ${imageTypes.join(", ")}`,
            ),
            ...["width", "height"].flatMap((key) =>
              faultIf(
                item[key] !== undefined && !(Number.isInteger(item[key]) && Number(item[key]) > 0),
                `${path}.${key}`,
                "must be a whole number of pixels",
              ),
            ),
            ...faultIf(
              !isText(item["name"]) && !isText(item["summary"]),
              `${path}.name`,
              "alt text is missing",
            ),
          ];
        }),
      ];
    },
  },
  {
    name: "note-warning",
    source: "§5: summary is a content warning that hides the text; summaryMap gives the language",
    check: ({ doc }) => [
      ...faultIf(
        isText(doc["summary"]) && doc["sensitive"] !== true,
        "summary",
        "only with sensitive: true",
      ),
      ...faultIf(
        isObject(doc["summaryMap"]) &&
          Object.entries(doc["summaryMap"])[0]?.join() !==
            [Object.keys(Object(doc["contentMap"]))[0], doc["summary"]].join(),
        "summaryMap",
        "its first text must be that of summary, in the main language of the note",
      ),
    ],
  },
];
