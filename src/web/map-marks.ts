import { type Box, eastward } from "../coop/earth.ts";
import type { MapPoint, MapResult } from "../index/directory-index.ts";
import type { Group } from "../index/map.ts";
import { aspect, spotOn, type View } from "./map-view.ts";

/**
 * How far apart marks are at least, in widths of the map: 24 CSS pixels on a
 * phone, where the map is 328 wide, are enough for a finger (WCAG 2.2, 2.5.8).
 */
export const farEnough = 24 / 328;

/** A group, or one co-op, with where it is on the drawing. */
interface Mark extends Group {
  left: number;
  top: number;
  point?: MapPoint;
}

/** Puts together what would stand so close on the drawing that one couldn't hit either. */
export function apart(view: View, { groups, points, ...found }: MapResult): MapResult {
  const alone = points.map((point): Group & { point: MapPoint } => {
    const { latitude, longitude } = point;
    const box = { west: longitude, south: latitude, east: longitude, north: latitude };
    return { latitude, longitude, count: 1, box, point };
  });
  let marks = [...groups, ...alone].map((each): Mark => ({ ...each, ...spotOn(view, each) }));
  for (let before = Infinity; marks.length < before;) {
    before = marks.length;
    marks = joined(view, marks);
  }
  return {
    ...found,
    groups: marks.filter(({ point }) => point === undefined).toSorted((a, b) => b.count - a.count),
    points: marks.flatMap(({ point }) => point ?? []),
  };
}

/** One round: what was put together has moved, and may have come close to another one. */
function joined(view: View, marks: Mark[]): Mark[] {
  const kept: Mark[] = [];
  for (const mark of marks.toSorted((a, b) => b.count - a.count)) {
    const near = kept.findIndex(
      ({ left, top }) => Math.hypot(left - mark.left, (top - mark.top) * aspect) < farEnough,
    );
    const other = kept[near];
    if (other === undefined) kept.push(mark);
    else kept[near] = both(view, other, mark);
  }
  return kept;
}

function both(view: View, a: Mark, b: Mark): Mark {
  const count = a.count + b.count;
  const way = eastward(a.longitude, b.longitude);
  // The short way round, which may be across the date line.
  const east = ((way > 180 ? way - 360 : way) * b.count) / count;
  const place = {
    latitude: (a.latitude * a.count + b.latitude * b.count) / count,
    longitude: eastward(-180, a.longitude + east) - 180,
  };
  return { ...place, ...spotOn(view, place), count, box: around(a.box, b.box) };
}

/** The box of two that are less than half of the earth apart. */
function around(a: Box, b: Box): Box {
  return {
    west: eastward(a.west, b.west) < 180 ? a.west : b.west,
    south: Math.min(a.south, b.south),
    east: eastward(a.east, b.east) < 180 ? b.east : a.east,
    north: Math.max(a.north, b.north),
  };
}
