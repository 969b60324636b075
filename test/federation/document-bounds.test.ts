import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { excessOf } from "../../src/federation/document-bounds.ts";

const as = "https://www.w3.org/ns/activitystreams";
const list = <T>(length: number, make: (at: number) => T) =>
  Array.from({ length }, (_, at) => make(at));
const terms = (length: number) =>
  Object.fromEntries(list(length, (at) => [`t${at}`, `as:t${at}`] as const));

/** So many objects within one another. */
function nested(levels: number): object {
  return levels === 1 ? {} : { object: nested(levels - 1) };
}

describe("a document", () => {
  it.each<[string, unknown]>([
    ["32 levels", nested(32)],
    ["a thousand objects", { tag: list(998, () => ({})) }],
    ["twenty thousand values", { to: list(19_999, () => "x") }],
    ["32 contexts", { "@context": list(32, () => as) }],
    ["500 terms", { "@context": [as, terms(500)] }],
    ["a long text", { content: "<p>Du pain</p>".repeat(20_000) }],
    ["a base", { "@context": { "@base": `https://a.example/${"a".repeat(180)}` } }],
    ["a word that isn't an object", "Follow"],
  ])("may have %s", (_what, document) => {
    expect(excessOf(document)).toBeUndefined();
  });

  it.each<[string, string, unknown]>([
    ["levels", "33 levels", nested(33)],
    ["levels", "any number of them", JSON.parse("[".repeat(5000) + "]".repeat(5000))],
    ["objects", "a thousand and one objects", { tag: list(999, () => ({})) }],
    ["values", "more values", { to: list(20_000, () => "x") }],
    ["contexts", "33 contexts", { "@context": list(33, () => as) }],
    ["contexts", "a context in each of 33", { tag: list(33, () => ({ "@context": as })) }],
    ["terms", "501 terms", { "@context": [as, terms(501)] }],
    ["terms", "terms of terms", { "@context": { a: { "@id": "as:a", "@context": terms(499) } } }],
    ["slashes", "slashes without end", { id: "/".repeat(40_000) }],
    ["slashes", "such a name", { ["/".repeat(40_000)]: 1 }],
    ["slashes", "many such", { to: list(30, () => "../".repeat(6000)) }],
    ["base", "a long base", { "@context": { "@base": "a".repeat(201) } }],
  ])("may not have too many %s: %s", (excess, _what, document) => {
    expect(excessOf(document)).toBe(excess);
  });

  const folder = join(import.meta.dirname, "../../fixtures/remote");
  it.each(readdirSync(folder).filter((name) => name.endsWith(".json")))(
    "of a server in use is far from it: %s",
    (name) => {
      const { actor, documents, steps } = JSON.parse(readFileSync(join(folder, name), "utf8")) as {
        actor: object;
        documents?: object;
        steps: { activity: object }[];
      };
      for (const document of [actor, documents ?? {}, ...steps.map((step) => step.activity)]) {
        // Four of them in one.
        expect(excessOf(list(4, () => document))).toBeUndefined();
      }
    },
  );
});
