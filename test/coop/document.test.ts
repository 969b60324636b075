import fc from "fast-check";
import { expect, it } from "vitest";
import { canonicalJson, type JsonObject } from "../../src/coop/canonical-json.ts";
import { joinMembers, membersOf, readDocument } from "../../src/coop/document.ts";
import { context } from "../../src/coop/listing-record.ts";

/** What it makes of a text, or why it makes nothing of it. */
function outcome(make: () => string): string {
  try {
    return make();
  } catch (error) {
    return (error as Error).name;
  }
}

const name = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.constantFrom("@context", "__proto__", "constructor", "id", "10", "9", "\ud800", "ö", "\ufb33"),
);
const value = fc.oneof(
  fc.jsonValue({ depthSize: "small", stringUnit: "binary" }),
  fc.constantFrom<unknown>(context, [...context], [], "\udc00", -0, 1e21),
);
/** Members as they may be written: in any order, and more than once. */
const members = fc
  .array(fc.tuple(name, value), { maxLength: 6 })
  .map((all) => all.map(([key, of]) => `${JSON.stringify(key)}:${JSON.stringify(of)}`));
const usual = `"@context":${canonicalJson(context)}`;
const text = fc.oneof(
  members.map((all) => `{${all.join(",")}}`),
  members.map((all) => `{${[usual, ...all].join(",")}}`),
  members.map((all) => `{ ${[usual, ...all].join(" ,\n")} }`),
  // Cut off, or with something behind it.
  fc.tuple(members, fc.nat(), fc.constantFrom("", " ", "}", ',"x":1}')).map(([all, at, rest]) => {
    const whole = `{${[usual, ...all].join(",")}}`;
    return whole.slice(0, whole.length - (at % 40)) + rest;
  }),
);

it("a document that is read and taken apart is canonically what its text says", () => {
  fc.assert(
    fc.property(text, (written) => {
      const plain = outcome(() => canonicalJson(JSON.parse(written)));
      const ours = outcome(() => joinMembers(membersOf(readDocument(written) as JsonObject)));
      expect(ours).toBe(plain);
    }),
    { numRuns: 500 },
  );
});
