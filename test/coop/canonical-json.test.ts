import canonicalize from "canonicalize";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canonicalJson } from "../../src/coop/canonical-json.ts";

describe("canonical JSON", () => {
  it("is what an independent implementation of RFC 8785 writes", () => {
    fc.assert(
      fc.property(fc.jsonValue({ depthSize: "medium", stringUnit: "binary" }), (value) => {
        const plain: unknown = JSON.parse(JSON.stringify(value));
        fc.pre(JSON.stringify(plain).isWellFormed() && !/\\ud[89a-f]/i.test(JSON.stringify(plain)));
        const written = canonicalJson(plain);
        expect(written).toBe(canonicalize(plain));
        // What is in order is written another way.
        expect(canonicalJson(JSON.parse(written))).toBe(written);
      }),
      { numRuns: 500 },
    );
  });

  it("sorts keys by UTF-16 code units, as in the RFC's own example", () => {
    const value = { "€": 1, "\r": 2, "\ufb33": 3, "1": 4, "😀": 5, "\u0080": 6, ö: 7 };
    expect(canonicalJson(value)).toBe('{"\\r":2,"1":4,"\u0080":6,"ö":7,"€":1,"😀":5,"\ufb33":3}');
  });

  it("sorts keys that JavaScript always puts first, by value", () => {
    expect(canonicalJson(JSON.parse('{"10":1,"9":2,"a":{"2":3,"11":4}}'))).toBe(
      '{"10":1,"9":2,"a":{"11":4,"2":3}}',
    );
  });

  it("writes numbers as ECMAScript does, and no negative zero", () => {
    expect(canonicalJson([1 / 3, 1e30, 4.5, 2e-3, 1e-27, -0])).toBe(
      "[0.3333333333333333,1e+30,4.5,0.002,1e-27,0]",
    );
  });

  it.each([
    ["a number that isn't one", Number.NaN],
    ["infinity", [Number.POSITIVE_INFINITY]],
    ["undefined", { a: undefined }],
    ["half of a surrogate pair", "\ud800"],
    ["half of a surrogate pair in a key", { "\udc00": 1 }],
  ])("refuses %s", (_what, value) => {
    expect(() => canonicalJson(value)).toThrow();
  });

  it("refuses what is nested too deeply, without running out of stack", () => {
    const deep: unknown = JSON.parse("[".repeat(8000) + "]".repeat(8000));
    expect(() => canonicalJson(deep, 12)).toThrow("nested too deeply");
    expect(canonicalJson([[1]], 2)).toBe("[[1]]");
    expect(() => canonicalJson([[1]], 1)).toThrow("nested too deeply");
  });
});
