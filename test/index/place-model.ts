import fc from "fast-check";
import { type Box, distance, eastward, type Point, widthOf } from "../../src/coop/earth.ts";
import { nowhere } from "../../src/index/geo.ts";

/** Places by row, as the columns hold them, and the slow way to every answer. */
export class PlaceModel {
  size = 0;
  latitude = new Int32Array(16).fill(nowhere);
  longitude = new Int32Array(16).fill(nowhere);

  set(row: number, place: Point | undefined): void {
    if (row >= this.latitude.length) {
      this.latitude = grown(this.latitude, row * 2);
      this.longitude = grown(this.longitude, row * 2);
    }
    this.size = Math.max(this.size, row + 1);
    this.latitude[row] = place === undefined ? nowhere : Math.round(place.latitude * 1e6);
    this.longitude[row] = place === undefined ? nowhere : Math.round(place.longitude * 1e6);
  }

  all(): (Point & { row: number })[] {
    return Array.from({ length: this.size }, (_, row) => ({
      row,
      latitude: (this.latitude[row] ?? 0) / 1e6,
      longitude: (this.longitude[row] ?? 0) / 1e6,
    })).filter(({ row }) => this.latitude[row] !== nowhere);
  }

  withinRadius(from: Point, km: number): number[] {
    return rowsOf(this.all().filter((each) => distance(from, each) <= km));
  }

  withinBox(box: Box): number[] {
    const millionths = (degrees: number) => Math.round(degrees * 1e6);
    const [south, north] = [millionths(box.south), millionths(box.north)];
    const width = widthOf(box) === 360 ? 360e6 : millionths(widthOf(box));
    return rowsOf(
      this.all().filter(({ row, longitude }) => {
        const y = this.latitude[row] ?? 0;
        return (
          y >= south && y <= north && millionths(eastward(box.west, longitude)) % 360e6 <= width
        );
      }),
    );
  }

  nearest(from: Point, among: number[], tie: ArrayLike<number>): { row: number; km: number }[] {
    const wanted = new Set(among);
    return this.all()
      .filter(({ row }) => wanted.has(row))
      .map((each) => ({ row: each.row, km: distance(from, each), tie: tie[each.row] ?? 0 }))
      .toSorted((a, b) => a.km - b.km || a.tie - b.tie);
  }
}

function grown(old: Int32Array, length: number): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(length).fill(nowhere);
  larger.set(old);
  return larger;
}

function rowsOf(places: { row: number }[]): number[] {
  return places.map(({ row }) => row);
}

const degrees = (most: number) =>
  fc.oneof(
    fc.integer({ min: -most * 1e6, max: most * 1e6 }).map((each) => each / 1e6),
    fc.constantFrom(-most, most, 0, most / 2, -most + 0.000001, most - 0.000001, 2.35, 2.350001),
  );
/** Anywhere, at the edges of the map, and often in one of few spots. */
export const anyPoint: fc.Arbitrary<Point> = fc.oneof(
  fc.record({ latitude: degrees(90), longitude: degrees(180) }),
  fc.constantFrom(
    { latitude: 51.5, longitude: -0.12 },
    { latitude: 51.500001, longitude: -0.12 },
    { latitude: 90, longitude: 10 },
    { latitude: -90, longitude: -180 },
    { latitude: 16.5, longitude: 180 },
    { latitude: 16.5, longitude: -180 },
    { latitude: 16.5, longitude: 179.999999 },
  ),
);
export const anyBox: fc.Arbitrary<Box> = fc.tuple(anyPoint, anyPoint).map(([a, b]) => ({
  west: a.longitude,
  east: b.longitude,
  south: Math.min(a.latitude, b.latitude),
  north: Math.max(a.latitude, b.latitude),
}));
