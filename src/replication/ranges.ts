import { AppError } from "../errors.ts";
import { idBytes } from "../coop/fingerprint.ts";
import {
  beginning,
  type Bound,
  compareBounds,
  end,
  isOtherVersion,
  MessageWriter,
  protocolVersion,
  readMessage,
} from "./ranges-message.ts";

/**
 * Range-based set reconciliation: two nodes find out how their sets of records
 * differ, by comparing fingerprints of ever smaller ranges. Pure: what goes
 * over the wire, and when, is the business of others.
 */

/** A set of items that doesn't change, in order of key and then id. */
export interface Items {
  readonly count: number;
  /** A whole number below 2^53. */
  key(index: number): number;
  /** The ids of the items from one index up to another, one behind the other. */
  ids(from: number, to: number): Uint8Array;
  /** Of the same items, as Negentropy computes it. */
  fingerprint(from: number, to: number): Uint8Array;
}

/** How a range that differs is looked at more closely. The two ends may do it differently. */
interface Split {
  /** Into how many smaller ones it is divided. */
  buckets: number;
  /** With fewer items than this, it isn't divided any more. */
  leaf: number;
}

export interface Options {
  split: Split;
  /** What a message may be at most, in bytes. */
  frame: number;
}

/** Room that is left for what ends a message: the last list's bounds, and the fingerprint of the rest. */
const reserve = 200;
/** A bound of the largest key with a whole id, and the mode. */
const boundBytes = 8 + 1 + idBytes + 1;

/** The smallest frame in which every message can say one thing more. */
function leastFrame({ buckets, leaf }: Split): number {
  const divided = buckets * (boundBytes + 16);
  const listed = boundBytes + 8 + (leaf - 1) * idBytes;
  return reserve + 1 + boundBytes + Math.max(divided, listed);
}

/** @throws {AppError} `bad-request` for a frame that is too small to get on in. */
export function demandFrame({ split, frame }: Options): void {
  const least = leastFrame(split);
  if (frame >= least) return;
  throw new AppError(
    "bad-request",
    `A frame of ${frame} bytes is too small: with ranges divided by ${split.buckets} down to ${split.leaf} items it takes ${least}.`,
  );
}

/**
 * Answers a message, and remembers nothing. Ranges are answered from the
 * beginning on as far as the frame goes; of everything behind them the
 * fingerprint is given, so that nothing is left out.
 *
 * @throws {AppError} `bad-request` for what isn't a message, or too small a frame.
 */
export function respond(
  items: Items,
  message: Uint8Array,
  options: Options,
): Uint8Array<ArrayBuffer> {
  demandFrame(options);
  if (isOtherVersion(message)) return Uint8Array.of(protocolVersion);
  const room = options.frame - reserve;
  const out = new MessageWriter();
  let start = beginning;
  let from = 0;
  let skipping = false;
  for (const range of readMessage(message)) {
    const to = find(items, range.end, from);
    if (
      range.says === "skip" ||
      (range.says === "fingerprint" && same(range.fingerprint, items.fingerprint(from, to)))
    ) {
      skipping = true;
    } else {
      const { length } = out;
      if (skipping) out.skip(start);
      skipping = false;
      const mark = out.mark();
      let reached = to;
      if (range.says === "fingerprint") {
        divide(out, items, from, to, range.end, options.split);
        if (out.length > room) {
          out.rewind(mark);
          out.fingerprint(end, items.fingerprint(from, items.count));
          return out.bytes;
        }
      } else {
        const most = Math.max(0, Math.floor((room - length) / idBytes) + 1);
        reached = Math.min(to, from + most);
        out.list(reached < to ? boundOf(items, reached) : range.end, items.ids(from, reached));
      }
      if (out.length > room) {
        if (reached < items.count) out.fingerprint(end, items.fingerprint(reached, items.count));
        return out.bytes;
      }
    }
    start = range.end;
    from = to;
  }
  return out.bytes;
}

/** Writes what a node has in a range of which the other has something else. */
function divide(
  out: MessageWriter,
  items: Items,
  from: number,
  to: number,
  end: Bound,
  split: Split,
): void {
  if (to - from < split.leaf) return out.list(end, items.ids(from, to));
  for (const part of parts(items, from, to, end, split.buckets)) {
    out.fingerprint(part.end, items.fingerprint(part.from, part.to));
  }
}

/** A range in terms of a set. */
export interface Part {
  from: number;
  to: number;
  end: Bound;
}

/** Divides a range into parts with as many items each, give or take one. */
export function parts(items: Items, from: number, to: number, end: Bound, buckets: number): Part[] {
  const each = Math.floor((to - from) / buckets);
  const more = (to - from) % buckets;
  const made: Part[] = [];
  for (let at = from, bucket = 0; bucket < buckets; bucket += 1) {
    const next = at + each + (bucket < more ? 1 : 0);
    made.push({ from: at, to: next, end: next === to ? end : boundBetween(items, next) });
    at = next;
  }
  return made;
}

/** The shortest bound between an item and the one before it. */
function boundBetween(items: Items, index: number): Bound {
  const key = items.key(index);
  if (items.key(index - 1) !== key) return { key, id: new Uint8Array(0) };
  const before = items.ids(index - 1, index);
  const id = items.ids(index, index + 1);
  let shared = 0;
  while (before[shared] === id[shared]) shared += 1;
  return { key, id: id.subarray(0, shared + 1) };
}

function boundOf(items: Items, index: number): Bound {
  return { key: items.key(index), id: items.ids(index, index + 1) };
}

/** The first item at or behind a bound, at or behind an index. */
export function find(items: Items, bound: Bound, from: number): number {
  let low = from;
  let high = items.count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const key = items.key(middle);
    const before =
      key === bound.key ? compareBounds(boundOf(items, middle), bound) < 0 : key < bound.key;
    if (before) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Whether two fingerprints are the same. */
export function same(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}
