import { type Box, eastward, widthOf } from "../coop/earth.ts";
import { type Edges, edgesOf, meridian, nowhere, type Places } from "./geo.ts";

/** Rows that are close to one another at a scale. */
export interface Cluster {
  /** The mean of their places, decimal degrees. */
  latitude: number;
  longitude: number;
  count: number;
  /** The smallest box that has them all: a search in it has just them. */
  box: Box;
  /** One of them: the only one where the count is 1. */
  row: number;
}

/** What is on a map. */
export interface Clusters {
  /** How many of the rows have a place, on this map or elsewhere. */
  placed: number;
  /** How many are on it: the sum of the counts. */
  inBox: number;
  /** The largest first. */
  clusters: Cluster[];
}

/** Zooms in at most so often: cells are then 5 m wide at the equator. */
export const mostZoom = 20;
/** Cells of a map in either direction: at most so many. */
const mostCells = 512;

/** Cells around the earth at a zoom: eight in each tile of a web map, in either direction. */
function cellsAround(zoom: number): number {
  return 8 * 2 ** zoom;
}

/**
 * How far down the map a latitude is in Web Mercator: 0 on top, 1 at the
 * bottom, about 85° from the equator, where what is beyond is put, too.
 */
export function mercator(latitude: number): number {
  const y = 0.5 - Math.asinh(Math.tan((latitude * Math.PI) / 180)) / (2 * Math.PI);
  return Math.min(Math.max(y, 0), 1);
}

/** The latitude so far down the map. */
export function latitudeAt(y: number): number {
  return (Math.atan(Math.sinh(Math.PI * (1 - 2 * y))) * 180) / Math.PI;
}

/** The largest zoom at which a box is at most so many cells wide and high. */
export function zoomFor(box: Box, cells: number): number {
  const widest = Math.max(widthOf(box) / 360, mercator(box.south) - mercator(box.north));
  const zoom = Math.floor(Math.log2(cells / 8 / widest));
  return Math.min(Math.max(zoom, 0), mostZoom);
}

/** The largest zoom that `clustersOf` can be asked for with this box. */
export function largestZoom(box: Box): number {
  // Two less: cells at the edges are on the map in part.
  return zoomFor(box, mostCells - 2);
}

/**
 * Puts rows together that lie in the same cell of a grid: an eighth of a tile
 * of the web maps in common use (Web Mercator), so that cells are about square
 * on those and the same wherever the map is moved. In one pass.
 *
 * @param zoom As of web maps, 0 to `largestZoom(box)`.
 */
export function clustersOf(places: Places, rows: Uint32Array, box: Box, zoom: number): Clusters {
  const grid = new Grid(box, zoom);
  let [placed, inBox] = [0, 0];
  const { latitude: lat, longitude: lon } = places;
  const parts = edgesOf(box);
  for (let at = 0; at < rows.length; at++) {
    const row = rows[at] ?? 0;
    const y = lat[row] ?? nowhere;
    if (y === nowhere) continue;
    placed += 1;
    const x = meridian(lon[row] ?? 0);
    if (!isIn(parts, x, y)) continue;
    inBox += 1;
    grid.add(row, x, y);
  }
  return { placed, inBox, clusters: grid.clusters() };
}

function isIn(parts: Edges[], x: number, y: number): boolean {
  for (const { west, east, south, north } of parts) {
    if (x >= west && x <= east && y >= south && y <= north) return true;
  }
  return false;
}

/** Steps of latitude by which the row of cells is looked up. */
const steps = 4096;

/** The cells that a box touches, and what lies in them. Places in millionths of a degree. */
class Grid {
  /** Cells around the earth, and from west to east on the map. */
  readonly #around: number;
  readonly #across: number;
  /** The cell on the left. */
  readonly #first: number;
  /** The southern edge of each line of cells, the southernmost first. */
  readonly #edges: number[] = [];
  /** By step of latitude from the southernmost edge, the line that has its beginning. */
  readonly #lines = new Uint16Array(steps + 1);
  readonly #south: number;
  readonly #step: number;
  readonly #count: Uint32Array;
  readonly #row: Uint32Array;
  readonly #sumX: Float64Array;
  readonly #sumY: Float64Array;
  readonly #west: Int32Array;
  readonly #east: Int32Array;
  readonly #low: Int32Array;
  readonly #high: Int32Array;

  constructor(box: Box, zoom: number) {
    this.#around = cellsAround(zoom);
    const cell = 360 / this.#around;
    this.#first = this.#cellOf(meridian(Math.round(box.west * 1e6)));
    const inset = eastward(this.#first * cell - 180, box.west) % cell;
    this.#across = Math.min(Math.floor((inset + widthOf(box)) / cell) + 2, this.#around);
    const top = Math.floor(mercator(box.north) * this.#around);
    const bottom = Math.floor(mercator(box.south) * this.#around);
    for (let line = bottom + 1; line >= top; line--) {
      this.#edges.push(Math.round(latitudeAt(line / this.#around) * 1e6));
    }
    this.#south = Math.round(box.south * 1e6);
    this.#step = Math.max((box.north * 1e6 - this.#south) / steps, 1);
    for (const at of this.#lines.keys()) {
      let line = this.#lines[at - 1] ?? 0;
      while (this.#starts(line + 1) <= this.#south + at * this.#step) line += 1;
      this.#lines[at] = line;
    }
    const size = this.#across * this.#edges.length;
    this.#count = new Uint32Array(size);
    this.#row = new Uint32Array(size);
    this.#sumX = new Float64Array(size);
    this.#sumY = new Float64Array(size);
    this.#west = new Int32Array(size).fill(180e6);
    this.#east = new Int32Array(size).fill(-180e6);
    this.#low = new Int32Array(size).fill(90e6);
    this.#high = new Int32Array(size).fill(-90e6);
  }

  /** Counts a row that lies in the box. */
  add(row: number, x: number, y: number): void {
    let line = this.#lines[Math.floor((y - this.#south) / this.#step)] ?? 0;
    while (this.#starts(line + 1) <= y) line += 1;
    let column = this.#cellOf(x) - this.#first;
    if (column < 0) column += this.#around;
    const at = line * this.#across + column;
    this.#count[at]! += 1;
    this.#row[at] = row;
    this.#sumX[at]! += x;
    this.#sumY[at]! += y;
    if (x < this.#west[at]!) this.#west[at] = x;
    if (x > this.#east[at]!) this.#east[at] = x;
    if (y < this.#low[at]!) this.#low[at] = y;
    if (y > this.#high[at]!) this.#high[at] = y;
  }

  clusters(): Cluster[] {
    const found: Cluster[] = [];
    for (let at = 0; at < this.#count.length; at++) {
      const count = this.#count[at]!;
      if (count === 0) continue;
      found.push({
        latitude: Math.round(this.#sumY[at]! / count) / 1e6,
        longitude: Math.round(this.#sumX[at]! / count) / 1e6,
        count,
        box: {
          west: this.#west[at]! / 1e6,
          south: this.#low[at]! / 1e6,
          east: this.#east[at]! / 1e6,
          north: this.#high[at]! / 1e6,
        },
        row: this.#row[at]!,
      });
    }
    return found.toSorted((a, b) => b.count - a.count);
  }

  /** Where a line of cells begins in the south: the first and those beyond the last never end. */
  #starts(line: number): number {
    return this.#edges[line] ?? Infinity;
  }

  #cellOf(x: number): number {
    return Math.floor(((x + 180e6) / 360e6) * this.#around);
  }
}
