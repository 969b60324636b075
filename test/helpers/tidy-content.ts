import type fc from "fast-check";
import type { DraftContent } from "../../src/directory/draft.ts";
import { anyContent } from "./listings.ts";

/**
 * Any content, as far as a form can carry it: fields lose the spaces around a
 * text and have one way to break a line, a code that is given twice says no more
 * than once, and a contact without any way to make it can't be told from none.
 */
export const tidyContent: fc.Arbitrary<DraftContent> = anyContent.map((content) => {
  const { contactPoint, ...rest } = content;
  const told = contactPoint !== undefined && Object.keys(contactPoint).length > 1;
  return tidy(told ? { ...rest, contactPoint } : rest) as DraftContent;
});

function tidy(value: unknown): unknown {
  if (typeof value === "string") return value.replace(/\r\n?/g, "\n").trim();
  if (Array.isArray(value)) return [...new Set(value.map(tidy))];
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, tidy(each)]));
}
