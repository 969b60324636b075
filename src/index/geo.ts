import {
  type Box,
  cosine,
  eastward,
  farthest,
  haversine,
  haversineOf,
  kilometres,
  type Point,
  widthOf,
} from "../coop/earth.ts";

/** The latitude and the longitude of a row that has no place, in the columns. */
export const nowhere = -2147483648;

/** Where the rows are. The arrays may be replaced when they grow. */
export interface Places {
  /** One more than the largest row. */
  readonly size: number;
  /** By row, millionths of a degree, or `nowhere`. */
  readonly latitude: Int32Array;
  readonly longitude: Int32Array;
}

/** A row and how far it is, km. */
export interface Distant {
  row: number;
  km: number;
  tie: number;
}

/** Some rows. */
interface Among {
  size: number;
  rows(): Iterable<number>;
  has(row: number): boolean;
}

/** What `nearest` is asked for. */
export interface Nearest {
  limit: number;
  /** Only these rows; listed only if they are few. */
  among: Among;
  /** The number that decides between rows that are equally far. */
  tie: ArrayLike<number>;
  /** Only what comes behind this in the order. */
  after?: { km: number; tie: number } | undefined;
}

/** A part of the map, and where its rows are in the order. */
interface Tile {
  /** How often the earth is cut in two, in both directions. */
  level: number;
  /** Its number from the west and from the south, among those of its level. */
  x: number;
  y: number;
  /** The first key that can be in it. */
  key: number;
  from: number;
  to: number;
}

type Verdict = "outside" | "inside" | "across";

/** Bits of each half of a key: the smallest tiles are 0.0055° wide and 0.0027° high. */
const depth = 16;
/** So few rows are looked at one by one. */
const few = 16;
/** Rows moved before they are taken into the order: at least so many, and one of so many. */
const asideLeast = 1024;
const asideShare = 128;
/** Fewer than this are put in order faster than they are found in the tiles. */
const fewMatches = 4096;

/**
 * Where the rows are, for questions of place. They stand in the order of a
 * space-filling curve (Morton's), so that each tile of the map, halved as often
 * as one likes, is one run of them: a quadtree without nodes, eight bytes a
 * row. Rows that have moved are kept aside, and taken in when they are many.
 */
export class Geo {
  readonly #places: Places;
  /** Keys in ascending order, and the rows that they belong to. */
  #keys = new Uint32Array(0);
  #rows = new Uint32Array(0);
  /** Rows whose place may have changed since they were put in order: a list, and 1 by row. */
  #aside: number[] = [];
  #moved = new Uint8Array(1024);

  constructor(places: Places) {
    this.#places = places;
    for (let row = 0; row < places.size; row++) {
      if (places.latitude[row] !== nowhere) this.move(row);
    }
  }

  /** To be told of each row that has got a place, another one, or has lost it. */
  move(row: number): void {
    if (row >= this.#moved.length) {
      const larger = new Uint8Array(Math.max(row + 1, this.#moved.length * 2));
      larger.set(this.#moved);
      this.#moved = larger;
    }
    if (this.#moved[row] === 1) return;
    this.#moved[row] = 1;
    this.#aside.push(row);
  }

  /** The rows that are at most so many km away, ascending. */
  withinRadius({ latitude, longitude }: Point, km: number): Uint32Array {
    const { latitude: lat, longitude: lon } = this.#places;
    const cos = cosine(latitude);
    const reach = haversineOf(km);
    // What is this close to the line is decided row by row: bounds of tiles may be off by rounding.
    const [surely, hardly] = [reach * (1 - 1e-6), reach * (1 + 1e-6) + 1e-18];
    const degrees = (km / farthest) * 180 * (1 + 1e-6) + 1e-9;
    const hits = new Hits();
    this.#walk(
      ({ level, x, y }) => {
        const { least, most } = bounds(level, x, y, latitude, longitude, cos);
        if (least > hardly) return "outside";
        return most < surely ? "inside" : "across";
      },
      (row) => {
        const y = (lat[row] ?? 0) / 1e6;
        if (Math.abs(y - latitude) > degrees) return false;
        const along = cos * cosine(y) * haversine((lon[row] ?? 0) / 1e6 - longitude);
        return kilometres(haversine(y - latitude) + along) <= km;
      },
      hits,
    );
    return hits.ascending(this.#places.size);
  }

  /** The rows in a box, ascending. Its edges are rounded to millionths of a degree. */
  withinBox(box: Box): Uint32Array {
    const { latitude: lat, longitude: lon } = this.#places;
    const hits = new Hits();
    for (const { south, north, west, east } of edgesOf(box)) {
      this.#walk(
        ({ level, x, y }) => {
          const wide = 360e6 / 2 ** level;
          const left = x * wide - 180e6;
          const bottom = (y * wide) / 2 - 90e6;
          const [right, top] = [left + wide, bottom + wide / 2];
          if (right < west || left > east || top < south || bottom > north) return "outside";
          const inside = left >= west && right <= east && bottom >= south && top <= north;
          return inside ? "inside" : "across";
        },
        (row) => {
          const [y, x] = [lat[row] ?? 0, meridian(lon[row] ?? 0)];
          return y >= south && y <= north && x >= west && x <= east;
        },
        hits,
      );
    }
    return hits.ascending(this.#places.size);
  }

  /** How far a row that has a place is from here, km. */
  distanceFrom({ latitude, longitude }: Point): (row: number) => number {
    const { latitude: lat, longitude: lon } = this.#places;
    const cos = cosine(latitude);
    return (row) => {
      const y = (lat[row] ?? 0) / 1e6;
      const along = cos * cosine(y) * haversine((lon[row] ?? 0) / 1e6 - longitude);
      return kilometres(haversine(y - latitude) + along);
    };
  }

  /** The nearest of some rows, in order: those that are equally far by their ties. */
  nearest(from: Point, { limit, among, tie, after }: Nearest): Distant[] {
    const { latitude: lat } = this.#places;
    const { latitude, longitude } = from;
    const cos = cosine(latitude);
    const best = new Best(limit);
    const distance = this.distanceFrom(from);
    const add = (row: number) => {
      const each = { row, km: distance(row), tie: tie[row] ?? 0 };
      if (after === undefined || order(each, after) > 0) best.add(each);
    };
    if (among.size <= fewMatches) {
      for (const row of among.rows()) if (lat[row] !== nowhere) add(row);
      return best.all;
    }
    this.#settle();
    for (const row of this.#aside) {
      if (among.has(row) && lat[row] !== nowhere) add(row);
    }
    // Tiles by the least that the way to them can be; so what is found first is nearest.
    const tiles = new Queue();
    tiles.push(this.#earth(), 0);
    for (;;) {
      const next = tiles.pop();
      if (next === undefined || next.km > best.worst) return best.all;
      const { tile } = next;
      if (tile.level === depth || tile.to - tile.from <= few) {
        for (let at = tile.from; at < tile.to; at++) {
          const row = this.#rows[at] ?? 0;
          if (among.has(row) && this.#moved[row] !== 1) add(row);
        }
        continue;
      }
      for (const child of this.#quarters(tile)) {
        const { least, most } = bounds(child.level, child.x, child.y, latitude, longitude, cos);
        if (after !== undefined && kilometres(most) * (1 + 1e-6) < after.km) continue;
        const km = kilometres(least) * (1 - 1e-6);
        if (km <= best.worst) tiles.push(child, km);
      }
    }
  }

  /** Finds rows by tiles, and those in tiles that a line goes across one by one. */
  #walk(judge: (tile: Tile) => Verdict, test: (row: number) => boolean, hits: Hits): void {
    this.#settle();
    const { latitude } = this.#places;
    for (const row of this.#aside) if (latitude[row] !== nowhere && test(row)) hits.add(row);
    const visit = (tile: Tile) => {
      const verdict = judge(tile);
      if (verdict === "outside") return;
      if (verdict === "across" && tile.level < depth && tile.to - tile.from > few) {
        for (const child of this.#quarters(tile)) visit(child);
        return;
      }
      if (verdict === "inside" && this.#aside.length === 0) {
        hits.addAll(this.#rows.subarray(tile.from, tile.to));
        return;
      }
      for (let at = tile.from; at < tile.to; at++) {
        const row = this.#rows[at] ?? 0;
        if (this.#moved[row] !== 1 && (verdict === "inside" || test(row))) hits.add(row);
      }
    };
    visit(this.#earth());
  }

  #earth(): Tile {
    return { level: 0, x: 0, y: 0, key: 0, from: 0, to: this.#keys.length };
  }

  /** The quarters of a tile that have rows. */
  #quarters({ level, x, y, key, from, to }: Tile): Tile[] {
    const quarters: Tile[] = [];
    const span = 4 ** (depth - level - 1);
    let start = from;
    for (let part = 0; part < 4; part++) {
      const end = part === 3 ? to : firstFrom(this.#keys, key + (part + 1) * span, start, to);
      if (end > start) {
        quarters.push({
          level: level + 1,
          x: x * 2 + (part & 1),
          y: y * 2 + (part >> 1),
          key: key + part * span,
          from: start,
          to: end,
        });
      }
      start = end;
    }
    return quarters;
  }

  /** Takes in the rows that were kept aside, when they are many. */
  #settle(): void {
    if (this.#aside.length <= Math.max(asideLeast, this.#rows.length / asideShare)) return;
    const come = this.#come();
    const [keys, rows, moved] = [this.#keys, this.#rows, this.#moved];
    let stayed = 0;
    for (let at = 0; at < rows.length; at++) stayed += 1 - (moved[rows[at] ?? 0] ?? 0);
    const merged = emptyRun(stayed + come.rows.length);
    let [old, fresh] = [0, 0];
    for (let at = 0; at < merged.rows.length; at++) {
      while (old < rows.length && moved[rows[old] ?? 0] === 1) old += 1;
      const first = keys[old] ?? Infinity;
      const second = come.keys[fresh] ?? Infinity;
      merged.keys[at] = first <= second ? first : second;
      merged.rows[at] = (first <= second ? rows[old++] : come.rows[fresh++]) ?? 0;
    }
    this.#keys = merged.keys;
    this.#rows = merged.rows;
    for (const row of this.#aside) moved[row] = 0;
    this.#aside = [];
  }

  /** The rows kept aside that have a place, in the order of their keys. */
  #come(): Run {
    const { latitude, longitude } = this.#places;
    const placed = this.#aside.filter((row) => latitude[row] !== nowhere);
    const run = emptyRun(placed.length);
    for (const [at, row] of placed.entries()) {
      run.rows[at] = row;
      run.keys[at] = keyOf(latitude[row] ?? 0, longitude[row] ?? 0);
    }
    return sorted(sorted(run, 0), 16);
  }
}

/** Keys and the rows that they belong to, side by side. */
interface Run {
  keys: Uint32Array<ArrayBuffer>;
  rows: Uint32Array<ArrayBuffer>;
}

function emptyRun(length: number): Run {
  return { keys: new Uint32Array(length), rows: new Uint32Array(length) };
}

/** Sorts by sixteen bits of the keys; what has the same bits stays as it was (radix sort). */
function sorted({ keys, rows }: Run, shift: number): Run {
  const next = new Uint32Array(2 ** 16 + 1);
  for (let at = 0; at < keys.length; at++) next[((keys[at]! >>> shift) & 0xffff) + 1]! += 1;
  for (let at = 1; at < next.length; at++) next[at]! += next[at - 1]!;
  const run = emptyRun(keys.length);
  for (let at = 0; at < keys.length; at++) {
    const key = keys[at]!;
    const to = next[(key >>> shift) & 0xffff]!++;
    run.keys[to] = key;
    run.rows[to] = rows[at]!;
  }
  return run;
}

/** A longitude, millionths of a degree, with the date line in the west only. */
function meridian(longitude: number): number {
  return longitude === 180e6 ? -180e6 : longitude;
}

/** Between which numbers latitudes and longitudes lie, millionths of a degree. */
export interface Edges {
  south: number;
  north: number;
  west: number;
  east: number;
}

/** A box as the columns have places: in two parts when it reaches across the date line. */
export function edgesOf(box: Box): Edges[] {
  const [south, north] = [millionths(box.south), millionths(box.north)];
  if (widthOf(box) === 360) return [{ south, north, west: -180e6, east: 180e6 }];
  const [west, east] = [meridian(millionths(box.west)), meridian(millionths(box.east))];
  if (west <= east) return [{ south, north, west, east }];
  return [
    { south, north, west, east: 180e6 },
    { south, north, west: -180e6, east },
  ];
}

function millionths(degrees: number): number {
  return Math.round(degrees * 1e6);
}

/** The bits of its tile from the west and from the south, in turn. */
function keyOf(latitude: number, longitude: number): number {
  const x = Math.floor((meridian(longitude) + 180e6) / (360e6 / 2 ** depth));
  // The pole belongs to the tiles south of it.
  const y = Math.min(Math.floor((latitude + 90e6) / (180e6 / 2 ** depth)), 2 ** depth - 1);
  return (spread(x) | (spread(y) << 1)) >>> 0;
}

/** Sixteen bits with a gap between each two. */
function spread(bits: number): number {
  let wide = (bits | (bits << 8)) & 0x00ff00ff;
  wide = (wide | (wide << 4)) & 0x0f0f0f0f;
  wide = (wide | (wide << 2)) & 0x33333333;
  return (wide | (wide << 1)) & 0x55555555;
}

/** The first place in an ascending list where there is no less; `to` if there is none. */
export function firstFrom(keys: Uint32Array, key: number, from: number, to: number): number {
  let [low, high] = [from, to];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((keys[middle] ?? 0) < key) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * Between what the haversine of the way from a place to anywhere in a tile must
 * be: each part of the formula at its least and at its most.
 *
 * @param cos Cosine of the place's latitude.
 */
function bounds(
  level: number,
  x: number,
  y: number,
  latitude: number,
  longitude: number,
  cos: number,
): { least: number; most: number } {
  const wide = 360 / 2 ** level;
  const bottom = (y * wide) / 2 - 90;
  const top = bottom + wide / 2;
  const turn = eastward(longitude, (x + 0.5) * wide - 180);
  const aside = Math.min(turn, 360 - turn);
  const [cosBottom, cosTop] = [cosine(bottom), cosine(top)];
  const widest = bottom < 0 && top > 0 ? 1 : Math.max(cosBottom, cosTop);
  const outside = Math.max(0, bottom - latitude, latitude - top);
  const farEdge = Math.max(Math.abs(latitude - bottom), Math.abs(latitude - top));
  return {
    least:
      haversine(outside) +
      cos * Math.min(cosBottom, cosTop) * haversine(Math.max(0, aside - wide / 2)),
    most: haversine(farEdge) + cos * widest * haversine(Math.min(180, aside + wide / 2)),
  };
}

/** Negative when the first is nearer. */
function order(a: { km: number; tie: number }, b: { km: number; tie: number }): number {
  return a.km - b.km || a.tie - b.tie;
}

/** Rows that were found, in whatever order. */
class Hits {
  #rows = new Uint32Array(256);
  #size = 0;

  add(row: number): void {
    if (this.#size === this.#rows.length) this.#makeRoom(1);
    this.#rows[this.#size++] = row;
  }

  addAll(rows: Uint32Array): void {
    if (this.#size + rows.length > this.#rows.length) this.#makeRoom(rows.length);
    this.#rows.set(rows, this.#size);
    this.#size += rows.length;
  }

  #makeRoom(wanted: number): void {
    const larger = new Uint32Array((this.#size + wanted) * 2);
    larger.set(this.#rows);
    this.#rows = larger;
  }

  /** @param size One more than the largest row that there may be. */
  ascending(size: number): Uint32Array {
    const rows = this.#rows.subarray(0, this.#size);
    if (rows.length < size / 256) return rows.toSorted();
    // A bit for every row is faster than sorting when many were found.
    const bits = new Int32Array((size >>> 5) + 1);
    for (let at = 0; at < rows.length; at++) bits[rows[at]! >>> 5]! |= 1 << (rows[at]! & 31);
    const all = new Uint32Array(rows.length);
    let at = 0;
    for (let index = 0; index < bits.length; index++) {
      for (let left = bits[index]!; left !== 0; left &= left - 1) {
        all[at++] = index * 32 + 31 - Math.clz32(left & -left);
      }
    }
    return all;
  }
}

/** The nearest so far, in order. */
class Best {
  readonly all: Distant[] = [];
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** What is farther than this doesn't come in any more, km. */
  get worst(): number {
    return this.all.length < this.#limit ? Infinity : (this.all.at(-1)?.km ?? -1);
  }

  add(each: Distant): void {
    const last = this.all.at(-1);
    if (this.all.length >= this.#limit && (last === undefined || order(each, last) >= 0)) return;
    let at = this.all.length;
    while (at > 0 && order(each, this.all[at - 1]!) < 0) at -= 1;
    this.all.splice(at, 0, each);
    if (this.all.length > this.#limit) this.all.pop();
  }
}

/** Tiles, the nearest first: a binary heap. */
class Queue {
  readonly #heap: { tile: Tile; km: number }[] = [];

  push(tile: Tile, km: number): void {
    const heap = this.#heap;
    const added = { tile, km };
    let at = heap.length;
    while (at > 0) {
      const parent = heap[(at - 1) >> 1]!;
      if (parent.km <= km) break;
      heap[at] = parent;
      at = (at - 1) >> 1;
    }
    heap[at] = added;
  }

  pop(): { tile: Tile; km: number } | undefined {
    const heap = this.#heap;
    const [first] = heap;
    const last = heap.pop();
    if (heap.length === 0 || last === undefined) return first;
    let at = 0;
    for (;;) {
      let child = at * 2 + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && heap[child + 1]!.km < heap[child]!.km) child += 1;
      if (heap[child]!.km >= last.km) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = last;
    return first;
  }
}
