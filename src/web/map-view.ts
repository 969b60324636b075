import { type Box, eastward, widthOf } from "../coop/earth.ts";
import { latitudeAt, mercator } from "../index/clusters.ts";

/** What a drawing of the map shows, in Web Mercator: 1 is once around the earth. */
export interface View {
  /** The western edge, 0 to 1, and the northern one, from the north down. */
  x: number;
  y: number;
  width: number;
}

/** How high the drawing is for its width. */
export const aspect = 0.625;

/** What is closer is not shown: about 800 m at the equator. */
const narrowest = 2e-5;

/** Nearly all of the earth: without the Antarctic. */
export const world: View = { x: 0, y: 0.12, width: 1 };

/** The smallest view that has all of a box, and a little around it. */
export function viewOf(box: Box): View {
  const [top, bottom] = [mercator(box.north), mercator(box.south)];
  const wide = widthOf(box) / 360;
  const width = Math.max(wide, (bottom - top) / aspect, narrowest);
  return placed((box.west + 180) / 360 + wide / 2, (top + bottom) / 2, width);
}

/** The view of this width with its middle there, as far as the map reaches. */
function placed(middleX: number, middleY: number, width: number): View {
  const wide = Math.max(width, narrowest);
  if (wide >= 0.999) return world;
  const x = middleX - wide / 2;
  const y = Math.min(Math.max(middleY - (wide * aspect) / 2, 0), 1 - wide * aspect);
  return { x: x - Math.floor(x), y, width: wide };
}

/** The same place, so many times closer. */
export function zoomed({ x, y, width }: View, times: number): View {
  return placed(x + width / 2, y + (width * aspect) / 2, width / times);
}

/** The view that many of its widths to the east and of its heights to the south. */
export function moved({ x, y, width }: View, east: number, south: number): View {
  return placed(x + width * (0.5 + east), y + width * aspect * (0.5 + south), width);
}

/** A box with room around it, so that what is at its edges is seen. */
export function widened(box: Box): Box {
  const across = widthOf(box) * 0.12 + 1e-4;
  const upright = (box.north - box.south) * 0.12 + 1e-4;
  const around = widthOf(box) + 2 * across >= 360;
  return {
    west: around ? -180 : wrapped(box.west - across),
    east: around ? 180 : wrapped(box.east + across),
    south: Math.max(box.south - upright, -90),
    north: Math.min(box.north + upright, 90),
  };
}

/** What a view shows, in millionths of a degree, as addresses have it. */
export function boxOf({ x, y, width }: View): Box {
  const round = (degrees: number) => Math.round(degrees * 1e6) / 1e6;
  const north = round(latitudeAt(y));
  const south = round(latitudeAt(y + width * aspect));
  if (width >= 1) return { west: -180, south, east: 180, north };
  return {
    west: round(x * 360 - 180),
    south,
    east: round(wrapped((x + width) * 360 - 180)),
    north,
  };
}

function wrapped(longitude: number): number {
  return eastward(-180, longitude) - 180;
}

/** Where a place is on the drawing: from the left and from the top, 0 to 1 where it is seen. */
export function spotOn(
  { x, y, width }: View,
  { latitude, longitude }: { latitude: number; longitude: number },
): { left: number; top: number } {
  const across = (longitude + 180) / 360 - x;
  // A little west of the view is better than nearly once around the earth to its east.
  const near = across - Math.floor(across + (1 - width) / 2);
  return { left: near / width, top: (mercator(latitude) - y) / (width * aspect) };
}
