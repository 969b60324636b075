import { hash } from "node:crypto";
import { addId, addSum, fingerprint, idBytes, limbs, subtractSum } from "../coop/fingerprint.ts";
import { find, type Items } from "./ranges.ts";

/**
 * The records of a node as items of a reconciliation, on typed arrays: some 40
 * bytes each. The key of an item is the first four bytes of the SHA-256 of its
 * host, then the first two of that of its id; its id is the digest. So the
 * records of a host stand together, and can be left out or taken alone.
 *
 * Hosts may have the same four bytes, by chance or because somebody tried until
 * they had. Then their records stand among one another. So each item knows its
 * whole host, and what is left out goes by that.
 */
export interface Sealed extends Items {
  readonly arrays: Arrays;
  readonly hosts: Hosts;
  /** The sum of the ids of the items from one index up to another. */
  sum(from: number, to: number): Uint32Array;
}

interface Arrays {
  count: number;
  /** The number of its host. */
  host: Uint32Array;
  /** The first two bytes of the hash of its id. */
  tail: Uint16Array;
  digests: Uint8Array;
  /** The same bytes, four at a time: to copy them. */
  words: Uint32Array;
}

/** Hosts by number. Only ever added to, so sets that follow on one another share it. */
export class Hosts {
  readonly names: string[] = [];
  /** The first four bytes of the hash of each. */
  readonly prefixes: number[] = [];
  readonly #numbers = new Map<string, number>();

  number(name: string): number | undefined {
    return this.#numbers.get(name);
  }

  add(name: string): number {
    let number = this.#numbers.get(name);
    if (number === undefined) {
      number = this.names.push(name) - 1;
      this.prefixes.push(hash("sha256", name, "buffer").readUInt32BE(0));
      this.#numbers.set(name, number);
    }
    return number;
  }
}

/** The first two bytes of the hash of a record's id. */
function tailOf(id: string): number {
  return hash("sha256", id, "buffer").readUInt16BE(0);
}

function keyOf(prefix: number, tail: number): number {
  return prefix * 0x1_0000 + tail;
}

/** Items that are collected, in no order, to be sealed. */
export class Gathering {
  readonly hosts: Hosts;
  #arrays: Arrays;

  /** @param hosts Those of the set that this is to be merged with. */
  constructor(hosts = new Hosts()) {
    this.hosts = hosts;
    this.#arrays = allocate(1024);
  }

  /** @param digest In hexadecimal. */
  add(host: string, id: string, digest: string): void {
    const { count, tail } = this.#arrays;
    if (count === tail.length) this.#arrays = copyOf(this.#arrays, count * 2);
    this.#arrays.host[count] = this.hosts.add(host);
    this.#arrays.tail[count] = tailOf(id);
    this.#arrays.digests.set(Buffer.from(digest, "hex"), count * idBytes);
    this.#arrays.count += 1;
  }

  seal(): Sealed {
    return sealed(inOrder(this.#arrays, this.hosts), this.hosts);
  }
}

function allocate(size: number): Arrays {
  const digests = new Uint8Array(size * idBytes);
  return {
    count: 0,
    host: new Uint32Array(size),
    tail: new Uint16Array(size),
    digests,
    words: new Uint32Array(digests.buffer),
  };
}

function copyOf(arrays: Arrays, size: number): Arrays {
  const copy = allocate(size);
  append(copy, arrays, 0, Math.min(size, arrays.count));
  return copy;
}

function append(to: Arrays, from: Arrays, start: number, stop: number): void {
  to.host.set(from.host.subarray(start, stop), to.count);
  to.tail.set(from.tail.subarray(start, stop), to.count);
  to.digests.set(from.digests.subarray(start * idBytes, stop * idBytes), to.count * idBytes);
  to.count += stop - start;
}

function appendOne(to: Arrays, from: Arrays, index: number): void {
  to.host[to.count] = from.host[index] ?? 0;
  to.tail[to.count] = from.tail[index] ?? 0;
  const words = idBytes / 4;
  for (let word = 0; word < words; word += 1) {
    to.words[to.count * words + word] = from.words[index * words + word] ?? 0;
  }
  to.count += 1;
}

/** Sorts by key, sixteen bits at a time, then what has the same key by digest; each item once. */
function inOrder(arrays: Arrays, { prefixes }: Hosts): Arrays {
  const { count, host, tail } = arrays;
  const prefix = (index: number) => prefixes[host[index] ?? 0] ?? 0;
  let order = Uint32Array.from({ length: count }, (_, index) => index);
  for (const digit of [
    (index: number) => tail[index] ?? 0,
    (index: number) => prefix(index) & 0xffff,
    (index: number) => prefix(index) >>> 16,
  ]) {
    order = sortedBy(order, digit);
  }
  const key = (index: number) => keyOf(prefix(index), tail[index] ?? 0);
  const digest = (index: number) =>
    arrays.digests.subarray(index * idBytes, index * idBytes + idBytes);
  const compare = (a: number, b: number) => Buffer.compare(digest(a), digest(b));
  const made = allocate(count);
  for (let at = 0; at < count;) {
    const first = order[at] ?? 0;
    let stop = at + 1;
    while (stop < count && key(order[stop] ?? 0) === key(first)) stop += 1;
    const run = order.subarray(at, stop);
    if (run.length > 1) run.sort(compare);
    let before: number | undefined;
    for (const index of run) {
      // Read twice, while it changed its place in the log.
      if (before === undefined || compare(before, index) !== 0) appendOne(made, arrays, index);
      before = index;
    }
    at = stop;
  }
  return made;
}

/** A stable counting sort. */
function sortedBy(order: Uint32Array, digit: (index: number) => number): Uint32Array<ArrayBuffer> {
  const starts = new Uint32Array(0x1_0001);
  for (const index of order) {
    const slot = digit(index) + 1;
    starts[slot] = (starts[slot] ?? 0) + 1;
  }
  for (let slot = 1; slot < starts.length; slot += 1) {
    starts[slot] = (starts[slot] ?? 0) + (starts[slot - 1] ?? 0);
  }
  const sorted = new Uint32Array(order.length);
  for (const index of order) {
    const slot = digit(index);
    const place = starts[slot] ?? 0;
    sorted[place] = index;
    starts[slot] = place + 1;
  }
  return sorted;
}

/**
 * The set without some of its items and with others, by one pass over both.
 *
 * @param without Indexes in rising order.
 * @param added Of the same hosts; what is there already is passed over.
 */
export function merged(base: Sealed, without: Iterable<number>, added: Sealed): Sealed {
  const gone = Uint32Array.from(without);
  const made = allocate(base.count - gone.length + added.count);
  let at = 0;
  let passed = 0;
  const copyTo = (stop: number) => {
    for (; (gone[passed] ?? Infinity) < stop; passed += 1) {
      append(made, base.arrays, at, gone[passed] ?? 0);
      at = (gone[passed] ?? 0) + 1;
    }
    append(made, base.arrays, at, stop);
    at = stop;
  };
  let place = 0;
  for (let index = 0; index < added.count; index += 1) {
    const bound = { key: added.key(index), id: added.ids(index, index + 1) };
    place = find(base, bound, place);
    copyTo(place);
    const there =
      place < base.count &&
      base.key(place) === bound.key &&
      Buffer.compare(base.ids(place, place + 1), bound.id) === 0;
    if (!there) appendOne(made, added.arrays, index);
  }
  copyTo(base.count);
  return sealed(made, base.hosts);
}

/** Where the items of one host stand that may be of a record; of each host and id, its digest alone tells. */
export function candidates(set: Sealed, host: string, id: string): number[] {
  const number = set.hosts.number(host);
  if (number === undefined) return [];
  const key = keyOf(set.hosts.prefixes[number] ?? 0, tailOf(id));
  const found: number[] = [];
  for (let at = find(set, { key, id: new Uint8Array(0) }, 0); at < set.count; at += 1) {
    if (set.key(at) !== key) break;
    if (set.arrays.host[at] === number) found.push(at);
  }
  return found;
}

/** What was made of a set lately: many ask for the same. */
const views = new WeakMap<Sealed, { kept: Uint8Array; items: Items }[]>();
const viewsMost = 8;

/** The items of some hosts only. */
export function only(set: Sealed, keeps: (host: string) => boolean): Items {
  const kept = Uint8Array.from(set.hosts.names, (name) => (keeps(name) ? 1 : 0));
  if (!kept.includes(0)) return set;
  const known = views.get(set) ?? [];
  const found = known.find((view) => Buffer.compare(view.kept, kept) === 0);
  if (found !== undefined) return found.items;
  const items = runsOf(set, kept);
  views.set(set, [{ kept, items }, ...known.slice(0, viewsMost - 1)]);
  return items;
}

/**
 * The items of those hosts as runs of the set: one for each host of which
 * nobody shares the prefix, and as many as it takes where somebody does.
 */
function runsOf(set: Sealed, kept: Uint8Array): Items {
  /** Of each run: its first item there, and its first item here; here's end closes the list. */
  const there: number[] = [];
  const here: number[] = [0];
  let count = 0;
  let within = false;
  for (let index = 0; index < set.count; index += 1) {
    const keep = kept[set.arrays.host[index] ?? 0] === 1;
    if (keep && !within) there.push(index);
    if (keep) count += 1;
    if (within && !keep) here.push(count);
    within = keep;
  }
  if (within) here.push(count);
  const sums = new Uint32Array(here.length * limbs);
  for (const [run, start] of there.entries()) {
    const next = (run + 1) * limbs;
    const stop = start + (here[run + 1] ?? 0) - (here[run] ?? 0);
    addSum(sums, next, sums, run * limbs);
    addSum(sums, next, set.sum(start, stop), 0);
  }
  /** The last run that begins at or before an item here. */
  const runOf = (index: number) => {
    let low = 0;
    let high = there.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if ((here[middle] ?? 0) <= index) low = middle;
      else high = middle - 1;
    }
    return low;
  };
  const place = (run: number, index: number) => (there[run] ?? 0) + index - (here[run] ?? 0);
  const addFirst = (sum: Uint32Array, most: number) => {
    const run = runOf(most);
    addSum(sum, 0, sums, run * limbs);
    if (most > (here[run] ?? 0)) addSum(sum, 0, set.sum(there[run] ?? 0, place(run, most)), 0);
  };
  return {
    count,
    key(index) {
      return set.key(place(runOf(index), index));
    },
    ids(from, to) {
      const pieces: Uint8Array[] = [];
      for (let index = from; index < to;) {
        const run = runOf(index);
        const stop = Math.min(to, here[run + 1] ?? to);
        pieces.push(set.ids(place(run, index), place(run, stop)));
        index = stop;
      }
      const [first] = pieces;
      return pieces.length === 1 && first !== undefined ? first : Buffer.concat(pieces);
    },
    fingerprint: (from, to) => fingerprint(between(addFirst, from, to), to - from),
  };
}

/** Items between one kept sum and the next. */
const stride = 32;

/** Adds the sums, from which the fingerprint of any range is had at once. */
function sealed(arrays: Arrays, hosts: Hosts): Sealed {
  const { count, host, tail, digests } = arrays;
  const view = new DataView(digests.buffer, digests.byteOffset, digests.byteLength);
  /** The sums of the first 0, 32, 64 … items. */
  const sums = new Uint32Array((Math.floor(count / stride) + 1) * limbs);
  const running = new Uint32Array(limbs);
  for (let index = 0; index < count; index += 1) {
    addId(running, 0, view, index * idBytes);
    if ((index + 1) % stride === 0) sums.set(running, ((index + 1) / stride) * limbs);
  }
  const addFirst = (sum: Uint32Array, most: number) => {
    const kept = Math.floor(most / stride);
    addSum(sum, 0, sums, kept * limbs);
    for (let index = kept * stride; index < most; index += 1) {
      addId(sum, 0, view, index * idBytes);
    }
  };
  const sum = (from: number, to: number) => between(addFirst, from, to);
  return {
    arrays,
    hosts,
    count,
    sum,
    key: (index) => keyOf(hosts.prefixes[host[index] ?? 0] ?? 0, tail[index] ?? 0),
    ids: (from, to) => digests.subarray(from * idBytes, to * idBytes),
    fingerprint: (from, to) => fingerprint(sum(from, to), to - from),
  };
}

/** @param addFirst Adds the ids of so many items from the beginning on. */
function between(
  addFirst: (sum: Uint32Array, most: number) => void,
  from: number,
  to: number,
): Uint32Array {
  const sum = new Uint32Array(limbs);
  const before = new Uint32Array(limbs);
  addFirst(sum, to);
  addFirst(before, from);
  subtractSum(sum, 0, before, 0);
  return sum;
}
