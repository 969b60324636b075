import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fingerprintOf } from "../../src/coop/fingerprint.ts";
import { AppError } from "../../src/errors.ts";
import { respond } from "../../src/replication/ranges.ts";
import { Inquiry } from "../../src/replication/ranges-inquiry.ts";
import { Gathering } from "../../src/replication/sealed.ts";
import { type Item, itemsOf } from "../helpers/items.ts";
import { rangeVectorFile, rangeVectors } from "../helpers/range-vectors.ts";

const split = { buckets: 8, leaf: 8 };
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");
const bytes = (text: string) => new Uint8Array(Buffer.from(text, "hex"));

/** Lets a client ask a server until it knows everything. */
function reconcile(client: Item[], server: Item[], frame: number, ends = { split, frame }) {
  const ours = itemsOf(client);
  const theirs = itemsOf(server);
  const inquiry = new Inquiry(ours, { split, frame });
  let rounds = 0;
  let largest = 0;
  for (let ask = inquiry.ask(); ask !== undefined; ask = inquiry.ask()) {
    const answer = respond(theirs, ask, ends);
    largest = Math.max(largest, ask.length, answer.length);
    inquiry.take(answer);
    rounds += 1;
  }
  const extra = inquiry.extra.map((index) => hex(ours.ids(index, index + 1)));
  return { lacking: [...inquiry.lacking].toSorted(), extra: extra.toSorted(), rounds, largest };
}

/** What is in one list and not in the other, the obvious way. */
function difference(these: Item[], those: Item[]): string[] {
  const ids = new Set(those.map(({ id }) => id));
  return these.flatMap(({ id }) => (ids.has(id) ? [] : [id])).toSorted();
}

type Vectors = Omit<ReturnType<typeof rangeVectors>, "malformed"> & {
  malformed: { message: string; what: string }[];
};

interface Reference {
  split: typeof split;
  frame: number;
  fingerprints: { items: Item[]; fingerprint: string }[];
  answers: { from: string; items: Item[]; message: string; answer: string }[];
}

describe("the vectors in fixtures/ranges", () => {
  it("hold the messages of the reference implementation, which are made here byte for byte", () => {
    const path = join(import.meta.dirname, "../../fixtures/ranges/reference.json");
    const reference = JSON.parse(readFileSync(path, "utf8")) as Reference;
    for (const { items, fingerprint } of reference.fingerprints) {
      expect(fingerprintOf(items.map(({ id }) => id))).toBe(fingerprint);
    }
    for (const { from, items, message, answer } of reference.answers) {
      expect(hex(respond(itemsOf(items), bytes(message), reference)), from).toBe(answer);
    }
    const { items = [], answer } = reference.answers.at(-1) ?? {};
    expect(hex(new Inquiry(itemsOf(items), reference).ask() ?? new Uint8Array(0))).toBe(answer);
  });

  it("are what this code makes and finds, byte for byte", () => {
    const vectors = JSON.parse(readFileSync(rangeVectorFile, "utf8")) as Vectors;
    expect(rangeVectors()).toEqual(vectors);
    for (const { what, frame, client, server, messages, lacking, extra } of vectors.runs) {
      expect(lacking, what).toEqual(difference(server, client));
      expect(extra, what).toEqual(difference(client, server));
      for (const { asks, answers } of messages) {
        expect(hex(respond(itemsOf(server), bytes(asks), { split, frame })), what).toBe(answers);
      }
    }
    for (const { message, what } of vectors.malformed) {
      for (const take of [
        () => respond(itemsOf([]), bytes(message), { split, frame: 4096 }),
        () => new Inquiry(itemsOf([]), { split, frame: 4096 }).take(bytes(message)),
      ]) {
        expect(take, what).toThrow(expect.objectContaining({ code: "bad-request" }));
      }
    }
  });
});

const id = fc.uint8Array({ minLength: 32, maxLength: 32 }).map(hex);
/** Ids that differ late, as somebody may make them. */
const alikeId = fc.integer({ min: 0, max: 2000 }).map((n) => n.toString(16).padStart(64, "0"));
const key = fc.oneof(
  fc.integer({ min: 0, max: 3 }),
  fc.integer({ min: 2 ** 31 - 5, max: 2 ** 31 + 5 }),
  fc.maxSafeInteger().map((n) => Math.abs(n) % 2 ** 48),
);
const items = (most: number) =>
  fc.uniqueArray(fc.record({ key, id: fc.oneof(id, alikeId) }), {
    maxLength: most,
    selector: (item) => item.id,
    size: "max",
  });
const shares = fc.record({ ours: fc.double({ min: 0, max: 1, noNaN: true }), seed: fc.nat() });

/** Two sets that have some items in common. */
const pairs = (most: number) =>
  fc.tuple(items(most), shares).map(([all, { ours, seed }]) => {
    const chance = (at: number) => ((seed + at * 2654435761) % 1000) / 1000;
    return {
      client: all.filter((_, at) => chance(at) < ours || chance(at) > 0.9),
      server: all.filter((_, at) => chance(at) >= ours / 2),
    };
  });

describe("a reconciliation", () => {
  it("finds the difference of any two sets within any frame, also where the other end divides otherwise", () => {
    const frames = fc.integer({ min: 800, max: 3000 });
    const others = fc.record({
      buckets: fc.integer({ min: 2, max: 8 }),
      leaf: fc.integer({ min: 2, max: 16 }),
    });
    fc.assert(
      fc.property(pairs(400), frames, others, ({ client, server }, frame, other) => {
        const found = reconcile(client, server, frame, { split: other, frame });
        expect(found.lacking).toEqual(difference(server, client));
        expect(found.extra).toEqual(difference(client, server));
        expect(found.largest).toBeLessThanOrEqual(frame);
        // Each item costs a round at most, and some more to get near it.
        expect(found.rounds).toBeLessThan(20 + 2 * (client.length + server.length));
      }),
      { numRuns: 150, verbose: true },
    );
  });

  it("finds 2,000 differences among 100,000 items on sealed sets, in frames of 256 KB", () => {
    const ours = new Gathering();
    const theirs = new Gathering(ours.hosts);
    const expected: string[] = [];
    for (let at = 0; at < 100_000; at += 1) {
      const host = `h${at % 700}.example`;
      const name = `https://${host}/coops/${at}/listing`;
      const digest = fingerprintOf([at.toString(16).padStart(64, "0")]).repeat(2);
      if (at % 50 === 0) expected.push(digest);
      else ours.add(host, name, digest);
      theirs.add(host, name, digest);
    }
    const options = { split, frame: 256 * 1024 };
    const inquiry = new Inquiry(ours.seal(), options);
    const server = theirs.seal();
    for (let ask = inquiry.ask(); ask !== undefined; ask = inquiry.ask()) {
      inquiry.take(respond(server, ask, options));
    }
    expect([...inquiry.lacking].toSorted()).toEqual(expected.toSorted());
    expect(inquiry.extra).toEqual([]);
  });

  it("loses no difference that lies wholly within what was put off by a full frame", () => {
    // The other end holds nothing where the frame ends, and the same behind it.
    const all = Array.from({ length: 600 }, (_, at) => ({
      key: at * 1000,
      id: fingerprintOf([at.toString(16).padStart(64, "0")]).repeat(2),
    }));
    for (let hole = 0; hole < 500; hole += 20) {
      const client = all.filter((_, at) => at < hole || at >= hole + 100 || at % 7 === 0);
      const found = reconcile(client, all, 800);
      expect(found.lacking).toEqual(difference(all, client));
    }
  });

  it("refuses frames in which it couldn’t get on", () => {
    const small = { split, frame: 500 };
    expect(() => new Inquiry(itemsOf([]), small)).toThrow(/500 bytes is too small.* takes \d+\.$/);
    expect(() => respond(itemsOf([]), bytes("61"), small)).toThrow(/too small/);
  });
});

/** Runs what may refuse its input, and fails on any other error. */
function tolerate(work: () => unknown): void {
  try {
    work();
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== "bad-request") throw error;
  }
}

describe("a message from anybody", () => {
  const held = itemsOf(
    Array.from({ length: 300 }, (_, at) => ({
      key: Math.floor(at / 3) * 2 ** 30,
      id: fingerprintOf([at.toString(16).padStart(64, "0")]).repeat(2),
    })),
  );
  const options = { split, frame: 4096 };
  const genuine = new Inquiry(held, options).ask() ?? new Uint8Array(0);

  it("is answered within the frame or refused, whatever it is", () => {
    const garbage = fc.uint8Array({ maxLength: 600 }).map((tail) => Uint8Array.of(0x61, ...tail));
    const spoilt = fc
      .tuple(fc.nat(genuine.length - 1), fc.integer({ min: 0, max: 255 }), fc.nat(genuine.length))
      .map(([at, value, length]) => genuine.with(at, value).subarray(0, length));
    fc.assert(
      fc.property(fc.oneof(garbage, spoilt), (message) => {
        tolerate(() => {
          expect(respond(held, message, options).length).toBeLessThanOrEqual(options.frame);
        });
      }),
      { numRuns: 3000, verbose: true },
    );
  });

  it("leads no inquiry astray for ever: within so many rounds it ends, asks more closely, or refuses", () => {
    const other = itemsOf([{ key: 5, id: "ab".repeat(32) }]);
    const alter = fc.array(fc.tuple(fc.nat(200), fc.integer({ min: 0, max: 255 })), {
      maxLength: 3,
    });
    fc.assert(
      fc.property(fc.array(alter, { minLength: 1, maxLength: 10 }), (rounds) => {
        tolerate(() => {
          const inquiry = new Inquiry(held, options);
          for (const changes of rounds) {
            const ask = inquiry.ask();
            if (ask === undefined) break;
            expect(ask.length).toBeLessThanOrEqual(options.frame);
            let answer: Uint8Array = respond(other, ask, options);
            for (const [at, value] of changes) answer = answer.with(at % answer.length, value);
            inquiry.take(answer);
          }
        });
      }),
      { numRuns: 1000, verbose: true },
    );
  });

  it("is refused as an answer when it puts off everything, or names what wasn’t asked about", () => {
    const take = (answer: string) => () => {
      const inquiry = new Inquiry(held, options);
      inquiry.ask();
      inquiry.take(bytes(answer));
    };
    expect(take(`61000001${"00".repeat(16)}`)).toThrow(/puts off everything/);
    expect(take(`6100000201${"ab".repeat(32)}`)).toThrow(/wasn’t asked/);
  });
});
