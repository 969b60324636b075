import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { farthest, type Point } from "../../src/coop/earth.ts";
import { Geo } from "../../src/index/geo.ts";
import { anyBox, anyPoint, PlaceModel } from "./place-model.ts";

const anyRadius = fc.oneof(
  fc.constantFrom(0.0001, 0.2, 50, 1000, 10_000, farthest, 20_100),
  fc.double({ min: 0.001, max: 20_000, noNaN: true }),
);
/** So many that they are put in order more than once, and some changes. */
const anyHistory = fc
  .tuple(
    fc.array(fc.option(anyPoint, { nil: undefined, freq: 8 }), { minLength: 20, maxLength: 60 }),
    fc.integer({ min: 60, max: 80 }),
    fc.constantFrom(3e-6, 1e-3, 0.03, 0.4),
    fc.array(fc.tuple(fc.nat(4000), fc.option(anyPoint, { nil: undefined })), { maxLength: 60 }),
    fc.integer({ min: 1, max: 25 }),
  )
  .map(([places, times, apart, moves, repeated]) => ({
    // Copies a little apart from one another.
    first: Array.from({ length: times }, (_, copy) =>
      places.map((place) => place && shifted(place, copy * apart)),
    ).flat(),
    moves: Array.from({ length: repeated }, (_, copy) =>
      moves.map(
        ([row, place]) =>
          [(row + copy * 97) % 4200, place && shifted(place, copy * apart)] as const,
      ),
    ).flat(),
  }));

function shifted({ latitude, longitude }: Point, by: number): Point {
  return {
    latitude: Math.max(-90, latitude - by),
    longitude: Math.max(-180, longitude - by * 1.5),
  };
}

function built(first: (Point | undefined)[]): { model: PlaceModel; geo: Geo } {
  const model = new PlaceModel();
  for (const [row, place] of first.entries()) model.set(row, place);
  return { model, geo: new Geo(model) };
}

describe("places", () => {
  test("are found within a radius and in a box as by looking at all of them, whatever moves", () => {
    fc.assert(
      fc.property(anyHistory, anyPoint, anyRadius, anyBox, (history, from, km, box) => {
        const { model, geo } = built(history.first);
        const same = () => {
          expect([...geo.withinRadius(from, km)]).toEqual(model.withinRadius(from, km));
          expect([...geo.withinBox(box)]).toEqual(model.withinBox(box));
        };
        same();
        for (const [row, place] of history.moves) {
          model.set(row, place);
          geo.move(row);
        }
        same();
      }),
      { numRuns: 60 },
    );
  });

  test("come nearest first, page after page", () => {
    fc.assert(
      fc.property(
        anyHistory,
        anyPoint,
        fc.integer({ min: 1, max: 3 }),
        fc.integer({ min: 1, max: 30 }),
        ({ first, moves }, from, share, limit) => {
          // Twice as many: then those that match are more than are looked at one by one.
          const { model, geo } = built([...first, ...first, ...first]);
          for (const [row, place] of moves) {
            model.set(row, place);
            geo.move(row);
          }
          const has = (row: number) => row % share === 0;
          const rows = Array.from({ length: model.size }, (_, row) => row).filter(has);
          const among = { size: rows.length, rows: () => rows, has };
          const tie = new Uint32Array(model.size).map((_, row) => Math.imul(row, 2654435761));
          const all = model.nearest(from, rows, tie);
          let after: { km: number; tie: number } | undefined;
          for (let page = 0; page < 3; page++) {
            const found = geo.nearest(from, { limit, among, tie, after });
            expect(found).toEqual(all.slice(page * limit, (page + 1) * limit));
            after = found.at(-1);
            if (after === undefined) break;
          }
        },
      ),
      { numRuns: 30 },
    );
  });

  test("across the date line and at the poles are as near as they are", () => {
    const { geo } = built([
      { latitude: -16.8, longitude: 179.99 },
      { latitude: -16.8, longitude: -179.99 },
      { latitude: 89.99, longitude: 0 },
      { latitude: 89.99, longitude: 180 },
      undefined,
    ]);
    expect([...geo.withinRadius({ latitude: -16.8, longitude: 180 }, 2)]).toEqual([0, 1]);
    expect([...geo.withinRadius({ latitude: 90, longitude: -77 }, 2)]).toEqual([2, 3]);
    expect([...geo.withinBox({ west: 179, east: -179, south: -20, north: -10 })]).toEqual([0, 1]);
    expect([...geo.withinBox({ west: -180, east: 180, south: -90, north: 90 })]).toEqual([
      0, 1, 2, 3,
    ]);
  });
});
