import { type Box, eastward, widthOf } from "../coop/earth.ts";
import { type Edges, edgesOf, nowhere, type Places } from "./geo.ts";

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
  const { latitude } = places;
  let placed = 0;
  for (let at = 0; at < rows.length; at++) {
    placed += latitude[rows[at]!] === nowhere ? 0 : 1;
  }
  let inBox = 0;
  for (const part of edgesOf(box)) inBox += grid.add(places, rows, part);
  return { placed, inBox, clusters: grid.clusters() };
}

/** Numbers that are kept of each cell. */
const width = 8;
/** Steps of latitude by which a line of cells is looked up. */
const steps = 4096;

/** The cells that a box touches, and what lies in them. Places in millionths of a degree. */
class Grid {
  /** Cells around the earth, those from west to east on the map, and the westernmost. */
  readonly #around: number;
  readonly #across: number;
  readonly #first: number;
  readonly #south: number;
  readonly #step: number;
  /** Where each line of cells begins in the south; after the last, infinity. */
  readonly #edges: Float64Array;
  /** By step north of the southern edge of the map, the line in which the step begins. */
  readonly #lines = new Uint16Array(steps + 1);
  /**
   * Of each cell: how many, one of them, the sums of their longitudes and
   * latitudes, and the outermost in the west, east, south and north.
   */
  readonly #cells: Float64Array;

  constructor(box: Box, zoom: number) {
    const around = cellsAround(zoom);
    const cell = 360 / around;
    this.#around = around;
    this.#first = Math.floor((box.west + 180) / cell) % around;
    const inset = eastward(this.#first * cell - 180, box.west);
    this.#across = Math.min(Math.floor((inset + widthOf(box)) / cell) + 2, around);
    const top = Math.floor(mercator(box.north) * around);
    const bottom = Math.floor(mercator(box.south) * around);
    this.#edges = new Float64Array(bottom - top + 3).fill(Infinity);
    for (let line = 0; line <= bottom - top + 1; line++) {
      this.#edges[line] = Math.round(latitudeAt((bottom + 1 - line) / around) * 1e6);
    }
    this.#south = Math.round(box.south * 1e6);
    this.#step = Math.max((Math.round(box.north * 1e6) - this.#south) / steps, 1);
    for (let at = 0, line = 0; at <= steps; at++) {
      while (this.#edges[line + 1]! <= this.#south + at * this.#step) line += 1;
      this.#lines[at] = line;
    }
    this.#cells = new Float64Array(this.#across * this.#edges.length * width);
    for (let at = 0; at < this.#cells.length; at += width) {
      this.#cells[at + 4] = this.#cells[at + 6] = Infinity;
      this.#cells[at + 5] = this.#cells[at + 7] = -Infinity;
    }
  }

  /** Counts the rows that lie in the box, or in a part of it. Returns how many do. */
  add(places: Places, rows: Uint32Array, { west, east, south, north }: Edges): number {
    const { latitude: lat, longitude: lon } = places;
    const [cells, lines, edges] = [this.#cells, this.#lines, this.#edges];
    const [around, across, first, bottom] = [this.#around, this.#across, this.#first, this.#south];
    const [perCell, perStep] = [around / 360e6, 1 / this.#step];
    let added = 0;
    for (let index = 0; index < rows.length; index++) {
      const row = rows[index]!;
      const y = lat[row]!;
      const x = lon[row] === 180e6 ? -180e6 : lon[row]!;
      if (y < south || y > north || x < west || x > east) continue;
      added += 1;
      let line = lines[((y - bottom) * perStep) | 0]!;
      while (edges[line + 1]! <= y) line += 1;
      const column = (((x + 180e6) * perCell) | 0) - first;
      const at = (line * across + (column < 0 ? column + around : column)) * width;
      cells[at]! += 1;
      cells[at + 1] = row;
      cells[at + 2]! += x;
      cells[at + 3]! += y;
      if (x < cells[at + 4]!) cells[at + 4] = x;
      if (x > cells[at + 5]!) cells[at + 5] = x;
      if (y < cells[at + 6]!) cells[at + 6] = y;
      if (y > cells[at + 7]!) cells[at + 7] = y;
    }
    return added;
  }

  clusters(): Cluster[] {
    const cells = this.#cells;
    const found: Cluster[] = [];
    for (let at = 0; at < cells.length; at += width) {
      const count = cells[at]!;
      if (count === 0) continue;
      found.push({
        latitude: Math.round(cells[at + 3]! / count) / 1e6,
        longitude: Math.round(cells[at + 2]! / count) / 1e6,
        count,
        box: {
          west: cells[at + 4]! / 1e6,
          south: cells[at + 6]! / 1e6,
          east: cells[at + 5]! / 1e6,
          north: cells[at + 7]! / 1e6,
        },
        row: cells[at + 1]!,
      });
    }
    return found.toSorted((a, b) => b.count - a.count);
  }
}
