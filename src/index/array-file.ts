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

const types = {
  u8: Uint8Array,
  u16: Uint16Array,
  u32: Uint32Array,
  i16: Int16Array,
  i32: Int32Array,
  f64: Float64Array,
} as const;
type TypeName = keyof typeof types;

/** An array of numbers. */
export type Numbers =
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | Int16Array
  | Int32Array
  | Float64Array;

/** Arrays by name. */
export type Saved = Readonly<Record<string, Numbers>>;

/** What a file of arrays holds. */
export interface Contents<About> {
  /** Of what: arrays of something else are of no use. */
  key: string;
  /** How far that had come. */
  stamp: number;
  /** What else whoever reads them must know. */
  about: About;
  arrays: Saved;
}

/** What is in a file, as JSON before the arrays themselves. */
interface Head {
  key: string;
  stamp: number;
  about: unknown;
  arrays: [name: string, type: TypeName, length: number][];
  /** CRC-32 of the arrays, one after another. */
  checksum: number;
}

/**
 * Writes arrays into a file, which is there as a whole or not at all; unless
 * somebody else is at it.
 *
 * @param magic What begins the file: what it holds, and in which version.
 */
export function writeArrays<About>(
  file: string,
  magic: string,
  { key, stamp, about, arrays }: Contents<About>,
): void {
  const named = Object.entries(arrays);
  const head: Head = {
    key,
    stamp,
    about,
    arrays: named.map(([name, array]) => [name, typeOf(array), array.length]),
    checksum: named.reduce((sum, [, array]) => crc32(bytesOf(array), sum), 0),
  };
  const unfinished = `${file}.new`;
  const handle = openAlone(unfinished);
  if (handle === undefined) return;
  try {
    const text = Buffer.from(JSON.stringify(head));
    const size = Buffer.alloc(8);
    size.writeUInt32LE(text.length);
    size.writeUInt32LE(crc32(text), 4);
    const parts = [Buffer.from(magic), size, text, ...named.map(([, array]) => bytesOf(array))];
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

/** Removes such a file, and what may be left of one that wasn't finished. */
export function removeArrays(file: string): void {
  for (const suffix of ["", ".new"]) rmSync(file + suffix, { force: true });
}

/** How far what a file holds had come; undefined when there is none, or it is of another key. */
export function stampOf(file: string, magic: string, key: string): number | undefined {
  return withHead(file, magic, key, (_, { stamp }) => stamp);
}

/**
 * Reads such a file.
 *
 * @param fits Whether it is of use, by what it says of itself, before the arrays are read.
 * @returns Undefined when there is none, when it is damaged, of another key, or doesn't fit.
 */
export function readArrays<About>(
  file: string,
  magic: string,
  key: string,
  fits: (contents: Omit<Contents<About>, "arrays">) => boolean,
): Contents<About> | undefined {
  return withHead(file, magic, key, (handle, head) => {
    const { stamp, about } = head as Head & { about: About };
    if (!fits({ key, stamp, about })) return undefined;
    const arrays = arraysIn(handle, head);
    return arrays && { key, stamp, about, arrays };
  });
}

/** The array of that name, which must be of this type. */
export function taken<T extends Numbers>(saved: Saved, name: string, type: new () => T): T {
  const found = saved[name];
  if (found instanceof type) return found;
  throw new TypeError(`There is no ${name} in it.`);
}

/** Undefined when there is no such file, or it makes no sense. */
function withHead<T>(
  file: string,
  magic: string,
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
    const head = readHead(handle, magic);
    return head?.key === key ? read(handle, head) : undefined;
  } catch (error) {
    if (error instanceof TypeError || error instanceof SyntaxError) return undefined;
    throw error;
  } finally {
    closeSync(handle);
  }
}

function readHead(handle: number, magic: string): (Head & { end: number }) | undefined {
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

function arraysIn(handle: number, { arrays, checksum, end }: Head & { end: number }) {
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
  return sum === checksum ? saved : undefined;
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
