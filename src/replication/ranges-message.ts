import { AppError } from "../errors.ts";
import { fingerprintBytes, idBytes, varint } from "../coop/fingerprint.ts";

/**
 * Messages of Negentropy V1, byte for byte: a version, then ranges that follow
 * on one another from the beginning of all items. Each says where it ends, and
 * what the sender has to say of what lies in it.
 * https://github.com/hoytech/negentropy, docs/negentropy-protocol-v1.md
 */

export const protocolVersion = 0x61;

const skipMode = 0;
const fingerprintMode = 1;
const listMode = 2;

/** A place between items: before the first whose key and id aren't smaller. */
export interface Bound {
  /** `Infinity` behind all items. */
  key: number;
  /** The first bytes of an id; those that are left out are zero. */
  id: Uint8Array;
}

/** From where the range before it ended to `end`, which isn't in it. */
export type Range =
  | { end: Bound; says: "skip" }
  | { end: Bound; says: "fingerprint"; fingerprint: Uint8Array }
  /** All ids that the sender has there, one behind the other. */
  | { end: Bound; says: "list"; ids: Uint8Array };

const nothing = new Uint8Array(0);
export const beginning: Bound = { key: 0, id: nothing };
export const end: Bound = { key: Infinity, id: nothing };

/** Negative when `a` comes before `b`, zero when they are the same place. */
export function compareBounds(a: Bound, b: Bound): number {
  if (a.key !== b.key) return a.key < b.key ? -1 : 1;
  for (let at = 0; at < Math.max(a.id.length, b.id.length); at += 1) {
    const difference = (a.id[at] ?? 0) - (b.id[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Whether a message is of another version of Negentropy, which is answered by our version alone. */
export function isOtherVersion(message: Uint8Array): boolean {
  const [version = 0] = message;
  return version !== protocolVersion && version >= 0x60 && version <= 0x6f;
}

/**
 * Reads a message, all of it before anything is done about it. What comes out
 * is not larger than a small multiple of the message.
 *
 * @throws {AppError} `bad-request` for anything but a whole message of version 1.
 */
export function readMessage(message: Uint8Array): Range[] {
  if (message[0] !== protocolVersion) {
    throw faulty(0, `it begins with ${message[0] ?? "nothing"} and not with ${protocolVersion}`);
  }
  let at = 1;
  let key = 0;
  let before = beginning;
  const take = (count: number, what: string) => {
    if (count > message.length - at) throw faulty(at, `it ends within ${what}`);
    at += count;
    return message.subarray(at - count, at);
  };
  const number = (what: string) => {
    for (let value = 0; ;) {
      const [digit = 0] = take(1, what);
      value = value * 128 + (digit & 127);
      if (value > Number.MAX_SAFE_INTEGER) throw faulty(at, `${what} is larger than 2^53`);
      if (digit < 128) return value;
    }
  };
  const bound = (): Bound => {
    const delta = number("a key");
    key = delta === 0 ? Infinity : key + delta - 1;
    if (key !== Infinity && key > Number.MAX_SAFE_INTEGER) {
      throw faulty(at, "a key is larger than 2^53");
    }
    const length = number("the length of a prefix");
    if (length > idBytes) throw faulty(at, `a prefix of ${length} bytes is longer than an id`);
    return { key, id: take(length, "a prefix") };
  };
  const ranges: Range[] = [];
  while (at < message.length) {
    const end = bound();
    if (compareBounds(end, before) < 0) throw faulty(at, "a range ends before it begins");
    before = end;
    const mode = number("a mode");
    if (mode === skipMode) {
      ranges.push({ end, says: "skip" });
    } else if (mode === fingerprintMode) {
      const fingerprint = take(fingerprintBytes, "a fingerprint");
      ranges.push({ end, says: "fingerprint", fingerprint });
    } else if (mode === listMode) {
      // In safe numbers: 2^53 ids would be 2^58 bytes, which is more than any message.
      const ids = take(number("the length of a list") * idBytes, "a list");
      if (new Set(eachId(ids)).size * idBytes !== ids.length) {
        throw faulty(at, "a list has an id twice");
      }
      ranges.push({ end, says: "list", ids });
    } else {
      throw faulty(at, `there is no mode ${mode}`);
    }
  }
  return ranges;
}

/** The ids of a list, in hexadecimal. */
export function* eachId(ids: Uint8Array): Generator<string> {
  const buffer = Buffer.from(ids.buffer, ids.byteOffset, ids.length);
  for (let at = 0; at < ids.length; at += idBytes) yield buffer.toString("hex", at, at + idBytes);
}

function faulty(at: number, why: string): AppError {
  return new AppError(
    "bad-request",
    `This isn’t a message of Negentropy version 1: ${why} (byte ${at}).`,
  );
}

/** Where a message may be taken back to. */
export interface Mark {
  length: number;
  key: number;
}

/** A message that is being written. */
export class MessageWriter {
  #bytes = new Uint8Array(1024);
  #length = 0;
  /** Keys are written as the difference from the one before. */
  #key = 0;

  constructor() {
    this.#push([protocolVersion]);
  }

  /** Bytes so far. */
  get length(): number {
    return this.#length;
  }

  get bytes(): Uint8Array<ArrayBuffer> {
    return this.#bytes.slice(0, this.#length);
  }

  skip(end: Bound): void {
    this.#bound(end);
    this.#push([skipMode]);
  }

  fingerprint(end: Bound, fingerprint: Uint8Array): void {
    this.#bound(end);
    this.#push([fingerprintMode]);
    this.#push(fingerprint);
  }

  list(end: Bound, ids: Uint8Array): void {
    this.#bound(end);
    this.#push([listMode, ...varint(ids.length / idBytes)]);
    this.#push(ids);
  }

  mark(): Mark {
    return { length: this.#length, key: this.#key };
  }

  /** Takes back what was written since. */
  rewind({ length, key }: Mark): void {
    this.#length = length;
    this.#key = key;
  }

  #bound({ key, id }: Bound): void {
    this.#push(key === Infinity ? [0] : varint(1 + key - this.#key));
    this.#key = key;
    this.#push(varint(id.length));
    this.#push(id);
  }

  #push(bytes: ArrayLike<number>): void {
    const length = this.#length + bytes.length;
    if (length > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(length, this.#bytes.length * 2));
      larger.set(this.#bytes.subarray(0, this.#length));
      this.#bytes = larger;
    }
    this.#bytes.set(bytes, this.#length);
    this.#length = length;
  }
}
