import type { JsonObject } from "../../src/coop/canonical-json.ts";
import { PUBLIC } from "../../src/federation/vocabulary.ts";
import type { Person } from "./person.ts";

let said = 0;

/** What somebody writes, as Mastodon sends it; what is given goes over it. */
export function noteOf({ id: author }: Person, changes: JsonObject): { id: string } & JsonObject {
  said += 1;
  const id = `${author}/statuses/${said}`;
  return {
    id,
    type: "Note",
    attributedTo: author,
    content: `<p>Good <b>bread</b>, no. ${said}</p>`,
    published: new Date().toISOString(),
    url: `${new URL(author).origin}/@${author.slice(author.lastIndexOf("/") + 1)}/${said}`,
    to: [PUBLIC],
    cc: [`${author}/followers`],
    ...changes,
  };
}

/** An activity by somebody about something. */
export function activityOf(
  { id: actor }: Person,
  type: string,
  object: JsonObject | string | string[],
  changes: JsonObject = {},
): { id: string } & JsonObject {
  said += 1;
  const whole = typeof object === "string" || Array.isArray(object) ? {} : object;
  return {
    "@context": [
      "https://www.w3.org/ns/activitystreams",
      {
        sensitive: "as:sensitive",
        EmojiReact: "http://litepub.social/ns#EmojiReact",
        QuoteRequest: "https://w3id.org/fep/044f#QuoteRequest",
        quote: { "@id": "https://w3id.org/fep/044f#quote", "@type": "@id" },
      },
    ],
    id: `${actor}#${type.toLowerCase()}s/${said}`,
    type,
    actor,
    ...(whole["to"] === undefined ? {} : { to: whole["to"], cc: whole["cc"] ?? [] }),
    object,
    ...changes,
  };
}
