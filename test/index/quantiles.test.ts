import fc from "fast-check";
import { expect, test } from "vitest";
import { ascending, quantile } from "../../src/index/quantiles.ts";

const numbers = fc.oneof(
  fc.array(fc.nat(2 ** 32 - 1)),
  fc.array(fc.integer({ min: -5, max: 5 })),
  fc.array(fc.double({ noNaN: true, noDefaultInfinity: true })),
);

test("numbers of any size and sign come in ascending order, each once", () => {
  fc.assert(
    fc.property(numbers, (values) => {
      const order = [...ascending(Float64Array.from(values))];
      const sorted = values.map((each) => each + 0).toSorted((a, b) => a - b);
      expect(order.map((at) => (values[at] ?? NaN) + 0)).toEqual(sorted);
      expect(new Set(order).size).toBe(values.length);
    }),
  );
});

test("quantiles are those of type 7", () => {
  // As R has them: quantile(c(1, 2, 4, 8, 16), c(0.1, 0.25, 0.5, 0.9), type = 7)
  const values = Float64Array.of(1, 2, 4, 8, 16);
  const found = [0.1, 0.25, 0.5, 0.9].map((part) => quantile(part, values));
  for (const [at, each] of [1.4, 2, 4, 12.8].entries()) expect(found[at]).toBeCloseTo(each, 9);
  expect(quantile(0.5, Float64Array.of(3, 5))).toBe(4);
  expect(quantile(0.5, new Float64Array(0))).toBeNaN();
});
