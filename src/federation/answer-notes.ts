import type { JsonObject } from "../coop/canonical-json.ts";
import type { Identity } from "../directory/identity.ts";
import { coopUrl } from "../directory/ids.ts";
import type { Answer } from "../store/answers.ts";
import { activityDocument } from "./send.ts";
import { toHtml } from "./text.ts";
import { noteContext, PUBLIC } from "./vocabulary.ts";

/** The URL of an answer. */
export function answerUrl(node: Identity, { id, coop }: Pick<Answer, "id" | "coop">): string {
  return `${coopUrl(node, coop)}/answers/${id}`;
}

/** To whom an answer is addressed: as what it answers, to everybody or to its author alone. */
export function answerAudience(
  node: Identity,
  { coop, audience, author }: Pick<Answer, "coop" | "audience" | "author">,
): { to: string[]; cc: string[] } {
  return audience === "public"
    ? { to: [PUBLIC], cc: [`${coopUrl(node, coop)}/followers`, author] }
    : { to: [author], cc: [] };
}

/** An answer as a Note, which begins with the name of who is answered, as elsewhere. */
export function answerDocument(node: Identity, answer: Answer): JsonObject {
  const { author, handle, content, published } = answer;
  const texts = JSON.parse(content) as Record<string, string>;
  const [language, text] = Object.entries(texts)[0] ?? ["en", ""];
  const name = handle.toLowerCase();
  const named = toHtml(`${name} ${text}`, node.origin, Infinity, [{ name, actor: author }]);
  const { html } = named;
  const id = answerUrl(node, answer);
  return {
    "@context": noteContext,
    id,
    type: "Note",
    attributedTo: coopUrl(node, answer.coop),
    inReplyTo: answer.parent,
    content: html,
    contentMap: { [language]: html },
    url: id,
    published: new Date(published).toISOString(),
    ...answerAudience(node, answer),
    tag: named.tags,
    sensitive: false,
  };
}

/** The activity that an answer is sent with. */
export function answerActivity(node: Identity, answer: Answer): JsonObject {
  const create = activityDocument("Create", {
    id: `${answerUrl(node, answer)}/activity`,
    actor: coopUrl(node, answer.coop),
    object: answerDocument(node, answer),
    ...answerAudience(node, answer),
  });
  return { ...create, published: new Date(answer.published).toISOString() };
}
