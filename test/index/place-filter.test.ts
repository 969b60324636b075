import fc from "fast-check";
import { expect, test } from "vitest";
import { both } from "../../src/index/place-filter.ts";

test("what is in both lists is what a set would say, however long they are", () => {
  const list = (most: number) =>
    fc
      .uniqueArray(fc.nat(most), { maxLength: most })
      .map((each) => Uint32Array.from(each).toSorted());
  fc.assert(
    fc.property(fc.oneof(list(5), list(2000)), fc.oneof(list(5), list(2000)), (a, b) => {
      const wanted = [...new Set(a).intersection(new Set(b))];
      expect([...both(a, b)]).toEqual(wanted.toSorted((x, y) => x - y));
      expect([...both(b, a)]).toEqual([...both(a, b)]);
    }),
  );
  expect(both(undefined, undefined)).toBeUndefined();
  expect(both(undefined, Uint32Array.of(3))).toEqual(Uint32Array.of(3));
});
