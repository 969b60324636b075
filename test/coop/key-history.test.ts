import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  countsAt,
  follow,
  type KeyEntry,
  type KeyHistory,
  newEntry,
  presentKey,
  readKeyHistory,
  survivors,
} from "../../src/coop/key-history.ts";
import { multikey, type SigningKey } from "../../src/coop/proof.ts";
import { bounds } from "../../src/coop/record.ts";
import { testKey } from "../helpers/keys.ts";

const actor = "https://a.example/actor";
const start = Date.parse("2026-01-01T00:00:00.000Z");

/** The key of this number, under an id of that number. */
function keyOf(number: number, as = number): SigningKey & { value: string } {
  const { privateKey, publicKey } = testKey("https://a.example", number + 1);
  return { method: `${actor}#ed25519-${as}`, privateKey, value: multikey(publicKey) };
}

/** Key `number`, endorsed by key `by`. */
function entry(number: number, by?: number, ends: Partial<KeyEntry> = {}): KeyEntry {
  const key = keyOf(number);
  const endorser = by === undefined ? undefined : keyOf(by);
  return { ...newEntry(key.method, key.value, start + number * 1000, endorser), ...ends };
}

const later = (number: number) => new Date(start + number * 1000).toISOString();
const ids = (history: KeyHistory) => history.map(({ id }) => Number(id.split("-").at(-1)));

describe("follow", () => {
  it("takes a chain of any length from any pinned link, and the ends of the keys before it", () => {
    const chain = [
      entry(0, undefined, { until: later(1) }),
      entry(1, 0, { dropped: later(2) }),
      entry(2, 1),
    ];
    for (const pinned of [[entry(0)], [entry(0), entry(1, 0)], [entry(1, 0)]]) {
      const { history, doubted } = follow(pinned, chain);
      expect(doubted).toEqual([]);
      expect(history).toEqual(chain);
    }
    expect(ids(follow([entry(0)], chain).accepted)).toEqual([1, 2]);
    expect(ids(follow([entry(0)], chain).ended)).toEqual([0]);
  });

  it("holds what no known key endorses, and believes it nothing about those that are known", () => {
    const offered = [entry(0, undefined, { dropped: later(9) }), entry(9)];
    const { history, accepted, doubted } = follow([entry(0)], offered);
    expect(history).toEqual([entry(0)]);
    expect(accepted).toEqual([]);
    expect(doubted.map(({ why }) => why)).toEqual(["unchained"]);
  });

  it("takes of two keys that one has endorsed only that which was known first", () => {
    const pinned = [entry(0, undefined, { dropped: later(1) }), entry(1, 0)];
    const { history, doubted } = follow(pinned, [entry(0), entry(2, 0)]);
    expect(history).toEqual(pinned);
    expect(doubted.map(({ why }) => why)).toEqual(["dropped", "fork"]);
  });

  it("believes no endorsement that another key has made, or for another key", () => {
    const stolen = { ...entry(1, 0), publicKeyMultibase: keyOf(5).value };
    const foreign = newEntry(keyOf(1).method, keyOf(1).value, start, {
      ...keyOf(7),
      method: keyOf(0).method,
    });
    for (const each of [stolen, foreign]) {
      expect(follow([entry(0)], [each]).doubted).toEqual([{ entry: each, why: "unchained" }]);
    }
  });

  it("finds another key under a known id", () => {
    const other = { ...entry(0), publicKeyMultibase: keyOf(5).value };
    expect(follow([entry(0)], [other]).doubted).toEqual([{ entry: other, why: "changed" }]);
  });

  it("lets no end be taken back, and none be put off", () => {
    const pinned = [entry(0, undefined, { until: later(1) }), entry(1, 0)];
    const offered = [entry(0, undefined, { until: later(7) }), entry(1, 0)];
    expect(follow(pinned, offered).history).toEqual(pinned);
    expect(follow(pinned, [entry(0), entry(1, 0)]).history).toEqual(pinned);
  });

  it("lets no key that has ended, nor another by its name, end the one after it", () => {
    const pinned = [entry(0, undefined, { until: later(1) }), entry(1, 0)];
    const ended = entry(1, 0, { dropped: later(2) });
    const other = { ...entry(0), publicKeyMultibase: keyOf(5).value };
    for (const present of [entry(0), other]) {
      expect(follow(pinned, [ended, present]).history).toEqual(pinned);
    }
  });

  // Keys are numbers; who endorses whom is a list of parents, where -1 is nobody.
  const world = fc.record({
    parents: fc.array(fc.integer({ min: -1, max: 5 }), { minLength: 6, maxLength: 6 }),
    pinned: fc.subarray([0, 1, 2, 3, 4, 5], { minLength: 1 }),
    offered: fc.shuffledSubarray([0, 1, 2, 3, 4, 5]),
    dropped: fc.subarray([0, 1, 2, 3, 4, 5]),
  });

  it("agrees with a slow model", { timeout: 60_000 }, () => {
    fc.assert(
      fc.property(world, ({ parents, pinned, offered, dropped }) => {
        const make = (number: number) => {
          const parent = parents[number] ?? -1;
          return entry(number, parent === -1 || parent === number ? undefined : parent);
        };
        const parentOf = (number: number) => {
          const parent = parents[number] ?? -1;
          return parent === number ? -1 : parent;
        };
        const ended = (number: number) =>
          dropped.includes(number) ? { ...make(number), dropped: later(50) } : make(number);
        const followed = follow(pinned.map(make), offered.map(ended));

        // The model: again and again, whichever may come in does.
        const known = [...pinned];
        const may = (number: number) => {
          if (known.includes(number)) return false;
          const parent = parentOf(number);
          if (known.includes(parent)) return !known.some((each) => parentOf(each) === parent);
          if (!dropped.includes(number)) return false;
          return offered.some((each) => parentOf(each) === number && known.includes(each));
        };
        for (;;) {
          const next = offered.find(may);
          if (next === undefined) break;
          known.push(next);
        }
        expect(new Set(ids(followed.history))).toEqual(new Set(known));
        const present = offered.findLast((each) => !dropped.includes(each));
        const believed = present !== undefined && known.includes(present);
        for (const { id, dropped: end } of followed.history) {
          const number = Number(id.split("-").at(-1));
          const said = offered.includes(number) && dropped.includes(number);
          const came = !pinned.includes(number);
          expect(end !== undefined, `${number}`).toBe(said && (came || believed));
        }
      }),
      { numRuns: 300 },
    );
  });

  it("comes to the same by steps as at once, when nothing contradicts", () => {
    const chain = [0, 1, 2, 3, 4].map((number) =>
      entry(
        number,
        number === 0 ? undefined : number - 1,
        number < 4 ? { until: later(number + 1) } : {},
      ),
    );
    const upTo = (length: number) =>
      chain.slice(0, length).map((each, at) => {
        const { until: _, ...rest } = each;
        return at === length - 1 ? rest : each;
      });
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1 }), (lengths) => {
        const stepped = lengths.reduce(
          (pinned, length) => follow(pinned, upTo(length)).history,
          upTo(1),
        );
        expect(stepped).toEqual(follow(upTo(1), upTo(Math.max(1, ...lengths))).history);
      }),
    );
  });
});

describe("a history of keys", () => {
  it("is read without what can't be read, and without what isn't this node's", () => {
    const good = entry(0);
    const history = readKeyHistory(
      [
        good,
        { ...good },
        "nonsense",
        { ...entry(1), publicKeyMultibase: "zzz" },
        { ...entry(2), from: "yesterday" },
        { ...entry(3), id: "https://b.example/actor#ed25519" },
        { ...entry(4), more: { of: "later versions" } },
      ],
      actor,
    );
    expect(history).toEqual([good, entry(4)]);
    expect(readKeyHistory({ not: "a list" }, actor)).toEqual([]);
  });

  it("has one present key, the last that hasn't ended", () => {
    expect(presentKey([entry(0, undefined, { until: later(1) }), entry(1, 0)])).toEqual(
      entry(1, 0),
    );
    expect(presentKey([entry(0, undefined, { dropped: later(1) })])).toBeUndefined();
  });

  it("verifies up to its end, and what was dropped nothing", () => {
    const retired = { retired: 1000, dropped: null };
    expect(countsAt(retired, 1000 + bounds.ahead)).toBe(true);
    expect(countsAt(retired, 1001 + bounds.ahead)).toBe(false);
    expect(countsAt({ retired: null, dropped: 1000 }, 1)).toBe(false);
  });

  it("keeps of what was pinned only from what a new beginning comes", () => {
    const pinned = [entry(0), entry(1, 0), entry(2, 1), entry(3, 1)];
    expect(ids(survivors(pinned, [entry(4, 2)]))).toEqual([0, 1, 2]);
    expect(survivors(pinned, [entry(4)])).toEqual([]);
  });
});
