import { AppError } from "../errors.ts";
import {
  beginning,
  type Bound,
  compareBounds,
  eachId,
  end as everything,
  MessageWriter,
  readMessage,
} from "./ranges-message.ts";
import { demandFrame, find, type Items, type Options, parts, same } from "./ranges.ts";

/**
 * How many ranges may be open at a time: several times what comes of sets that
 * have nothing in common.
 */
const openMost = 1_000_000;

/** A range that is to be asked about, and which of our items lie in it. */
interface Question {
  start: Bound;
  end: Bound;
  from: number;
  to: number;
  /** Whether our ids are named, rather than their fingerprint. */
  list: boolean;
}

/**
 * The side that asks: it finds out by which items another set differs from
 * ours. It knows which ranges are still open, and so asks about nothing again
 * that was answered before a frame was full.
 *
 * It hardly ever names ids of its own: it asks by fingerprint, and an end that
 * has few items in a range answers by naming them. That is half of the bytes of
 * naming them on both sides.
 */
export class Inquiry {
  /** The ids that the other set has and ours lacks, in hexadecimal. */
  readonly lacking = new Set<string>();
  /** The indexes of those of our items that the other set lacks. */
  readonly extra: number[] = [];
  readonly #items: Items;
  readonly #options: Options;
  /** What is still to be asked, in order, and what was asked last. */
  #open: Question[] = [];
  #asked: Question[] = [];
  /** How many ranges to ask about at once: some more than were last answered in a frame. */
  #most = Infinity;

  /** @throws {AppError} `bad-request` when the frame is too small. */
  constructor(items: Items, options: Options) {
    demandFrame(options);
    this.#items = items;
    this.#options = options;
    const all = { start: beginning, end: everything, from: 0, to: items.count, list: false };
    this.#open = this.#closer(all);
  }

  /** The next message, or undefined when everything has been answered. */
  ask(): Uint8Array<ArrayBuffer> | undefined {
    if (this.#open.length === 0) return undefined;
    const out = new MessageWriter();
    let reached = beginning;
    let count = 0;
    while (count < this.#open.length && count < this.#most) {
      const { start, end, from, to, list } = this.#open[count] as Question;
      const mark = out.mark();
      if (compareBounds(reached, start) < 0) out.skip(start);
      if (list) out.list(end, this.#items.ids(from, to));
      else out.fingerprint(end, this.#items.fingerprint(from, to));
      if (out.length > this.#options.frame) {
        out.rewind(mark);
        break;
      }
      reached = end;
      count += 1;
    }
    this.#asked = this.#open.splice(0, count);
    return out.bytes;
  }

  /**
   * Takes the answer to the last message.
   *
   * @throws {AppError} `bad-request` for what isn't one. The inquiry has then
   *   come to its end.
   */
  take(answer: Uint8Array): void {
    const closer: Question[] = [];
    let putOff: Question[] = [];
    let start = beginning;
    let from = 0;
    let next = 0;
    for (const range of readMessage(answer)) {
      const to = find(this.#items, range.end, from);
      while (next < this.#asked.length && !reaches(this.#asked[next], start)) next += 1;
      const asked = this.#asked[next];
      const inside =
        asked !== undefined &&
        compareBounds(asked.start, start) <= 0 &&
        compareBounds(range.end, asked.end) <= 0;
      if (range.says === "list") {
        if (!inside) throw astray("names records of which it wasn’t asked");
        this.#compare(range.ids, from, to);
      } else if (
        range.says === "fingerprint" &&
        !same(range.fingerprint, this.#items.fingerprint(from, to))
      ) {
        if (inside) {
          closer.push(...this.#closer({ ...range, start, from, to, list: false }, asked));
        } else {
          // The frame was full: what is left of our questions is asked again as it was.
          putOff = this.#asked.slice(next);
          const [first] = putOff;
          if (first !== undefined && compareBounds(first.start, start) < 0) {
            putOff[0] = { ...first, start, from };
          }
          break;
        }
      }
      start = range.end;
      from = to;
    }
    const answered = this.#asked.length - putOff.length;
    if (answered === 0 && closer.length === 0 && !isBehind(start, this.#asked[0])) {
      throw astray("puts off everything that it was asked");
    }
    this.#most = putOff.length > 0 ? Math.ceil(answered * 1.25) + 1 : this.#most * 2;
    this.#open = [...closer, ...putOff, ...this.#open];
    if (this.#open.length > openMost) throw astray("leaves too much open");
  }

  /** How to ask more closely about a range that differs. */
  #closer(range: Question, asked?: Question): Question[] {
    const { from, to, end } = range;
    const { buckets, leaf } = this.#options.split;
    if (to - from >= leaf) {
      let { start } = range;
      return parts(this.#items, from, to, end, buckets).map((part) => {
        const question = { ...part, start, list: false };
        start = part.end;
        return question;
      });
    }
    // Who says nothing more about a range by its fingerprint is given our ids, and so has to name its own.
    const again =
      asked !== undefined &&
      compareBounds(asked.start, range.start) === 0 &&
      compareBounds(asked.end, end) === 0;
    return [{ ...range, list: from === to || again }];
  }

  #compare(ids: Uint8Array, from: number, to: number): void {
    const theirs = new Set(eachId(ids));
    for (let index = from; index < to; index += 1) {
      const [id = ""] = theirs.size === 0 ? [] : eachId(this.#items.ids(index, index + 1));
      if (!theirs.delete(id)) this.extra.push(index);
    }
    for (const id of theirs) this.lacking.add(id);
  }
}

function reaches(question: Question | undefined, bound: Bound): boolean {
  return question !== undefined && compareBounds(question.end, bound) > 0;
}

function isBehind(bound: Bound, question: Question | undefined): boolean {
  return question === undefined || compareBounds(bound, question.start) > 0;
}

function astray(why: string): AppError {
  return new AppError("bad-request", `The answer doesn’t fit the question: it ${why}.`);
}
