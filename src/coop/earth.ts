/** A place on earth, decimal degrees (WGS 84). */
export interface Point {
  latitude: number;
  longitude: number;
}

/**
 * A part of a map, decimal degrees, its edges included. Where west is larger
 * than east it reaches across the date line (RFC 7946, 5.2).
 */
export interface Box {
  west: number;
  south: number;
  east: number;
  north: number;
}

/** Radius of the sphere that has the mean radius of the earth (IUGG), km. */
const radius = 6371.0088;

/** Nothing is farther away, km. */
export const farthest = Math.PI * radius;

/** Square of the sine of half an angle, degrees. */
export function haversine(angle: number): number {
  return Math.sin((angle * Math.PI) / 360) ** 2;
}

/** The way along the great circle, km, whose haversine is this. */
export function kilometres(haversineOfWay: number): number {
  return 2 * radius * Math.asin(Math.sqrt(Math.min(1, haversineOfWay)));
}

/** The haversine of a way of so many km. */
export function haversineOf(km: number): number {
  return Math.sin(Math.min(km, farthest) / radius / 2) ** 2;
}

/** Cosine of an angle, degrees. */
export function cosine(angle: number): number {
  return Math.cos((angle * Math.PI) / 180);
}

/**
 * How far two places are apart along the great circle, km, on a sphere: off by
 * half a per cent at most.
 */
export function distance(a: Point, b: Point): number {
  return kilometres(
    haversine(a.latitude - b.latitude) +
      cosine(a.latitude) * cosine(b.latitude) * haversine(a.longitude - b.longitude),
  );
}

/** How far east of a meridian another one is, degrees: at least 0 and less than 360. */
export function eastward(from: number, to: number): number {
  const way = (to - from) % 360;
  return way < 0 ? way + 360 : way;
}

/** How many degrees of longitude a box is wide: one as wide as the whole earth is 360. */
export function widthOf({ west, east }: Box): number {
  return east - west >= 360 ? 360 : eastward(west, east);
}
