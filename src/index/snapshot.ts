import {
  closeSync,
  existsSync,
  fstatSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { crc32 } from "node:zlib";
import { facetNames } from "../coop/query.ts";
import { Columns, type Numbers, type Saved } from "./columns.ts";
import type { Dictionaries } from "./sets.ts";

/** What begins a snapshot; raise the number with every change to what is in it. */
const magic = "fragaria columns 1\n";

const types = {
  u8: Uint8Array,
  u16: Uint16Array,
  u32: Uint32Array,
  i16: Int16Array,
  i32: Int32Array,
  f64: Float64Array,
} as const;
type TypeName = keyof typeof types;

/** What is in a snapshot, as JSON before the arrays themselves. */
interface Head {
  /** Of what it is a snapshot. */
  key: string;
  /** How far that had come. */
  stamp: number;
  /** By facet, how many sets were known. */
  sets: number[];
  arrays: [name: string, type: TypeName, length: number][];
  /** CRC-32 of the arrays, one after another. */
  checksum: number;
}

/**
 * Writes all that the columns hold into a file, which is there as a whole or not
 * at all; unless somebody else is at it. The dictionaries are not among it: whoever reads must have them.
 *
 * @param key What it must be a snapshot of to be of use: the epoch of the log,
 *   and which file of the index gave the numbers.
 * @param stamp How far that had come.
 */
export function writeSnapshot(
  file: string,
  columns: Columns,
  { key, stamp }: { key: string; stamp: number },
): void {
  const saved = Object.entries(columns.save());
  const head: Head = {
    key,
    stamp,
    sets: facetNames.map((name) => columns.sets(name).size),
    arrays: saved.map(([name, array]) => [name, typeOf(array), array.length]),
    checksum: saved.reduce((sum, [, array]) => crc32(bytesOf(array), sum), 0),
  };
  const unfinished = `${file}.new`;
  const handle = openAlone(unfinished);
  if (handle === undefined) return;
  try {
    const text = Buffer.from(JSON.stringify(head));
    const size = Buffer.alloc(8);
    size.writeUInt32LE(text.length);
    size.writeUInt32LE(crc32(text), 4);
    const parts = [Buffer.from(magic), size, text, ...saved.map(([, array]) => bytesOf(array))];
    for (const part of parts) writeWhole(handle, part);
    renameSync(unfinished, file);
  } catch (error) {
    rmSync(unfinished, { force: true });
    throw error;
  } finally {
    closeSync(handle);
  }
}

/** After so many milliseconds whoever began to write isn't there any more. */
const givenUp = 60_000;

/** Undefined when somebody else is writing it. */
function openAlone(file: string): number | undefined {
  try {
    return openSync(file, "wx");
  } catch (error) {
    if (!existsSync(file)) throw error;
    if (Date.now() - statSync(file).mtimeMs < givenUp) return undefined;
    rmSync(file, { force: true });
    return openSync(file, "wx");
  }
}

/** Where the snapshot of an index is. */
export function snapshotOf(index: string): string {
  return `${index}-columns`;
}

export function removeSnapshot(index: string): void {
  for (const suffix of ["", ".new"]) rmSync(snapshotOf(index) + suffix, { force: true });
}

/** How far a snapshot of `key` has come; undefined when there is none. */
export function stampOf(file: string, key: string): number | undefined {
  return withHead(file, key, (_, { stamp }) => stamp);
}

/**
 * Reads a snapshot.
 *
 * @param dictionaries All sets that the index knows now: its numbers mean those.
 * @returns Undefined when there is none, or it is damaged, or of something else
 *   than `key`: then the columns must be made from the index itself.
 */
export function readSnapshot(
  file: string,
  dictionaries: Dictionaries,
  key: string,
): { columns: Columns; stamp: number } | undefined {
  return withHead(file, key, (handle, head) => {
    const isKnown = facetNames.every(
      (name, at) => dictionaries[name].size >= (head.sets[at] ?? Infinity),
    );
    const saved = isKnown ? readArrays(handle, head) : undefined;
    return saved && { columns: Columns.restore(dictionaries, saved), stamp: head.stamp };
  });
}

/** Undefined when there is no such file, or it makes no sense. */
function withHead<T>(
  file: string,
  key: string,
  read: (handle: number, head: Head & { end: number }) => T,
): T | undefined {
  let handle: number;
  try {
    handle = openSync(file, "r");
  } catch {
    return undefined;
  }
  try {
    const head = readHead(handle);
    return head?.key === key ? read(handle, head) : undefined;
  } catch (error) {
    if (error instanceof TypeError || error instanceof SyntaxError) return undefined;
    throw error;
  } finally {
    closeSync(handle);
  }
}

function readHead(handle: number): (Head & { end: number }) | undefined {
  const first = Buffer.alloc(magic.length + 8);
  readWhole(handle, first, 0);
  if (first.toString("latin1", 0, magic.length) !== magic) return undefined;
  const size = first.readUInt32LE(magic.length);
  const end = first.length + size;
  if (end > fstatSync(handle).size) return undefined;
  const text = Buffer.alloc(size);
  readWhole(handle, text, first.length);
  if (crc32(text) !== first.readUInt32LE(magic.length + 4)) return undefined;
  return { ...(JSON.parse(text.toString("utf8")) as Head), end };
}

function readArrays(handle: number, { arrays, checksum, end }: Head & { end: number }) {
  const sizes = arrays.map(([, type, length]) => types[type].BYTES_PER_ELEMENT * length);
  // Before room is made for it.
  if (end + sizes.reduce((sum, each) => sum + each, 0) !== fstatSync(handle).size) return undefined;
  const saved: Record<string, Numbers> = {};
  let at = end;
  let sum = 0;
  for (const [name, type, length] of arrays) {
    const array = new types[type](length);
    const bytes = bytesOf(array);
    readWhole(handle, bytes, at);
    at += bytes.length;
    sum = crc32(bytes, sum);
    saved[name] = array;
  }
  return sum === checksum ? (saved satisfies Saved) : undefined;
}

function typeOf(array: Numbers): TypeName {
  const found = Object.entries(types).find(([, type]) => array instanceof type);
  return found?.[0] as TypeName;
}

function bytesOf(array: Numbers): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}

function writeWhole(handle: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length;) at += writeSync(handle, bytes, at);
}

/** Bytes that the file doesn't have stay 0, and no checksum fits. */
function readWhole(handle: number, bytes: Uint8Array, position: number): void {
  for (let at = 0; at < bytes.length;) {
    const read = readSync(handle, bytes, at, bytes.length - at, position + at);
    if (read === 0) return;
    at += read;
  }
}
