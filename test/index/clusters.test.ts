import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Box, widthOf } from "../../src/coop/earth.ts";
import {
  clustersOf,
  countPlaced,
  largestZoom,
  latitudeAt,
  mercator,
  mostZoom,
  zoomFor,
} from "../../src/index/clusters.ts";
import { anyBox, anyPoint, PlaceModel } from "./place-model.ts";

const earth: Box = { west: -180, south: -90, east: 180, north: 90 };

function placed(points: ({ latitude: number; longitude: number } | undefined)[]): PlaceModel {
  const model = new PlaceModel();
  for (const [row, place] of points.entries()) model.set(row, place);
  return model;
}

describe("clusters", () => {
  test("add up to what is in the box, and a search in the box of each has just what it counts", () => {
    // On the lines of the grid and next to them, too.
    const onLine = fc
      .tuple(fc.integer({ min: 4, max: 60 }), fc.integer({ min: -3, max: 3 }), fc.nat(300))
      .map(([line, millionths, step]) => ({
        latitude: Math.round(latitudeAt(line / 64) * 1e6) / 1e6 + millionths * step * 1e-6,
        longitude: 10,
      }));
    const point = fc.oneof(anyPoint, onLine);
    const anyPlaces = fc.array(fc.option(point, { nil: undefined, freq: 8 }), { maxLength: 80 });
    fc.assert(
      fc.property(anyPlaces, anyBox, fc.nat(1000), fc.integer({ min: 1, max: 3 }), (...drawn) => {
        const [points, box, anyZoom, share] = drawn;
        const model = placed(points);
        const rows = Uint32Array.from(points.keys().filter((row) => row % share === 0));
        const zoom = anyZoom % (largestZoom(box) + 1);
        const { inBox, clusters } = clustersOf(model, rows, box, zoom);
        const wanted = new Set(rows);
        const within = (inner: Box) => model.withinBox(inner).filter((row) => wanted.has(row));
        expect(countPlaced(model, rows)).toBe(within(earth).length);
        expect(inBox).toBe(within(box).length);
        expect(clusters.reduce((sum, { count }) => sum + count, 0)).toBe(inBox);
        const cell = 1 / (8 * 2 ** zoom);
        for (const { box: inner, count, row, latitude, longitude } of clusters) {
          expect(within(inner)).toHaveLength(count);
          expect(within(inner)).toContain(row);
          expect(latitude).toBeGreaterThanOrEqual(inner.south);
          expect(latitude).toBeLessThanOrEqual(inner.north);
          expect(longitude).toBeGreaterThanOrEqual(inner.west);
          expect(longitude).toBeLessThanOrEqual(inner.east);
          expect(widthOf(inner) / 360).toBeLessThanOrEqual(cell + 1e-9);
          expect(mercator(inner.south) - mercator(inner.north)).toBeLessThanOrEqual(cell + 1e-9);
        }
        const counts = clusters.map(({ count }) => count);
        expect(counts).toEqual(counts.toSorted((a, b) => b - a));
      }),
      { numRuns: 300 },
    );
  });

  test("are the same wherever the map is moved", () => {
    const model = placed([
      { latitude: 51.5, longitude: -0.1 },
      { latitude: 51.6, longitude: -0.2 },
      { latitude: 48.9, longitude: 2.3 },
    ]);
    const rows = Uint32Array.of(0, 1, 2);
    const at = (box: Box) => clustersOf(model, rows, box, 3).clusters;
    const here = at({ west: -10, south: 40, east: 10, north: 60 });
    expect(here.map(({ count }) => count)).toEqual([2, 1]);
    expect(at({ west: -3.7, south: 44.4, east: 17.1, north: 57 })).toEqual(here);
  });

  test("end at the lines of the grid", () => {
    const edges = Array.from({ length: 20 }, (_, line) => latitudeAt((20 + line) / 64));
    const model = placed(
      edges.flatMap((latitude) => [
        { latitude: latitude + 2e-6, longitude: 10 },
        { latitude: latitude - 2e-6, longitude: 10 },
      ]),
    );
    const { clusters } = clustersOf(model, Uint32Array.from(Array(40).keys()), earth, 3);
    expect(clusters.map(({ count }) => count)).toEqual([...Array<number>(19).fill(2), 1, 1]);
  });

  test("fall apart as far as the zoom that fits the box", () => {
    expect(zoomFor(earth, 64)).toBe(3);
    expect(largestZoom(earth)).toBe(5);
    expect(largestZoom({ west: 7, south: 46, east: 7, north: 46 })).toBe(mostZoom);
    for (const y of [0, 0.25, 0.5, 0.9, 1]) expect(mercator(latitudeAt(y))).toBeCloseTo(y, 12);
  });
});
